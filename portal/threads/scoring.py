"""The priority of a thread, kept current: on what changes it, and each night for its age."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.communities.directory import Directory, get_directory, raise_version
from portal.communities.models import Place
from portal.communities.preferences import Preferences
from portal.threads.clocks import pauses_of
from portal.threads.models import IS_LISTED, Kind, Thread
from portal.threads.priority import USUAL, Facts, Score, Weights, work_out

USUAL_OVER = timedelta(days=365)
CHUNK = 500  # threads that one job looks at


def weights_of(preferences: Preferences) -> Weights:
    """Return the weights that administrators have set."""
    return Weights(
        risk=preferences.priority_risk,
        affected=preferences.priority_affected,
        age=preferences.priority_age,
        recurrence=preferences.priority_recurrence,
        unverified=preferences.priority_unverified,
    )


def facts_of(thread: Thread, directory: Directory, now: datetime) -> Facts:
    """Return what the thread's priority is worked out from; no query."""
    category = directory.categories.get(thread.category_id or 0)
    usual = category.severity if category else USUAL
    return Facts(
        severity=thread.severity or usual,
        likelihood=thread.likelihood,
        exposure=thread.exposure,
        verified=thread.votes_verified,
        unverified=thread.votes_total - thread.votes_verified,
        usual_voices=directory.places[thread.place_id].usual_voices,
        waited=waited(thread, now),
        recurrences=thread.recurrences,
    )


def waited(thread: Thread, now: datetime) -> float:
    """Return how long it has waited for what falls due next, in promised times, without the pauses."""
    start, due = thread.clock_started_at, thread.due_at
    if thread.answered_at is not None and thread.fix_due_at is not None:
        due = thread.fix_due_at
    stood = sum((end - begin for begin, end in pauses_of(thread)), timedelta(0))
    passed = (thread.clock_stopped_at or now) - start - stood
    return passed / max(due - start - stood, timedelta(hours=1))


def score_of(thread: Thread, directory: Directory, now: datetime) -> Score:
    """Return the priority as the formula has it, with its parts."""
    return work_out(facts_of(thread, directory, now), weights_of(directory.preferences))


def priority_of(thread: Thread, directory: Directory, now: datetime) -> int:
    """Return what the committee decided, else what the formula says. Ideas have none."""
    if thread.kind == Kind.IDEA:
        return 0
    if thread.priority_decided is not None:
        return thread.priority_decided
    return score_of(thread, directory, now).total


def rescore(session: Session, thread: Thread, now: datetime) -> None:
    """Write the thread's priority anew. It must be locked or new."""
    thread.priority = priority_of(thread, get_directory(session), now)


def read_open(session: Session, after: int, limit: int) -> Sequence[Thread]:
    """Return the next open threads that have a priority, locked but for those in somebody's hands."""
    wanted = select(Thread).where(~Thread.is_closed, Thread.kind != Kind.IDEA, Thread.id > after)
    free = wanted.order_by(Thread.id).limit(limit).with_for_update(skip_locked=True, of=Thread)
    return session.scalars(free).all()


def rescore_chunk(session: Session, after: int, *, now: datetime) -> int | None:
    """Write the priorities that have changed among the next open threads; return where to go on.

    One that somebody is changing at this moment is scored by what they do.
    """
    directory = get_directory(session)
    threads = read_open(session, after, CHUNK)
    changed = [
        {"id": thread.id, "priority": priority}
        for thread in threads
        if (priority := priority_of(thread, directory, now)) != thread.priority
    ]
    if changed:
        session.execute(update(Thread), changed)
    return threads[-1].id if len(threads) == CHUNK else None


def renew_usual_voices(session: Session, now: datetime) -> None:
    """Note how many voices a report usually has at each place, from those of the last year."""
    means = session.execute(
        select(Thread.place_id, func.avg(Thread.votes_total))
        .where(Thread.kind == Kind.REPORT, IS_LISTED, Thread.created_at > now - USUAL_OVER)
        .group_by(Thread.place_id)
    )
    usual = {place_id: round(float(mean)) for place_id, mean in means}
    changed = [p for p in session.scalars(select(Place)) if p.usual_voices != usual.get(p.id, 0)]
    for place in changed:
        place.usual_voices = usual.get(place.id, 0)
    if changed:
        raise_version(session)


def rank_with(
    session: Session, weights: Weights, directory: Directory, now: datetime
) -> list[tuple[int, Thread]]:
    """Return what would be the priorities by other weights, the greatest first, danger before all.

    Only those are weighed that press most as it is now: the work stays small however much is open.
    """
    pressing = select(Thread).where(~Thread.is_closed, Thread.kind == Kind.REPORT, ~Thread.needs_sorting)
    pressing = pressing.order_by(Thread.is_urgent.desc(), Thread.priority.desc(), Thread.id).limit(CHUNK)
    weighed = [
        (t.priority_decided or 0, t)
        if t.priority_decided is not None
        else (work_out(facts_of(t, directory, now), weights).total, t)
        for t in session.scalars(pressing)
    ]
    return sorted(weighed, key=lambda pair: (not pair[1].is_urgent, -pair[0], pair[1].id))
