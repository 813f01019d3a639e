"""Pilots, practices and decisions as files and on paper: what their pages show, and no formula."""

import csv
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.panels.models import Decision
from portal.pilots.actions import plan_pilot
from portal.pilots.practices import Practice
from portal.threads import public_files
from portal.threads.models import Status
from tests.factories import NOW, directory
from tests.pilots.piloting import coordinator, make_idea_to_try, make_running, plan
from tests.threads.publishing import writing

EN = "lang=en"


@pytest.fixture
def filled(app: Flask) -> None:
    """A pilot; a practice and a decision that are public, and one each that is not yet."""
    with writing(app) as session:
        idea = make_idea_to_try(session)
        pilot = plan_pilot(session, idea, plan(session, title="=1+1"), by=coordinator(session), now=NOW)
        other = plan_pilot(session, idea, plan(session), by=coordinator(session), now=NOW)
        place = directory(session).place_codes["liu-1"].id
        for number, published in ((pilot.id, NOW), (other.id, None)):
            session.add(
                Practice(
                    code=f"practice-{number}",
                    pilot_id=number,
                    place_id=place,
                    title="@Crossing" if published else "Secret practice",
                    language="en",
                    created_at=NOW,
                    changed_at=NOW,
                    published_at=published,
                )
            )
        for told in (NOW, None):
            session.add(
                Decision(
                    thread_id=idea.id,
                    choice=Status.PILOT,
                    reason="-Worth it" if told else "Secret reason",
                    dissent="",
                    without="",
                    at=NOW,
                    announced_at=told,
                )
            )


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("code", "page", "cell"),
    [
        ("pilots", "/pilots", "'=1+1"),
        ("practices", "/practices", "'@Crossing"),
        ("decisions", "/decisions", "'-Worth it"),
    ],
)
def test_each_public_list_is_a_file_and_a_sheet(client: FlaskClient, code: str, page: str, cell: str) -> None:
    assert f'href="/tables/{code}.csv"' in client.get(f"{page}?{EN}").text
    text = client.get(f"/tables/{code}.csv?{EN}").text
    cells = [each for row in csv.reader(io.StringIO(text)) for each in row]
    assert cell in cells
    sheet = client.get(f"/tables/{code}/print?{EN}").text
    assert cell.removeprefix("'") in sheet
    assert "Secret" not in text + sheet


def test_there_are_no_others_and_not_too_many(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/tables/nothing.csv").status_code == 404
    monkeypatch.setattr(public_files, "MOST_FILES", 1)
    answers = [client.get(f"/tables/pilots{end}").status_code for end in (".csv", "/print")]
    assert answers == [200, 429]


@pytest.mark.usefixtures("filled")
def test_a_long_log_is_read_whole(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.panels.decisions.MOST", 2)
    with writing(app) as session:
        first = session.scalars(select(Decision).order_by(Decision.id)).first()
        assert first is not None
        for n in range(4):
            session.add(
                Decision(
                    thread_id=first.thread_id,
                    choice=Status.PILOT,
                    reason=f"Reason {n}",
                    dissent="",
                    without="",
                    at=NOW,
                    announced_at=NOW,
                )
            )
    assert len(client.get("/tables/decisions.csv").text.splitlines()) == 6


def test_files_with_an_address_of_their_own_are_counted_too(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(app) as session:
        code = make_running(session)[1].code
    monkeypatch.setattr(public_files, "MOST_FILES", 1)
    assert client.get(f"/pilots/{code}/values.csv").status_code == 200
    for other in (
        f"/pilots/{code}/values.csv",
        "/ideas/needs/table.csv",
        "/ideas/needs/print",
        "/satisfaction/table.csv",
        "/departments/table.csv",
        "/departments/construction/table.csv",
    ):
        assert client.get(other).status_code == 429, other
