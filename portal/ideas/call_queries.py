"""Reads of calls, and of the ideas in one in the order that its phase asks for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.queries import records_of
from portal.ideas.calls import Call, CallMatter
from portal.ideas.models import Idea, IdeaPass
from portal.ideas.phases import Phase
from portal.ideas.ranking import best_supported, daily_order
from portal.threads.listing import LINE, LINES, PAGE_SIZE
from portal.threads.models import IS_LISTED, Kind, Thread, Vote

IN_RANDOM_ORDER = (Phase.ANNOUNCED, Phase.COLLECTING)


def list_public_calls(session: Session) -> Sequence[Call]:
    """Return the calls that everybody may see, the one that began last first."""
    public = select(Call).where(Call.published_at.is_not(None))
    return session.scalars(public.order_by(Call.opens_on.desc(), Call.id.desc())).all()


def list_collecting(session: Session, today: date, places: Collection[int] | None = None) -> list[Call]:
    """Return the calls that collect ideas today, the one that ends first first; of these places only."""
    open_ = select(Call).where(
        Call.published_at.is_not(None),
        Call.stopped_at.is_(None),
        Call.opens_on <= today,
        Call.collects_until >= today,
    )
    if places is not None:
        open_ = open_.where(Call.place_id.in_(places))
    return list(session.scalars(open_.order_by(Call.collects_until, Call.id)))


def list_staff_calls(session: Session, places: Collection[int]) -> Sequence[Call]:
    """Return all calls of these places, the newest first."""
    return session.scalars(select(Call).where(Call.place_id.in_(places)).order_by(Call.id.desc())).all()


def find_call(session: Session, code: str) -> Call | None:
    return session.scalar(select(Call).where(Call.code == code))


def find_public_call(session: Session, code: str) -> Call | None:
    return session.scalar(select(Call).where(Call.code == code, Call.published_at.is_not(None)))


def count_ideas(session: Session, calls: Collection[Call]) -> Mapping[int, int]:
    """Return how many ideas stand in each of these calls, by its id."""
    rows = session.execute(
        select(Idea.call_id, func.count())
        .join(Thread, Thread.id == Idea.thread_id)
        .where(Idea.call_id.in_([call.id for call in calls]), _stands())
        .group_by(Idea.call_id)
    )
    return {call_id: count for call_id, count in rows if call_id is not None}


def list_matters(session: Session, call: Call) -> Sequence[Row[Any]]:
    """Return the reports that are the reason for a call, as lines of a list; those still public."""
    reasons = select(CallMatter.thread_id).where(CallMatter.call_id == call.id)
    return session.execute(
        LINES.where(Thread.id.in_(reasons), IS_LISTED).order_by(Thread.votes_total.desc(), Thread.id)
    ).all()


def _stands() -> ColumnElement[bool]:
    return (Thread.kind == Kind.IDEA) & IS_LISTED


@dataclass(frozen=True)
class Choices:
    """What a person has said to the ideas of a call, by the numbers of their threads."""

    supported: Collection[int]
    passed: Collection[int]


def read_choices(session: Session, call: Call, person: Person | None) -> Choices:
    if person is None:
        return Choices((), ())
    ideas = select(Idea.thread_id).where(Idea.call_id == call.id)
    own = records_of(person)
    votes = select(Vote.thread_id).where(Vote.thread_id.in_(ideas), Vote.person_id.in_(own))
    passes = select(IdeaPass.thread_id).where(IdeaPass.thread_id.in_(ideas), IdeaPass.person_id.in_(own))
    return Choices(set(session.scalars(votes)), set(session.scalars(passes)))


@dataclass(frozen=True)
class Page:
    """Some ideas of a call in order, with how many passed each by, and how many pages there are."""

    lines: Sequence[Row[Any]]
    number: int
    pages: int
    count: int


def read_ideas(
    session: Session, call: Call, phase: Phase, *, seed: str, seen: Collection[str], number: int
) -> Page:
    """Return a page of the call's ideas; a number beyond either end gives the nearest page.

    While it collects they stand in an order of their own for each reader and day, those first that the
    reader hasn't opened (`seen` are references); afterwards by the surest support. The ids of a call's
    ideas are few enough to be put in order here.
    """
    counts = session.execute(
        select(Thread.id, Thread.reference, Thread.votes_total, Idea.passes_total)
        .join(Idea, Idea.thread_id == Thread.id)
        .where(Idea.call_id == call.id, _stands())
    ).all()
    if phase in IN_RANDOM_ORDER:
        known = {row.id for row in counts if row.reference in seen}
        order = daily_order([row.id for row in counts], seed=seed, seen=known)
    else:
        order = best_supported([(row.id, row.votes_total, row.passes_total) for row in counts])
    pages = max(1, -(-len(order) // PAGE_SIZE))
    number = min(max(1, number), pages)
    wanted = order[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    rows = session.execute(
        select(*LINE, Idea.passes_total).join(Idea, Idea.thread_id == Thread.id).where(Thread.id.in_(wanted))
    ).all()
    by_id = {row.id: row for row in rows}
    lines: list[Any] = [by_id[i] for i in wanted]
    return Page(lines, number, pages, len(order))
