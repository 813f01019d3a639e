"""How alike two texts are: pure decisions, without a database.

Two cosines of sets, each word weighed by how rare it is: one of the words (Chinese pairs, Latin
words), one of their grains (single characters, the first letters of a Latin word), which also
meets what is said in other words: 漏水 and 渗水, leak and leaking. docs/similar.md has the figures.
"""

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import repeat

from portal.core.text import LONGEST_TOKEN, fold, is_han, pairs, runs

MOST_READ = 600  # characters of a text that are compared
GRAIN = 4  # letters
MOST_RARE, MOST_COMMON, MOST_ROWS = 32, 24, 3_000
RAREST = 0.001  # the least share of submissions that is told apart

WORDS, GRAINS, CATEGORY = 0.2, 0.8, 0.15  # how much each can add to the likeness
SAME_SPOT, NEAR_PIN, OTHER_SPOT, OTHER_BUILDING, PER_YEAR = 0.05, 0.05, -0.05, -0.15, -0.1
NEAR_METRES, FAR_METRES = 60, 400
PARTICLES = "的了是在有和就都也"
ENOUGH = 0.25  # what is less alike is not shown

Weigh = Callable[[Iterable[str]], float]

_LATIN = re.compile(r"[^\W_]+")
_BUILDING = re.compile(
    r"(\d+)\s*(?:号?楼|号?[栋幢座]|号院|单元)|(?:block|building|house|flat|unit|stairwell)\s+(\d+)"
)


def weight(share: float) -> float:
    """Return what a word adds that stands in this share of the submissions: its IDF, squared."""
    return math.log(1 / max(share, RAREST)) ** 2


RARE = weight(0)
TOO_COMMON = weight(0.05)  # nobody is told that both texts say 小区


@dataclass(frozen=True)
class Weights:
    """What each common word adds to a likeness; one that is left out is rare."""

    of_words: Mapping[str, float] = field(default_factory=dict)
    of_grains: Mapping[str, float] = field(default_factory=dict)

    def weigh(self, words: Iterable[str]) -> float:
        return sum(map(self.of_words.get, words, repeat(RARE)))

    def weigh_grains(self, grains: Iterable[str]) -> float:
        return sum(map(self.of_grains.get, grains, repeat(RARE)))


@dataclass(frozen=True)
class Features:
    """What of a text is compared."""

    words: frozenset[str]
    grains: frozenset[str]
    buildings: frozenset[str]

    @property
    def tokens(self) -> frozenset[str]:
        """Return the words and single characters as the search index has them."""
        return self.words | {grain for grain in self.grains if not is_latin(grain)}


def read_features(text: str) -> Features:
    """Return the features of the first 600 characters of a text."""
    folded = fold(text[:MOST_READ])
    words: set[str] = set()
    grains: set[str] = set()
    for run in runs(folded):
        if is_han(run):
            words.update(pairs(run))
            grains.update(run)
        else:
            words.add(run[:LONGEST_TOKEN])
            grains.add(run[:GRAIN])
    buildings = (a or b for a, b in _BUILDING.findall(folded))
    return Features(frozenset(words), frozenset(grains), frozenset(buildings))


def is_latin(word: str) -> bool:
    """Tell whether a token is a word or number in letters rather than Chinese characters."""
    return word < "\u2e80"


@dataclass(frozen=True)
class Circumstances:
    """What is known of two submissions besides their words."""

    category: float = 0.0  # how likely it is that both are of one category
    same_spot: bool = False
    other_spot: bool = False
    metres: float | None = None  # between their pins
    age: timedelta = timedelta()


def likeness(mine: Features, theirs: Features, around: Circumstances, weights: Weights) -> float:
    """Return how alike they are, from 0 to a little over 1; ENOUGH is worth showing."""
    words = _cosine(mine.words, theirs.words, weights.weigh)
    grains = _cosine(mine.grains, theirs.grains, weights.weigh_grains)
    said = WORDS * words + GRAINS * grains + CATEGORY * around.category
    return said + _place(mine, theirs, around) + PER_YEAR * min(around.age / timedelta(days=365), 1)


def _cosine(mine: frozenset[str], theirs: frozenset[str], weigh: Weigh) -> float:
    both = weigh(mine & theirs)
    return both / math.sqrt(weigh(mine) * weigh(theirs)) if both else 0.0


def _place(mine: Features, theirs: Features, around: Circumstances) -> float:
    bonus = SAME_SPOT if around.same_spot else OTHER_SPOT if around.other_spot else 0.0
    if around.metres is not None:
        bonus += NEAR_PIN if around.metres <= NEAR_METRES else 0.0
        bonus += OTHER_SPOT if around.metres > FAR_METRES else 0.0
    other_building = mine.buildings and theirs.buildings and not mine.buildings & theirs.buildings
    return bonus + (OTHER_BUILDING if other_building else 0.0)


def words_to_look_up(features: Features, weights: Weights, total: int) -> list[tuple[str, float]]:
    """Return words and characters to find others by, each with its weight, the rarest first.

    There are so few that about 3,000 of `total` submissions have one of them.
    """
    tokens = features.tokens
    common = sorted((-weights.of_words[t], t) for t in tokens if t in weights.of_words)
    rare = sorted(tokens - weights.of_words.keys(), key=lambda token: (token in features.grains, token))
    chosen = [(token, RARE) for token in rare[:MOST_RARE]]
    rows = 0.0
    for negative, token in common[:MOST_COMMON]:
        rows += total * share_of(-negative)
        if rows > MOST_ROWS:
            break
        chosen.append((token, -negative))
    return chosen


def share_of(weight: float) -> float:
    """Return the share of submissions that a word of this weight stands in."""
    return math.exp(-math.sqrt(weight))


def common_words(text: str, theirs: Features, weights: Weights, most: int = 4) -> list[str]:
    """Return what both say, in the words of the first text, what tells most first."""
    text = text[:MOST_READ]
    folded = fold(text)
    shown = text if len(folded) == len(text) else folded
    spans = {*_latin_spans(folded, theirs.words), *_runs_of_pairs(folded, theirs.words)}
    found: dict[str, tuple[float, str]] = {}
    for start, end in sorted(_without_particles(folded, *span) for span in spans):
        worth = weights.weigh(read_features(folded[start:end]).words)
        found.setdefault(folded[start:end], (worth, shown[start:end]))
    ranked = sorted(found.values(), key=lambda pair: -pair[0])
    return [word for worth, word in ranked if worth > TOO_COMMON][:most]


def _without_particles(folded: str, start: int, end: int) -> tuple[int, int]:
    """Return the stretch without what only ties words together at its ends."""
    while start < end and folded[start] in PARTICLES:
        start += 1
    while start < end and folded[end - 1] in PARTICLES:
        end -= 1
    return start, end


def _latin_spans(folded: str, words: Collection[str]) -> Iterable[tuple[int, int]]:
    matches = (m for m in _LATIN.finditer(folded) if is_latin(m.group()))
    return ((m.start(), m.end()) for m in matches if m.group() in words)


def _runs_of_pairs(folded: str, words: Collection[str]) -> Iterable[tuple[int, int]]:
    """Give where pairs that both have follow each other, as one stretch each."""
    start = None
    for i in range(len(folded)):
        is_common = not is_latin(folded[i]) and folded[i : i + 2] in words
        if is_common and start is None:
            start = i
        elif not is_common and start is not None:
            yield start, i + 1
            start = None
