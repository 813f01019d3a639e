"""Combining ideas: proposed, agreed to by every author, and only then done.

Nobody's idea and nobody's support is moved without being asked. Votes stay where they were given:
whoever carries theirs over gives one to the combined idea, and is no longer counted at the old one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.directory import Directory
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext as _
from portal.core.i18n import listed
from portal.core.text import mask_personal
from portal.ideas.changing import is_held_fast
from portal.ideas.combinations import Combination, CombinationPart, Outcome
from portal.ideas.combining_rules import refusal
from portal.ideas.joint_text import find_target
from portal.ideas.models import Idea
from portal.threads.actions import need_reason, refuse_unless, set_status
from portal.threads.events import SYSTEM, Actor, record_event
from portal.threads.followers import follow_thread
from portal.threads.lineage import lock_counted
from portal.threads.links import LinkKind, ThreadLink
from portal.threads.models import EventVisibility, Level, Status, Thread
from portal.threads.votes import count_votes, need_voter
from portal.threads.words import say


@dataclass(frozen=True)
class Proposal:
    """How ideas could go on as one: in the `target`, or in a text of its own that is written for all."""

    why: str
    target: Thread | None = None
    title: str = ""
    text: str = ""


def propose_combination(
    session: Session,
    ideas: Sequence[Thread],
    proposal: Proposal,
    *,
    directory: Directory,
    by: Actor,
    now: datetime,
) -> Combination:
    """Ask the authors of locked ideas whether they should go on as one. The same asked twice is one.

    Who proposes it and is an author agrees by that. Invalid or Conflict where it can't be done.
    """
    need_reason(proposal.why)
    if proposal.target is None and not (proposal.text and proposal.title):
        raise Invalid(_("Please write the title and the words of the combined idea."))
    _need_combinable(session, ideas, now)
    standing = find_open(session, [idea.id for idea in ideas])
    if standing is not None:
        return _same_or_refuse(session, standing, ideas, by)
    made = Combination(
        target_id=proposal.target.id if proposal.target else None,
        joint_title=proposal.title if proposal.target is None else "",
        joint_text=proposal.text if proposal.target is None else "",
        why=proposal.why,
        proposed_by_id=by.id,
        by_role=by.role,
        proposed_at=now,
        outcome=Outcome.OPEN,
    )
    session.add(made)
    session.flush()
    for idea in ideas:
        own = by.person is not None and idea.author.root_id == by.person.root_id
        session.add(
            CombinationPart(
                combination_id=made.id,
                thread_id=idea.id,
                agrees=True if own else None,
                answered_by_id=by.id if own else None,
                answered_at=now if own else None,
            )
        )
    session.flush()
    for idea in ideas:
        others = [other.reference for other in ideas if other is not idea]
        told: dict[str, object] = {"others": others, "combination": made.id}
        _record(session, idea, "idea.combination_proposed", told, by=by, now=now)
    _carry_out_if_agreed(session, made, directory=directory, by=by, now=now)
    return made


def answer_proposal(
    session: Session,
    made: Combination,
    idea: Thread,
    *,
    agrees: bool,
    directory: Directory,
    by: Actor,
    now: datetime,
) -> None:
    """Keep what the author of one of the ideas says; the last who agrees lets it be done, one no ends it.

    The same said twice changes nothing. Locks all the ideas.
    """
    ideas = lock_counted(session, list_numbers(session, made))
    session.refresh(made)
    part = next(part for part in list_parts(session, made) if part.thread_id == idea.id)
    if part.agrees is agrees and part.agrees is not None:
        return
    refuse_unless(made.is_open)
    if agrees and by.person is not None:
        need_voter(session, by.person)
    part.agrees, part.answered_by_id, part.answered_at = agrees, by.id, now
    session.flush()
    if not agrees:
        _end(session, made, ideas, Outcome.REFUSED, idea, by=by, now=now)
        return
    data: dict[str, object] = {"other": idea.reference, "combination": made.id}
    for one in ideas:
        _record(session, one, "idea.combination_agreed", data, by=by, now=now)
    _carry_out_if_agreed(session, made, directory=directory, by=by, now=now)


def withdraw_proposal(session: Session, made: Combination, *, by: Actor, now: datetime) -> None:
    """Take the proposal back, while the authors have not all agreed. Locks all the ideas."""
    ideas = lock_counted(session, list_numbers(session, made))
    session.refresh(made)
    if made.outcome == Outcome.WITHDRAWN:
        return
    refuse_unless(made.is_open)
    _end(session, made, ideas, Outcome.WITHDRAWN, by=by, now=now)


def find_open(session: Session, numbers: Sequence[int]) -> Combination | None:
    """Return an open proposal about any of these ideas."""
    about = select(CombinationPart.combination_id).where(CombinationPart.thread_id.in_(numbers))
    wanted = select(Combination).where(Combination.id.in_(about), Combination.outcome == Outcome.OPEN)
    return session.scalars(wanted.order_by(Combination.id).limit(1)).first()


def list_parts(session: Session, made: Combination) -> Sequence[CombinationPart]:
    parts = select(CombinationPart).where(CombinationPart.combination_id == made.id)
    return session.scalars(parts.order_by(CombinationPart.id)).all()


def list_numbers(session: Session, made: Combination) -> list[int]:
    """Return the numbers of the ideas that a proposal is about."""
    return [part.thread_id for part in list_parts(session, made)]


def _same_or_refuse(
    session: Session, standing: Combination, ideas: Sequence[Thread], by: Actor
) -> Combination:
    same = set(list_numbers(session, standing)) == {idea.id for idea in ideas}
    if same and standing.proposed_by_id == by.id:
        return standing
    raise Conflict(
        _("To combine one of these is proposed already. Please wait until its authors have answered.")
    )


def _need_combinable(session: Session, ideas: Sequence[Thread], now: datetime) -> None:
    why_not = _why_not(session, ideas, now)
    if why_not:
        raise Invalid(why_not)


def _why_not(session: Session, ideas: Sequence[Thread], now: datetime, *, fewest: int = 2) -> str:
    held = [idea.reference for idea in ideas if is_held_fast(session, idea)]
    if held:
        return _("The panel has %(others)s, which stays as it is judged.", others=listed(held))
    return refusal(ideas, _calls_of(session, ideas), now, fewest=fewest)


def _calls_of(session: Session, ideas: Sequence[Thread]) -> list[int | None]:
    found = select(Idea.call_id).where(Idea.thread_id.in_([idea.id for idea in ideas]))
    return list(session.scalars(found))


def _carry_out_if_agreed(
    session: Session, made: Combination, *, directory: Directory, by: Actor, now: datetime
) -> None:
    parts = list_parts(session, made)
    if not all(part.agrees for part in parts):
        return
    ideas = [session.get_one(Thread, part.thread_id) for part in parts]
    moved_on = next((i for i in ideas if _why_not(session, [i], now, fewest=1)), None)
    if moved_on is not None:
        _end(session, made, ideas, Outcome.OVERTAKEN, moved_on, by=by, now=now)
        return
    target = find_target(session, made, ideas, directory, now=now)
    folded = [idea for idea in ideas if idea is not target]
    made.outcome, made.settled_at, made.target_id = Outcome.COMBINED, now, target.id
    for idea in folded:
        _fold(session, made, idea, target, by=by, now=now)
    session.flush()
    count_votes(session, target)
    event = "idea.written_together" if made.is_joint else "idea.took_in"
    others = {"others": [idea.reference for idea in folded]}
    record_event(session, target, event, by=SYSTEM, now=now, data=others)


def _fold(
    session: Session, made: Combination, idea: Thread, target: Thread, *, by: Actor, now: datetime
) -> None:
    """Let the idea go on in the target. Its votes stay with it: whose they are is asked."""
    words = None
    if _may_be_read(session, made):
        words = say(session, idea, Level.REASON, mask_personal(made.why), author=None, now=now)
    session.flush()
    session.add(
        ThreadLink(
            kind=LinkKind.COMBINED,
            from_id=idea.id,
            to_id=target.id,
            actor_id=by.id,
            reason_id=words.id if words else None,
            at=now,
        )
    )
    set_status(session, idea, Status.COMBINED, now=now)
    idea.needs_sorting, idea.answered_at = False, idea.answered_at or now
    data = {"other": target.reference}
    record_event(session, idea, "idea.combined", by=SYSTEM, now=now, statement=words, data=data)
    if not idea.author.erased_at:
        follow_thread(session, target, idea.author, now=now)


def _may_be_read(session: Session, made: Combination) -> bool:
    """Tell whether everybody may read why: words of somebody unverified were not looked at by staff."""
    if made.by_role != "resident":
        return True
    writer = session.get(Person, made.proposed_by_id) if made.proposed_by_id else None
    return writer is not None and writer.is_verified


def _end(
    session: Session,
    made: Combination,
    ideas: Sequence[Thread],
    outcome: Outcome,
    about: Thread | None = None,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """End the proposal; `about` is the idea whose author, or whose way, ended it."""
    made.outcome, made.settled_at = outcome, now
    data: dict[str, object] = {"combination": made.id}
    if about is not None:
        data["other"] = about.reference
    for idea in ideas:
        _record(session, idea, f"idea.combination_{outcome}", data, by=by, now=now)
    session.flush()


def _record(
    session: Session, idea: Thread, event: str, data: dict[str, object], *, by: Actor, now: datetime
) -> None:
    """Record it for the authors and staff: what is only proposed is nobody else's matter."""
    seen = EventVisibility.SENDER
    record_event(session, idea, event, by=by, now=now, visibility=seen, data=data)
