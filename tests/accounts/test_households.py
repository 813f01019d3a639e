"""Codes for households: made, used by so many people, and what it changes for them."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.accounts.actions import link_browser
from portal.accounts.households import (
    Printed,
    list_household_codes,
    make_household_codes,
    use_household_code,
    withdraw_household_code,
)
from portal.accounts.identity import new_person
from portal.accounts.models import HouseholdCode, Person
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.worker import run_all
from portal.threads.actions import lock_thread
from portal.threads.models import Visibility
from portal.threads.votes import cast_vote
from tests import factories
from tests.factories import NOW, Browse, add_person, make_report, person


def make(session: Session, *households: str, uses: int = 2, days: int = 90) -> list[Printed]:
    place = factories.directory(session).place_codes["liu-1"]
    _rows, printed = make_household_codes(session, place.id, households, uses=uses, days=days, now=NOW)
    return printed


def somebody(session: Session) -> Person:
    person = new_person(session, NOW)
    session.flush()
    return person


def test_a_code_is_easy_to_type_and_kept_nowhere(session: Session) -> None:
    (printed,) = make(session, "Block 7, 301")
    assert len(printed.code) == len("K7M3-9QXD")
    assert not set(printed.code) & set("01IO")
    row = session.scalars(select(HouseholdCode)).one()
    kept = {str(value) for value in vars(row).values()}
    assert not any(printed.code in value or printed.code.replace("-", "") in value for value in kept)


def test_who_enters_it_lives_there_and_is_verified(session: Session) -> None:
    (printed,) = make(session, "Block 7, 301")
    who = somebody(session)
    assert not who.is_verified
    use_household_code(session, who, f" {printed.code.lower().replace('-', ' ')} ", now=NOW)
    assert who.is_verified
    assert not who.has_confirmed_email
    assert who.residency_place_id == factories.directory(session).place_codes["liu-1"].id
    assert session.scalars(select(Person.id).where(Person.is_verified, Person.id == who.id)).all()


def test_it_is_for_so_many_people(session: Session) -> None:
    (printed,) = make(session, "Block 7, 301", uses=2)
    for _number in range(2):
        use_household_code(session, somebody(session), printed.code, now=NOW)
    with pytest.raises(Invalid):
        use_household_code(session, somebody(session), printed.code, now=NOW)


def test_typed_twice_it_counts_once(session: Session) -> None:
    (printed,) = make(session, "Block 7, 301", uses=2)
    who = somebody(session)
    for _number in range(3):
        use_household_code(session, who, printed.code, now=NOW)
    assert session.scalars(select(HouseholdCode.uses_left)).one() == 1


@pytest.mark.parametrize("code", ["", "AAAA-AAAA", "🂡" * 9, "x" * 5_000])
def test_a_wrong_code_is_refused(session: Session, code: str) -> None:
    make(session, "Block 7, 301")
    with pytest.raises(Invalid):
        use_household_code(session, somebody(session), code, now=NOW)


def test_it_ends_with_its_time_and_when_withdrawn(session: Session) -> None:
    old, other = make(session, "Block 7, 301", "Block 7, 302", days=30)
    with pytest.raises(Invalid):
        use_household_code(session, somebody(session), old.code, now=NOW + timedelta(days=30))
    row = session.scalars(select(HouseholdCode).where(HouseholdCode.household == other.household)).one()
    withdraw_household_code(session, row, now=NOW)
    with pytest.raises(Invalid):
        use_household_code(session, somebody(session), other.code, now=NOW)


def test_a_new_code_ends_the_one_before_and_clears_what_has_ended(session: Session) -> None:
    old, _other = make(session, "Block 7, 301", "Block 7, 302", days=30)
    (new,) = make(session, "Block 7, 301")
    with pytest.raises(Invalid):
        use_household_code(session, somebody(session), old.code, now=NOW)
    use_household_code(session, somebody(session), new.code, now=NOW)
    later = NOW + timedelta(days=31)
    place = factories.directory(session).place_codes["liu-1"].id
    make_household_codes(session, place, ["Block 9"], uses=1, days=30, now=later)
    kept = session.scalars(select(HouseholdCode.household).order_by(HouseholdCode.id)).all()
    assert kept == ["Block 7, 301", "Block 9"]
    good = list_household_codes(session, [place], before=None, limit=9, now=later)
    assert [code.household for code in good] == ["Block 9", "Block 7, 301"]


def test_households_named_twice_get_one_code(session: Session) -> None:
    assert len(make(session, "Block 7", "Block 7")) == 1


def test_votes_and_words_of_who_lives_here_count_at_once(app: Flask) -> None:
    with app.app_context():
        session = db.session()
        author = add_person(session, "by-code", verified=False)
        own, thread = make_report(session, author=author), make_report(session)
        assert own.visibility == Visibility.FIRST_LOOK
        browser = somebody(session)
        for voter in (author, browser):
            cast_vote(session, lock_thread(session, thread.id), voter, now=NOW)
        assert (thread.votes_total, thread.votes_verified) == (2, 0)
        (printed,) = make(session, "Block 7, 301")
        use_household_code(session, author, printed.code, now=NOW)
        session.commit()
        run_all(clock.now())
        session.expire_all()
        assert (thread.votes_total, thread.votes_verified) == (2, 1)
        assert own.visibility == Visibility.PUBLIC


def test_the_code_of_a_browser_goes_with_who_signs_in(app: Flask) -> None:
    with app.app_context():
        session = db.session()
        browser, account = somebody(session), add_person(session, "late", verified=False)
        thread = make_report(session)
        cast_vote(session, lock_thread(session, thread.id), browser, now=NOW)
        (printed,) = make(session, "Block 7, 301")
        use_household_code(session, browser, printed.code, now=NOW)
        link_browser(session, browser, account, now=NOW)
        assert account.residency_place_id == browser.residency_place_id
        session.commit()
        run_all(clock.now())
        session.expire_all()
        assert (thread.votes_total, thread.votes_verified) == (1, 1)


def enter(client: FlaskClient, code: str) -> TestResponse:
    page = client.get("/account/residency?lang=en").text
    return client.post("/account/residency", data=factories.form_fields(page) | {"code": code})


@pytest.fixture
def code(app: Flask) -> str:
    """A code of a household of two in Willow First Lane, good now."""
    with app.app_context():
        place = factories.directory(db.session()).place_codes["liu-1"]
        _rows, printed = make_household_codes(
            db.session(), place.id, ["Block 7, 301"], uses=2, days=90, now=clock.now()
        )
        db.session.commit()
        return printed[0].code


def test_somebody_with_an_account_enters_it(app: Flask, browse: Browse, code: str) -> None:
    client = browse("resident")
    assert enter(client, code).location == "/account/residency"
    assert "You live in Willow Street › Willow First Lane" in client.get("/account/residency").text
    assert "Willow First Lane, verified by the committee" in client.get("/account").text
    with app.app_context():
        assert person(db.session(), "resident").residency_confirmed_at


def test_a_browser_without_account_enters_it(client: FlaskClient, code: str) -> None:
    assert enter(client, code).status_code == 303
    page = client.get("/account/residency").text
    assert "You live in Willow Street" in page
    assert "this browser will know it" in page


def test_a_wrong_code_is_shown_again_and_makes_nobody(app: Flask, client: FlaskClient, code: str) -> None:
    with app.app_context():
        people = len(db.session.scalars(select(Person.id)).all())
    answer = enter(client, "AAAA-BBBB")
    assert answer.status_code == 422
    assert 'value="AAAA-BBBB"' in answer.text
    assert "This code is not right" in answer.text
    assert enter(client, "  ").status_code == 422
    with app.app_context():
        assert len(db.session.scalars(select(Person.id)).all()) == people
    assert "You live in" not in client.get("/account/residency").text


def test_nobody_can_try_them_all(browse: Browse, code: str) -> None:
    client = browse("resident")
    answers = [enter(client, f"AAAA-AAA{sign}").status_code for sign in "23456789A"]
    assert answers == [422] * 8 + [429]
    assert enter(client, code).status_code == 429, "also the right one has to wait"
    assert enter(browse("neighbour"), code).status_code == 303, "others at the same address need not"
