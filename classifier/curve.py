"""How much a committee's corrections are worth: the shipped corpus and the first N of them, for several N."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from classifier.corrections import Correction
from classifier.evaluate import Scores, evaluate
from classifier.rows import Row, read_corpus
from classifier.train import TrainSettings, train


@dataclass(frozen=True)
class Point:
    """The scores after so many corrections, averaged over the draws."""

    corrections: int
    macro_f1: float
    accuracy: float
    coverage: float
    auto_routed: float
    auto_precision: float
    calibration_error: float


def learning_curve(
    corrections: Sequence[Row],
    test: Sequence[Row],
    mapping: Mapping[str, str],
    *,
    steps: Sequence[int],
    draws: int = 1,
    corpus: Sequence[Row] | None = None,
    settings: TrainSettings | None = None,
) -> list[Point]:
    """Score `test` after each number of corrections, drawn by chance without putting back, `draws` times.

    Each label of a correction stands for the categories that `mapping` gives it, as when an officer says
    "this is another department's"; the labels are the departments whose promise is kept.
    """
    settings = settings or TrainSettings()
    known = list(corpus) if corpus is not None else read_corpus()
    return [
        _average(
            step,
            [_score(known, _draw(corrections, step, draw), test, mapping, settings) for draw in range(draws)],
        )
        for step in steps
    ]


def as_correction(row: Row, mapping: Mapping[str, str]) -> Correction:
    """Return the correction that a labelled row stands for: one of the label's categories, or the label."""
    among = frozenset(category for category, label in mapping.items() if label == row.category)
    return Correction(row.text, among=among) if among else Correction(row.text, category=row.category)


def _draw(corrections: Sequence[Row], step: int, draw: int) -> list[Row]:
    order = np.random.default_rng(draw).permutation(len(corrections))[:step]
    return [corrections[place] for place in order]


def _score(
    corpus: Sequence[Row],
    drawn: Sequence[Row],
    test: Sequence[Row],
    mapping: Mapping[str, str],
    settings: TrainSettings,
) -> Scores:
    said = [as_correction(row, mapping) for row in drawn]
    rows = [replace(row, kind="", urgency="") for row in corpus if row.category]
    model = train(rows, departments=mapping, corrections=said, settings=settings)
    return evaluate(model, test, mapping, settings.promise)


def _average(step: int, scores: Sequence[Scores]) -> Point:
    def mean(name: str) -> float:
        return float(np.mean([getattr(score, name) for score in scores]))

    names = ("macro_f1", "accuracy", "coverage", "auto_routed", "auto_precision", "calibration_error")
    return Point(step, **{name: mean(name) for name in names})
