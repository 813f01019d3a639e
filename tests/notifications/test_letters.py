"""Every mail can be written in every language, and says nothing it shouldn't."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.links import find_to_confirm, find_to_reset
from portal.core.i18n import LANGUAGES
from portal.core.tokens import unsign
from portal.ideas.actions import decide_idea
from portal.notifications.letters import STOP, quote, write_letter
from portal.notifications.models import Delivery
from portal.notifications.rows import name_about
from portal.notifications.rules import MAILED
from portal.routing.actions import newest_decision
from portal.threads.events import Actor, record_event
from portal.threads.models import Event, Level, Status, Thread
from portal.threads.words import say
from tests.factories import NOW, make_idea, make_report, person

TEMPLATES = Path(__file__).parents[2] / "templates/notifications/email"


def delivery(session: Session, about: str, event: Event | None = None) -> Delivery:
    session.flush()
    found = Delivery(
        event_id=event.id if event else None,
        person_id=person(session, "resident").id,
        channel="email",
        about=about,
        message_id=f"<{about}@example.org>",
        created_at=NOW,
    )
    session.add(found)
    session.flush()
    return found


def newest_event(session: Session, thread: Thread) -> Event:
    return session.scalars(
        select(Event).where(Event.thread_id == thread.id).order_by(Event.id.desc())
    ).first()  # type: ignore[return-value]


def happened(session: Session, thread: Thread, kind: str) -> Event:
    """Record the event as its action would, with words."""
    by = Actor(person(session, "coordinator"), "coordinator")
    if kind == "idea.decided":
        decide_idea(session, thread, Status.LATER, "Not before spring.", by=by, now=NOW)
        return newest_event(session, thread)
    if kind == "thread.submitted":
        return session.scalars(select(Event).where(Event.thread_id == thread.id).order_by(Event.id)).first()  # type: ignore[return-value]
    words = say(session, thread, Level.REASON, "First line.\nNot before spring.", author=by.person, now=NOW)
    data: dict[str, Any] = {"category": thread.category_id, "department": thread.department_id}
    data |= {"other": thread.reference, "others": [thread.reference], "what": "report.fixed"}
    data |= {"version": 2, "of_substance": True, "combination": 1}
    data |= {"pilot": "1", "title": "A crossing", "place": thread.place_id, "said": "stop", "practice": "1"}
    data |= {"decision": Status.PILOT, "until": "2026-03-09", "in": 3, "of": 3}
    return record_event(session, thread, kind, by=by, now=NOW, statement=words, data=data)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_event_has_its_mail(session: Session, language: str) -> None:
    for kind in sorted(MAILED):
        make = make_idea if kind.startswith("idea") else make_report
        thread = make(session, language=language)
        letter = write_letter(session, delivery(session, kind, happened(session, thread, kind)))
        assert letter.to == "resident@example.org"
        assert thread.reference in letter.subject
        assert "\n" not in letter.subject
        assert "/track/" in letter.text
        assert "%(" not in letter.text + letter.subject
        if kind != "thread.submitted":
            assert "> Not before spring." in letter.text


def test_a_mail_speaks_the_language_chosen_in_the_account(session: Session) -> None:
    report = make_report(session, language="zh-Hant")
    sent = delivery(session, "report.started", happened(session, report, "report.started"))
    resident = person(session, "resident")
    resident.language = "en"
    assert "您好" in write_letter(session, sent).text  # no account: as the submission
    resident.password_hash = "made"
    assert "Hello resident," in write_letter(session, sent).text


def test_words_are_a_reason_only_where_there_is_a_category(session: Session) -> None:
    def receipt(category: str | None) -> str:
        idea = make_idea(session, category=category)
        decision = newest_decision(session, idea.id)
        assert decision
        decision.words = [["herbs", 1.0]]
        event = happened(session, idea, "thread.submitted")
        sent = delivery(session, f"receipt-{category}", event)
        return write_letter(session, sent).text

    assert "These words weighed in that:" in receipt("parks-planning")
    assert "weighed" not in receipt(None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_account_mail_can_be_written(session: Session, language: str) -> None:
    person(session, "resident").language = language
    for about in ("confirm", "already_registered", "reset", "password_changed"):
        letter = write_letter(session, delivery(session, about))
        assert letter.subject
        assert "http" in letter.text
        assert "%(" not in letter.text + letter.subject


def test_the_links_in_a_mail_lead_to_the_person(session: Session) -> None:
    resident = person(session, "resident")
    confirm = write_letter(session, delivery(session, "confirm"))
    assert find_to_confirm(session, token_in(confirm.text, "/confirm/")) is resident
    reset = write_letter(session, delivery(session, "reset"))
    assert find_to_reset(session, token_in(reset.text, "/reset/")) is resident
    report = make_report(session)
    receipt = write_letter(
        session, delivery(session, "thread.submitted", happened(session, report, "thread.submitted"))
    )
    assert unsign(STOP, token_in(receipt.text, "/stop-mail/")) == resident.id
    assert unsign("track", token_in(receipt.text, "/track/")) == report.id


def token_in(text: str, path: str) -> str:
    return text.partition(path)[2].split()[0]


def test_a_name_or_a_title_cannot_forge_a_mail(session: Session) -> None:
    report = make_report(session, title="Lamp\r\nBcc: all@example.org")
    sent = delivery(session, "thread.replied", happened(session, report, "thread.replied"))
    person(session, "resident").name = "{{ 7 * 7 }} <b>"
    letter = write_letter(session, sent)
    assert "Hello {{ 7 * 7 }} <b>," in letter.text
    assert "Bcc" not in letter.subject


def test_words_are_quoted_line_by_line() -> None:
    assert quote("one\n\ntwo") == "> one\n> \n> two"


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.txt")), ids=lambda path: path.stem)
def test_staff_read_in_words_what_each_mail_is_about(path: Path) -> None:
    about = path.stem.removeprefix("account.")
    if path.stem.endswith("frame"):
        return
    assert "%" not in name_about(about)
    assert name_about(about) != about
