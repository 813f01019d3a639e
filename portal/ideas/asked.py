"""What a link in a mail asks, of an author or a supporter of an idea: shown, answered, shown again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts.links import find_linked
from portal.accounts.models import Person
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, DomainError, Invalid, NotFound, TooMany
from portal.core.i18n import gettext as _
from portal.core.limits import count_attempt
from portal.core.tokens import unsign
from portal.threads.models import Kind, Thread

# The purposes of the signed links: an author's has a combination, an idea and a person; the others two.
AGREES, SUPPORTS, CARRIES = "combine-ideas", "supports", "combined-support"
HOUR = timedelta(hours=1)
ANSWERS_OF_A_PERSON = 60  # an hour


class Asked(NamedTuple):
    """Which supporter is asked about which idea."""

    idea: Thread
    person: Person


def read_link(purpose: str, token: str) -> list[Any]:
    """Return the numbers in a signed link; NotFound where it is none."""
    value = unsign(purpose, token)
    if not isinstance(value, list):
        raise NotFound(_("This link is not complete. Please copy the whole of it from the mail."))
    return value


def find_supporter(session: Session, purpose: str, token: str) -> Asked:
    """Return whom a supporter's link is for; NotFound where the idea isn't public any more."""
    number, person_id = read_link(purpose, token)
    idea, person = session.get(Thread, number), find_linked(session, person_id)
    if idea is None or person is None or not idea.is_listed or idea.kind != Kind.IDEA:
        raise NotFound()
    return Asked(idea, person)


def answer_by_link(
    take: Callable[[], str], show: Callable[[DomainError | None], ResponseReturnValue]
) -> ResponseReturnValue:
    """Ask, or take the answer and say thanks; where it is refused, ask again and say why.

    Nothing happens before a button is pressed: mail scanners follow links.
    """
    if request.method != "POST":
        return show(None)
    session = db.session()
    try:
        thanks = take()
    except (Conflict, Invalid, TooMany) as refused:
        session.rollback()
        return show(refused)
    session.commit()
    flash(thanks, "success")
    return redirect(request.path, 303)


def read_answer(session: Session, person: Person, *answers: str) -> str:
    """Return which button was pressed. Invalid for any other; TooMany for who presses all the time."""
    pressed, subject = request.form.get("answer", ""), f"person:{person.root_id}"
    if pressed not in answers:
        raise Invalid(_("Please press one of the two buttons."))
    count_attempt(session, "asked", subject, most=ANSWERS_OF_A_PERSON, within=HOUR, now=clock.now())
    return pressed
