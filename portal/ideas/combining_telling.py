"""A proposal to combine ideas, and what came of it, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.communities.directory import Directory
from portal.core.i18n import gettext as _
from portal.core.text import mask_personal
from portal.core.tokens import sign
from portal.ideas.asked import AGREES
from portal.ideas.combinations import Combination, CombinationPart, Outcome
from portal.ideas.combining import list_parts
from portal.threads.models import Channel, Kind, Thread, Visibility
from portal.threads.pages import page_address
from portal.threads.queries import read_shown
from portal.threads.timeline import role_label


@dataclass(frozen=True)
class PartLine:
    """One of the ideas, as anyone may read it, and what its author has said."""

    thread: Thread
    title: str
    words: str
    address: str
    place: str
    is_target: bool
    agrees: bool | None
    is_taken_down: bool  # staff wrote it down, and may write down the answer too


@dataclass(frozen=True)
class ProposalLine:
    number: int
    by: str
    why: str
    joint_title: str
    joint_text: str
    parts: list[PartLine]
    outcome: str
    outcome_text: str

    @property
    def is_open(self) -> bool:
        return self.outcome == Outcome.OPEN

    def answer_of(self, number: int) -> bool | None:
        """Return what the author of an idea has said; None: nothing yet."""
        return next((part.agrees for part in self.parts if part.thread.id == number), None)


def tell_proposal(session: Session, made: Combination, directory: Directory) -> ProposalLine:
    """Return the proposal with the ideas it is about; three queries."""
    parts = list_parts(session, made)
    found = select(Thread).where(Thread.id.in_([part.thread_id for part in parts]))
    threads = {thread.id: thread for thread in session.scalars(found)}
    public = [number for number, thread in threads.items() if thread.visibility == Visibility.PUBLIC]
    words = read_shown(session, public)
    return ProposalLine(
        number=made.id,
        by=role_label(made.by_role) if made.by_role != "resident" else _("The author of one of them"),
        why=mask_personal(made.why),
        joint_title=mask_personal(made.joint_title),
        joint_text=mask_personal(made.joint_text),
        parts=[_part(made, part, threads[part.thread_id], words, directory) for part in parts],
        outcome=made.outcome,
        outcome_text=outcome_text(Outcome(made.outcome)),
    )


def _part(
    made: Combination,
    part: CombinationPart,
    thread: Thread,
    words: Mapping[int, str],
    directory: Directory,
) -> PartLine:
    is_public = thread.visibility == Visibility.PUBLIC
    return PartLine(
        thread=thread,
        title=thread.title if is_public else thread.reference,
        words=words.get(thread.id, ""),
        address=page_address(thread) if is_public else "",
        place=directory.full_name(thread.place_id),
        is_target=made.target_id == thread.id,
        agrees=part.agrees,
        is_taken_down=thread.channel not in (Channel.WEB, Channel.IMPORT),
    )


def outcome_text(outcome: Outcome) -> str:
    return {
        Outcome.OPEN: _("The authors are asked. Nothing changes before all of them agree."),
        Outcome.COMBINED: _("All agreed. The ideas go on as one."),
        Outcome.REFUSED: _("One of the authors does not want it. The ideas stay as they are."),
        Outcome.WITHDRAWN: _("The proposal was withdrawn. The ideas stay as they are."),
        Outcome.OVERTAKEN: _("One of the ideas has moved on meanwhile. They stay as they are."),
    }[outcome]


def find_own_part(session: Session, thread: Thread) -> CombinationPart | None:
    """Return an author's part in the open proposal about their idea."""
    return session.scalar(
        select(CombinationPart)
        .join(Combination, Combination.id == CombinationPart.combination_id)
        .where(CombinationPart.thread_id == thread.id, Combination.outcome == Outcome.OPEN)
        .limit(1)
    )


def question_of(session: Session, thread: Thread) -> str:
    """Return where the author of an idea answers a proposal that is open; nothing where there is none."""
    part = find_own_part(session, thread) if thread.kind == Kind.IDEA else None
    if part is None:
        return ""
    return url_for("asked.combine", token=author_token(part.combination_id, thread))


def author_token(number: int, thread: Thread) -> str:
    """Return what the link has by which the author of an idea answers a proposal."""
    return sign(AGREES, [number, thread.id, thread.author_id])
