"""Submissions that may be about the same matter: found by their rarest words, then compared."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import nlargest
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Subquery, exists, func, literal, or_, select, true
from sqlalchemy.orm import Session

from portal.communities.directory import Directory
from portal.communities.models import PlaceKind
from portal.core.positions import Point, box_around, metres_between
from portal.core.search import weigh_threads
from portal.threads.additions import NotSame
from portal.threads.likeness import (
    ENOUGH,
    Circumstances,
    Features,
    Weights,
    common_words,
    likeness,
    read_features,
    words_to_look_up,
)
from portal.threads.listing import LINE
from portal.threads.models import Kind, Statement, Thread, Visibility
from portal.threads.word_shares import get_weights
from portal.threads.words import SENDERS_WORDS, shown_original

MOST_COMPARED = 30
MOST_SHOWN = 5
LIKELY = 0.5  # so probable a category is told as the same
COLUMNS = (*LINE, Thread.spot_id, Thread.latitude, Thread.longitude)
NEAR = 1_000  # metres between pins


Other = tuple[Row[Any], Features]


@dataclass(frozen=True)
class Matter:
    """What others are compared with: a draft, or a thread that was sent already."""

    text: str
    kind: Kind
    place_id: int
    spot_id: int | None = None
    pin: Point | None = None
    likely: Mapping[int, float] = field(default_factory=dict)  # how likely each category is
    thread_id: int | None = None


@dataclass(frozen=True)
class Similar:
    """A submission that may be about the same, and why it is thought so."""

    row: Row[Any]  # of threads.listing.LINE, and where it is
    likeness: float
    common: list[str]  # what both say, in the words of the matter
    around: Circumstances

    @property
    def same_category(self) -> bool:
        return self.around.category >= LIKELY


def find_similar(session: Session, matter: Matter, directory: Directory, *, now: datetime) -> list[Similar]:
    """Return up to five open submissions near there, whose words are public, the most alike first."""
    seen_by_all = Thread.visibility == Visibility.PUBLIC
    return find_similar_among(session, matter, directory, seen_by_all, for_staff=False, now=now)


def find_similar_among(
    session: Session,
    matter: Matter,
    directory: Directory,
    seen: ColumnElement[bool],
    *,
    for_staff: bool,
    now: datetime,
) -> list[Similar]:
    """Return the same of what meets the condition `seen`, by the words that staff or the public may read.

    It takes the same number of queries whatever there is, and compares no more than 30 texts.
    """
    weights = get_weights(session, directory)
    mine = read_features(matter.text)
    total = session.scalar(select(func.max(Thread.id))) or 0
    chosen = words_to_look_up(mine, weights, total)
    if not chosen:
        return []
    words = "staff_words" if for_staff else "public_words"
    weighed = weigh_threads(chosen, column=words, dialect=session.get_bind().dialect.name)
    meant = [~Thread.is_closed, seen, *_near(matter, directory), *_alike_in_kind(matter, for_staff)]
    rows = session.execute(_best(weighed, meant)).all()
    texts = _texts(session, rows)
    return _most_alike(matter, mine, [(row, read_features(texts[row.id])) for row in rows], weights, now)


def likeness_of(
    session: Session, matter: Matter, row: Row[Any], directory: Directory, *, now: datetime
) -> float:
    """Return how alike the matter and one thread are; `row` holds its COLUMNS."""
    theirs = read_features(_texts(session, [row])[row.id])
    around = _circumstances(matter, row, now)
    return likeness(read_features(matter.text), theirs, around, get_weights(session, directory))


def _best(weighed: Subquery, meant: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """Return the query for the threads of most weight that meet the conditions.

    They are asked of each thread by its id: a join would rather read all that meet them.
    """
    is_meant = select(literal(1)).where(Thread.id == weighed.c.id, *meant).scalar_subquery()
    order = (weighed.c.weight.desc(), weighed.c.id.desc())
    best = select(weighed).where(is_meant == 1).order_by(*order).limit(MOST_COMPARED).subquery("best")
    return (
        select(*COLUMNS).join(best, best.c.id == Thread.id).order_by(best.c.weight.desc(), best.c.id.desc())
    )


def _most_alike(
    matter: Matter, mine: Features, others: Iterable[Other], weights: Weights, now: datetime
) -> list[Similar]:
    compared = []
    for row, theirs in others:
        around = _circumstances(matter, row, now)
        score = likeness(mine, theirs, around, weights)
        if score >= ENOUGH:
            compared.append((score, row.id, row, theirs, around))
    return [
        Similar(row, score, common_words(matter.text, theirs, weights), around)
        for score, _id, row, theirs, around in nlargest(MOST_SHOWN, compared)
    ]


def _circumstances(matter: Matter, row: Row[Any], now: datetime) -> Circumstances:
    both_named = matter.spot_id is not None and row.spot_id is not None
    pin = None if row.latitude is None else (row.latitude, row.longitude)
    return Circumstances(
        category=matter.likely.get(row.category_id, 0.0),
        same_spot=both_named and matter.spot_id == row.spot_id,
        other_spot=both_named and matter.spot_id != row.spot_id,
        metres=metres_between(matter.pin, pin) if matter.pin and pin else None,
        age=now - row.created_at,
    )


def _texts(session: Session, rows: Sequence[Row[Any]]) -> dict[int, str]:
    """Return title and words of each, with personal numbers covered."""
    said: dict[int, list[Statement]] = {row.id: [] for row in rows}
    sent = Statement.level.in_(SENDERS_WORDS)
    for statement in session.scalars(select(Statement).where(Statement.thread_id.in_(said), sent)):
        said[statement.thread_id].append(statement)
    return {row.id: matter_text(row.title, shown_original(said[row.id])) for row in rows}


def matter_text(title: str, words: str) -> str:
    """Return what is compared. A title made of the first words adds nothing."""
    return words if words.startswith(title.removesuffix("…")) else f"{title}\n{words}"


def _near(matter: Matter, directory: Directory) -> list[ColumnElement[bool]]:
    """Return the condition of being in the same community, or of its pin being a kilometre away.

    What is about more than one community is near everything in it, and the other way round.
    """
    above = directory.ancestors(matter.place_id)
    near = next((p for p in above if p.kind == PlaceKind.COMMUNITY), above[0])
    if near.parent_id is None:
        return []
    ids = {*directory.within(near.id), *(p.id for p in directory.ancestors(near.id))}
    here = Thread.place_id.in_(sorted(ids))
    if matter.pin is None:
        return [here]
    box = box_around(matter.pin, NEAR)
    by_pin = Thread.latitude.between(box.south, box.north) & Thread.longitude.between(box.west, box.east)
    return [here | by_pin]


def _alike_in_kind(matter: Matter, for_staff: bool) -> list[ColumnElement[bool]]:
    """Return the conditions on the kind, and on what has been said not to be the same.

    Everybody's word counts in what the public sees; `for_staff`, only that of staff and of the senders.
    """
    kinds = [Kind.REPORT, Kind.IDEA] if matter.kind == Kind.UNDECIDED else [matter.kind]
    conditions: list[ColumnElement[bool]] = [Thread.kind.in_(kinds)]
    if matter.thread_id is not None:
        pair = or_(
            (NotSame.first_id == matter.thread_id) & (NotSame.second_id == Thread.id),
            (NotSame.second_id == matter.thread_id) & (NotSame.first_id == Thread.id),
        )
        counts = NotSame.for_staff if for_staff else true()
        conditions += [Thread.id != matter.thread_id, ~exists(select(NotSame.id).where(pair, counts))]
    return conditions
