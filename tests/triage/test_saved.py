"""Lists narrowed by their address, saved under a name, and taken away."""

import csv
import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.accounts.models import RoleName
from portal.communities.models import Department, Place
from portal.core import clock, sheets
from portal.core.db import db
from portal.privacy.erasure import empty
from portal.privacy.export import collect
from portal.reports.actions import mark_fixed
from portal.threads.actions import note
from portal.threads.events import Actor
from portal.threads.models import Channel
from portal.triage import list_files
from portal.triage.actions import take
from portal.triage.models import SavedFilter
from portal.triage.saved import MOST_OF_A_PERSON
from tests.factories import (
    NOW,
    Browse,
    add_person,
    add_role,
    count_queries,
    directory,
    make_idea,
    make_report,
    person,
)
from tests.triage.moving import post, titles

DAY = timedelta(days=1)
GAS = "A strong smell of gas in the stairwell"


def read(client: FlaskClient, address: str) -> str:
    with clock.frozen(NOW + DAY):
        answer = client.get(f"{address}{'&' if '?' in address else '?'}lang=en")
    assert answer.status_code == 200
    return answer.text


def save(client: FlaskClient, query: str, name: str, *, shared: bool = False) -> TestResponse:
    fields = {"name": name} | ({"is_shared": "y"} if shared else {})
    return post(client, f"/staff/filters/save?lang=en&{query}", fields)


@pytest.fixture
def lamps(app: Flask) -> None:
    """Reports that differ in everything a list can be narrowed by."""
    with app.app_context():
        session = db.session()
        officer = Actor(person(session, "officer"), "officer")
        take(session, make_report(session, "Mine"), by=officer, now=NOW)
        make_report(session, "Old", now=NOW - 5 * DAY)
        soon = NOW + DAY - timedelta(minutes=5)  # what is urgent is late within hours
        make_report(session, GAS, category="housing-delivery", channel=Channel.PHONE, now=soon)
        mark_fixed(session, make_report(session, "Mended"), "Done.", by=officer, now=NOW)
        other_place = directory(session).place_codes["liu-2"].id
        noted = make_report(session, "Next door", place_id=other_place)
        note(session, noted, "Ask the plumber Zhang", by=officer, now=NOW)
        make_idea(session, "An idea with lamps")
        session.commit()


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", [GAS, "Mine", "Old", "Next door"]),
        ("status=fixed", ["Mended"]),
        ("status=fixed&status=with_department", [GAS, "Mine", "Old", "Mended", "Next door"]),
        ("category=housing-delivery", [GAS]),
        ("place=liu-2", ["Next door"]),
        ("place=liu", [GAS, "Mine", "Old", "Next door"]),
        ("whose=mine", ["Mine"]),
        ("whose=unassigned", [GAS, "Old", "Next door"]),
        ("only=late", ["Old"]),
        ("whose=late", ["Old"]),
        ("only=urgent", [GAS]),
        ("only=urgent&only=late", []),
        ("channel=phone", [GAS]),
        ("since=2026-03-02", [GAS, "Mine", "Next door"]),
        ("until=2026-03-01", ["Old"]),
        ("q=plumber", ["Next door"]),
        ("q=plumber&place=liu-1", []),
        ("department=construction&whose=unassigned&since=2026-02-01&until=2026-03-01", ["Old"]),
        (
            "status=x&department=x&category=x&place=x&whose=x&only=x&channel=x&sort=x",
            [GAS, "Mine", "Old", "Next door"],
        ),
    ],
)
def test_a_list_is_narrowed_by_its_address(browse: Browse, lamps: None, query: str, shown: list[str]) -> None:
    assert titles(read(browse("officer"), f"/staff/queue?{query}")) == shown


def test_a_colleagues_work_is_found(app: Flask, browse: Browse, lamps: None) -> None:
    with app.app_context():
        number = person(db.session(), "officer").id
    page = read(browse("coordinator"), f"/staff/queue?whose={number}")
    assert titles(page) == ["Mine"]
    assert f'<option value="{number}" selected>officer</option>' in page


def test_search_is_narrowed_too_and_finds_without_words(browse: Browse, lamps: None) -> None:
    client = browse("coordinator")
    assert titles(read(client, "/staff/search")) == []
    assert titles(read(client, "/staff/search?status=fixed")) == ["Mended"]
    assert titles(read(client, "/staff/search?q=lamps&channel=phone")) == []
    assert titles(read(client, "/staff/search?q=gas&channel=phone")) == [GAS]
    assert titles(read(client, "/staff/ideas?q=lamps")) == ["An idea with lamps"]


@pytest.mark.parametrize(
    "days", ["since=yesterday", "until=2026-02-30", "since=0001-01-01", "since=２０２６"]
)
def test_a_day_that_is_none_is_said_and_stays(browse: Browse, lamps: None, days: str) -> None:
    page = read(browse("officer"), f"/staff/queue?{days}")
    assert "is no day. Please write it as in 2026-03-02." in page
    assert f'value="{days.partition("=")[2]}"' in page
    assert len(titles(page)) == 4


def test_days_in_the_wrong_order_are_said(browse: Browse) -> None:
    page = read(browse("officer"), "/staff/queue?since=2026-03-02&until=2026-03-01")
    assert "The last day is before the first." in page


def test_what_narrows_a_list_is_told_and_each_can_be_removed(browse: Browse, lamps: None) -> None:
    page = read(browse("officer"), "/staff/queue?q=gas&place=liu-1&only=urgent&since=2026-03-01&junk=1")
    chips = re.findall(
        r'<li><a href="([^"]+)"><span class="govuk-visually-hidden">Remove </span>([^<]+)<', page
    )
    assert [text for _href, text in chips] == [
        "“gas”",
        "Willow First Lane",
        "Danger",
        "Came on or after: 1 March 2026",
    ]
    assert chips[0][0] == "/staff/queue?place=liu-1&amp;only=urgent&amp;since=2026-03-01"


def test_a_saved_filter_leads_to_its_list_with_the_present_count(
    app: Flask, browse: Browse, lamps: None
) -> None:
    client = browse("officer")
    answer = save(client, "queue=queue&whose=unassigned&junk=1&status=", "Free ones")
    assert answer.location == "/staff/queue?whose=unassigned"
    for address in ("/staff", "/staff/queue", "/staff/filters"):
        page = read(client, address)
        assert re.search(r'href="/staff/queue\?whose=unassigned">Free ones', page), address
        assert ">3</span>" in page, address
    with app.app_context():
        make_report(db.session(), "One more")
        db.session.commit()
    assert ">4</span>" in read(client, "/staff")


def test_each_filter_has_its_own_count_even_for_words(browse: Browse, lamps: None) -> None:
    client = browse("officer")
    for name, words in (("A", "gas"), ("B", "old"), ("C", "nothing")):
        save(client, f"queue=queue&q={words}", name)
    save(client, "queue=search&status=fixed&status=with_department", "D")
    counts = re.findall(r'saved__count"[^>]*>(\d+)<', read(client, "/staff/filters"))
    assert counts == ["1", "1", "0", "5"]


def test_all_are_counted_and_a_script_can_ask_for_the_counts_again(
    app: Flask, browse: Browse, lamps: None
) -> None:
    client = browse("officer")
    for number in range(12):
        save(client, "queue=queue&whose=unassigned", f"Filter {number}")
    with clock.frozen(NOW + DAY):
        assert sorted(client.get("/staff/filters/counts").json.values()) == [3] * 12
    with app.app_context():
        make_report(db.session(), "One more")
        db.session.commit()
    with clock.frozen(NOW + DAY):
        assert set(client.get("/staff/filters/counts").json.values()) == {4}
    assert browse("coordinator").get("/staff/filters/counts").json == {}


def test_colleagues_in_the_same_work_see_a_shared_filter_as_they_may(
    app: Flask, browse: Browse, lamps: None
) -> None:
    with app.app_context():
        session = db.session()
        construction = session.scalars(select(Department).where(Department.code == "construction")).one()
        labour = session.scalars(select(Department).where(Department.code == "labour")).one()
        community = session.scalars(select(Place).where(Place.code == "liu-2")).one()
        add_role(session, add_person(session, "local"), RoleName.HEAD, community, construction)
        add_role(session, add_person(session, "clerk"), RoleName.OFFICER, community, labour)
        session.commit()
    save(browse("officer"), "queue=queue&whose=unassigned", "Free ones", shared=True)
    page = read(browse("local"), "/staff/filters")
    assert "Free ones" in page
    assert "shared by officer" in page
    assert ">1</span>" in page, "of what the colleague may see"
    assert "Rename" not in page
    for other in ("clerk", "outsider", "coordinator", "panellist"):
        assert "Free ones" not in read(browse(other), "/staff/filters"), other


def test_what_is_not_shared_is_nobody_elses(app: Flask, browse: Browse, lamps: None) -> None:
    save(browse("officer"), "queue=queue&whose=unassigned", "Free ones")
    with app.app_context():
        number = db.session.scalars(select(SavedFilter.id)).one()
        session = db.session()
        liu = session.scalars(select(Place).where(Place.code == "liu")).one()
        construction = session.scalars(select(Department).where(Department.code == "construction")).one()
        add_role(session, add_person(session, "colleague"), RoleName.OFFICER, liu, construction)
        session.commit()
    client = browse("colleague")
    assert "Free ones" not in read(client, "/staff/filters")
    assert client.get(f"/staff/filters/{number}").status_code == 404
    assert post(client, f"/staff/filters/{number}", {"name": "Taken"}).status_code == 404
    assert post(client, f"/staff/filters/{number}/remove", {}).status_code == 404


def test_a_filter_is_renamed_shared_and_removed(app: Flask, browse: Browse, lamps: None) -> None:
    client = browse("officer")
    save(client, "queue=queue&whose=unassigned", "Free ones")
    with app.app_context():
        number = db.session.scalars(select(SavedFilter.id)).one()
    assert 'value="Free ones"' in read(client, f"/staff/filters/{number}")
    answer = post(client, f"/staff/filters/{number}", {"name": "Up for grabs", "is_shared": "y"})
    assert answer.location == "/staff/filters"
    page = read(client, "/staff/filters")
    assert "Up for grabs" in page
    assert "shared with colleagues" in page
    post(client, f"/staff/filters/{number}/remove", {})
    assert "No filter is saved yet" in read(client, "/staff/filters")


def test_bad_names_are_said_and_stay_typed(browse: Browse, lamps: None) -> None:
    client = browse("officer")
    save(client, "queue=queue&whose=unassigned", "Free ones")
    again = save(client, "queue=queue&whose=mine", "Free ones", shared=True)
    assert again.status_code == 422
    assert "You have a filter of this name." in again.text
    assert 'value="Free ones"' in again.text
    assert "checked" in again.text
    assert "Please fill this in." in save(client, "queue=queue&whose=mine", " ").text
    assert "Nothing narrows the list" in save(client, "queue=queue&whose=", "All").text
    for n in range(MOST_OF_A_PERSON - 1):
        save(client, "queue=queue&whose=mine", f"Filter {n}")
    assert "and that is the most" in save(client, "queue=queue&whose=mine", "One more").text


def test_nobody_saves_a_list_that_is_not_theirs(browse: Browse) -> None:
    assert browse("officer").get("/staff/filters/save?queue=desk&q=a").status_code == 404
    assert save(browse("officer"), "queue=desk&q=a", "Desk").status_code == 404
    assert browse("officer").get("/staff/filters/save?queue=home").status_code == 404


def test_the_page_of_filters_costs_the_same_whatever_their_number(
    app: Flask, browse: Browse, lamps: None
) -> None:
    costs = []
    for number in (2, 20):
        client = browse("officer")
        for n in range(number):
            save(client, f"queue=queue&whose=mine&q=lamp{n}", f"Filter {number} {n}")
        read(client, "/staff/filters")
        with count_queries(app) as queries:
            read(client, "/staff/filters")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 8


def test_filters_are_in_the_file_of_ones_own_data_and_go_with_the_person(
    session: Session, app: Flask
) -> None:
    officer = person(session, "officer")
    session.add(
        SavedFilter(person_id=officer.id, list_code="queue", name="Quagga", query="q=quagga", created_at=NOW)
    )
    session.flush()
    kept = collect(session, officer, directory(session), [])
    assert kept["saved_filters"] == [
        {"name": "Quagga", "list": "queue", "query": "q=quagga", "shared": False}
    ]
    empty(session, [officer.id], now=NOW)
    assert session.scalars(select(SavedFilter)).all() == []


def table(answer: TestResponse) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def test_a_list_is_taken_away_whole_and_as_it_is_narrowed(app: Flask, browse: Browse, lamps: None) -> None:
    with app.app_context():
        for n in range(30):
            make_report(db.session(), f"Lamp {n}")
        db.session.commit()
    client = browse("officer")
    with clock.frozen(NOW + DAY):
        rows = table(client.get("/staff/lists/queue.csv?lang=en"))
        narrowed = table(client.get("/staff/lists/queue.csv?only=late&lang=en"))
    assert rows[0][:4] == ["Number", "Title", "Status", "Category"]
    assert len(rows) == 35
    assert [row[1] for row in narrowed[1:]] == ["Old"]
    assert "3 days past its promise" in narrowed[1]
    assert "2026-02-25 12:00" in narrowed[1]
    assert 'href="/staff/lists/queue.csv?only=late"' in read(client, "/staff/queue?only=late")


def test_a_list_is_taken_away_in_the_language_of_the_reader(browse: Browse, lamps: None) -> None:
    rows = table(browse("officer").get("/staff/lists/queue.csv?lang=zh-Hans"))
    assert "状态" in rows[0]
    assert any("柳荫街道" in row[5] for row in rows)


def test_no_title_acts_as_a_formula_and_no_contact_leaves(app: Flask, browse: Browse) -> None:
    with app.app_context():
        make_report(db.session(), "=HYPERLINK(1)", title="=1+1", address="@home, ring 13812345678")
        make_report(db.session(), "Ring me", title="Ring 13812345678 or me@example.net")
        db.session.commit()
    answer = browse("officer").get("/staff/lists/queue.csv?lang=en")
    cells = [cell for row in table(answer) for cell in row]
    assert "'=1+1" in cells
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    text = answer.get_data(as_text=True)
    assert "13812345678" not in text
    assert "example" not in text
    assert "resident" not in text


def test_a_list_is_printed(browse: Browse, lamps: None) -> None:
    page = read(browse("officer"), "/staff/lists/queue/print?only=urgent")
    assert GAS in page
    assert "Mine" not in page
    assert 'href="/staff/queue?only=urgent"' in page


def test_a_long_list_is_cut_with_a_word(app: Flask, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    monkeypatch.setattr(list_files, "MOST_ROWS", 2)
    with app.app_context():
        for n in range(3):
            make_report(db.session(), f"Lamp {n}")
        db.session.commit()
    rows = table(browse("officer").get("/staff/lists/queue.csv?lang=en"))
    assert len(rows) == 4
    assert rows[-1] == ["There are more. Only the first 2 are in this table."]


def test_what_is_taken_away_is_what_one_may_read(browse: Browse, lamps: None) -> None:
    assert table(browse("outsider").get("/staff/lists/queue.csv"))[1:] == []
    for code, name in (("desk", "officer"), ("ideas", "officer"), ("queue", "panellist")):
        assert browse(name).get(f"/staff/lists/{code}.csv").status_code == 403
        assert browse(name).get(f"/staff/lists/{code}/print").status_code == 403
    assert browse("officer").get("/staff/lists/home.csv").status_code == 404


def test_a_file_costs_the_same_whatever_the_rows(app: Flask, browse: Browse) -> None:
    costs = []
    for number in (2, 40):
        with app.app_context():
            for n in range(number):
                make_report(db.session(), f"Lamp {n}")
            db.session.commit()
        for address in ("/staff/lists/queue.csv", "/staff/lists/queue/print"):
            client = browse("coordinator")
            client.get("/staff")
            with count_queries(app) as queries:
                client.get(address)
            costs.append(len(queries))
    assert costs[:2] == costs[2:]
    assert max(costs) <= 7


@pytest.mark.parametrize(
    "address",
    [
        f"/staff/filters/{'9' * 25}",
        f"/staff/bulk/{'9' * 25}",
        f"/staff/queue?whose={'9' * 25}",
        f"/staff/queue?whose={'9' * 16}",
        "/staff/queue?q=%00%ED%A0%80&place=%00",
        "/staff/queue?until=2999-12-31",
        "/staff/lists/queue.csv?q=%00&after=1.2.3",
        "/staff/filters/save?queue=queue&q=%00a",
        "/staff/bulk?verb=take&pick=%00&queue=queue&q=%00",
        "/staff/desk?ticked=1&after=..",
    ],
)
def test_a_forged_address_never_fails(browse: Browse, address: str) -> None:
    assert browse("coordinator").get(address).status_code in (200, 303, 404)
