"""Other ways to reach a person than e-mail."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import contacts as ways
from portal.accounts.actions import become_same
from portal.accounts.models import Contact, ContactChannel, Person
from portal.accounts.numbers import read_chat_name, read_number
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, TooMany
from portal.core.outbox import Job
from portal.core.worker import run_all
from tests.factories import NOW, Browse, add_person, count_queries, form_fields, person

PAGE = "/account/contacts"
MOBILE = "13800000021"
SMS, CHAT, PHONE = ContactChannel.SMS, ContactChannel.CHAT, ContactChannel.PHONE


@pytest.fixture
def hooked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """SMS and chat are to be had here."""
    update = {"hook_url": "http://127.0.0.1:9/hook", "hook_secret": SecretStr("s" * 16)}
    settings = app.extensions["linli_settings"].model_copy(update=update)
    monkeypatch.setitem(app.extensions, "linli_settings", settings)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("138 0000 0021", MOBILE),
        ("+86 138-0000-0021", "+8613800000021"),
        ("（０５７１）８８００００００", "057188000000"),
        ("82 34 56", "823456"),
        ("ring me", ""),
        ("110", ""),
        ("1" * 16, ""),
        ("12345; drop", ""),
        ("", ""),
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str, kept: str) -> None:
    assert read_number(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"), [(" li_lei ", "li_lei"), ("a b", ""), ("李雷", "李雷"), ("x\n", "")]
)
def test_names_in_a_chat_have_no_spaces(typed: str, kept: str) -> None:
    assert read_chat_name(typed) == kept


def note(session: Session, channel: ContactChannel = SMS, address: str = MOBILE) -> Contact:
    who = person(session, "resident")
    return ways.note_contact(session, who, channel, address, noted_by=None, now=NOW)


def test_a_telephone_noted_by_staff_counts_at_once(session: Session) -> None:
    who, officer = person(session, "resident"), person(session, "officer")
    contact = ways.note_contact(session, who, PHONE, "138 0000 0021", noted_by=officer, now=NOW)
    assert (contact.address, contact.noted_by_id, contact.consent_at) == (MOBILE, officer.id, NOW)
    assert list(ways.list_reachable(session, who)) == [contact]


def test_what_the_person_says_counts_when_the_code_came_back(session: Session) -> None:
    contact = note(session)
    who = person(session, "resident")
    assert not ways.list_reachable(session, who)
    ways.send_code(session, contact, network="", now=NOW)
    code = ways.code_of(contact)
    assert code is not None
    assert len(code) == 6
    ways.confirm_contact(session, contact, code, now=NOW + timedelta(minutes=15))
    assert list(ways.list_reachable(session, who)) == [contact]
    assert ways.code_of(contact) is None


@pytest.mark.parametrize(("minutes", "sign"), [(16, ""), (1, "0")])
def test_an_old_or_wrong_code_proves_nothing(session: Session, minutes: int, sign: str) -> None:
    contact = note(session)
    ways.send_code(session, contact, network="", now=NOW)
    with pytest.raises(Invalid):
        ways.confirm_contact(
            session, contact, f"{ways.code_of(contact)}{sign}", now=NOW + timedelta(minutes=minutes)
        )
    assert contact.confirmed_at is None


def test_a_code_sent_before_does_not_work_any_more(session: Session) -> None:
    contact = note(session)
    ways.send_code(session, contact, network="", now=NOW)
    first = ways.code_of(contact)
    ways.send_code(session, contact, network="", now=NOW + timedelta(minutes=1))
    with pytest.raises(Invalid):
        ways.confirm_contact(session, contact, first or "", now=NOW + timedelta(minutes=2))


def test_codes_and_tries_are_limited(session: Session) -> None:
    contact = note(session)
    for _code in range(ways.CODES_TO_ADDRESS):
        ways.send_code(session, contact, network="", now=NOW)
    with pytest.raises(TooMany):
        ways.send_code(session, contact, network="", now=NOW)
    for _try in range(ways.TRIES):
        ways.count_code_try(session, contact, now=NOW)
    with pytest.raises(TooMany):
        ways.count_code_try(session, contact, now=NOW)


def test_a_number_is_one_however_it_is_dialled(session: Session) -> None:
    for number, code in enumerate(["138 0000 0021", "+86 138 0000 0021", "0086 13800000021"]):
        contact = ways.note_contact(
            session, add_person(session, f"li{number}"), SMS, code, noted_by=None, now=NOW
        )
        ways.send_code(session, contact, network=str(number), now=NOW)
    with pytest.raises(TooMany):
        ways.send_code(session, note(session, address="86 138 0000 0021"), network="4", now=NOW)


@pytest.mark.parametrize(
    ("limit", "networks"), [("CODES_FROM_NETWORK", ["here"] * 3), ("CODES_OF_ALL", ["here", "there", "far"])]
)
def test_codes_of_a_day_are_limited_by_network_and_in_all(
    session: Session, monkeypatch: pytest.MonkeyPatch, limit: str, networks: list[str]
) -> None:
    monkeypatch.setattr(ways, limit, 2)
    contacts = [
        ways.note_contact(
            session, add_person(session, f"li{n}"), SMS, f"138 0000 003{n}", noted_by=None, now=NOW
        )
        for n in range(3)
    ]
    for contact, network in zip(contacts[:2], networks[:2], strict=True):
        ways.send_code(session, contact, network=network, now=NOW)
    with pytest.raises(TooMany):
        ways.send_code(session, contacts[2], network=networks[2], now=NOW + timedelta(hours=23))
    ways.send_code(session, contacts[2], network=networks[2], now=NOW + timedelta(hours=25))


def test_another_number_must_be_proven_anew(session: Session) -> None:
    contact = note(session)
    contact.confirmed_at = NOW
    assert note(session, address="138 0000 0021").confirmed_at == NOW  # the same: sent twice
    assert note(session, address="13900000021").confirmed_at is None
    assert session.scalars(select(Contact)).all() == [contact]


def test_no_code_goes_to_what_is_proven(session: Session) -> None:
    contact = note(session)
    contact.confirmed_at = NOW
    with pytest.raises(Conflict):
        ways.send_code(session, contact, network="", now=NOW)


def test_the_code_is_in_no_row(session: Session) -> None:
    contact = note(session)
    ways.send_code(session, contact, network="", now=NOW)
    code = ways.code_of(contact) or ""
    assert not any(code in str(job.payload) for job in session.scalars(select(Job)))
    assert code not in str(vars(contact))


def test_what_was_noted_before_people_were_found_to_be_one_counts(session: Session) -> None:
    earlier, who = add_person(session, "li", verified=False), person(session, "resident")
    contact = ways.note_contact(session, earlier, PHONE, MOBILE, noted_by=person(session, "officer"), now=NOW)
    become_same(session, earlier, who)
    assert list(ways.list_reachable(session, who)) == [contact]
    assert ways.find_contact(session, who, contact.id) is contact
    assert ways.find_contact(session, person(session, "neighbour"), contact.id) is None


def test_the_night_clears_what_was_never_proven(session: Session) -> None:
    old, kept, to_be_rung = note(session), note(session, CHAT, "li_lei"), note(session, PHONE, "823456")
    old.consent_at = kept.consent_at = to_be_rung.consent_at = NOW - timedelta(days=31)
    kept.confirmed_at = NOW
    let_a_night_pass(session)
    assert session.scalars(select(Contact.address).order_by(Contact.id)).all() == ["li_lei", "823456"]


def test_the_night_empties_registrations_that_nobody_confirmed(session: Session) -> None:
    old, fresh, sender = (add_person(session, name, verified=False) for name in ("old", "fresh", "sender"))
    old.password_hash = fresh.password_hash = "h"
    old.created_at = sender.created_at = NOW - timedelta(days=31)
    fresh.created_at = NOW - timedelta(days=29)
    number = old.id
    let_a_night_pass(session)
    emptied = session.get_one(Person, number)
    assert (emptied.email, emptied.password_hash, emptied.name) == (None, None, "")
    kept = session.scalars(select(Person.email).where(Person.email_confirmed_at.is_(None))).all()
    assert {"fresh@example.org", "sender@example.org"} <= set(kept)
    assert person(session, "resident").email


def let_a_night_pass(session: Session) -> None:
    session.add(Job(topic="accounts.tidy", payload={}, created_at=NOW, run_at=NOW))
    session.commit()
    run_all(NOW)
    session.expire_all()


def add(client: FlaskClient, **fields: str) -> object:
    hidden = form_fields(client.get(f"{PAGE}?lang=en").text)
    sent = {"channel": "sms", "address": "138 0000 0021", "agreed": "y"} | fields
    return client.post(PAGE, data=hidden | {k: v for k, v in sent.items() if v})


def the_contact(app: Flask) -> Contact:
    with app.app_context():
        return db.session.scalars(select(Contact)).one()


def code_in(app: Flask) -> str:
    with app.app_context():
        return ways.code_of(db.session.scalars(select(Contact)).one()) or ""


@pytest.mark.usefixtures("hooked")
def test_a_resident_adds_a_number_and_proves_it(app: Flask, browse: Browse) -> None:
    client = browse("resident")
    for _double_click in range(2):
        assert add(client).status_code == 303  # type: ignore[attr-defined]
    page = client.get(PAGE).text
    assert "Not confirmed yet" in page
    number = the_contact(app).id
    confirm = {f"contact-{number}-code": code_in(app)}
    hidden = form_fields(page)
    wrong = client.post(f"{PAGE}/{number}/confirm", data=hidden | {f"contact-{number}-code": "12345"})
    assert wrong.status_code == 422
    assert "This code is not right" in wrong.text
    assert 'value="12345"' in wrong.text
    assert client.post(f"{PAGE}/{number}/confirm", data=hidden | confirm).status_code == 303
    assert the_contact(app).confirmed_at
    with app.app_context():
        codes = [j for j in db.session.scalars(select(Job)) if j.payload.get("about") == "contact_code"]
        assert len(codes) == 1
    assert "On: news comes this way." in client.get(PAGE).text


@pytest.mark.usefixtures("hooked")
@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("address", "ring me", "Please write the number in digits"),
        ("agreed", "", "Please tick the box"),
        ("channel", "", "Please choose one"),
        ("channel", "pigeon", "Not a valid choice"),
        ("address", "", "Please write the number or name"),
    ],
)
def test_what_can_not_be_used_is_shown_again(
    app: Flask, browse: Browse, field: str, value: str, problem: str
) -> None:
    answer = add(browse("resident"), **{"address": "138 0000 002x", field: value})
    assert answer.status_code == 422  # type: ignore[attr-defined]
    text: str = answer.text  # type: ignore[attr-defined]
    assert problem in text
    if field != "address":
        assert "138 0000 002x" in text
    with app.app_context():
        assert db.session.scalars(select(Contact)).first() is None


@pytest.mark.usefixtures("hooked")
def test_guesses_of_the_code_end(app: Flask, browse: Browse) -> None:
    client = browse("resident")
    add(client)
    number, right = the_contact(app).id, code_in(app)
    hidden = form_fields(client.get(PAGE).text)
    guesses = ["0", "1", "2", "3", "4", right]
    answers = [
        client.post(f"{PAGE}/{number}/confirm", data=hidden | {f"contact-{number}-code": guess}).status_code
        for guess in guesses
    ]
    assert answers == [422] * 5 + [429]
    assert the_contact(app).confirmed_at is None


@pytest.mark.usefixtures("hooked")
def test_a_way_is_switched_off_and_on_and_removed(app: Flask, browse: Browse) -> None:
    client = browse("resident")
    add(client)
    contact = the_contact(app)
    hidden = form_fields(client.get(PAGE).text)
    client.post(f"{PAGE}/{contact.id}/confirm", data=hidden | {f"contact-{contact.id}-code": code_in(app)})
    for move, stopped in (("stop", True), ("stop", True), ("resume", False)):
        assert client.post(f"{PAGE}/{contact.id}/{move}", data=hidden).status_code == 303
        assert bool(the_contact(app).stopped_at) is stopped
    assert client.post(f"{PAGE}/{contact.id}/remove", data=hidden).status_code == 303
    assert client.post(f"{PAGE}/{contact.id}/remove", data=hidden).status_code == 404
    assert client.post(f"{PAGE}/{contact.id}/explode", data=hidden).status_code == 404


@pytest.mark.usefixtures("hooked")
def test_nobody_touches_anothers_ways(app: Flask, browse: Browse) -> None:
    add(browse("resident"))
    number, neighbour = the_contact(app).id, browse("neighbour")
    page = neighbour.get(PAGE).text
    assert MOBILE not in page
    hidden = form_fields(page)
    for move in ("confirm", "code", "stop", "resume", "remove"):
        answer = neighbour.post(
            f"{PAGE}/{number}/{move}", data=hidden | {f"contact-{number}-code": code_in(app)}
        )
        assert answer.status_code == 404, move
    assert the_contact(app).confirmed_at is None


def test_mails_are_switched_off_and_on(app: Flask, browse: Browse) -> None:
    client = browse("resident")
    page = client.get(f"{PAGE}?lang=en").text
    hidden = form_fields(page)
    for wish, shown in (("stop", "Switch e-mail on"), ("resume", "Switch e-mail off")):
        assert client.post(f"{PAGE}/mail", data=hidden | {"wish": wish}).status_code == 303
        assert shown in client.get(PAGE).text


def test_without_a_hook_neither_sms_nor_chat_is_offered(app: Flask, browse: Browse) -> None:
    client = browse("resident")
    page = client.get(f"{PAGE}?lang=en").text
    assert "SMS" not in page
    assert "Chat" not in page
    assert add(client).status_code == 422  # type: ignore[attr-defined]
    with app.app_context():
        assert db.session.scalars(select(Contact)).first() is None


@pytest.mark.usefixtures("hooked")
def test_the_page_costs_the_same_whatever_it_holds(app: Flask, browse: Browse) -> None:
    client, costs = browse("resident"), []
    for channel in (PHONE, CHAT):
        with app.app_context():
            note(db.session(), channel, "13800000021" if channel == PHONE else "li_lei")
            db.session.commit()
        client.get(PAGE)
        with count_queries(app) as queries:
            client.get(PAGE)
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_a_resident_adds_a_telephone_that_staff_ring(app: Flask, browse: Browse) -> None:
    client = browse("resident")
    for _double_click in range(2):
        assert add(client, channel="phone").status_code == 303  # type: ignore[attr-defined]
    page = client.get(PAGE).text
    assert MOBILE in page
    assert "With the first call it is confirmed." in page
    assert "Send a new code" not in page
    contact = the_contact(app)
    assert (contact.confirmed_at, contact.noted_by_id) == (None, None)
    with app.app_context():
        assert not [j for j in db.session.scalars(select(Job)) if j.payload.get("about") == "contact_code"]
    assert client.post(f"{PAGE}/{contact.id}/code", data=form_fields(page)).status_code == 409


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [("agreed", "", "Please tick the box"), ("address", "ring me", "Please write the number in digits")],
)
def test_a_telephone_needs_a_number_and_consent(
    app: Flask, browse: Browse, field: str, value: str, problem: str
) -> None:
    answer = add(browse("resident"), **{"channel": "phone", field: value})
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert problem in answer.text  # type: ignore[attr-defined]
    with app.app_context():
        assert db.session.scalars(select(Contact)).first() is None


def test_nobody_writes_down_number_after_number(
    app: Flask, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "NUMBERS_OF_A_PERSON", 1)
    client = browse("resident")
    assert add(client, channel="phone").status_code == 303  # type: ignore[attr-defined]
    assert add(client, channel="phone", address="823456").status_code == 429  # type: ignore[attr-defined]
    assert the_contact(app).address == MOBILE


def test_the_number_noted_last_is_the_one_to_ring(session: Session) -> None:
    earlier, who = add_person(session, "li", verified=False), person(session, "resident")
    staff = person(session, "officer")
    first = ways.note_contact(session, earlier, PHONE, MOBILE, noted_by=staff, now=NOW)
    ways.note_contact(session, who, PHONE, "823456", noted_by=staff, now=NOW)
    become_same(session, earlier, who)
    ways.note_contact(session, earlier, PHONE, "823457", noted_by=staff, now=NOW + timedelta(days=1))
    assert list(ways.list_reachable(session, who)) == [first]
