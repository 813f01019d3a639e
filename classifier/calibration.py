"""Honest probabilities: how sharp scores may be read, and from where a department is routed to unasked.

Everything here is judged on out-of-fold scores: each row's from a model that has not seen it. `allowed` is a
(rows, labels) matrix that is true for each label a person would call right; more than one is where only the
department is known.
"""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from classifier.linear import Floats, Trust, lead, membership, softmax

Bools = NDArray[np.bool_]
NEVER = 1.01
_SHARPNESS = np.geomspace(0.2, 40, 90)
_SLOPES = np.geomspace(0.05, 2, 16).tolist()
_OFFSETS = np.linspace(-2, 3, 21).tolist()
_CEILINGS = (0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.998)
_STEPS = np.linspace(-2, 2, 17).tolist()
_WORTH_IT = 0.001
_LEAST_ROUTED = 40
_CAUTION = 0.15


def choose_sharpness(scores: Floats, allowed: Bools, weights: Floats) -> float:
    """Return the factor on the scores whose softmax makes what is right likeliest (temperature scaling)."""
    losses = [
        np.average(_losses(softmax(factor * scores), allowed), weights=weights) for factor in _SHARPNESS
    ]
    return float(_SHARPNESS[int(np.argmin(losses))])


def _losses(probabilities: Floats, allowed: Bools) -> Floats:
    losses: Floats = -np.log((probabilities * allowed).sum(axis=1) + 1e-12)
    return losses


def choose_trust(shares: Floats, allowed: Bools, weights: Floats, homes: tuple[str, ...]) -> Trust:
    """Return the trust under which it is likeliest that the best groups were right as often as they were."""
    names, inside = membership(homes)
    if len(names) < 2:
        return Trust()
    groups = shares @ inside
    right = (allowed & (inside.T[groups.argmax(axis=1)] > 0)).any(axis=1)
    ahead = lead(groups)
    options = [Trust(*triple) for triple in product(_SLOPES, _OFFSETS, _CEILINGS)]
    losses = [_surprise(option.of(ahead), right, weights) for option in options]
    return options[int(np.argmin(losses))]


def _surprise(trust: Floats, right: Bools, weights: Floats) -> float:
    return float(-(weights * np.log(np.where(right, trust, 1 - trust) + 1e-9)).sum())


def choose_thresholds(
    probabilities: Floats,
    allowed: Bools,
    weights: Floats,
    homes: tuple[str, ...],
    promise: float,
) -> dict[str, float]:
    """Return for each department the least probability from which `promise` of its routings are right.

    `homes` names the department of each label. A department with too few routings to tell gets the threshold
    that keeps the promise for all departments together.
    """
    names, inside = membership(homes)
    sums = probabilities @ inside
    best = sums.argmax(axis=1)
    right = (allowed & (inside.T[best] > 0)).any(axis=1)
    sure = sums.max(axis=1)
    common = least_sure(sure, right, weights, promise)
    thresholds = {}
    for place, name in enumerate(names):
        here = best == place
        enough = weights[here].sum() >= _LEAST_ROUTED
        thresholds[name] = least_sure(sure[here], right[here], weights[here], promise) if enough else common
    return thresholds


def least_sure(sure: Floats, right: Bools, weights: Floats, promise: float) -> float:
    """Return the lowest probability above which the weighted share of right answers is at least `promise`.

    The share is lowered by a part of its standard error, since the luckiest of many thresholds is chosen;
    NEVER where no probability is high enough.
    """
    order = np.argsort(-sure, kind="stable")
    met = np.cumsum(weights[order])
    shares = np.cumsum((right * weights)[order]) / met
    safe = shares - _CAUTION * np.sqrt(shares * (1 - shares) / met)
    enough = np.flatnonzero(safe >= promise)
    return float(sure[order][enough[-1]]) if len(enough) else NEVER


def choose_second(probabilities: Floats, truth: NDArray[np.int64], also: NDArray[np.int64]) -> float:
    """Return the probability from which the next best label is offered as a second matter, by best F1.

    `also` is the second label of each row, or -1. Without any, nothing is offered.
    """
    if not (also >= 0).any():
        return NEVER
    best = probabilities.argmax(axis=1)
    rest = probabilities.copy()
    rest[np.arange(len(rest)), best] = 0
    second, chance = rest.argmax(axis=1), rest.max(axis=1)
    told = {(row, int(label)) for row, label in enumerate(also) if label >= 0}
    swapped = {(row, int(truth[row])) for row, label in enumerate(also) if label >= 0 and best[row] == label}
    good = np.array([(row, int(label)) in told | swapped for row, label in enumerate(second)])
    options = np.linspace(0.05, 0.5, 46)
    scores = [2 * good[chance >= option].sum() / ((chance >= option).sum() + len(told)) for option in options]
    return float(options[int(np.argmax(scores))])


def choose_offset(shares: Floats, learnt: NDArray[np.int64]) -> Floats:
    """Return what to add to the logarithm of each label's share so that the mean F1 of the labels is best.

    A rare label that is right to guess more often than its share says gains by it. One label after the other
    is moved in small steps, twice round.
    """
    logs = np.log(shares + 1e-12)
    labels = shares.shape[1]
    offset = np.zeros(labels)
    best = macro_f1(learnt, logs.argmax(axis=1), labels)
    for label in list(range(labels)) * 2:
        for step in _STEPS:
            trial = offset.copy()
            trial[label] = step
            score = macro_f1(learnt, (logs + trial).argmax(axis=1), labels)
            if score > best + _WORTH_IT:
                best, offset = score, trial
    return offset


def macro_f1(truth: NDArray[np.int64], predicted: NDArray[np.int64], labels: int) -> float:
    """Return the mean F1 of the labels that occur in the truth or among the predictions."""
    both = np.bincount(truth[truth == predicted], minlength=labels)
    ends = np.bincount(truth, minlength=labels) + np.bincount(predicted, minlength=labels)
    seen = ends > 0
    return float((2 * both[seen] / ends[seen]).mean())


def choose_danger(chances: Floats, danger: Bools, recall: float) -> float:
    """Return the highest chance that still finds `recall` of the dangers; NEVER where there are none."""
    if not danger.any():
        return NEVER
    return float(np.quantile(chances[danger], 1 - recall, method="lower"))


def homes_of(labels: Sequence[str], departments: Mapping[str, str]) -> tuple[str, ...]:
    """Return the department of each label; a label without one is its own."""
    return tuple(departments.get(label, label) for label in labels)


def same_home(allowed: Bools, homes: tuple[str, ...]) -> Bools:
    """Widen what is right from labels to all labels of their departments: routing is judged by department."""
    together = np.array([[one == other for other in homes] for one in homes])
    widened: Bools = allowed.astype(np.int64) @ together.astype(np.int64) > 0
    return widened
