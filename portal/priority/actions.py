"""Asking the committee, voting, and what follows from the result."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.directory import Directory
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.i18n import gettext as _
from portal.core.outbox import enqueue
from portal.ideas.actions import open_for_support
from portal.ideas.rules import permits as idea_permits
from portal.priority.access import can_ask, can_vote, voter_ids
from portal.priority.models import Choice, CommitteeVoice, CommitteeVote, Outcome
from portal.priority.queries import count_voices, find_open_vote, find_voice
from portal.priority.rules import LONGEST, can_be_voted_on, is_certain, outcome_of, reminder_time
from portal.threads.actions import lock_thread, refuse_unless
from portal.threads.events import SYSTEM, Actor, record_event
from portal.threads.models import EventVisibility, Kind, Level, Thread
from portal.threads.scoring import rescore
from portal.threads.words import say

END_TOPIC, REMIND_TOPIC = "committee.end", "committee.remind"


def open_vote(
    session: Session,
    thread: Thread,
    *,
    question: str,
    proposed: int | None,
    ends_at: datetime,
    quorum: int | None,
    is_public: bool,
    directory: Directory,
    by: Actor,
    now: datetime,
) -> CommitteeVote:
    """Ask the committee about a thread that is locked. All who may vote can read it until the end.

    `proposed` is the priority that it would get; None leaves it to the formula. Of an idea the
    question is whether to take it up.
    """
    if not can_ask(by.person, thread, directory):
        raise NotAllowed()
    refuse_unless(can_be_voted_on(thread))
    if find_open_vote(session, thread):
        raise Conflict(_("The committee is voting on this already."))
    is_screening = thread.kind == Kind.IDEA
    _check_proposal(thread, proposed)
    if not now < ends_at <= now + LONGEST:
        raise Invalid(_("Please choose an end between now and %(days)s days from now.", days=LONGEST.days))
    eligible = len(voter_ids(session, thread, directory))
    if quorum is not None and not 1 <= quorum <= eligible:
        raise Invalid(_("At most %(number)s can take part here.", number=eligible))
    words = say(session, thread, Level.NOTE, question, author=by.person, now=now)
    vote = CommitteeVote(
        thread=thread,
        question=words,
        opened_by_id=by.id,
        opened_at=now,
        ends_at=ends_at,
        quorum=quorum,
        proposed=None if is_screening else proposed,
        was=thread.priority,
        is_screening=is_screening,
        is_public=is_public,
        approved=0,
        objected=0,
        abstained=0,
    )
    session.add(vote)
    session.flush()
    data, staff = {"vote": vote.id}, EventVisibility.STAFF
    record_event(
        session, thread, "committee.opened", by=by, now=now, visibility=staff, statement=words, data=data
    )
    enqueue(session, END_TOPIC, data, now=now, run_at=ends_at)
    enqueue(session, REMIND_TOPIC, data, now=now, run_at=reminder_time(now, ends_at))
    return vote


def _check_proposal(thread: Thread, proposed: int | None) -> None:
    if thread.kind == Kind.IDEA:
        return
    if proposed is None and thread.priority_decided is None:
        raise Invalid(_("Please say which priority is proposed."))
    if proposed is not None and not 0 <= proposed <= 100:
        raise Invalid(_("Please write a number from 0 to 100."))


def give_voice(
    session: Session,
    vote: CommitteeVote,
    choice: Choice,
    reason: str,
    *,
    person: Person,
    directory: Directory,
    now: datetime,
) -> None:
    """Vote, or vote otherwise; an objection needs a reason. It may end the vote.

    Raises Conflict once it is over, NotAllowed for whoever has no voice here (any more).
    """
    thread = lock_thread(session, vote.thread_id)
    session.refresh(vote)
    if vote.closed_at or now >= vote.ends_at:
        raise Conflict(_("This vote is over."))
    if not can_vote(person, thread, directory):
        raise NotAllowed()
    if choice == Choice.OBJECT and not reason:
        raise Invalid(_("Please give a reason for your objection."))
    words = say(session, thread, Level.NOTE, reason, author=person, now=now) if reason else None
    voice = find_voice(session, vote, person)
    if voice is None:
        voice = CommitteeVoice(vote_id=vote.id, person_id=person.id)
        session.add(voice)
    voice.choice, voice.reason, voice.at = choice, words, now
    session.flush()
    if is_certain(count_voices(session, vote, directory), vote.quorum):
        close_vote(session, vote, thread, directory=directory, now=now)


def close_vote(
    session: Session, vote: CommitteeVote, thread: Thread, *, directory: Directory, now: datetime
) -> None:
    """End a vote that is open, of a thread that is locked, and do what was decided."""
    count = count_voices(session, vote, directory)
    vote.outcome, vote.closed_at = outcome_of(count, vote.quorum), now
    vote.approved, vote.objected, vote.abstained = count.approve, count.object, count.abstain
    is_told = vote.is_public and thread.is_listed
    record_event(
        session,
        thread,
        "committee.closed",
        by=SYSTEM,
        now=now,
        visibility=EventVisibility.PUBLIC if is_told else EventVisibility.STAFF,
        data={
            "vote": vote.id,
            "outcome": str(vote.outcome),
            "approve": count.approve,
            "object": count.object,
            "abstain": count.abstain,
            "proposed": vote.proposed,
            "was": vote.was,
            "screening": vote.is_screening,
        },
    )
    if vote.outcome == Outcome.ACCEPTED:
        _carry_out(session, vote, thread, now)


def _carry_out(session: Session, vote: CommitteeVote, thread: Thread, now: datetime) -> None:
    """Set the priority, or open the idea for support; what has become another kind meanwhile stays."""
    if vote.is_screening != (thread.kind == Kind.IDEA):
        return
    if not vote.is_screening:
        thread.priority_decided = vote.proposed
        rescore(session, thread, now)
    elif idea_permits(thread.status, "open"):
        open_for_support(session, thread, by=SYSTEM, now=now)
