"""The text of a mail, in the language of whoever reads it."""

import re
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from portal.accounts.links import confirm_token, reset_token
from portal.accounts.models import Person
from portal.communities.directory import get_directory
from portal.core.i18n import in_language
from portal.core.tokens import sign
from portal.intake.queries import TRACKING
from portal.intake.telling import tell_sent, tell_status
from portal.notifications.models import Delivery
from portal.notifications.rules import RECEIPT, has_link
from portal.threads.models import Event, Status, Thread
from portal.threads.timeline import tell

STOP = "stop-mail"  # the purpose of the signed link


@dataclass(frozen=True)
class Letter:
    to: str
    subject: str
    text: str
    message_id: str


def write_letter(session: Session, delivery: Delivery) -> Letter:
    """Return the mail of a delivery, ready to be handed over."""
    person = session.get_one(Person, delivery.person_id)
    event = session.get_one(Event, delivery.event_id) if delivery.event_id else None
    thread = session.get_one(Thread, event.thread_id) if event else None
    with in_language(_language_of(person, thread)):
        if event is not None and thread is not None:
            subject, text = _render(event.kind, event_values(session, event, thread, person))
        else:
            subject, text = _render(f"account.{delivery.about}", account_values(person, delivery))
    return Letter(person.email or "", subject, text, delivery.message_id)


def _language_of(person: Person, thread: Thread | None) -> str:
    """Return the language that was chosen in the account; without one, that of the submission."""
    return person.language if thread is None or person.password_hash else thread.language


def _render(name: str, values: dict[str, Any]) -> tuple[str, str]:
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
        "due": thread.due_at,
        "private": thread.visibility == "private",
        "track_link": link("tracking.track", token=sign(TRACKING, thread.id)),
        "stop_link": link("notifications.stop_mail", token=sign(STOP, person.id)),
        "confirm_link": None if person.is_verified else link("accounts.confirm", token=confirm_token(person)),
    }
    if event.kind == RECEIPT:
        values |= tell_sent(session, thread, directory) | {"urgent": thread.is_urgent}
    if event.kind == "idea.decided":
        values["meaning"] = tell_status(Status(event.data["decision"]))
    return values


def name_of(person: Person) -> str:
    """Return how to address the person. The name beside an unproven address may be anybody's message."""
    return person.name if person.is_verified else ""


def title_for(person: Person, thread: Thread) -> str:
    """Return the title, or the reference where somebody could be sending a link to another's address."""
    title = thread.given_title or thread.title
    return thread.reference if not person.is_verified and has_link(title) else title


def account_values(person: Person, delivery: Delivery) -> dict[str, Any]:
    """Return what the template of a mail about an account may say. Tokens are made here, at sending."""
    return {
        "name": name_of(person),
        "email": person.email,
        "asked_at": delivery.created_at,
        "confirm_link": link("accounts.confirm", token=confirm_token(person)),
        "reset_link": link("accounts.reset", token=reset_token(person)),
        "sign_in_link": link("accounts.sign_in"),
        "forgot_link": link("accounts.forgot"),
    }


def quote(text: str) -> str:
    """Return somebody's words as mail programs show a quotation."""
    return "\n".join(f"> {line}" for line in text.splitlines())


def link(endpoint: str, **values: str) -> str:
    """Return the whole address of a page, outside of any request."""
    base: str = current_app.extensions["linli_settings"].base_url
    return base + current_app.url_map.bind("").build(endpoint, values)
