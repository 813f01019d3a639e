"""How soon somebody must look, by rules alone: works with no model at all.

The words are in `data/urgency.toml`, which also says how its lists are used. Recall of present danger comes
first: a message that is shown the emergency numbers for nothing costs little.
"""

import re
import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any

from classifier.labels import DATA
from classifier.text import fold

DANGER, SOON, ROUTINE = "danger", "soon", "routine"
_SENTENCE_END = re.compile(r"[。！？!?；;\n]|\.(?=\s|$)")
_CLAUSE_END = re.compile(r"[，,。！？!?；;：:\n]|\.(?=\s|$)")
_NEAR_CHINESE, _NEAR_ENGLISH = 6, 24
_SHORT_CHINESE, _SHORT_ENGLISH = 60, 160
_LONG_CHINESE, _LONG_ENGLISH = 250, 600
_MOST_WORDS = 6
_MOST_HITS = 300  # weighed in one text; more are in none but those made to keep the machine busy


@dataclass(frozen=True)
class Urgency:
    """`level` is danger, soon or routine; `words` say why; `people_at_risk` names groups of people."""

    level: str
    words: tuple[str, ...]
    people_at_risk: tuple[str, ...]


def raised(said: Urgency, danger: bool, soon: bool) -> Urgency:
    """Return what the rules said, raised to what else is known; it is never lowered."""
    if danger:
        return replace(said, level=DANGER)
    return replace(said, level=SOON) if soon and said.level == ROUTINE else said


@dataclass(frozen=True)
class Hit:
    """A span of the folded text in which words were found; `sure` when they say danger without more."""

    start: int
    end: int
    sure: bool = True


def judge(text: str) -> Urgency:
    """Judge one message in Chinese or English; text beyond 5,000 characters is not read."""
    plain = fold(text)
    rules = _rules().within(plain)
    struck = _strike(plain, rules.ignore)
    people = tuple(group for group, words in rules.people.items() if next(_find_any(plain, words), None))
    dangers = list(islice(_find_dangers(struck, rules), _MOST_HITS))
    weighed = [(hit, _strength(struck, hit, rules)) for hit in dangers]
    if present := [hit for hit, strength in weighed if strength == DANGER]:
        return Urgency(DANGER, _shown(plain, present), people)
    soon = [hit for hit, strength in weighed if strength == SOON] + list(_find_any(struck, rules.soon))
    pleas = list(_find_pleas(struck, rules)) if soon and _is_short(plain) else []
    if any(_strength(struck, plea, rules) == DANGER for plea in pleas):
        return Urgency(DANGER, _shown(plain, pleas + soon), people)
    if soon:
        return Urgency(SOON, _shown(plain, soon), people)
    return Urgency(ROUTINE, (), people)


Words = frozenset[str]


@dataclass(frozen=True)
class _Pair:
    things: Words
    states: Words
    within: int


@dataclass(frozen=True)
class _Rules:
    ignore: tuple[str, ...]
    negation: Words
    over: Words
    topic: Words
    supposed: Words
    past: Words
    plea: Words
    patient: Words
    now: Words
    danger: Words
    hints: Words
    pairs: tuple[_Pair, ...]
    soon: Words
    people: Mapping[str, Words]
    heads: Mapping[str, tuple[str, ...]]

    def within(self, text: str) -> "_Rules":
        """Return the same rules with only the words whose letters occur in `text`: most fall away at once."""
        pairs = {text[place : place + 2] for place in range(len(text))} | set(text)
        seen = frozenset(
            word
            for head in pairs & self.heads.keys()
            for word in self.heads[head]
            if word.rstrip("*") in text
        )
        lists = {name: getattr(self, name) & seen for name in _LISTS}
        kept = (_Pair(pair.things & seen, pair.states & seen, pair.within) for pair in self.pairs)
        return replace(
            self,
            **lists,
            ignore=tuple(word for word in self.ignore if word in seen),
            pairs=tuple(pair for pair in kept if pair.things and pair.states),
            people={group: words & seen for group, words in self.people.items()},
        )


_TOP = ("negation", "over", "topic", "supposed", "past", "plea", "patient", "now")
_LISTS = (*_TOP, "danger", "hints", "soon")


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    content: dict[str, Any] = tomllib.loads((DATA / "urgency.toml").read_text(encoding="utf-8"))
    danger = content["danger"]
    pairs = tuple(
        _Pair(frozenset(pair["things"]), frozenset(pair["states"]), pair["within"])
        for pair in danger["together"]
    )
    lists = {name: frozenset(content[name]) for name in _TOP}
    lists |= {
        "danger": frozenset(danger["alone"]),
        "hints": frozenset(danger["hints"]),
        "soon": frozenset(content["soon"]["alone"]),
    }
    people = {group: frozenset(words) for group, words in content["people"].items()}
    # The longest is struck out first, so that a phrase within a phrase cannot break it.
    ignore = tuple(sorted(content["ignore"], key=len, reverse=True))
    every = frozenset().union(
        ignore, *lists.values(), *people.values(), *(pair.things | pair.states for pair in pairs)
    )
    return _Rules(**lists, ignore=ignore, pairs=pairs, people=people, heads=_by_head(every))


def _by_head(words: Words) -> dict[str, tuple[str, ...]]:
    heads: dict[str, list[str]] = {}
    for word in sorted(words):
        heads.setdefault(word.rstrip("*")[:2], []).append(word)
    return {head: tuple(found) for head, found in heads.items()}


def _find_dangers(text: str, rules: _Rules) -> Iterator[Hit]:
    yield from _find_any(text, rules.danger)
    yield from (replace(hit, sure=_is_short(text)) for hit in _find_any(text, rules.hints))
    certain = len(text) <= (_LONG_ENGLISH if _is_english(text) else _LONG_CHINESE)
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    for pair in rules.pairs:
        yield from (replace(hit, sure=certain) for hit in _find_pairs(text, pair, ends))


def _find_pairs(text: str, pair: _Pair, ends: Sequence[int]) -> Iterator[Hit]:
    things = list(_find_any(text, pair.things))
    states = sorted(_find_any(text, pair.states), key=lambda hit: hit.start) if things else []
    starts = [state.start for state in states]
    reach = 3 * pair.within + max(map(len, pair.states))
    for thing in things:
        near = slice(bisect_left(starts, thing.start - reach), bisect_right(starts, thing.end + reach))
        for state in states[near]:
            first, last = sorted((thing, state), key=lambda hit: hit.start)
            gap = text[first.end : last.start]
            limit = pair.within * (3 if gap.isascii() and len(gap) > 1 else 1)
            same = bisect_right(ends, first.start) == bisect_right(ends, last.start)
            if same and last.start >= first.end and len(gap) <= limit:
                yield Hit(first.start, last.end)


def _find_pleas(text: str, rules: _Rules) -> Iterator[Hit]:
    return _find_any(_strike(text, sorted(rules.patient)), rules.plea)


def _find_any(text: str, words: Iterable[str]) -> Iterator[Hit]:
    for word in words:
        yield from _find(text, word)


def _find(text: str, word: str) -> Iterator[Hit]:
    """Find a Chinese word anywhere, an English one as a whole word (or as its start, with a star)."""
    stem = word.rstrip("*")
    start = text.find(stem)
    while start >= 0:
        end = start + len(stem)
        if not stem.isascii() or _is_whole(text, start, end, stem is not word and len(stem) < len(word)):
            yield Hit(start, end)
        start = text.find(stem, end)


def _is_whole(text: str, start: int, end: int, open_ended: bool) -> bool:
    before = start > 0 and _is_letter(text[start - 1])
    after = not open_ended and end < len(text) and _is_letter(text[end])
    return not before and not after


def _is_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _strike(text: str, phrases: Sequence[str]) -> str:
    for phrase in phrases:
        for hit in list(_find(text, phrase)):
            text = text[: hit.start] + "_" * (hit.end - hit.start) + text[hit.end :]
    return text


def _strength(text: str, hit: Hit, rules: _Rules) -> str:
    """What is left of a danger word once the words around it are read: danger, soon or nothing."""
    sentence = _around(text, hit, _SENTENCE_END)
    clause = _around(text, hit, _CLAUSE_END)
    before = text[clause.start : hit.start]
    near = before[-(_NEAR_ENGLISH if before[-3:].isascii() and before.strip() else _NEAR_CHINESE) :]
    said = text[sentence.start : sentence.end]
    if _has(near, rules.negation) or _has(said, rules.topic) or _has(said, rules.over):
        return ROUTINE
    if _has(before, rules.supposed):
        return SOON
    if not hit.sure or _has(said, rules.past):
        return DANGER if _has(said, rules.now) else SOON
    return DANGER


def _is_short(text: str) -> bool:
    return len(text) <= (_SHORT_ENGLISH if _is_english(text) else _SHORT_CHINESE)


def _is_english(text: str) -> bool:
    return len(text.encode("ascii", "ignore")) * 4 > 3 * len(text)


def _around(text: str, hit: Hit, end: re.Pattern[str]) -> Hit:
    """The sentence or clause that a hit stands in."""
    start = 0
    for match in end.finditer(text, 0, hit.start):
        start = match.end()
    after = end.search(text, hit.end)
    return Hit(start, after.start() if after else len(text))


def _has(text: str, words: Iterable[str]) -> bool:
    return next(_find_any(text, words), None) is not None


def _shown(text: str, hits: Sequence[Hit]) -> tuple[str, ...]:
    """The words of the hits in order, without those inside a longer one."""
    spans = sorted({(hit.start, hit.end) for hit in hits}, key=lambda span: (span[0], -span[1]))
    words: list[str] = []
    reached = 0
    for start, end in spans:
        if end > reached and text[start:end] not in words:
            words.append(text[start:end])
        reached = max(reached, end)
    return tuple(words[:_MOST_WORDS])
