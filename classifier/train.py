"""Training: from labelled messages to a model with calibrated probabilities and thresholds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.svm import LinearSVC

from classifier.calibration import choose_sharpness, choose_thresholds
from classifier.features import FeatureSettings, count
from classifier.linear import Floats, Head, rarity, scale
from classifier.model import Model
from classifier.rows import Row

FOLDS = 5
PROMISE = 0.95


@dataclass(frozen=True)
class TrainSettings:
    """Choices of training; `promise` is the share of auto-routed messages that shall be right."""

    features: FeatureSettings = FeatureSettings()
    strength: float = 0.5
    promise: float = PROMISE
    seed: int = 0


def train(
    rows: Sequence[Row],
    *,
    departments: Mapping[str, str],
    settings: TrainSettings = TrainSettings(),
) -> Model:
    """Train on `rows`; a category without rows is never predicted."""
    counts = count([row.text for row in rows], settings.features)
    weights = rarity(counts)
    features = scale(counts, weights)
    category, scores = _fit_calibrated(features, [row.category for row in rows], settings)
    kind, _ = _fit_calibrated(features, [row.kind for row in rows], settings)
    probabilities = category_probabilities(scores, category)
    truth = [row.category for row in rows]
    return Model(
        settings=settings.features,
        rarity=weights,
        category=category,
        kind=kind,
        departments=dict(departments),
        thresholds=choose_thresholds(probabilities, truth, category.labels, departments, settings.promise),
        second_from=0.2,
    )


def category_probabilities(scores: Floats, head: Head) -> Floats:
    """Turn out-of-fold scores into the probabilities that the head would give."""
    from classifier.linear import softmax

    return softmax(head.sharpness * scores + head.offset)


def _fit_calibrated(features: sparse.csr_matrix, labels: Sequence[str], settings: TrainSettings) -> tuple[Head, Floats]:
    """Fit one head on the rows that have a label; return it with the out-of-fold scores of those rows."""
    known = np.flatnonzero([bool(label) for label in labels])
    names = tuple(sorted({labels[place] for place in known}))
    width = features.shape[1]
    if not names:
        return Head((), np.zeros((width, 0), np.float32), np.zeros(0), 1.0, np.zeros(0)), np.zeros((0, 0))
    truth = np.array([names.index(labels[place]) for place in known])
    subset = features[known]
    weights, bias = fit_linear(subset, truth, len(names), settings.strength)
    scores = out_of_fold(subset, truth, len(names), settings)
    sharpness = choose_sharpness(scores, truth)
    return Head(names, weights, bias, sharpness, np.zeros(len(names))), scores


def out_of_fold(features: sparse.csr_matrix, truth: NDArray[np.int64], labels: int, settings: TrainSettings) -> Floats:
    """Return (rows, labels) scores, each from a model that has not seen the row."""
    folds = assign_folds(truth, settings.seed)
    scores = np.zeros((len(truth), labels))
    for fold in range(FOLDS):
        held = folds == fold
        if not held.any() or held.all():
            continue
        weights, bias = fit_linear(features[~held], truth[~held], labels, settings.strength)
        scores[held] = features[held] @ weights + bias
    return scores


def assign_folds(truth: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Give each row a fold so that each label is spread evenly."""
    order = np.random.default_rng(seed).permutation(len(truth))
    order = order[np.argsort(truth[order], kind="stable")]
    folds = np.empty(len(truth), dtype=np.int64)
    folds[order] = np.arange(len(truth)) % FOLDS
    return folds


def fit_linear(
    features: sparse.csr_matrix, truth: NDArray[np.int64], labels: int, strength: float,
    sample_weight: Floats | None = None,
) -> tuple[NDArray[np.float32], Floats]:
    """Fit one boundary per label; a label that no row has gets a score that never wins."""
    weights = np.zeros((features.shape[1], labels), dtype=np.float32)
    bias = np.full(labels, -3.0)
    present = np.unique(truth)
    if len(present) == 1:
        bias[present[0]] = 1.0
        return weights, bias
    machine = LinearSVC(C=strength, random_state=0, max_iter=5000).fit(features, truth, sample_weight)
    coefficients, intercept = machine.coef_, machine.intercept_
    if len(present) == 2:
        coefficients = np.vstack([-coefficients, coefficients])
        intercept = np.concatenate([-intercept, intercept])
    weights[:, present] = coefficients.T
    bias[present] = intercept
    return weights, bias
