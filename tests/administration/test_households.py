"""The pages on which the committee makes codes for households."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.households import make_household_codes
from portal.accounts.models import HouseholdCode, RoleName
from portal.communities.models import Place
from portal.core import clock
from portal.core.db import db
from portal.threads.models import Event
from tests import factories
from tests.factories import Browse, count_queries, person

PAGE = "/staff/households?lang=en"
FORM = {
    "place": "liu-1",
    "households": "Block 7, 301\n\n  Block 7,  302 \nBlock 7, 301",
    "uses": "4",
    "days": "90",
    "language": "zh-Hans",
}


def fields(html: str) -> dict[str, str]:
    return factories.form_fields(html)


def codes(app: Flask) -> list[HouseholdCode]:
    with app.app_context():
        return list(db.session.scalars(select(HouseholdCode).order_by(HouseholdCode.id)))


def test_codes_are_made_and_shown_once(app: Flask, browse: Browse) -> None:
    client = browse("coordinator")
    answer = client.post("/staff/households", data=fields(client.get(PAGE).text) | FORM)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    shown = re.findall(r'code-slip__code">([0-9A-Z-]+)<', answer.text)
    assert len(set(shown)) == 2
    assert 'lang="zh-Hans" data-paper' in answer.text
    assert "127.0.0.1:8000/<wbr>account/<wbr>residency" in answer.text
    assert [code.household for code in codes(app)] == ["Block 7, 301", "Block 7, 302"]
    page = client.get(PAGE).text
    assert "Block 7, 302" in page
    assert "for 4 more people" in page
    assert not any(code in page for code in shown)
    with app.app_context():
        event = db.session.scalars(select(Event).where(Event.kind == "household_codes.made")).one()
        assert event.actor_id == person(db.session(), "coordinator").id
        assert event.actor_role == "coordinator"
        assert len(event.data["codes"]) == 2


def test_a_double_click_leaves_one_code_for_each(app: Flask, browse: Browse) -> None:
    client = browse("administrator")
    filled = fields(client.get(PAGE).text) | FORM
    for _click in range(2):
        client.post("/staff/households", data=filled)
    assert len(codes(app)) == 2


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("households", "  \n ", "Please fill this in"),
        ("households", "x" * 81, "This line is too long"),
        ("households", "\n".join(str(n) for n in range(501)), "at most 500 codes"),
        ("place", "yunhe", "Not a valid choice"),
        ("uses", "400", "Not a valid choice"),
        ("days", "9999", "Not a valid choice"),
        ("language", "fr", "Not a valid choice"),
    ],
)
def test_bad_input_is_shown_again(app: Flask, browse: Browse, field: str, value: str, message: str) -> None:
    client = browse("coordinator")
    answer = client.post("/staff/households", data=fields(client.get(PAGE).text) | FORM | {field: value})
    assert answer.status_code == 422
    assert message in answer.text
    assert field == "households" or "Block 7,  302" in answer.text
    assert codes(app) == []


def test_a_code_is_withdrawn(app: Flask, browse: Browse) -> None:
    client = browse("coordinator")
    client.post("/staff/households", data=fields(client.get(PAGE).text) | FORM)
    number = codes(app)[0].id
    address = f"/staff/households/{number}/withdraw"
    assert client.post(address, data=fields(client.get(PAGE).text)).status_code == 303
    page = client.get(PAGE).text
    assert "The code for Block 7, 301 is good for nothing now." in page
    assert page.count("Withdraw<") == 1


def test_a_role_is_for_its_place(app: Flask, browse: Browse) -> None:
    with app.app_context():
        session = db.session()
        neighbour = person(session, "neighbour")
        street = session.scalars(select(Place).where(Place.code == "qiao")).one()
        factories.add_role(session, neighbour, RoleName.COORDINATOR, street, None)
        session.commit()
    client = browse("neighbour")
    page = client.get(PAGE).text
    assert "Stonebridge First Lane" in page
    assert "Willow First Lane" not in page
    answer = client.post("/staff/households", data=fields(page) | FORM)
    assert answer.status_code == 422
    made = browse("coordinator")
    made.post("/staff/households", data=fields(made.get(PAGE).text) | FORM)
    assert "Block 7, 302" not in client.get(PAGE).text
    number = codes(app)[0].id
    assert client.post(f"/staff/households/{number}/withdraw", data=fields(page)).status_code == 404
    assert codes(app)[0].expires_at > clock.now()


def test_the_list_is_paged_and_costs_the_same(app: Flask, browse: Browse) -> None:
    client, costs = browse("coordinator"), []
    for more in (2, 28):
        with app.app_context():
            number = factories.directory(db.session()).place_codes["liu-1"].id
            names = [f"Block {more}, {n}" for n in range(more)]
            make_household_codes(db.session(), number, names, uses=1, days=9, now=clock.now())
            db.session.commit()
        client.get(PAGE)
        with count_queries(app) as queries:
            page = client.get(PAGE).text
        costs.append(len(queries))
    assert costs[0] == costs[1]
    assert page.count("Withdraw<") == 25
    before = re.search(r"/staff/households\?[^\"]*before=(\d+)", page)
    assert before
    assert client.get(f"/staff/households?lang=en&before={before.group(1)}").text.count("Withdraw<") == 5
