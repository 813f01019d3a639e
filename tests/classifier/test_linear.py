"""Probabilities: they sum to one, and what leads further is trusted more."""

import numpy as np
import pytest

from classifier.linear import Trust, lead, softmax, trusted

SHARES = softmax(np.random.default_rng(4).normal(size=(200, 5)) * 3)
HOMES = ("a", "a", "b", "c", "c")


def test_rows_sum_to_one() -> None:
    assert np.allclose(trusted(SHARES, HOMES, Trust(0.5, -1, 0.95)).sum(axis=1), 1)


def test_the_best_group_stays_the_best() -> None:
    inside = np.eye(3)[[0, 0, 1, 2, 2]]
    before = (SHARES @ inside).argmax(axis=1)
    after = (trusted(SHARES, HOMES, Trust(0.1, -2, 0.9)) @ inside).argmax(axis=1)
    assert (before == after).all()


def test_a_ceiling_is_never_passed() -> None:
    sure = np.array([[0.999999, 0.000001]])
    assert trusted(sure, ("a", "b"), Trust(2, 0, 0.9)).max() == pytest.approx(0.9, abs=1e-6)


def test_a_single_group_needs_no_trust() -> None:
    assert np.allclose(trusted(SHARES, ("a",) * 5, Trust(0.1, -2, 0.5)), SHARES)
    assert np.isfinite(lead(np.ones((3, 1)))).all()


def test_no_labels_give_no_columns() -> None:
    assert softmax(np.zeros((4, 0))).shape == (4, 0)
