"""Ideas that were combined, that are asked about and that are argued about, for tests that look at pages."""

from sqlalchemy.orm import Session

from portal.accounts.models import Mark
from portal.core import clock
from portal.core.tokens import sign
from portal.ideas.asked import CARRIES
from portal.ideas.choosing import support
from portal.ideas.combinations import Combination
from portal.ideas.combining import Proposal, answer_proposal, propose_combination
from portal.ideas.combining_telling import author_token
from portal.threads.additions import Side
from portal.threads.arguments import find_helpful
from portal.threads.comments import add_comment
from portal.threads.events import Actor, resident
from portal.threads.lineage import lock_counted
from portal.threads.models import Thread
from tests.factories import add_person, directory, make_idea, person


def show_together(session: Session, names: dict[str, str], long: str) -> None:
    """Make them, and put what fills the addresses into `names`; `long` is what a screen can't break."""
    mine, asked, onward, combined = (
        make_idea(session, f"{n}. {long}", author=author)
        for n, author in enumerate(
            (
                person(session, "resident"),
                person(session, "neighbour"),
                add_person(session, "lead"),
                add_person(session, "partner"),
            ),
            1,
        )
    )
    now, known = clock.now(), directory(session)
    support(session, combined, person(session, "resident"), now=now)
    agreed = _propose(session, onward, combined, long)
    for idea in (onward, combined):
        by = resident(idea.author)
        answer_proposal(session, agreed, idea, agrees=True, directory=known, by=by, now=now)
    waiting = _propose(session, asked, onward, long)
    _argue(session, onward, long)
    names |= {"mine": mine.reference, "asked": asked.reference}
    names |= {"onward": onward.reference, "combined": combined.reference}
    names["combine"] = author_token(waiting.id, asked)
    names["carry"] = sign(CARRIES, [combined.id, person(session, "resident").id])


def _propose(session: Session, target: Thread, other: Thread, why: str) -> Combination:
    by = Actor(person(session, "coordinator"), "coordinator")
    ideas = lock_counted(session, [target.id, other.id])
    proposal, now = Proposal(why[:500], target), clock.now()
    return propose_combination(session, ideas, proposal, directory=directory(session), by=by, now=now)


def _argue(session: Session, idea: Thread, long: str) -> None:
    """Arguments of both sides: of a firm, of a member of staff, and one that waits."""
    known, now = directory(session), clock.now()
    firm = person(session, "neighbour")
    firm.mark, firm.mark_name = Mark.FIRM, f"Lamps {long[-80:]}"
    for who, side in (("neighbour", Side.FOR), ("coordinator", Side.AGAINST), ("resident", Side.AGAINST)):
        argument = add_comment(
            session,
            idea,
            person(session, who),
            long[:500],
            name_shown=True,
            side=side,
            directory=known,
            now=now,
        )
        if who == "neighbour":
            find_helpful(session, argument, person(session, "resident"), now=now)
