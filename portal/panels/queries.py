"""Reads of reviews: of one idea, and of all that a panellist sits in."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.accounts.models import OF_DEPARTMENT, Person, Role, RoleName
from portal.communities.directory import Directory
from portal.ideas.calls import Call
from portal.ideas.combinations import Combination, CombinationPart, Outcome
from portal.ideas.models import Idea
from portal.panels.assigning import Candidate, in_order
from portal.panels.models import SEATED, AppraisalRequest, Decision, Expertise, Review, Seat, SeatState
from portal.threads.models import Event, Status, Thread, Vote

REVIEWABLE = (Status.RECEIVED, Status.OPEN, Status.WAITING)
MOST = 100  # rows of one list
REFUSED = "panel.not_eligible"


def find_review(session: Session, thread_id: int) -> Review | None:
    return session.scalar(select(Review).where(Review.thread_id == thread_id))


def is_before_panel(session: Session, thread: Thread) -> bool:
    """Tell whether the panel has an idea or had it: then its words stay as they are judged."""
    return find_review(session, thread.id) is not None


def read_standing(session: Session, thread: Thread) -> tuple[Review | None, Call | None]:
    """Return the review of an idea and the call it stands in, in one query."""
    row = session.execute(
        select(Review, Call)
        .select_from(Idea)
        .outerjoin(Call, Call.id == Idea.call_id)
        .outerjoin(Review, Review.thread_id == Idea.thread_id)
        .where(Idea.thread_id == thread.id)
    ).one()
    return row[0], row[1]


def find_seat(session: Session, review: Review, person: Person) -> Seat | None:
    """Return the person's seat in a review, unless the coordinator took them off it."""
    own = (Seat.review_id == review.id) & (Seat.person_id == person.id)
    return session.scalar(select(Seat).where(own, Seat.state != SeatState.RELEASED))


def list_seats(session: Session, review: Review) -> Sequence[Seat]:
    """Return all seats of a review with who has them, in the order they were asked."""
    seats = select(Seat).where(Seat.review_id == review.id).options(joinedload(Seat.person))
    return session.scalars(seats.order_by(Seat.id)).all()


def concerned_in(thread: Thread) -> Select[int]:
    """Return the query for who wrote an idea or supports it, by the one each turned out to be.

    Who wrote an idea that was combined into it wrote it too.
    """
    voted = select(Vote.person_id).where(Vote.thread_id == thread.id)
    wrote = (
        select(Thread.author_id)
        .join(CombinationPart, CombinationPart.thread_id == Thread.id)
        .join(Combination, Combination.id == CombinationPart.combination_id)
        .where(Combination.target_id == thread.id, Combination.outcome == Outcome.COMBINED)
    )
    return select(func.coalesce(Person.same_as_id, Person.id)).where(
        or_(Person.id == thread.author_id, Person.id.in_(voted), Person.id.in_(wrote))
    )


def is_concerned(session: Session, thread: Thread, person: Person) -> bool:
    """Tell whether the person wrote the idea or supports it."""
    return person.root_id in set(session.scalars(concerned_in(thread)))


def is_awaited() -> ColumnElement[bool]:
    """Return the condition on Seat and Review that something is still awaited from a panellist.

    Nothing is of an idea that was withdrawn or joined with another meanwhile.
    """
    is_running = Review.closed_at.is_(None) & Review.revealed_at.is_(None)
    has_ended = select(Thread.id).where(Thread.id == Review.thread_id, Thread.is_closed).exists()
    return Seat.state.in_(SEATED) & Seat.done_at.is_(None) & is_running & ~has_ended


def is_counted() -> ColumnElement[bool]:
    """Return the condition on Seat that its scores count: handed in, and nothing stands against it."""
    return (Seat.state == SeatState.SITTING) & Seat.done_at.is_not(None)


def is_public() -> ColumnElement[bool]:
    """Return the condition on Review that everybody may know its scores: revealed, and the decision told."""
    told = select(Decision.id).where(Decision.review_id == Review.id, Decision.announced_at.is_not(None))
    return Review.revealed_at.is_not(None) & told.exists()


def list_candidates(
    session: Session, thread: Thread, place_id: int, review: Review | None, directory: Directory
) -> list[Candidate]:
    """Return who could sit on an idea and doesn't, best proposed first; one query.

    Never who wrote or supports it, nor who declared an interest.
    """
    above = [place.id for place in directory.ancestors(place_id)]
    holding = select(Role.person_id).where(Role.place_id.in_(above), Role.name == RoleName.PANELLIST)
    waiting = (
        select(func.count(Seat.id))
        .join(Review, Review.id == Seat.review_id)
        .where(Seat.person_id == Person.id, is_awaited())
        .correlate(Person)
        .scalar_subquery()
    )
    knows = (
        select(Expertise.person_id)
        .where(Expertise.person_id == Person.id, Expertise.category_id == thread.category_id)
        .correlate(Person)
        .exists()
    )
    found = select(Person.id, Person.name, waiting.label("waiting"), knows.label("knows")).where(
        Person.id.in_(holding), ~Person.is_blocked, Person.id.not_in(concerned_in(thread))
    )
    if review is not None:
        there = select(Seat.person_id).where(Seat.review_id == review.id, Seat.state != SeatState.RELEASED)
        found = found.where(Person.id.not_in(there))
    return in_order(Candidate(r.id, r.name, r.waiting, bool(r.knows)) for r in session.execute(found))


def find_refusal(session: Session, thread_id: int) -> Event | None:
    """Return when and why an idea was last said to be not eligible."""
    said = select(Event).where(Event.thread_id == thread_id, Event.kind == REFUSED)
    return session.scalar(said.order_by(Event.sequence.desc()).limit(1).options(joinedload(Event.statement)))


def list_own_seats(session: Session, person: Person) -> Sequence[Seat]:
    """Return the person's seats with their ideas and calls, what is due first first; one query."""
    own = (Seat.person_id == person.id) & (Seat.state != SeatState.RELEASED)
    seats = (
        select(Seat)
        .join(Review, Review.id == Seat.review_id)
        .where(own)
        .options(joinedload(Seat.review).options(joinedload(Review.thread), joinedload(Review.call)))
        .order_by(Review.last_day, Seat.id)
    )
    return session.scalars(seats).all()


def count_awaited(session: Session, person: Person) -> int:
    """Return how many reviews wait for this panellist."""
    awaited = select(func.count(Seat.id)).join(Review, Review.id == Seat.review_id)
    return session.scalar(awaited.where(Seat.person_id == person.id, is_awaited())) or 0


def list_knowledge(session: Session, people: Collection[int]) -> dict[int, set[int]]:
    """Return what these people know about: category numbers by person."""
    known: dict[int, set[int]] = {number: set() for number in people}
    rows = session.execute(
        select(Expertise.person_id, Expertise.category_id).where(Expertise.person_id.in_(people))
    )
    for person_id, category_id in rows:
        known[person_id].add(category_id)
    return known


def list_officers(session: Session, department_id: int, place_id: int, directory: Directory) -> Sequence[int]:
    """Return the numbers of who works for a department at this place or above it."""
    above = [place.id for place in directory.ancestors(place_id)]
    theirs = (Role.department_id == department_id) & Role.place_id.in_(above) & Role.name.in_(OF_DEPARTMENT)
    people = select(Person.id).where(Person.id.in_(select(Role.person_id).where(theirs)), ~Person.is_blocked)
    return session.scalars(people.order_by(Person.id)).all()


def list_requests(session: Session, review: Review) -> list[int]:
    """Return which departments were asked, in the order they were."""
    asked = select(AppraisalRequest.department_id).where(AppraisalRequest.review_id == review.id)
    return list(session.scalars(asked.order_by(AppraisalRequest.at, AppraisalRequest.department_id)))
