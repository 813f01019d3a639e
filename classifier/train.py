"""Training: from labelled messages and corrections to a model with calibrated probabilities and thresholds.

The category is learnt by one linear boundary for each label (LinearSVC) over hashed n-grams. A correction
may name only the department: then the model of everything else says which of that department's categories it
most likely is, and the correction is learnt as that category.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.svm import LinearSVC

from classifier.calibration import Bools, choose_second, choose_sharpness, choose_thresholds, choose_trust, homes_of, same_home
from classifier.errors import DataError
from classifier.features import FeatureSettings, count
from classifier.linear import Floats, Head, Weights, rarity, scale, softmax, trusted
from classifier.model import Model
from classifier.rows import Row

Ints = NDArray[np.int64]
PROMISE = 0.95
_ABSENT = -3.0
# Sharper than likelihood asks for: the lead over the next department then ranks right before wrong best.
_LEADING = 1.8


@dataclass(frozen=True)
class Correction:
    """What a person said of one message: its category, or only the categories `among` which it is; its kind."""

    text: str
    category: str = ""
    among: frozenset[str] = frozenset()
    kind: str = ""


@dataclass(frozen=True)
class TrainSettings:
    """Choices of training; `promise` is the share of auto-routed messages that shall be right.

    `strength` is LinearSVC's C. A correction counts `correction_weight` times a message of the corpus in
    learning; in calibrating, once there are corrections, the whole corpus counts as much as `corpus_voice` of them.
    """

    features: FeatureSettings = FeatureSettings()
    strength: float = 0.5
    rarity_power: float = 1.5
    correction_weight: float = 3.0
    corpus_voice: float = 25.0
    promise: float = PROMISE
    folds: int = 5
    seed: int = 0


@dataclass(frozen=True)
class _Task:
    """One head to fit: features of the rows that have a label, the label each is learnt as, those allowed, weights."""

    features: sparse.csr_matrix
    names: tuple[str, ...]
    learnt: Ints
    allowed: Bools
    weights: Floats
    corrected: Bools

    def judging_weights(self, settings: "TrainSettings") -> Floats:
        """How much each row says about the messages to come: corrections are such messages, the corpus is not."""
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
    settings: TrainSettings = TrainSettings(),
) -> Model:
    """Train on `rows` and `corrections`; a category without rows is never predicted.

    `departments` names the department of each category; one it does not name is its own department.
    DataError where there is nothing to learn from.
    """
    if not any(row.category for row in rows):
        raise DataError("there are no labelled messages to learn from")
    counts = count([row.text for row in rows] + [correction.text for correction in corrections], settings.features)
    weights = (rarity(counts) ** settings.rarity_power).astype(np.float32)
    features = scale(counts, weights)
    category = _fit(_category_task(features, rows, corrections, settings), settings, departments)
    kind = _fit(_kind_task(features, rows, corrections, settings), settings)
    homes = category.head.homes
    return Model(
        settings=settings.features,
        rarity=weights,
        category=category.head,
        kind=kind.head,
        thresholds=choose_thresholds(
            category.probabilities, category.task.allowed, category.task.judging_weights(settings), homes, settings.promise
        ),
        second_from=_second_from(category, rows),
    )


def _category_task(
    features: sparse.csr_matrix, rows: Sequence[Row], corrections: Sequence[Correction], settings: TrainSettings
) -> _Task:
    names = _names([row.category for row in rows] + [correction.category for correction in corrections])
    said = [{row.category} for row in rows] + [_allowed(correction) for correction in corrections]
    allowed = np.array([[name in labels for name in names] for labels in said])
    known = np.flatnonzero(allowed.any(axis=1))
    weights = np.array([1.0] * len(rows) + [settings.correction_weight] * len(corrections))
    features, allowed, weights, corrected = features[known], allowed[known], weights[known], known >= len(rows)
    learnt = allowed.argmax(axis=1)
    vague = allowed.sum(axis=1) > 1
    if vague.any():
        coefficients, bias = fit_linear(features[~vague], learnt[~vague], len(names), settings, weights[~vague])
        scores = features[vague] @ coefficients + bias
        learnt[vague] = np.where(allowed[vague], scores, -np.inf).argmax(axis=1)
    return _Task(features, names, learnt, allowed, weights, corrected)


def _allowed(correction: Correction) -> set[str]:
    return {correction.category} if correction.category else set(correction.among)


def _kind_task(
    features: sparse.csr_matrix, rows: Sequence[Row], corrections: Sequence[Correction], settings: TrainSettings
) -> _Task:
    labels = [row.kind for row in rows] + [correction.kind for correction in corrections]
    names = _names(labels)
    allowed = np.array([[name == label for name in names] for label in labels]).reshape(len(labels), len(names))
    known = np.flatnonzero(allowed.any(axis=1))
    weights = np.array([1.0] * len(rows) + [settings.correction_weight] * len(corrections))[known]
    learnt = allowed[known].argmax(axis=1) if len(names) else np.zeros(0, np.int64)
    return _Task(features[known], names, learnt, allowed[known], weights, known >= len(rows))


def _names(labels: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({label for label in labels if label}))


def _fit(task: _Task, settings: TrainSettings, departments: Mapping[str, str] | None = None) -> _Fitted:
    """Fit one head on all rows, and calibrate it on out-of-fold scores."""
    labels = len(task.names)
    if not labels:
        empty = np.zeros((task.features.shape[1], 0), np.float32)
        return _Fitted(Head((), empty, np.zeros(0), ()), task, np.zeros((0, 0)))
    coefficients, bias = fit_linear(task.features, task.learnt, labels, settings, task.weights)
    scores = out_of_fold(task, settings)
    homes = homes_of(task.names, departments or {})
    voices = task.judging_weights(settings)
    sharpness = _LEADING * choose_sharpness(scores, same_home(task.allowed, homes), voices)
    shares = softmax(sharpness * scores)
    trust = choose_trust(shares, task.allowed, voices, homes)
    head = Head(task.names, coefficients, bias, tuple(homes), sharpness, trust)
    return _Fitted(head, task, trusted(shares, homes, trust))


def out_of_fold(task: _Task, settings: TrainSettings) -> Floats:
    """Return (rows, labels) scores, each from a model that has not seen the row."""
    folds = assign_folds(task.learnt, settings.folds, settings.seed)
    scores = np.zeros((len(task.learnt), len(task.names)))
    for fold in range(settings.folds):
        held, seen = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        if not len(held) or not len(seen):
            continue
        coefficients, bias = fit_linear(
            task.features[seen], task.learnt[seen], len(task.names), settings, task.weights[seen]
        )
        scores[held] = task.features[held] @ coefficients + bias
    return scores


def assign_folds(learnt: Ints, folds: int, seed: int) -> Ints:
    """Give each row a fold by chance so that each label is spread evenly over them."""
    order = np.random.default_rng(seed).permutation(len(learnt))
    order = order[np.argsort(learnt[order], kind="stable")]
    assigned = np.empty(len(learnt), dtype=np.int64)
    assigned[order] = np.arange(len(learnt)) % folds
    return assigned


def fit_linear(
    features: sparse.csr_matrix, learnt: Ints, labels: int, settings: TrainSettings, weights: Floats
) -> tuple[Weights, Floats]:
    """Return (2**bits, labels) coefficients and (labels,) biases; a label without rows scores so low that it loses."""
    coefficients = np.zeros((features.shape[1], labels), dtype=np.float32)
    bias = np.full(labels, _ABSENT)
    present = np.unique(learnt)
    if len(present) == 1:
        bias[present[0]] = -_ABSENT
        return coefficients, bias
    used = np.unique(features.indices)  # most buckets are empty in a small corpus, and fitting them costs time
    machine = LinearSVC(C=settings.strength, random_state=settings.seed, max_iter=5000)
    machine.fit(features[:, used], learnt, weights)
    found, intercept = machine.coef_, machine.intercept_
    if len(present) == 2:
        found, intercept = np.vstack([-found, found]), np.concatenate([-intercept, intercept])
    coefficients[np.ix_(used, present)] = found.T
    bias[present] = intercept
    return coefficients, bias


def _second_from(category: _Fitted, rows: Sequence[Row]) -> float:
    labelled = [row for row in rows if row.category]
    places = {name: place for place, name in enumerate(category.task.names)}
    also = np.array([places.get(row.also, -1) for row in labelled])
    return choose_second(category.probabilities[: len(labelled)], category.task.learnt[: len(labelled)], also)
