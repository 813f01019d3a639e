"""The text of a mail, in the language of whoever reads it."""

import re
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.links import confirm_token, invite_token, reset_token
from portal.accounts.models import Person
from portal.accounts.telling import tell_roles
from portal.communities.directory import get_directory
from portal.core.i18n import in_language, listed
from portal.core.links import whole_link
from portal.core.mail import Letter
from portal.core.tokens import sign
from portal.ideas.combining_telling import author_token
from portal.intake.queries import TRACKING
from portal.intake.telling import tell_sent, tell_status
from portal.notifications.models import Delivery
from portal.notifications.rules import RECEIPT, has_link
from portal.threads.models import Event, Status, Thread
from portal.threads.promise_words import tell_due
from portal.threads.timeline import tell

STOP = "stop-mail"  # the purpose of the signed link


def write_letter(session: Session, delivery: Delivery) -> Letter:
    """Return the mail of a delivery, ready to be handed over."""
    person = session.get_one(Person, delivery.person_id)
    event = session.get_one(Event, delivery.event_id) if delivery.event_id else None
    thread = session.get_one(Thread, event.thread_id) if event else None
    language = language_of(person, thread)
    with in_language(language):
        if event is None or thread is None:
            values = account_values(session, person, delivery)
            return make_letter(person, delivery, f"account.{delivery.about}", values)
        values = event_values(session, event, thread, person)
        first_id = find_first_id(session, delivery, thread)
        return make_letter(person, delivery, event.kind, values, language=language, first_id=first_id)


def make_letter(
    person: Person,
    delivery: Delivery,
    template: str,
    values: dict[str, Any],
    *,
    language: str = "",
    first_id: str = "",
) -> Letter:
    """Return the mail of a template, in the person's language if no other is named.

    Strings come in the language that is set around this call.
    """
    subject, text = render(template, values)
    return Letter(
        to=person.email or "",
        subject=subject,
        text=text,
        message_id=delivery.message_id,
        language=language or person.language,
        first_id=first_id,
        stop_link=values.get("stop_link", ""),
    )


def find_first_id(session: Session, delivery: Delivery, thread: Thread) -> str:
    """Return the Message-ID of the first mail to this person about the thread; "" if this is it."""
    first = (
        select(Delivery.message_id)
        .join(Event, Event.id == Delivery.event_id)
        .where(
            Event.thread_id == thread.id,
            Delivery.person_id == delivery.person_id,
            Delivery.channel == delivery.channel,
            Delivery.held_back_at.is_(None),
            Delivery.digest_id.is_(None),
            Delivery.id < delivery.id,
        )
    )
    return session.scalar(first.order_by(Delivery.id).limit(1)) or ""


def language_of(person: Person, thread: Thread | None) -> str:
    """Return the language that was chosen in the account; without one, that of the submission."""
    return person.language if thread is None or person.password_hash else thread.language


def render(name: str, values: dict[str, Any]) -> tuple[str, str]:
    """Return subject and text: the first line of the template, and the rest."""
    template = current_app.jinja_env.get_template(f"notifications/email/{name}.txt")
    subject, _line_end, text = template.render(values).lstrip().partition("\n")
    return subject, re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"


def event_values(session: Session, event: Event, thread: Thread, person: Person) -> dict[str, Any]:
    """Return what the template of an event's mail may say."""
    directory = get_directory(session)
    values: dict[str, Any] = {
        "name": name_of(person),
        "reference": thread.reference,
        "kind": thread.kind,
        "title": title_for(person, thread),
        "sentence": tell(event, directory),
        "words": quote(event.statement.text) if event.statement else "",
        "due": tell_due(thread, thread.due_at),
        "private": thread.visibility == "private",
        "track_link": whole_link("tracking.track", token=sign(TRACKING, thread.id)),
        "stop_link": whole_link("notifications.stop_mail", token=sign(STOP, person.id)),
        "confirm_link": None
        if person.has_confirmed_email
        else whole_link("accounts.confirm", token=confirm_token(person)),
    }
    if event.kind == RECEIPT:
        values |= tell_sent(session, thread, directory) | {"urgent": thread.is_urgent}
    if "pilot" in event.data:
        values["pilot_link"] = whole_link("pilots.show", code=event.data["pilot"])
    if event.kind == "thread.split":
        values["parts"] = _tell_parts(session, thread, event.data["others"])
    if event.kind == "idea.combination_proposed":
        token = author_token(event.data["combination"], thread)
        values["combine_link"] = whole_link("asked.combine", token=token)
        values["others"] = listed(event.data["others"])
    if event.kind in ("idea.decided", "idea.decision_told"):
        values["meaning"] = tell_status(Status(event.data["decision"]))
    return values


def _tell_parts(session: Session, thread: Thread, references: list[str]) -> list[dict[str, str]]:
    """Return what was split off from a thread, each with its sender's own link."""
    parts = select(Thread).where(Thread.reference.in_(references), Thread.author_id == thread.author_id)
    return [
        {
            "reference": part.reference,
            "title": title_for(thread.author, part),
            "link": whole_link("tracking.track", token=sign(TRACKING, part.id)),
        }
        for part in session.scalars(parts.order_by(Thread.id))
    ]


def name_of(person: Person) -> str:
    """Return how to address the person. The name beside an unproven address may be anybody's message."""
    return person.name if person.has_confirmed_email else ""


def title_for(person: Person, thread: Thread) -> str:
    """Return the title, or the reference where somebody could be sending a link to another's address."""
    title = thread.given_title or thread.title
    return thread.reference if not person.has_confirmed_email and has_link(title) else title


def account_values(session: Session, person: Person, delivery: Delivery) -> dict[str, Any]:
    """Return what the template of a mail about an account may say. Tokens are made here, at sending."""
    return {
        "name": name_of(person),
        "email": person.email,
        "asked_at": delivery.created_at,
        "confirm_link": whole_link("accounts.confirm", token=confirm_token(person)),
        "reset_link": whole_link("accounts.reset", token=reset_token(person)),
        "invite_link": whole_link("accounts.invited", token=invite_token(person)),
        "has_password": person.password_hash is not None,
        "roles": tell_roles(person, get_directory(session)),
        "sessions_link": whole_link("accounts.sessions"),
        "second_factor_link": whole_link("accounts.second_factor"),
        "sign_in_link": whole_link("accounts.sign_in"),
        "votes_link": whole_link("priority.index"),
        "staff_link": whole_link("triage.home"),
        "proposed_link": whole_link("asking.proposed"),
        "reviews_link": whole_link("reviews.mine"),
        "my_reviews_link": whole_link("reviews.mine"),
        "panel_link": whole_link("panels.index"),
        "appraisals_link": whole_link("appraisals.index"),
        "forgot_link": whole_link("accounts.forgot"),
    }


def quote(text: str) -> str:
    """Return somebody's words as mail programs show a quotation."""
    return "\n".join(f"> {line}" for line in text.splitlines())
