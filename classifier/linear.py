"""A linear classifier as plain arrays: what is stored, and what turns features into probabilities."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Weights = NDArray[np.float32]


@dataclass(frozen=True)
class Head:
    """One question answered from the features: (2**bits, K) weights, (K,) bias and the K labels in their order.

    A probability is softmax(sharpness * score + offset): `sharpness` makes it calibrated, `offset` shifts
    the balance between labels.
    """

    labels: tuple[str, ...]
    weights: Weights
    bias: Floats
    sharpness: float
    offset: Floats

    def scores(self, features: sparse.csr_matrix) -> Floats:
        """Return (messages, K) distances from the boundary of each label."""
        scores: Floats = (features @ self.weights).astype(np.float64) + self.bias
        return scores

    def probabilities(self, features: sparse.csr_matrix) -> Floats:
        """Return (messages, K) calibrated probabilities; each row sums to one."""
        return softmax(self.sharpness * self.scores(features) + self.offset)


def softmax(scores: Floats) -> Floats:
    """Return exp(scores) with each row made to sum to one, safe for large scores."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def scale(matrix: sparse.csr_matrix, rarity: Weights) -> sparse.csr_matrix:
    """Weigh each column by its rarity and give every row the Euclidean length one (an empty row stays empty)."""
    data = matrix.data * rarity[matrix.indices]
    counts = np.diff(matrix.indptr)
    owner = np.repeat(np.arange(matrix.shape[0]), counts)
    lengths = np.sqrt(np.bincount(owner, data**2, minlength=matrix.shape[0]))
    data = data / np.repeat(np.where(lengths > 0, lengths, 1), counts)
    return sparse.csr_matrix((data.astype(np.float32), matrix.indices, matrix.indptr), shape=matrix.shape)


def rarity(matrix: sparse.csr_matrix) -> Weights:
    """Return log((1 + messages) / (1 + messages with the column)) + 1 for each column: smooth inverse frequency."""
    seen = np.bincount(matrix.indices, minlength=matrix.shape[1])
    weights: Weights = (np.log((1 + matrix.shape[0]) / (1 + seen)) + 1).astype(np.float32)
    return weights
