"""A review with three seats, and short ways to score in it."""

from datetime import date, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.accounts.models import Person, RoleName
from portal.communities.models import Place
from portal.core.dates import today
from portal.ideas.calls import Call
from portal.panels.models import Review, Seat, SeatState
from portal.panels.rubric import freeze_rubric, list_yardsticks
from portal.panels.scores import Sheet
from portal.panels.scoring import Answer, hand_in
from portal.threads.models import Thread
from tests.factories import NOW, add_person, add_role, directory, form_fields, make_idea, person

PANEL = ("panellist", "second", "third")
SOON = NOW + timedelta(hours=1)


def add_panel(session: Session) -> list[Person]:
    """Add two panellists of the district to the one who is there."""
    place = session.get_one(Place, directory(session).place_codes["yunhe"].id)
    for name in PANEL[1:]:
        if session.scalar(select(Person.id).where(Person.name == name)) is None:
            add_role(session, add_person(session, name), RoleName.PANELLIST, place, None)
    return [person(session, name) for name in PANEL]


def make_review(
    session: Session,
    idea: Thread | None = None,
    call: Call | None = None,
    *,
    last_day: date | None = None,
    now: datetime = NOW,
) -> Review:
    """Put an idea before the three, none of whom has an interest in it."""
    thread = idea or make_idea(session, author=person(session, "neighbour"), now=now)
    review = Review(
        thread_id=thread.id,
        call_id=call.id if call else None,
        reason="It fits.",
        last_day=last_day or today() + timedelta(days=14),
        opened_at=now,
        opened_by_id=person(session, "coordinator").id,
        revision=1,
    )
    session.add(review)
    session.flush()
    for who in add_panel(session):
        session.add(
            Seat(
                review_id=review.id,
                person_id=who.id,
                state=SeatState.SITTING,
                interest="",
                assigned_at=now,
                declared_at=now,
            )
        )
    freeze_rubric(session, review)
    session.flush()
    return review


def seat_of(session: Session, review: Review, name: str) -> Seat:
    of_them = Seat.person_id == person(session, name).id
    return session.scalars(select(Seat).where(Seat.review_id == review.id, of_them)).one()


def whole(
    session: Session, review: Review, value: int | None, reason: str = "So it is."
) -> dict[int, Answer]:
    """Return an answer to each criterion: the value, and yes where it must be met; None abstains."""
    return {
        y.id: Answer(None, abstains=True, reason=reason)
        if value is None
        else Answer(min(value, 1) if y.is_knock_out else value, reason=reason)
        for y in list_yardsticks(session, review)
    }


def seen(session: Session, seat: Seat) -> int:
    sheet = session.get(Sheet, seat.id)
    return sheet.revision if sheet else 0


def score(
    session: Session,
    review: Review,
    name: str,
    value: int | None,
    reason: str = "So it is.",
    *,
    now: datetime = SOON,
) -> Seat:
    """Let one hand in the same for each criterion."""
    seat = seat_of(session, review, name)
    hand_in(session, seat, whole(session, review, value, reason), seen=seen(session, seat), now=now)
    return seat


def send(client: FlaskClient, address: str, fields: dict[str, str], **headers: str) -> TestResponse:
    """Send the page's first form with these fields."""
    page = form_fields(client.get(address).text)
    return client.post(address, data=page | fields, headers=headers)
