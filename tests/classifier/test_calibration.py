"""Calibration: thresholds keep their promise, and nothing is promised on too little."""

import numpy as np
import pytest

from classifier.calibration import (
    NEVER,
    choose_danger,
    choose_offset,
    choose_second,
    choose_sharpness,
    choose_thresholds,
    least_sure,
    macro_f1,
    same_home,
)
from classifier.linear import softmax

CHANCE = np.random.default_rng(1)


def test_sharpness_finds_the_temperature_that_made_the_data() -> None:
    scores = CHANCE.normal(size=(4000, 3))
    truth = np.array([CHANCE.choice(3, p=row) for row in softmax(4 * scores)])
    assert choose_sharpness(scores, np.eye(3, dtype=bool)[truth], np.ones(4000)) == pytest.approx(4, rel=0.15)


def test_least_sure_keeps_the_promise() -> None:
    sure = CHANCE.random(5000)
    right = CHANCE.random(5000) < sure
    threshold = least_sure(sure, right, np.ones(5000), 0.9)
    assert right[sure >= threshold].mean() >= 0.9
    assert right[sure >= threshold - 0.1].mean() < 0.9


def test_what_is_never_right_is_never_routed() -> None:
    assert least_sure(np.full(50, 0.99), np.zeros(50, bool), np.ones(50), 0.95) == NEVER


def test_a_department_with_little_to_go_by_gets_the_common_threshold() -> None:
    probabilities = np.vstack([np.tile([0.9, 0.1], (300, 1)), np.tile([0.2, 0.8], (3, 1))])
    allowed = np.eye(2, dtype=bool)[[0] * 300 + [1] * 3]
    thresholds = choose_thresholds(probabilities, allowed, np.ones(303), ("big", "small"), 0.95)
    assert thresholds["big"] == pytest.approx(0.9)
    assert thresholds["small"] == pytest.approx(0.8)


def test_an_offset_helps_the_rare_label() -> None:
    truth = np.array([0] * 90 + [1] * 10)
    first = np.concatenate([CHANCE.uniform(0.7, 0.99, 90), CHANCE.uniform(0.5, 0.65, 10)])
    shares = np.stack([first, 1 - first], axis=1)
    moved = np.log(shares) + choose_offset(shares, truth)
    assert macro_f1(truth, moved.argmax(axis=1), 2) > macro_f1(truth, shares.argmax(axis=1), 2) + 0.3


def test_danger_threshold_finds_the_share_asked_for() -> None:
    chances = np.linspace(0, 1, 101)
    threshold = choose_danger(chances, chances > 0.5, 0.9)
    assert (chances[chances > 0.5] >= threshold).mean() >= 0.9
    assert choose_danger(chances, np.zeros(101, bool), 0.9) == NEVER


def test_a_second_matter_is_offered_only_where_some_were_known() -> None:
    probabilities = np.tile([0.6, 0.35, 0.05], (20, 1))
    truth = np.zeros(20, dtype=np.int64)
    assert choose_second(probabilities, truth, np.full(20, -1)) == NEVER
    assert choose_second(probabilities, truth, np.ones(20, dtype=np.int64)) <= 0.35


def test_right_widens_to_the_department() -> None:
    allowed = np.array([[True, False, False]])
    assert same_home(allowed, ("a", "a", "b")).tolist() == [[True, True, False]]
