"""Text as numbers: hashed character n-grams and words, many messages at once in numpy.

scikit-learn's HashingVectorizer walks through each n-gram in Python. Here the whole batch is one array of
code points and each n-gram length costs a few array operations, which is some ten times quicker and keeps
each feature's place in the text, so that the words that weighed can be named.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from classifier.text import fold

Codes = NDArray[np.uint64]
Ints = NDArray[np.int64]

_PRIME = np.uint64(0x100000001B3)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_OTHER, _LATIN, _CHINESE = 0, 1, 2
_SEPARATOR = "\x00"


@dataclass(frozen=True)
class FeatureSettings:
    """What is counted: n-gram lengths of Chinese and of Latin text, and 2**bits buckets to count in."""

    bits: int = 17
    chinese: tuple[int, ...] = (1, 2)
    latin: tuple[int, ...] = (3, 4)
    word_pairs: bool = True
    title_weight: float = 3.0
    title_limit: int = 60

    @property
    def width(self) -> int:
        """Number of buckets."""
        return 1 << self.bits


@dataclass(frozen=True)
class Batch:
    """A batch of folded texts as numbers.

    `matrix` is (messages, 2**bits) float32 with 1 + log(weighted count). The arrays below it have one entry
    for each occurrence of a feature: its message, its bucket, its cell in `matrix.data`, and the span of
    characters in the joined batch, where each message is followed by one separator.
    """

    matrix: sparse.csr_matrix
    rows: Ints
    buckets: Ints
    cells: Ints
    starts: Ints
    ends: Ints


def read(folded: Sequence[str], settings: FeatureSettings) -> Batch:
    """Count the features of texts that `classifier.text.fold` has folded."""
    codes, kinds, owner = _characters(folded)
    parts = [_ngrams(codes, kinds, n, _CHINESE) for n in settings.chinese]
    parts += [_ngrams(codes, kinds, n, _LATIN) for n in settings.latin]
    parts += _words(codes, kinds, settings.word_pairs)
    hashes, starts, ends = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    buckets = ((hashes * _MIX) >> np.uint64(64 - settings.bits)).astype(np.int64)
    rows = owner[starts]
    keys, cells = np.unique(rows * settings.width + buckets, return_inverse=True)
    weights = np.where(starts < _title_ends(folded, settings)[rows], settings.title_weight, 1.0)
    values = 1 + np.log(np.bincount(cells, weights, minlength=len(keys)))
    bounds = np.searchsorted(keys, np.arange(len(folded) + 1) * settings.width)
    matrix = sparse.csr_matrix(
        (values.astype(np.float32), keys % settings.width, bounds), shape=(len(folded), settings.width)
    )
    return Batch(matrix, rows, buckets, cells, starts, ends)


def count(texts: Sequence[str], settings: FeatureSettings) -> sparse.csr_matrix:
    """Return the matrix of `read` for raw texts, folding them first."""
    return read([fold(text) for text in texts], settings).matrix


def _title_ends(folded: Sequence[str], settings: FeatureSettings) -> Ints:
    """For each message, where its title ends in the joined batch: a short first line with more below it."""
    ends = np.zeros(len(folded), dtype=np.int64)
    start = 0
    for number, text in enumerate(folded):
        line = text.find("\n")
        ends[number] = start + line if 0 < line <= settings.title_limit else 0
        start += len(text) + 1
    return ends


def _characters(texts: Sequence[str]) -> tuple[Codes, NDArray[np.int8], Ints]:
    joined = _SEPARATOR.join(texts) + _SEPARATOR
    codes = np.frombuffer(joined.encode("utf-32-le", "replace"), dtype="<u4").astype(np.uint64)
    kinds = np.full(len(codes), _OTHER, dtype=np.int8)
    kinds[((codes >= 0x3400) & (codes <= 0x9FFF)) | ((codes >= 0x20000) & (codes <= 0x3FFFF))] = _CHINESE
    letters = (codes >= 0x61) & (codes <= 0x7A) | (codes >= 0xE0) & (codes <= 0x24F)
    digits = (codes >= 0x30) & (codes <= 0x39)
    kinds[letters | digits] = _LATIN
    codes[digits] = 0x30  # house and telephone numbers say nothing; that there is a number does
    lengths = np.fromiter((len(text) + 1 for text in texts), dtype=np.int64, count=len(texts))
    return codes, kinds, np.repeat(np.arange(len(texts)), lengths)


def _ngrams(codes: Codes, kinds: NDArray[np.int8], n: int, kind: int) -> tuple[Codes, Ints, Ints]:
    """Runs of `n` characters of one kind: their hashes, starts and ends."""
    if len(codes) < n:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64), np.zeros(0, np.int64)
    last = len(codes) - n + 1
    good = np.ones(last, dtype=bool)
    hashes = np.full(last, n * 4 + kind, dtype=np.uint64)
    for step in range(n):
        good &= kinds[step : step + last] == kind
        hashes = (hashes ^ codes[step : step + last]) * _PRIME
        hashes ^= hashes >> np.uint64(29)
    starts = np.flatnonzero(good)
    return hashes[good], starts, starts + n


def _words(codes: Codes, kinds: NDArray[np.int8], pairs: bool) -> list[tuple[Codes, Ints, Ints]]:
    """Latin words and, on request, pairs of neighbouring ones."""
    latin = np.concatenate([[False], kinds == _LATIN, [False]])
    edges = np.flatnonzero(latin[1:] != latin[:-1])
    starts, ends = edges[0::2], edges[1::2]
    if not len(starts):
        return []
    hashes = _word_hashes(codes, starts, ends)
    found = [(hashes, starts, ends)]
    if pairs:
        near = starts[1:] - ends[:-1] <= 2
        joined = (hashes[:-1] * _MIX) ^ (hashes[1:] * _PRIME)
        found.append((joined[near], starts[:-1][near], ends[1:][near]))
    return found


def _word_hashes(codes: Codes, starts: Ints, ends: Ints) -> Codes:
    lengths = ends - starts
    offsets = np.cumsum(lengths) - lengths
    places = np.arange(lengths.sum()) - np.repeat(offsets, lengths)
    powers = np.power(_PRIME, places.astype(np.uint64))
    letters = codes[np.repeat(starts, lengths) + places]
    sums = np.add.reduceat(letters * powers, offsets)
    mixed: Codes = (sums ^ (sums >> np.uint64(31))) * _MIX
    return mixed
