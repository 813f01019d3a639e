"""A call with all that is public, and public lists, in one click: nothing hidden, no formula."""

import csv
import io
import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.core import clock
from portal.ideas.actions import decide_idea
from portal.ideas.aims import Target, say_aim
from portal.ideas.call_actions import put_criterion, set_matters
from portal.ideas.call_queries import find_call
from portal.ideas.choosing import pass_by, support
from portal.ideas.models import Idea
from portal.pilots.actions import plan_pilot
from portal.threads import public_files
from portal.threads.models import Status, Thread, Visibility
from tests.factories import NOW, add_person, count_queries, directory, make_idea, make_report, person
from tests.ideas.calling import coordinator, make_call, make_idea_in
from tests.pilots.piloting import plan
from tests.threads.publishing import writing

EN = "lang=en"
SECRET = "Quagga"


@pytest.fixture
def call(app: Flask) -> str:
    """A call with an idea that is public in full, one that waits for a first look, and one that is hidden."""
    with writing(app) as session:
        call, by, known = make_call(session), coordinator(session), directory(session)
        report = make_report(session)
        set_matters(session, call, [report.reference], seen=call.revision, by=by, now=NOW)
        levels = {"en": "\n".join("012345")}
        values = {"names": {"en": "Does it help?"}, "levels": levels, "weight": 10, "is_knock_out": False}
        put_criterion(session, call, None, values, seen=call.revision, by=by, now=NOW)
        idea = make_idea_in(session, call, "Drains. Ring 13812345678.", title="=HYPERLINK(1)")
        session.get_one(Idea, idea.id).problem = "＋Wet cellars"
        support(session, idea, person(session, "neighbour"), now=clock.now())
        pass_by(session, idea, person(session, "officer"), now=clock.now())
        target = Target(known.category_codes["roads-paving"].id, known.place_codes["liu-1"].id)
        say_aim(session, idea, target, holds=True, by=by, now=NOW)
        decide_idea(session, idea, Status.PILOT, "Worth a try.", by=by, now=NOW)
        unproven = add_person(session, "unproven", verified=False)
        make_idea_in(session, call, f"{SECRET} waits.", author=unproven)
        hidden = make_idea_in(session, call, f"{SECRET} is hidden.")
        hidden.visibility = Visibility.HIDDEN
        private = make_idea_in(session, call, f"{SECRET} is private.", private=True)
        assert private.visibility == Visibility.PRIVATE
        return call.code


def read_rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_all_that_is_public_is_there_for_programs(client: FlaskClient, call: str) -> None:
    assert f'href="/calls/{call}.json"' in client.get(f"/calls/{call}?{EN}").text
    answer = client.get(f"/calls/{call}.json")
    assert answer.content_type == "application/json; charset=utf-8"
    told: dict[str, Any] = json.loads(answer.data)
    assert (told["code"], told["phase"], len(told["reports"])) == (call, "collecting", 1)
    assert told["criteria"][0]["name"] == {"en": "Does it help?"}
    first, waiting = told["ideas"]
    assert (first["supports"], first["passes"], first["status"]) == (1, 1, "decided_pilot")
    assert first["decision"]["reason"] == "Worth a try."
    assert first["would_prevent"] == [{"category": "roads-paving", "place": "liu-1"}]
    assert (waiting["title"], waiting["text"], waiting["problem"]) == (None, None, None)


def test_where_an_idea_is_tried_is_there(app: Flask, client: FlaskClient, call: str) -> None:
    with writing(app) as session:
        idea = session.scalars(select(Thread).where(Thread.status == Status.PILOT)).one()
        plan_pilot(session, idea, plan(session), by=coordinator(session), now=NOW)
    first, *_rest = json.loads(client.get(f"/calls/{call}.json").data)["ideas"]
    assert [(p["title"], p["state"], p["place"]) for p in first["pilots"]] == [
        ("A painted crossing", "planned", "liu-1")
    ]


def test_a_spreadsheet_has_a_line_for_each_idea_and_no_formula(client: FlaskClient, call: str) -> None:
    rows = read_rows(client.get(f"/calls/{call}.csv?{EN}").text)
    assert [row["Title"] for row in rows] == ["'=HYPERLINK(1)", "Waiting for a first look"]
    assert rows[0]["The problem it would solve"] == "'＋Wet cellars"
    assert (rows[0]["Supporters"], rows[0]["Not for them"], rows[0]["Reason"]) == ("1", "1", "Worth a try.")


@pytest.mark.parametrize("end", [".csv", ".json", "/print"])
def test_nothing_is_told_that_its_page_does_not_tell(client: FlaskClient, call: str, end: str) -> None:
    text = client.get(f"/calls/{call}{end}?{EN}").text
    assert SECRET not in text
    assert "13812345678" not in text
    assert "resident@example.org" not in text


@pytest.mark.parametrize("end", [".csv", ".json", "/print"])
def test_what_is_not_public_is_not_there(app: Flask, client: FlaskClient, end: str) -> None:
    with writing(app) as session:
        make_call(session, public=False)
    assert client.get(f"/calls/dry-cellars{end}").status_code == 404


def test_the_list_of_calls_is_a_table(client: FlaskClient, call: str) -> None:
    (row,) = read_rows(client.get(f"/calls/all/table.csv?{EN}").text)
    assert (row["Title"], row["Ideas"], row["Phase"]) == ("Dry cellars", "2", "Collecting ideas")
    assert "Dry cellars" in client.get(f"/calls/all/print?{EN}").text
    assert 'href="/calls/all/table.csv"' in client.get(f"/calls?{EN}").text


def test_many_ideas_cost_as_many_queries_as_few(app: Flask, client: FlaskClient, call: str) -> None:
    def cost() -> int:
        with count_queries(app) as statements:
            assert client.get(f"/calls/{call}.json").status_code == 200
        return len(statements)

    few = cost()
    with writing(app) as session:
        found = find_call(session, call)
        assert found is not None
        for n in range(8):
            make_idea_in(session, found, f"Idea {n}")
    assert cost() == few


@pytest.mark.parametrize("room", ["reports", "ideas"])
def test_public_lists_are_taken_away_as_they_are_narrowed(app: Flask, client: FlaskClient, room: str) -> None:
    with writing(app) as session:
        make = {"reports": make_report, "ideas": make_idea}[room]
        make(session, "The lamp is dark.", title="=1+1")
        make(session, "A noise at night.", category="noise")
        make(session, SECRET, author=add_person(session, "unproven", verified=False))
        make(session, SECRET, private=True)
    page = client.get(f"/{room}?category=noise&endpoint=x&_external=1&{EN}").text
    assert f'href="/{room}/table.csv?category=noise"' in page
    rows = read_rows(client.get(f"/{room}/table.csv?{EN}").text)
    assert [row["Title"] for row in rows] == ["Waiting for a first look", "A noise at night.", "'=1+1"]
    narrowed = client.get(f"/{room}/table.csv?category=noise&{EN}").text
    assert len(read_rows(narrowed)) == 1
    assert read_rows(client.get(f"/{room}/table.csv?q=nothing+like+it&{EN}").text) == []
    sheet = client.get(f"/{room}/print?category=noise&{EN}").text
    assert "A noise at night." in sheet
    assert f'href="/{room}?category=noise"' in sheet
    assert SECRET not in sheet + narrowed


def test_nobody_takes_too_many(client: FlaskClient, call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_files, "MOST_FILES", 2)
    addresses = ["/reports/table.csv", f"/calls/{call}.json", "/ideas/print"]
    assert [client.get(address).status_code for address in addresses] == [200, 200, 429]
    assert client.get("/reports").status_code == 200
