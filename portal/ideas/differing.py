"""What is different between two texts: by words, and by signs where a language has no spaces. No database."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

# Words of letters and digits as a whole; a Chinese sign, a space or a mark is one by itself.
_HAN = "㐀-䶿一-鿿豈-﫿"
_TOKENS = re.compile(f"[{_HAN}]|[^\\W{_HAN}]+|\\s+|.", re.S)
_SENTENCES = re.compile(r"[^。！？.!?\n]*[。！？.!?\n]+|[^。！？.!?\n]+")
# Comparing takes time by the product of both lengths; beyond this the whole counts as different.
MOST_SENTENCES, MOST_TOKENS = 160_000, 400_000


class Change(StrEnum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    change: Change
    text: str


def find_differences(before: str, after: str) -> list[Piece]:
    """Return the pieces of both texts in order: put together, GONE left out, they are the one after.

    Sentences are compared first, and then the words of those that differ, with difflib's
    SequenceMatcher (after J. W. Ratcliff and D. Metzener, "Pattern Matching: The Gestalt Approach",
    Dr. Dobb's Journal, July 1988). Any two texts take a moment at most.
    """
    pieces = []
    for old, new in _compare(_SENTENCES.findall(before), _SENTENCES.findall(after), MOST_SENTENCES):
        if old == new:
            pieces.append(Piece(Change.SAME, old))
        else:
            pieces += _by_words(old, new)
    return _put_together(pieces)


def _by_words(before: str, after: str) -> Iterator[Piece]:
    for old, new in _compare(_TOKENS.findall(before), _TOKENS.findall(after), MOST_TOKENS):
        if old == new:
            yield Piece(Change.SAME, old)
        else:
            yield from (Piece(c, t) for c, t in ((Change.GONE, old), (Change.NEW, new)) if t)


def _compare(before: Sequence[str], after: Sequence[str], most: int) -> Iterator[tuple[str, str]]:
    """Return what stands against what: the same on both sides, or what is in the place of what."""
    if len(before) * len(after) > most:
        yield "".join(before), "".join(after)
        return
    for _tag, i, j, k, m in SequenceMatcher(None, before, after).get_opcodes():
        yield "".join(before[i:j]), "".join(after[k:m])


def _put_together(pieces: Sequence[Piece]) -> list[Piece]:
    grouped = groupby(pieces, key=lambda piece: piece.change)
    return [Piece(change, "".join(p.text for p in group)) for change, group in grouped]
