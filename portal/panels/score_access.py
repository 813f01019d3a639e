"""Who scores a review, and who reads what came of it."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.accounts.access import has_role
from portal.accounts.models import Person, RoleName
from portal.accounts.visits import Visit
from portal.communities.directory import Directory
from portal.core.errors import NotFound
from portal.panels.access import call_of, leads
from portal.panels.models import SEATED, Review, Seat, SeatState
from portal.panels.queries import find_seat
from portal.panels.sealing import takes_scores
from portal.threads.events import Actor
from portal.threads.models import Kind, Thread


def get_review(session: Session, number: int) -> Review:
    review = session.get(Review, number, options=[joinedload(Review.thread)])
    if review is None:
        raise NotFound()
    return review


def get_own_seat(session: Session, person: Person, number: int) -> Seat:
    """Return the person's seat in the review. NotFound for who has none, or has an interest in it."""
    seat = find_seat(session, get_review(session, number), person)
    if seat is None or seat.state not in SEATED:
        raise NotFound()
    return seat


def judges_blind(v: Visit, thread: Thread) -> bool:
    """Tell whether the person sits on this idea and nothing is revealed; one query, for panellists."""
    if thread.kind != Kind.IDEA or not has_role(v.person, RoleName.PANELLIST):
        return False
    own = (Seat.person_id == v.person.id) & Seat.state.in_(SEATED) & (Review.thread_id == thread.id)
    review = v.session.scalar(select(Review).join(Seat, Seat.review_id == Review.id).where(own))
    return review is not None and takes_scores(review, v.now)


def get_review_for(
    session: Session, person: Person, number: int, directory: Directory
) -> tuple[Review, Actor]:
    """Return the review, and as who the person takes part in it: a coordinator of the place, or of its panel.

    NotFound for everybody else, who was recused among them.
    """
    review = get_review(session, number)
    seat = find_seat(session, review, person)
    if seat is not None and seat.state == SeatState.SITTING:
        return review, Actor(person, "panellist")
    if leads(person, review.thread, call_of(session, review.thread), directory):
        return review, Actor(person, "coordinator")
    raise NotFound()
