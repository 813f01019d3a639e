"""A linear classifier as plain arrays: what is stored, and what turns features into probabilities."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Weights = NDArray[np.float32]

_FAR = 50.0
_TINY = 1e-12


@dataclass(frozen=True)
class Trust:
    """How likely the best group is right: ceiling / (1 + exp(-(slope * lead + offset))).

    `lead` is the difference of the logarithms of the best and the next best group's shares. The ceiling says
    that people, too, disagree about some messages.
    """

    slope: float = 1.0
    offset: float = 0.0
    ceiling: float = 1.0

    def of(self, lead: Floats) -> Floats:
        """Return the probability for each lead."""
        trust: Floats = self.ceiling / (1 + np.exp(-(self.slope * np.minimum(lead, _FAR) + self.offset)))
        return trust


@dataclass(frozen=True)
class Head:
    """One question answered from the features: K labels, (2**bits, K) weights and (K,) bias.

    `homes` names the group of each label (its department; without groups, itself). Of the shares that
    softmax(sharpness * score + offset) gives, the best group's becomes what `trust` says, and the other
    groups share the rest. The features it reads are weighed by rarity to the power of `rarity_power`.
    """

    labels: tuple[str, ...]
    weights: Weights
    bias: Floats
    homes: tuple[str, ...]
    offset: Floats
    sharpness: float = 1.0
    trust: Trust = Trust()
    rarity_power: float = 1.0

    def scores(self, features: sparse.csr_matrix) -> Floats:
        """Return (messages, K) distances from the boundary of each label."""
        scores: Floats = (features @ self.weights).astype(np.float64) + self.bias
        return scores

    def probabilities(self, features: sparse.csr_matrix) -> Floats:
        """Return (messages, K) calibrated probabilities; each row sums to one."""
        return trusted(softmax(self.sharpness * self.scores(features) + self.offset), self.homes, self.trust)


@lru_cache(maxsize=64)
def membership(homes: tuple[str, ...]) -> tuple[tuple[str, ...], Floats]:
    """Return the groups in order of name and a (labels, groups) matrix of ones where a label belongs."""
    names = tuple(sorted(set(homes)))
    places = np.array([names.index(home) for home in homes], dtype=np.int64)
    inside = np.eye(len(names))[places]
    inside.setflags(write=False)  # shared by all that ask
    return names, inside


def lead(groups: Floats) -> Floats:
    """Return how far the best column leads the next, as a difference of logarithms."""
    if groups.shape[1] < 2:
        return np.full(len(groups), _FAR)
    ordered = np.log(np.sort(groups, axis=1)[:, -2:] + _TINY)
    ahead: Floats = ordered[:, 1] - ordered[:, 0]
    return ahead


def trusted(shares: Floats, homes: tuple[str, ...], trust: Trust) -> Floats:
    """Give the best group of each row the probability that its lead deserves, and the others the rest.

    The best group stays the best, and within groups nothing changes its order.
    """
    names, inside = membership(homes)
    if len(names) < 2:
        return shares
    groups = shares @ inside
    best = groups.argmax(axis=1)
    rows = np.arange(len(shares))
    top = groups[rows, best]
    others = np.maximum(1 - top, _TINY)
    ahead = lead(groups)
    groups[rows, best] = 0
    runner_up = groups.max(axis=1) / others
    given = np.maximum(trust.of(ahead), runner_up / (1 + runner_up) + _TINY)
    gain, loss = given / np.maximum(top, _TINY), (1 - given) / others
    factors = np.where(inside.T[best] > 0, gain[:, None], loss[:, None])
    adjusted = shares * factors
    normal: Floats = adjusted / adjusted.sum(axis=1, keepdims=True)
    return normal


def softmax(scores: Floats) -> Floats:
    """Return exp(scores) with each row made to sum to one, safe for large scores."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def scale(matrix: sparse.csr_matrix, rarity: Weights, power: float) -> sparse.csr_matrix:
    """Weigh each column by rarity**power and give each row the Euclidean length one, unless it is empty."""
    data = matrix.data * rarity[matrix.indices] ** power
    counts = np.diff(matrix.indptr)
    owner = np.repeat(np.arange(matrix.shape[0]), counts)
    lengths = np.sqrt(np.bincount(owner, data**2, minlength=matrix.shape[0]))
    data = data / np.repeat(np.where(lengths > 0, lengths, 1), counts)
    return sparse.csr_matrix((data.astype(np.float32), matrix.indices, matrix.indptr), shape=matrix.shape)


def rarity(matrix: sparse.csr_matrix) -> Weights:
    """Return log((1 + messages) / (1 + messages with it)) + 1 for each column."""
    seen = np.bincount(matrix.indices, minlength=matrix.shape[1])
    weights: Weights = (np.log((1 + matrix.shape[0]) / (1 + seen)) + 1).astype(np.float32)
    return weights
