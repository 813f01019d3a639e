"""Fitting one linear boundary for each label, and folds to judge it by."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.svm import LinearSVC

from classifier.linear import Floats, Weights

Ints = NDArray[np.int64]
_ABSENT = -3.0
_MOST_ROUNDS = 5000


def assign_folds(learnt: Ints, folds: int, seed: int) -> Ints:
    """Give each row a fold by chance so that each label is spread evenly over them."""
    order = np.random.default_rng(seed).permutation(len(learnt))
    order = order[np.argsort(learnt[order], kind="stable")]
    assigned = np.empty(len(learnt), dtype=np.int64)
    assigned[order] = np.arange(len(learnt)) % folds
    return assigned


def fit_linear(
    features: sparse.csr_matrix, learnt: Ints, labels: int, strength: float, weights: Floats
) -> tuple[Weights, Floats]:
    """Return (2**bits, labels) coefficients and (labels,) biases; a label without rows never wins."""
    coefficients = np.zeros((features.shape[1], labels), dtype=np.float32)
    bias = np.full(labels, _ABSENT)
    present = np.unique(learnt)
    if len(present) == 1:
        bias[present[0]] = -_ABSENT
        return coefficients, bias
    used = np.unique(
        features.indices
    )  # most buckets are empty in a small corpus, and fitting them costs time
    machine = LinearSVC(C=strength, random_state=0, max_iter=_MOST_ROUNDS)
    machine.fit(features[:, used], learnt, weights)
    found, intercept = machine.coef_, machine.intercept_
    if len(present) == 2:
        found, intercept = np.vstack([-found, found]), np.concatenate([-intercept, intercept])
    coefficients[np.ix_(used, present)] = found.T
    bias[present] = intercept
    return coefficients, bias
