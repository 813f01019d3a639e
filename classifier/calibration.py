"""Honest probabilities: how sharp scores may be read, and from where a department is routed to unasked."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.linear import Floats, softmax

_SHARPNESS = np.geomspace(0.2, 40, 120)
NEVER = 1.01


def choose_sharpness(scores: Floats, truth: NDArray[np.int64]) -> float:
    """Return the factor on the scores whose softmax makes the truth likeliest (temperature scaling)."""
    places = np.arange(len(truth))
    losses = [-np.log(softmax(factor * scores)[places, truth] + 1e-12).mean() for factor in _SHARPNESS]
    return float(_SHARPNESS[int(np.argmin(losses))])


def choose_thresholds(
    probabilities: Floats,
    truth: Sequence[str],
    labels: Sequence[str],
    departments: Mapping[str, str],
    promise: float,
) -> dict[str, float]:
    """For each department return the least probability from which at least `promise` of its routings are right."""
    homes = [departments.get(label, label) for label in labels]
    names = sorted(set(homes))
    sums = np.stack([probabilities[:, [home == name for home in homes]].sum(axis=1) for name in names], axis=1)
    best = sums.argmax(axis=1)
    right = np.array([names[place] == departments.get(label, label) for place, label in zip(best, truth, strict=True)])
    sure = sums.max(axis=1)
    return {name: least_sure(sure[best == place], right[best == place], promise) for place, name in enumerate(names)}


def least_sure(sure: Floats, right: NDArray[np.bool_], promise: float) -> float:
    """Return the lowest probability above which the share of right answers is at least `promise`, or NEVER."""
    order = np.argsort(-sure)
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    kept = np.flatnonzero(shares >= promise)
    return float(sure[order][kept[-1]]) if len(kept) else NEVER
