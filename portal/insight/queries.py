"""What was routed and what people made of it, counted by the database over one year.

Every query begins with each submission's first decision, where the classifier's advice is kept. What people
made of it is known in two ways: a person decided the category, or a department has worked on what it
was sent without sending it on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Row,
    and_,
    case,
    cast,
    extract,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from portal.communities.models import Category
from portal.routing.models import DecidedBy, ModelTraining, RoutingDecision
from portal.threads.models import FIXED, Kind, Status, Thread

WEEK = timedelta(weeks=1)
KEPT_HISTORY = 20
MOST_CONFUSIONS = 12
MOST_WORDS_OF = 3000  # submissions of one period whose words are counted, the newest
BANDS = 10
# A report in one of these states has been worked on where it was sent.
WORKED_ON = (Status.IN_PROGRESS, *FIXED, Status.REOPENED)
UNCLEAR = (Status.WITHDRAWN, Status.NOT_OURS)


@dataclass(frozen=True)
class Scope:
    """Which submissions count: those in these places since `start`, the beginning of week 0."""

    places: Sequence[int]
    start: datetime


def count_weeks(session: Session, scope: Scope) -> Sequence[Row[Any]]:
    """Return (week, category_id, submissions, sent_on, to_desk, sureness) for what the classifier named.

    `category_id` is None where it named none that is known; `sureness` is a sum of probabilities.
    """
    routed = _routed(scope)
    return session.execute(
        select(
            routed.c.week,
            routed.c.said_id.label("category_id"),
            func.count().label("submissions"),
            _count(and_(routed.c.to_desk.is_(False), routed.c.sent_id.is_not(None))).label("sent_on"),
            _count(routed.c.to_desk).label("to_desk"),
            func.coalesce(func.sum(routed.c.probability), 0.0).label("sureness"),
        ).group_by(routed.c.week, routed.c.said_id)
    ).all()


def count_agreement(session: Session, scope: Scope) -> Sequence[Row[Any]]:
    """Return counts by week and by the department that the classifier named.

    (week, department_id, checked, decided, same_category, same_department,
    sent_on_checked, sent_on_right): `checked` are all whose right category is known, `decided`
    those a person decided, `sent_on_checked` those that nobody sorted before they reached a department.
    """
    routed = _routed(scope)
    same_department = routed.c.said_department == routed.c.true_department
    sent_on = routed.c.to_desk.is_(False)
    return session.execute(
        select(
            routed.c.week,
            routed.c.said_department.label("department_id"),
            func.count().label("checked"),
            _count(routed.c.by_person).label("decided"),
            _count(routed.c.said_id == routed.c.true_id).label("same_category"),
            _count(same_department).label("same_department"),
            _count(sent_on).label("sent_on_checked"),
            _count(and_(sent_on, same_department)).label("sent_on_right"),
        )
        .where(_is_checked(routed))
        .group_by(routed.c.week, routed.c.said_department)
    ).all()


def count_confusions(session: Session, scope: Scope) -> Sequence[Row[Any]]:
    """Return the commonest (said_id, true_id, submissions) where people chose another category."""
    routed = _routed(scope)
    number = func.count().label("submissions")
    return session.execute(
        select(routed.c.said_id, routed.c.true_id, number)
        .where(_is_checked(routed), routed.c.said_id != routed.c.true_id)
        .group_by(routed.c.said_id, routed.c.true_id)
        .order_by(number.desc(), routed.c.said_id, routed.c.true_id)
        .limit(MOST_CONFUSIONS)
    ).all()


def count_bands(session: Session, scope: Scope) -> Sequence[Row[Any]]:
    """Return (band, submissions, right, promised) by tenth of the department's probability."""
    routed = _routed(scope)
    edges = [(routed.c.probability < (band + 1) / BANDS, band) for band in range(BANDS - 1)]
    band = case(*edges, else_=BANDS - 1).label("band")
    return session.execute(
        select(
            band,
            func.count().label("submissions"),
            _count(routed.c.said_department == routed.c.true_department).label("right"),
            func.sum(routed.c.probability).label("promised"),
        )
        .where(_is_checked(routed))
        .group_by(band)
        .order_by(band)
    ).all()


def list_words(session: Session, places: Sequence[int], since: datetime, until: datetime) -> list[list[Any]]:
    """Return for each submission between these moments the words that weighed, as [word, weight]."""
    return list(
        session.scalars(
            select(RoutingDecision.words)
            .join(Thread, Thread.id == RoutingDecision.thread_id)
            .where(
                RoutingDecision.corrects_id.is_(None),
                RoutingDecision.decided_by == DecidedBy.CLASSIFIER,
                RoutingDecision.created_at >= since,
                RoutingDecision.created_at < until,
                Thread.place_id.in_(places),
            )
            .order_by(RoutingDecision.id.desc())
            .limit(MOST_WORDS_OF)
        )
    )


def list_trainings(session: Session) -> Sequence[ModelTraining]:
    """Return the latest trainings of the classifier, newest first."""
    return session.scalars(select(ModelTraining).order_by(ModelTraining.id.desc()).limit(KEPT_HISTORY)).all()


def _routed(scope: Scope) -> FromClause:
    """Return one row for each submission: what was said, how sure, where it went, what turned out right."""
    first, last = aliased(RoutingDecision, name="first"), aliased(RoutingDecision, name="last")
    said, true = aliased(Category, name="said"), aliased(Category, name="true_one")
    newest = (
        select(func.max(RoutingDecision.id))
        .where(RoutingDecision.thread_id == first.thread_id)
        .scalar_subquery()
    )
    by_person = and_(last.category_id.is_not(None), Thread.needs_sorting.is_(False))
    true_id = case((by_person, last.category_id), (_was_kept(first, last), first.category_id))
    return (
        select(
            _week(first.created_at, scope.start).label("week"),
            first.to_desk.label("to_desk"),
            first.probability.label("probability"),
            first.category_id.label("sent_id"),
            said.id.label("said_id"),
            said.department_id.label("said_department"),
            by_person.label("by_person"),
            true.id.label("true_id"),
            true.department_id.label("true_department"),
        )
        .select_from(first)
        .join(Thread, Thread.id == first.thread_id)
        .outerjoin(last, and_(last.id == newest, last.decided_by == DecidedBy.PERSON))
        .outerjoin(said, said.code == first.alternatives[0][0].as_string())
        .outerjoin(true, true.id == true_id)
        .where(
            first.corrects_id.is_(None),
            first.created_at >= scope.start,
            Thread.place_id.in_(scope.places),
        )
        .subquery("routed")
    )


def _was_kept(first: type[RoutingDecision], last: type[RoutingDecision]) -> ColumnElement[bool]:
    """A department worked on a report as it was sent, and nobody sent it on."""
    return and_(
        last.id.is_(None),
        first.to_desk.is_(False),
        Thread.kind == Kind.REPORT,
        Thread.needs_sorting.is_(False),
        Thread.status.not_in(UNCLEAR),
        or_(Thread.answered_at.is_not(None), Thread.status.in_(WORKED_ON)),
    )


def _week(moment: Any, start: datetime) -> ColumnElement[int]:
    seconds = cast(extract("epoch", moment), BigInteger) - int(start.timestamp())
    return seconds // int(WEEK.total_seconds())


def _is_checked(routed: FromClause) -> ColumnElement[bool]:
    return and_(routed.c.said_id.is_not(None), routed.c.true_id.is_not(None))


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
