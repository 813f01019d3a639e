"""Figures: each is what its definition says, on numbers small enough to count by hand."""

import numpy as np
import pytest

from classifier.curve import as_correction, learning_curve
from classifier.errors import DataError
from classifier.evaluate import calibration_error, coverage, evaluate, label_score, predict_labels, top_share
from classifier.model import Model
from classifier.rows import Row
from tests.classifier.conftest import SMALL, tiny_corpus

TRUTH, SAID = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 2, 2])


def test_label_score() -> None:
    score = label_score(TRUTH, SAID, 0)
    assert (score.precision, score.recall, score.f1, score.messages) == (
        1,
        pytest.approx(2 / 3),
        pytest.approx(0.8),
        3,
    )


def test_top_share() -> None:
    chances = np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.6, 0.3, 0.1]])
    assert top_share(chances, np.array([1, 0, 0]), 2) == pytest.approx(2 / 3)


def test_coverage_is_the_largest_share_that_keeps_the_promise() -> None:
    sure = np.array([0.9, 0.8, 0.7, 0.6])
    assert coverage(sure, np.array([True, True, False, True]), 0.75) == 1
    assert coverage(sure, np.array([True, True, False, True]), 0.9) == 0.5
    assert coverage(sure, np.zeros(4, bool), 0.9) == 0


def test_calibration_error() -> None:
    sure = np.array([0.95] * 10 + [0.55] * 10)
    right = np.array([True] * 9 + [False] + [True] * 5 + [False] * 5)
    assert calibration_error(sure, right) == pytest.approx(0.05)


def test_evaluate_by_category(model: Model) -> None:
    rows = [Row("停水了水管坏", "water"), Row("公交车不来", "buses")]
    scores = evaluate(model, rows)
    assert scores.accuracy == 1
    assert set(scores.labels) == {"water", "buses"}
    assert scores.per_second > 0


def test_a_map_adds_up_what_it_joins(model: Model) -> None:
    mapping = {"water": "甲", "roads": "甲", "noise": "乙", "buses": "乙"}
    names, chances = predict_labels(model, ["停水了"], ["甲"], mapping)
    table = dict(zip(model.category.labels, model.category_probabilities(["停水了"])[0], strict=True))
    assert chances[0][names.index("甲")] == pytest.approx(table["water"] + table["roads"])


def test_kinds_are_scored_where_the_labels_are_kinds(model: Model) -> None:
    scores = evaluate(model, [Row("建议给路灯装座椅", "idea"), Row("停水三天了", "report")])
    assert set(scores.labels) == {"idea", "report"}


def test_an_unknown_label_is_named(model: Model) -> None:
    with pytest.raises(DataError, match="ferries"):
        evaluate(model, [Row("渡船", "ferries")])


def test_a_label_stands_for_its_categories() -> None:
    mapping = {"water": "甲", "roads": "甲", "noise": "乙"}
    assert as_correction(Row("x", "甲"), mapping).among == {"water", "roads"}
    assert as_correction(Row("x", "丙"), mapping).category == "丙"


def test_corrections_bend_the_curve() -> None:
    mapping = {"water": "甲", "roads": "甲", "noise": "乙", "buses": "丙"}
    said = [Row(f"噪音和停水{place}都找我们", "丙", is_real=True) for place in "东南西北中前后左右"]
    points = learning_curve(said, said, mapping, steps=[0, 9], corpus=tiny_corpus(), settings=SMALL)
    assert [point.corrections for point in points] == [0, 9]
    assert points[1].accuracy > points[0].accuracy
