"""What everybody may know of a panel's scores: after the decision, and no name with a score."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.directory import Directory
from portal.panels.models import Review
from portal.panels.queries import is_public
from portal.panels.result_telling import tell_knock_outs, tell_lines, tell_outcome
from portal.panels.results import read_scores
from portal.threads.models import Kind
from portal.threads.queries import Published

TEMPLATE = "panels/_public_scores.html"


def tell_public_scores(
    session: Session, found: Published, _directory: Directory, _person: Person | None
) -> dict[str, Any] | None:
    """Return means, spread and counts of the panel, once everybody knows the decision."""
    if found.thread.kind != Kind.IDEA:
        return None
    review = session.scalar(select(Review).where(Review.thread_id == found.thread.id, is_public()))
    if review is None:
        return None
    scores = read_scores(session, review)
    return {
        "outcome": tell_outcome(scores.last),
        "first_outcome": tell_outcome(scores.first) if scores.is_revised else "",
        "knock_outs": tell_knock_outs(scores),
        "lines": tell_lines(scores),
        "panellists": scores.panellists,
    }
