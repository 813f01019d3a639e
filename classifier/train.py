"""Training: from labelled messages and corrections to a model with calibrated probabilities and thresholds.

The category is learnt by one linear boundary for each label (LinearSVC) over hashed n-grams. A correction
may name only the department: then the model of everything else says which of that department's categories it
most likely is, and the correction is learnt as that category.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from classifier.calibration import (
    NEVER,
    Bools,
    choose_danger,
    choose_offset,
    choose_second,
    choose_sharpness,
    choose_thresholds,
    choose_trust,
    homes_of,
    macro_f1,
    same_home,
)
from classifier.corrections import Correction
from classifier.errors import DataError
from classifier.features import FeatureSettings, count
from classifier.fitting import Ints, assign_folds, fit_linear
from classifier.linear import Floats, Head, Weights, membership, rarity, scale, softmax, trusted
from classifier.model import Model
from classifier.rows import Row
from classifier.urgency import DANGER

__all__ = ["Correction", "TrainSettings", "train"]

PROMISE = 0.95
# Sharper than likelihood asks for: the lead over the next department then ranks right before wrong best.
_LEADING = 1.8
# Up to so many labels the balance between them and the power of rarity are chosen out of fold.
_FEW = 12


@dataclass(frozen=True)
class TrainSettings:
    """Choices of training; `promise` is the share of auto-routed messages that shall be right.

    `strength` is LinearSVC's C. Of several `rarity_powers` the best out of fold is taken, where there are few
    labels. A correction counts `correction_weight` times a message of the corpus in learning; in calibrating,
    once there are corrections, the whole corpus counts as much as `corpus_voice` of them. Messages that
    were written as examples of a kind or urgency count `example_weight` times. `danger_recall`
    is the share of the dangers in the corpus that the learnt part alone shall find.
    """

    features: FeatureSettings = FeatureSettings()  # noqa: RUF009  # frozen, so it can be shared
    strength: float = 0.5
    rarity_powers: tuple[float, ...] = (1.5, 0.5)
    correction_weight: float = 3.0
    corpus_voice: float = 25.0
    example_weight: float = 3.0
    danger_recall: float = 0.8
    promise: float = PROMISE
    folds: int = 5
    seed: int = 0


@dataclass(frozen=True)
class _Task:
    """One head to fit: rows that have a label, the label each is learnt as, those that are right, weights."""

    counts: sparse.csr_matrix
    rarity: Weights
    names: tuple[str, ...]
    learnt: Ints
    allowed: Bools
    weights: Floats
    corrected: Bools

    def judging_weights(self, settings: "TrainSettings") -> Floats:
        """How much each row says of messages to come: corrections are such messages, the corpus is not."""
        if not self.corrected.any():
            return np.ones(len(self.corrected))
        return np.where(self.corrected, 1.0, settings.corpus_voice / max(1, int((~self.corrected).sum())))


@dataclass(frozen=True)
class _Fitted:
    head: Head
    task: _Task
    probabilities: Floats


def train(
    rows: Sequence[Row],
    *,
    departments: Mapping[str, str],
    corrections: Sequence[Correction] = (),
    settings: TrainSettings | None = None,
) -> Model:
    """Train on `rows` and `corrections`; a category without rows is never predicted.

    `departments` names the department of each category; one it does not name is its own department.
    DataError where there is nothing to learn from.
    """
    settings = settings or TrainSettings()
    if not any(row.category for row in rows):
        raise DataError("there are no labelled messages to learn from")
    counts = count(
        [row.text for row in rows] + [correction.text for correction in corrections], settings.features
    )
    weights = rarity(counts)
    material = _Material(counts, weights, rows, corrections, settings)
    category = _fit(_category_task(material), settings, departments)
    kind = _fit(
        _plain_task(material, [row.kind for row in rows], [each.kind for each in corrections]), settings
    )
    urgency = _fit(_urgency_task(material), settings)
    return Model(
        settings=settings.features,
        rarity=weights,
        category=category.head,
        kind=kind.head,
        urgency=urgency.head,
        thresholds=choose_thresholds(
            category.probabilities,
            category.task.allowed,
            category.task.judging_weights(settings),
            category.head.homes,
            settings.promise,
        ),
        second_from=_second_from(category, rows),
        danger_from=_danger_from(urgency, settings),
        figures={
            "category_accuracy": _accuracy(category, category.head.labels),
            "department_accuracy": _accuracy(category, category.head.homes),
            "kind_accuracy": _accuracy(kind, kind.head.labels),
        },
    )


@dataclass(frozen=True)
class _Material:
    """What all heads learn from: counts of the rows and then of the corrections."""

    counts: sparse.csr_matrix
    rarity: Weights
    rows: Sequence[Row]
    corrections: Sequence[Correction]
    settings: TrainSettings


def _category_task(material: _Material) -> _Task:
    rows, corrections, settings = material.rows, material.corrections, material.settings
    names = _names([row.category for row in rows] + [correction.category for correction in corrections])
    said = [{row.category} for row in rows] + [correction.allowed for correction in corrections]
    allowed = np.array([[name in labels for name in names] for labels in said])
    known = np.flatnonzero(allowed.any(axis=1))
    weights = np.array([1.0] * len(rows) + [settings.correction_weight] * len(corrections))
    task = _Task(
        material.counts[known],
        material.rarity,
        names,
        allowed[known].argmax(axis=1),
        allowed[known],
        weights[known],
        known >= len(rows),
    )
    return _made_exact(task, settings) if (allowed.sum(axis=1) > 1).any() else task


def _made_exact(task: _Task, settings: TrainSettings) -> _Task:
    """Let each row with several right labels be learnt as the likeliest of them."""
    vague = task.allowed.sum(axis=1) > 1
    features = scale(task.counts, task.rarity, settings.rarity_powers[0])
    coefficients, bias = fit_linear(
        features[~vague], task.learnt[~vague], len(task.names), settings.strength, task.weights[~vague]
    )
    scores = features[vague] @ coefficients + bias
    learnt = task.learnt.copy()
    learnt[vague] = np.where(task.allowed[vague], scores, -np.inf).argmax(axis=1)
    return replace(task, learnt=learnt)


def _plain_task(material: _Material, of_rows: Sequence[str], of_corrections: Sequence[str]) -> _Task:
    """A head whose labels stand by themselves."""
    labels = [*of_rows, *of_corrections]
    names = _names(labels)
    settings = material.settings
    weights = np.array(
        [settings.example_weight if row.is_example else 1.0 for row in material.rows]
        + [settings.correction_weight] * len(material.corrections)
    )
    known = np.flatnonzero([bool(label) for label in labels])
    learnt = np.array([names.index(labels[place]) for place in known], dtype=np.int64)
    allowed = np.eye(len(names), dtype=bool)[learnt]
    return _Task(
        material.counts[known], material.rarity, names, learnt, allowed, weights[known], known >= len(of_rows)
    )


def _urgency_task(material: _Material) -> _Task:
    """Danger, soon and routine with equal weight in all, as nobody knows how many dangers will come."""
    task = _plain_task(material, [row.urgency for row in material.rows], [""] * len(material.corrections))
    if not task.names:
        return task
    totals = np.bincount(task.learnt, task.weights, minlength=len(task.names))
    return replace(task, weights=task.weights * (totals.sum() / len(task.names) / totals)[task.learnt])


def _names(labels: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({label for label in labels if label}))


def _fit(task: _Task, settings: TrainSettings, departments: Mapping[str, str] | None = None) -> _Fitted:
    """Fit one head on all rows, and calibrate it on out-of-fold scores."""
    labels = len(task.names)
    if not labels:
        empty = np.zeros((task.counts.shape[1], 0), np.float32)
        return _Fitted(Head((), empty, np.zeros(0), (), np.zeros(0)), task, np.zeros((0, 0)))
    power, scores = _best_power(task, settings)
    coefficients, bias = fit_linear(
        scale(task.counts, task.rarity, power), task.learnt, labels, settings.strength, task.weights
    )
    homes = homes_of(task.names, departments or {})
    voices = task.judging_weights(settings)
    sharpness = choose_sharpness(scores, same_home(task.allowed, homes), voices)
    balanced = departments is not None and labels <= _FEW
    offset = (
        choose_offset(softmax(sharpness * scores), task.learnt) * _LEADING if balanced else np.zeros(labels)
    )
    sharpness *= _LEADING
    shares = softmax(sharpness * scores + offset)
    trust = choose_trust(shares, task.allowed, voices, homes)
    head = Head(task.names, coefficients, bias, tuple(homes), offset, sharpness, trust, power)
    return _Fitted(head, task, trusted(shares, homes, trust))


def _best_power(task: _Task, settings: TrainSettings) -> tuple[float, Floats]:
    """Return the power of rarity that does best out of fold, and its scores; for many labels the first."""
    powers = settings.rarity_powers if len(task.names) <= _FEW else settings.rarity_powers[:1]
    tried = [(power, out_of_fold(task, power, settings)) for power in powers]
    return max(tried, key=lambda pair: macro_f1(task.learnt, pair[1].argmax(axis=1), len(task.names)))


def out_of_fold(task: _Task, power: float, settings: TrainSettings) -> Floats:
    """Return (rows, labels) scores, each from a model that has not seen the row."""
    features = scale(task.counts, task.rarity, power)
    folds = assign_folds(task.learnt, settings.folds, settings.seed)
    scores = np.zeros((len(task.learnt), len(task.names)))
    for fold in range(settings.folds):
        held, seen = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        if not len(held) or not len(seen):
            continue
        coefficients, bias = fit_linear(
            features[seen], task.learnt[seen], len(task.names), settings.strength, task.weights[seen]
        )
        scores[held] = features[held] @ coefficients + bias
    return scores


def _second_from(category: _Fitted, rows: Sequence[Row]) -> float:
    labelled = [row for row in rows if row.category]
    places = {name: place for place, name in enumerate(category.task.names)}
    also = np.array([places.get(row.also, -1) for row in labelled])
    return choose_second(category.probabilities[: len(labelled)], category.task.learnt[: len(labelled)], also)


def _danger_from(urgency: _Fitted, settings: TrainSettings) -> float:
    if DANGER not in urgency.task.names:
        return NEVER
    place = urgency.task.names.index(DANGER)
    return choose_danger(
        urgency.probabilities[:, place], urgency.task.learnt == place, settings.danger_recall
    )


def _accuracy(fitted: _Fitted, homes: Sequence[str]) -> float:
    """Out of fold, the share of rows whose best group is a right one; zero where there are no rows."""
    if not len(fitted.probabilities):
        return 0.0
    _, inside = membership(homes)
    best = (fitted.probabilities @ inside).argmax(axis=1)
    return float((fitted.task.allowed & (inside.T[best] > 0)).any(axis=1).mean())
