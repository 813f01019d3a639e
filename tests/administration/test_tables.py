"""People, record and outgoing messages to take away: what their pages show, for whom they show it."""

import csv
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.accounts.models import RoleName
from portal.administration import staffing
from portal.core import clock
from portal.core.db import db
from portal.core.worker import run_all
from tests.administration.test_people import by, place, street
from tests.factories import NOW, Browse, add_person, add_role, count_queries, make_report
from tests.threads.publishing import writing

__all__ = ["street"]
EN = "lang=en"


def rows_of(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_people_are_a_table_narrowed_as_the_page_is(app: Flask, browse: Browse) -> None:
    with app.app_context():
        session = db.session()
        aide = add_person(session, "aide")
        aide.name = "=1+1"
        add_role(session, aide, RoleName.PANELLIST, place(session, "liu"), None)
        session.commit()
    client = browse("administrator")
    (row,) = rows_of(client, f"/staff/tables/people.csv?{EN}&role=panellist&q=1%2B1&after=99")
    assert row["Who"] == "'=1+1"
    assert row["E-mail address"] == "aide@example.org"
    assert row["Role"].startswith("Panellist · ")
    assert "role=panellist&amp;q=1%2B1" in client.get(
        "/staff/tables/people/print?role=panellist&q=1%2B1"
    ).text.replace("&#43;", "+")
    assert 'href="/staff/tables/people.csv?q=aide"' in client.get("/staff/admin/people?q=aide").text


def test_an_address_masked_on_the_page_is_masked_in_the_file(street: None, browse: Browse) -> None:
    (row,) = rows_of(browse("local"), f"/staff/tables/people.csv?{EN}&q=outsider")
    assert row["E-mail address"] == "o•••@example.org"
    assert [row["Who"] for row in rows_of(browse("local"), f"/staff/tables/people.csv?{EN}")] == [
        "local",
        "officer",
    ]


def test_the_record_is_a_table(app: Flask, browse: Browse) -> None:
    with writing(app) as session:
        aide = add_person(session, "aide")
        aide.name = "@aide"
        for role in (RoleName.PANELLIST, RoleName.COORDINATOR):
            staffing.grant(session, aide, role, place(session, "liu"), None, by=by(session), now=NOW)
    client = browse("administrator")
    rows = rows_of(client, f"/staff/tables/record.csv?{EN}&kind=person.role_granted&before=2")
    assert [row["What was done"] for row in rows] == ["Gave a role"] * 2
    assert rows[0]["About"] == "'@aide"
    assert rows[0]["Who"] == "administrator"
    assert "Role: Coordinator" in rows[0]["What changed"]
    page = client.get("/staff/admin/audit?kind=person.role_granted").text
    assert 'href="/staff/tables/record.csv?kind=person.role_granted"' in page


def test_the_record_of_a_submission_keeps_its_sender_and_words(app: Flask, browse: Browse) -> None:
    with writing(app) as session:
        report = make_report(session, "Zebra at large.", author=add_person(session, "grandma"))
        reference = report.reference
    client = browse("administrator")
    answer = client.get(f"/staff/tables/record.csv?{EN}&q={reference}")
    assert len(answer.text.splitlines()) > 1
    assert "grandma" not in answer.text
    assert "Zebra" not in answer.text
    assert rows_of(client, f"/staff/tables/record.csv?{EN}&q=000-000-000") == []


def test_outgoing_messages_are_a_table_without_whole_addresses(app: Flask, browse: Browse) -> None:
    with writing(app) as session:
        make_report(session, "Dark.", author=add_person(session, "grandma"))
    with app.app_context():
        run_all(clock.now())
    client = browse("administrator")
    rows = rows_of(client, f"/staff/tables/messages.csv?{EN}")
    assert {row["To"] for row in rows} == {"g•••@example.org"}
    assert rows_of(client, f"/staff/tables/messages.csv?{EN}&state=given_up") == []
    assert 'href="/staff/tables/messages.csv?channel=email"' in client.get("/staff/mail?channel=email").text


@pytest.mark.parametrize("code", ["record", "messages"])
def test_what_counts_everywhere_is_for_administrators_of_the_whole(
    street: None, browse: Browse, code: str
) -> None:
    for who in ("local", "coordinator", "officer", "panellist"):
        assert browse(who).get(f"/staff/tables/{code}.csv").status_code == 403
    assert browse("coordinator").get("/staff/tables/people.csv").status_code == 403


@pytest.mark.parametrize("code", ["people", "record", "messages"])
def test_a_file_costs_the_same_however_long(app: Flask, browse: Browse, code: str) -> None:
    client, address = browse("administrator"), f"/staff/tables/{code}.csv"
    counts = []
    for size in (2, 6):
        with writing(app) as session:
            for number in range(size):
                aide = add_person(session, f"aide {size} {number}")
                staffing.grant(
                    session, aide, RoleName.PANELLIST, place(session, "liu"), None, by=by(session), now=NOW
                )
                make_report(session, "Dark.", author=aide)
        with app.app_context():
            run_all(clock.now())
        with count_queries(app) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]
