"""The words that weighed: each feature's weight shared out over its characters and summed by whole word."""

from collections.abc import Sequence

import numpy as np
import rjieba
from numpy.typing import NDArray
from scipy import sparse

from classifier.features import Batch
from classifier.linear import Floats, Weights

MOST = 6
_MINIMUM_SHARE = 0.03
# They carry weight in the sums, but tell a reader nothing.
_BARE_WORDS = """
    的 地 得 了 着 过 在 是 就 也 都 很 又 和 与 及 把 被 给
    我 我们 你 你们 您 他 他们 她 它 这 那 吗 呢 吧 啊
    a an the this that i we you he she it they my our your their its me us them am is are was were be been
    do does did has have had of to in on at by for from with as and or but so
"""
_BARE = frozenset(_BARE_WORDS.split())
Words = tuple[tuple[str, float], ...]


def weighed_words(
    texts: Sequence[str],
    folded: Sequence[str],
    *,
    batch: Batch,
    features: sparse.csr_matrix,
    weights: Weights,
    winners: NDArray[np.int64],
) -> list[Words]:
    """Return for each text its heaviest words for the winning label, at most six, with their summed weights.

    Words are as the person wrote them wherever folding kept the length of the text.
    """
    ledger = _character_ledger(folded, batch, features, weights, winners)
    found = []
    start = 0
    for text, plain in zip(texts, folded, strict=True):
        shown = text if len(text) == len(plain) else plain
        found.append(_heaviest(plain, shown, ledger[start : start + len(plain) + 1]))
        start += len(plain) + 1
    return found


def _character_ledger(
    folded: Sequence[str],
    batch: Batch,
    features: sparse.csr_matrix,
    weights: Weights,
    winners: NDArray[np.int64],
) -> Floats:
    """Running sum of weight by character of the joined batch, one longer than it, starting at zero."""
    repeats = np.bincount(batch.cells, minlength=len(features.data))
    strength = weights[batch.buckets, winners[batch.rows]] - weights[batch.buckets].mean(axis=1)
    each = strength * (features.data / np.maximum(repeats, 1))[batch.cells] / (batch.ends - batch.starts)
    size = sum(len(text) + 1 for text in folded) + 1
    change = np.bincount(batch.starts, each, minlength=size) - np.bincount(batch.ends, each, minlength=size)
    by_character = np.cumsum(change)[:-1]
    return np.concatenate([[0.0], np.cumsum(by_character)])


def _heaviest(plain: str, shown: str, ledger: Floats) -> Words:
    words = rjieba.cut(plain, hmm=False)
    ends = np.cumsum([len(word) for word in words], dtype=np.int64)
    weights = np.diff(ledger[np.concatenate([[0], ends])]).tolist()
    totals: dict[str, float] = {}
    written: dict[str, str] = {}
    for end, word, weight in zip(ends.tolist(), words, weights, strict=True):
        totals[word] = totals.get(word, 0.0) + weight
        written.setdefault(word, shown[end - len(word) : end])
    ranked = sorted((pair for pair in totals.items() if pair[1] > 0), key=lambda pair: -pair[1])
    named = [(word, weight) for word, weight in ranked if _tells(word)][:MOST]
    floor = named[0][1] * _MINIMUM_SHARE if named else 0.0
    return tuple((written[word], round(weight, 4)) for word, weight in named if weight >= floor)


def _tells(word: str) -> bool:
    return word not in _BARE and any(char.isalnum() for char in word)
