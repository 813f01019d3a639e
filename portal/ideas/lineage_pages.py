"""What an idea was combined with, on its page: drawn, and a supporter asked whether they go along."""

from typing import Any

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts.identity import current_person
from portal.accounts.models import Person
from portal.communities.directory import Directory
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.guards import public
from portal.core.references import parse_reference
from portal.ideas.asked_views import take_carrying
from portal.ideas.carrying import find_carrying
from portal.ideas.combining_rules import can_be_combined
from portal.ideas.combining_telling import question_of
from portal.ideas.lineage_telling import tell_lineage
from portal.threads.followers import is_sender
from portal.threads.models import Kind, Status, Visibility
from portal.threads.pages import page_address
from portal.threads.queries import Published, find_listed

blueprint = Blueprint("lineage", __name__)

TEMPLATE = "ideas/_together.html"


def tell_together(
    session: Session, found: Published, _directory: Directory, person: Person | None
) -> dict[str, Any] | None:
    """Return the lineage, what a supporter is asked, and what the author may do or is asked."""
    thread = found.thread
    if thread.kind != Kind.IDEA or thread.visibility != Visibility.PUBLIC:
        return None
    lineage = tell_lineage(session, thread)
    own = person is not None and is_sender(thread, person)
    question = question_of(session, thread) if own else ""
    may_propose = own and not question and can_be_combined(thread, clock.now())
    if lineage is None and not question and not may_propose:
        return None
    return {
        "lineage": lineage,
        "carrying": find_carrying(session, thread, person, clock.now()),
        "question": question,
        "may_propose": may_propose,
    }


@blueprint.post("/ideas/<reference>/carry")
@public
def carry(reference: str) -> ResponseReturnValue:
    """Take the answer of a supporter who is at this browser."""
    session = db.session()
    idea = find_listed(session, parse_reference(reference) or "")
    person = current_person(session)
    if idea is None or person is None or idea.status != Status.COMBINED:
        raise NotFound()
    thanks = take_carrying(session, idea, person)
    session.commit()
    flash(thanks, "success")
    return redirect(f"{page_address(idea)}#together", 303)
