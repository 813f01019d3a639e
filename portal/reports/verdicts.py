"""Is it truly fixed? What the sender and those affected answer, and what follows from it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.queries import records_of
from portal.communities.directory import Directory
from portal.core.errors import Invalid
from portal.core.i18n import gettext as _
from portal.reports.actions import confirm_fixed, reopen_as_unfixed
from portal.reports.models import Answer, Report, Verdict
from portal.reports.rules import (
    QUIET_WEEK,
    affected_may_judge,
    outcome,
    resident_may_judge,
    resident_may_reopen,
)
from portal.routing.advice import has_danger_words
from portal.threads.actions import refuse_unless, set_status
from portal.threads.events import SYSTEM, Actor, record_event, resident
from portal.threads.followers import is_sender
from portal.threads.models import Event, EventVisibility, Level, Statement, Status, Thread, Vote
from portal.threads.words import say

ASKED = "verdict"  # the purpose of the link by which somebody affected answers


def judge(
    session: Session,
    thread: Thread,
    person: Person,
    answer: Answer,
    why: str = "",
    *,
    directory: Directory,
    now: datetime,
) -> str:
    """Take an answer in a locked thread; return what came of it: "same", or as rules.outcome names it.

    The last answer of each person in a round counts; given again it changes nothing. Raises Conflict
    where this person isn't asked, or not any more; Invalid for a "partly" that doesn't say what is missing.
    """
    report = session.get_one(Report, thread.id)
    given = find_verdict(session, thread, person, report.round)
    if given is not None and given.answer == answer and why in ("", _words_of(session, given)):
        return "same"
    sends = is_sender(thread, person)
    refuse_unless(may_answer(session, thread, person, answer))
    if answer == Answer.PARTLY and not why:
        raise Invalid(_("Please say in a line what is still missing."))
    result = outcome(
        answer,
        is_sender=sends,
        voted_before=_voted_before(session, thread, person, report),
        reopened_lately=_reopened_lately(session, thread, now),
    )
    if given is None:
        given = Verdict(
            thread_id=thread.id, round=report.round, person_id=person.root_id, is_sender=sends, at=now
        )
        session.add(given)
    given.answer, given.at = answer, now
    words = _follow(session, thread, given, result, why, by=resident(person), directory=directory, now=now)
    given.statement_id = words.id if words else None
    thread.is_urgent = thread.is_urgent or has_danger_words(why)
    session.flush()
    return result


def may_answer(session: Session, thread: Thread, person: Person, answer: Answer | None = None) -> bool:
    """Tell whether this person is asked now: the sender, and those affected whom we know."""
    if is_sender(thread, person):
        judges = resident_may_judge(thread.status)
        return judges or (answer != Answer.YES and resident_may_reopen(thread.status))
    root = session.get_one(Person, person.root_id)
    known = root.is_verified and not root.is_blocked
    return known and affected_may_judge(thread.status) and _vote_time(session, thread, person) is not None


def _vote_time(session: Session, thread: Thread, person: Person) -> datetime | None:
    own = select(func.min(Vote.at)).where(Vote.thread_id == thread.id, Vote.person_id.in_(records_of(person)))
    return session.scalar(own)


def _voted_before(session: Session, thread: Thread, person: Person, report: Report) -> bool:
    voted_at = _vote_time(session, thread, person)
    return bool(voted_at and report.fixed_at and voted_at <= report.fixed_at)


def _reopened_lately(session: Session, thread: Thread, now: datetime) -> bool:
    """Tell whether somebody affected opened it again within a week."""
    lately = select(Event.data).where(
        Event.thread_id == thread.id, Event.kind == "report.reopened", Event.at > now - QUIET_WEEK
    )
    return any(data.get("said") == "affected" for data in session.scalars(lately))


def _words_of(session: Session, verdict: Verdict) -> str:
    statement = session.get(Statement, verdict.statement_id) if verdict.statement_id else None
    return statement.text if statement else ""


def _follow(
    session: Session,
    thread: Thread,
    given: Verdict,
    result: str,
    why: str,
    *,
    by: Actor,
    directory: Directory,
    now: datetime,
) -> Statement | None:
    """Do what follows from an answer, and return the words that were kept.

    Those of somebody affected are for staff alone: not even the sender is told them.
    """
    if given.is_sender and result == "reopen":
        return reopen_as_unfixed(session, thread, why, by=by, directory=directory, now=now)
    words = _record_answer(session, thread, given, why, by=by, now=now)
    if result == "reopen":
        reopen_as_unfixed(session, thread, "", by=by, directory=directory, now=now)
    elif result == "confirm":
        confirm_fixed(session, thread, by=by, now=now)
    else:
        session.flush()
        thread.is_doubted = _has_objections(session, thread, given.round)
    return words


def _record_answer(
    session: Session, thread: Thread, given: Verdict, why: str, *, by: Actor, now: datetime
) -> Statement | None:
    """Record what somebody affected answered, or what the sender adds to a yes."""
    if given.is_sender:
        return _add_to_yes(session, thread, why, by=by, now=now) if why else None
    words = say(session, thread, Level.JOINED, why, author=by.person, now=now) if why else None
    data, seen_by = {"said": str(given.answer), "round": given.round}, EventVisibility.STAFF
    record_event(
        session, thread, "report.judged", by=by, now=now, visibility=seen_by, statement=words, data=data
    )
    return words


def _add_to_yes(session: Session, thread: Thread, why: str, *, by: Actor, now: datetime) -> Statement:
    words = say(session, thread, Level.ADDED, why, author=by.person, now=now)
    told = EventVisibility.SENDER
    record_event(session, thread, "thread.words_added", by=by, now=now, visibility=told, statement=words)
    return words


def _has_objections(session: Session, thread: Thread, round_: int) -> bool:
    counts = count_answers(session, thread.id, round_)
    return bool(counts.get(Answer.NO) or counts.get(Answer.PARTLY))


def settle(session: Session, thread: Thread, *, now: datetime) -> None:
    """Close what nobody objected to in its time: by those affected who said yes, else by silence."""
    report = session.get_one(Report, thread.id)
    counts = count_answers(session, thread.id, report.round)
    refuse_unless(thread.status == Status.FIXED and not _has_objections(session, thread, report.round))
    if counts.get(Answer.YES):
        confirm_fixed(session, thread, by=SYSTEM, now=now)
    else:
        set_status(session, thread, Status.SILENT, now=now)
        record_event(session, thread, "report.settled", by=SYSTEM, now=now, data={"round": report.round})


def remind(session: Session, thread: Thread, *, told: bool, now: datetime) -> None:
    """Ask the sender once more, once in a round; not `told` who takes no mails, and nothing is recorded."""
    report = session.get_one(Report, thread.id)
    refuse_unless(thread.status == Status.FIXED and report.reminded_at is None)
    report.reminded_at = now
    if told:
        data, seen_by = {"round": report.round}, EventVisibility.SENDER
        record_event(session, thread, "report.reminded", by=SYSTEM, now=now, visibility=seen_by, data=data)


def find_verdict(session: Session, thread: Thread, person: Person, round_: int) -> Verdict | None:
    """Return what this person answered in the round, under whichever of their records."""
    own = select(Verdict).where(
        Verdict.thread_id == thread.id, Verdict.round == round_, Verdict.person_id.in_(records_of(person))
    )
    return session.scalars(own.order_by(Verdict.id).limit(1)).first()


def count_answers(session: Session, thread_id: int, round_: int) -> Mapping[Answer, int]:
    """Return how many gave each answer in the round."""
    counted = (
        select(Verdict.answer, func.count())
        .where(Verdict.thread_id == thread_id, Verdict.round == round_)
        .group_by(Verdict.answer)
    )
    return {Answer(answer): count for answer, count in session.execute(counted)}
