"""The verbs of an idea that changes: its sender's, those of staff, and those of who supports it."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.queries import records_of
from portal.core.dates import local_time
from portal.core.errors import Conflict, Invalid, TooMany
from portal.core.i18n import gettext as _
from portal.core.text import excerpt, mask_personal
from portal.ideas.calls import Call
from portal.ideas.models import PARTS, Idea
from portal.ideas.rules import may_change
from portal.ideas.versions import IdeaVersion, VersionState, Wording, find_newest, find_waiting
from portal.threads.actions import need_reason, refuse_unless
from portal.threads.events import Actor, record_event
from portal.threads.models import EventVisibility, Kind, Level, Statement, Thread, Visibility, Vote
from portal.threads.moving import settle
from portal.threads.queries import original_words
from portal.threads.trees import Tree
from portal.threads.votes import need_voter, takes_votes
from portal.threads.words import index_words, say

DAY = timedelta(days=1)
# What rooms above say holds an idea as it is, such as a review of it.
held_fast: list[Callable[[Session, Thread], bool]] = []
# What ends its changes though only its author and staff may know why, such as a decision not yet told to all.
ended: list[Callable[[Session, Thread], bool]] = []
MOST_A_DAY, MOST = 5, 40  # versions of one idea


def can_change(session: Session, thread: Thread, now: datetime) -> bool:
    """Tell whether the idea may still change: before the panel has it, and a decision."""
    if thread.kind != Kind.IDEA:
        return False
    idea = session.get_one(Idea, thread.id)
    call = session.get_one(Call, idea.call_id) if idea.call_id else None
    in_time = may_change(thread.status, call.phase(local_time(now).date()) if call else None)
    return in_time and not is_held_fast(session, thread) and not any(e(session, thread) for e in ended)


def is_held_fast(session: Session, thread: Thread) -> bool:
    """Tell whether a room above holds the idea as it is."""
    return any(holds(session, thread) for holds in held_fast)


def read_wording(session: Session, thread: Thread) -> Wording:
    """Return what the sender wrote last: what waits for a first look, else what is shown."""
    newest = find_newest(session, thread.id)
    if newest is not None:
        return newest.wording
    idea = session.get_one(Idea, thread.id)
    parts = {name: getattr(idea, name) for name in PARTS}
    return Wording(thread.given_title, original_words(session, thread.id), **parts)


def change_idea(
    session: Session,
    thread: Thread,
    wording: Wording,
    *,
    is_substance: bool,
    why: str,
    seen: int,
    by: Actor,
    now: datetime,
) -> IdeaVersion:
    """Let the idea say this from now on; what it said before stays readable, and the original as it is.

    The words of somebody unverified wait for a first look, as their first ones did; until then the
    version before stays. `seen` is the newest version that the sender knew (its id; 0: none): sent
    twice it is one. Raises Conflict, Invalid or TooMany. The thread is locked.
    """
    newest = find_newest(session, thread.id)
    newest_id = newest.id if newest else 0
    if wording == read_wording(session, thread):
        if newest is not None and seen != newest_id:
            return newest
        raise Invalid(_("Nothing is different yet. Please change something first."))
    if seen != newest_id:
        raise Conflict(_("You changed it in another window meanwhile. Please look at it once more."))
    refuse_unless(can_change(session, thread, now))
    _need_few(session, thread, now)
    if newest is None:
        _keep_first(session, thread)
    waiting = find_waiting(session, thread.id)
    if waiting is not None:
        waiting.state = VersionState.REPLACED
    version = _add(session, thread, wording, Level.HELD, by=by, now=now)
    version.is_substance, version.why = is_substance, why
    if thread.visibility == Visibility.PUBLIC and not thread.author.is_verified:
        told = EventVisibility.SENDER
        record_event(session, thread, "idea.version_waits", by=by, now=now, visibility=told)
    else:
        _bring(session, thread, version, by=by, now=now)
    session.flush()
    return version


def show_version(session: Session, thread: Thread, version: IdeaVersion, *, by: Actor, now: datetime) -> None:
    """Let everybody read a version that waited for a first look. The thread is locked."""
    refuse_unless(version.state == VersionState.WAITS and can_change(session, thread, now))
    _bring(session, thread, version, by=by, now=now)


def refuse_version(
    session: Session, thread: Thread, version: IdeaVersion, reason: str, *, by: Actor, now: datetime
) -> None:
    """Don't show a version that waited; its sender is told why, and the one before stays."""
    refuse_unless(version.state == VersionState.WAITS)
    need_reason(reason)
    version.state = VersionState.REFUSED
    words = say(session, thread, Level.TOLD, reason, author=by.person, now=now)
    told = EventVisibility.SENDER
    record_event(session, thread, "idea.version_refused", by=by, now=now, visibility=told, statement=words)


def mark_substance(
    session: Session, thread: Thread, version: IdeaVersion, *, by: Actor, now: datetime
) -> None:
    """Say for staff that a version changed the substance: who supported what was before is asked anew.

    Said twice, it changes nothing. The thread is locked.
    """
    if version.is_substance:
        return
    shown = version.number is not None and version.number > 1
    refuse_unless(shown and takes_votes(thread))
    version.is_substance = True
    idea = session.get_one(Idea, thread.id)
    idea.substance = max(idea.substance, version.number or 0)
    data = {"version": version.number}
    record_event(session, thread, "idea.substance_marked", by=by, now=now, data=data)


def keep_support(session: Session, thread: Thread, person: Person, *, seen: int, now: datetime) -> None:
    """Let this person's support stand for the version they saw; said twice, it changes nothing.

    A vote that came with an idea which was joined goes back there, and one for this idea takes its
    place. Raises Conflict where the idea has changed again, and for who is blocked. The thread is locked.
    """
    refuse_unless(takes_votes(thread))
    need_voter(session, person)
    need_current(thread, seen)
    own = select(Vote).where(Vote.thread_id == thread.id, Vote.person_id.in_(records_of(person)))
    votes = session.scalars(own.order_by(Vote.id)).all()
    if not votes:
        raise Conflict(_("You don’t support it any more. You can do so anew on its page."))
    brought = [vote for vote in votes if vote.moved_from_id is not None]
    for vote in votes:
        if vote.moved_from_id is None:
            vote.version = thread.version
        else:
            vote.thread_id, vote.moved_from_id = vote.moved_from_id, None
    session.flush()
    for vote in brought:
        session.add(Vote(thread_id=thread.id, person_id=vote.person_id, version=thread.version, at=now))
    if brought:
        settle(session, Tree.of(session, thread.id), now)
    session.flush()


def need_current(thread: Thread, seen: int) -> None:
    """Raise Conflict where the idea is not any more what somebody answers about."""
    if thread.version != seen:
        raise Conflict(_("It has changed once more meanwhile. Please look at what it says now."))


def _need_few(session: Session, thread: Thread, now: datetime) -> None:
    made = select(func.count(), func.count().filter(IdeaVersion.made_at > now - DAY))
    total, lately = session.execute(made.where(IdeaVersion.thread_id == thread.id)).one()
    if lately >= MOST_A_DAY + (total == lately):  # the first one is no change
        raise TooMany(_("It was changed several times today. Please think it over until tomorrow."))
    if total > MOST:
        raise TooMany(_("It has been changed too often. Please talk to the committee."))


def _keep_first(session: Session, thread: Thread) -> None:
    idea = session.get_one(Idea, thread.id)
    original = select(Statement.id).where(Statement.thread_id == thread.id, Statement.level == Level.ORIGINAL)
    session.add(
        IdeaVersion(
            thread_id=thread.id,
            number=thread.version,
            statement_id=session.scalars(original).one(),
            state=VersionState.SHOWN,
            title=thread.given_title,
            why="",
            is_substance=False,
            made_at=thread.created_at,
            shown_at=thread.created_at,
            **{name: getattr(idea, name) for name in PARTS},
        )
    )
    session.flush()


def _add(
    session: Session, thread: Thread, wording: Wording, level: Level, *, by: Actor, now: datetime
) -> IdeaVersion:
    values = asdict(wording)
    words = say(session, thread, level, values.pop("text"), author=by.person, now=now)
    version = IdeaVersion(
        thread_id=thread.id,
        statement_id=words.id,
        state=VersionState.WAITS,
        why="",
        is_substance=False,
        made_at=now,
        **values,
    )
    session.add(version)
    session.flush()
    return version


def _bring(session: Session, thread: Thread, version: IdeaVersion, *, by: Actor, now: datetime) -> None:
    """Make a version what the idea says, and tell of it."""
    idea = session.get_one(Idea, thread.id)
    thread.version += 1
    version.number, version.state, version.shown_at = thread.version, VersionState.SHOWN, now
    version.statement.level = Level.VERSION
    thread.given_title = version.title
    thread.title = mask_personal(version.title or excerpt(version.statement.text))
    for name in PARTS:
        setattr(idea, name, getattr(version, name))
    if version.is_substance:
        idea.substance = thread.version
    session.flush()
    index_words(session, thread)
    data = {"version": thread.version, "of_substance": version.is_substance}
    record_event(session, thread, "idea.changed", by=by, now=now, data=data)
