"""The record of changes: told in words, narrowed, paged, and checked."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.models import RoleName
from portal.accounts.second_factor import new_seed, switch_on
from portal.administration import staffing
from portal.administration.audit_telling import DEEDS, tell_records
from portal.administration.commands import audit as audit_command
from portal.administration.commands import reset as reset_command
from portal.communities.directory import get_directory
from portal.communities.models import Place
from portal.core.db import begin_write, db
from portal.reports.actions import close_without_action
from portal.threads.events import SYSTEM, Actor, record_administration
from portal.threads.models import Event
from tests.factories import NOW, Browse, add_person, add_role, count_queries, make_report, person

AUDIT = "/staff/admin/audit"
DAY = timedelta(days=1)


@pytest.fixture
def changes(app: Flask) -> None:
    """Let there be a role given, a setting changed by it, and a setup file loaded a day later."""
    with app.app_context():
        session = db.session()
        begin_write(session)
        liu = session.scalars(select(Place).where(Place.code == "liu")).one()
        actor = Actor(person(session, "administrator"), "administrator")
        staffing.grant(
            session, person(session, "resident"), RoleName.COORDINATOR, liu, None, by=actor, now=NOW
        )
        data = {"what": ["preferences"], "before": {"keep_months": 36}, "after": {"keep_months": 24}}
        record_administration(session, "preferences.changed", by=actor, data=data, now=NOW)
        loaded = {"added": [["place", 1], ["place", 2]], "changed": [], "removed": []}
        record_administration(session, "setup.loaded", by=SYSTEM, data=loaded, now=NOW + DAY)
        session.commit()


def read(client: FlaskClient, query: str = "") -> str:
    answer = client.get(f"{AUDIT}?lang=en&{query}")
    assert answer.status_code == 200
    return answer.text


def deeds_on(page: str) -> list[str]:
    return re.findall(r'audit__deed"><strong>([^<]*)<', page)


GAVE, SET, LOADED = "Gave a role", "Changed texts or settings", "Loaded a setup file"


def test_changes_are_told_in_words_newest_first(changes: None, browse: Browse) -> None:
    page = read(browse("administrator"))
    assert deeds_on(page) == [LOADED, SET, GAVE]
    assert "Months kept: 36 → 24" in page
    assert "Role: Coordinator" in page
    assert "Place: Willow Street" in page
    assert "<span>resident</span>" in page
    assert ">administrator</a> · Administrator ·" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=person.role_granted", [GAVE]),
        ("kind=nonsense", [LOADED, SET, GAVE]),
        ("since=2026-03-03", [LOADED]),
        ("until=2026-03-02", [SET, GAVE]),
        ("since=2026-03-02&until=2026-03-02", [SET, GAVE]),
        ("since=0001-01-01&until=9999-12-31", [LOADED, SET, GAVE]),
        ("since=x&before=x&person=x", [LOADED, SET, GAVE]),
        ("before=2", [GAVE]),
        ("q=111-111-111", []),
    ],
)
def test_it_is_narrowed(changes: None, browse: Browse, query: str, found: list[str]) -> None:
    assert deeds_on(read(browse("administrator"), query)) == found


def test_it_is_narrowed_to_a_person(app: Flask, changes: None, browse: Browse) -> None:
    client = browse("administrator")
    link = re.search(rf'href="({AUDIT}\?[^"]*person=\d+)"', read(client))
    assert link
    page = client.get(link.group(1).replace("&amp;", "&")).text
    assert deeds_on(page) == [SET, GAVE]
    assert "By administrator" in page


def test_of_a_submission_it_tells_what_happened_but_no_words(app: Flask, browse: Browse) -> None:
    with app.app_context():
        report = make_report(db.session(), "A quagga at the weir.")
        db.session.commit()
        reference = report.reference
    page = read(browse("administrator"), f"q={reference}")
    assert "Received." in deeds_on(page)
    assert "quagga" not in page
    assert "Checked: every entry fits" in page


def test_it_never_tells_which_account_sent_something(app: Flask, browse: Browse) -> None:
    with app.app_context():
        session = db.session()
        sender, officer = person(session, "resident"), person(session, "officer")
        report = make_report(session, "A quagga at the weir.", author=sender, private=True)
        close_without_action(session, report, "Gone.", by=Actor(officer, "officer"), now=NOW)
        session.commit()
        reference, sent_by, closed_by = report.reference, sender.id, officer.id
    client = browse("administrator")
    whole = read(client, f"q={reference}")
    assert "Received." in deeds_on(whole)
    assert f"person={sent_by}" not in whole
    assert f"person={closed_by}" in whole
    assert deeds_on(read(client, f"q={reference}&person={sent_by}")) == []
    assert len(deeds_on(read(client, f"q={reference}&person={closed_by}"))) == 1


def test_what_was_altered_shows(app: Flask, changes: None, browse: Browse) -> None:
    client = browse("administrator")
    assert "Checked: every entry fits" in read(client, "check=1")
    runner = app.test_cli_runner()
    whole = runner.invoke(audit_command, ["check"])
    assert (whole.exit_code, "nothing was changed" in whole.output) == (0, True)
    with app.app_context():
        begin_write(db.session())
        db.session.execute(update(Event).where(Event.sequence == 2).values(data={"what": ["preferences"]}))
        db.session.commit()
    assert "Entry 2 does not fit" in read(client, "check=1")
    assert "tampered" not in read(client)
    broken = runner.invoke(audit_command, ["check"])
    assert broken.exit_code == 1
    assert "administration: entry 2" in broken.output


def test_an_administrator_of_a_part_does_not_read_it(app: Flask, browse: Browse) -> None:
    with app.app_context():
        session = db.session()
        liu = session.scalars(select(Place).where(Place.code == "liu")).one()
        add_role(session, add_person(session, "local"), RoleName.ADMINISTRATOR, liu, None)
        session.commit()
    client = browse("local")
    assert client.get(AUDIT).status_code == 403
    assert AUDIT not in client.get("/staff/admin").text


def test_it_is_paged_at_the_same_cost(app: Flask, browse: Browse) -> None:
    client, costs, pages = browse("administrator"), [], []
    read(client)
    for names in (range(20), range(20, 40)):
        with app.app_context():
            session = db.session()
            begin_write(session)
            for number in names:
                who = add_person(session, f"actor{number}")
                data = {"what": ["person", who.id], "before": {"blocked": False}, "after": {"blocked": True}}
                by = Actor(who, "administrator")
                record_administration(session, "person.blocked", by=by, data=data, now=NOW)
            session.commit()
        with count_queries(app) as statements:
            pages.append(read(client))
        costs.append(len(statements))
    assert costs[0] == costs[1]
    older = re.search(r'class="pager__older" href="([^"]*)"', pages[1])
    assert older
    rest = client.get(older.group(1).replace("&amp;", "&")).text
    assert [len(deeds_on(page)) for page in (pages[1], rest)] == [25, 15]


def test_every_kind_has_words_whatever_it_holds(session: Session) -> None:
    odd = {
        "names": {"en": "A", "zh-Hans": ""},
        "emergency": [],
        "parent_id": 99999,
        "kind": "spot",
        "x": None,
    }
    for kind in [*DEEDS, "unheard.of"]:
        what = {"what": ["place", 99999], "before": odd, "after": odd | {"retired": True}}
        record_administration(session, kind, by=SYSTEM, data=what, now=NOW)
    events = session.scalars(select(Event).order_by(Event.id)).all()
    told = tell_records(session, events, get_directory(session))
    assert len(told) == len(events)
    assert told[-1].deed == "unheard.of"


def test_the_operator_lets_the_last_one_in_again(app: Flask) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(reset_command, ["administrator@example.org"]).exit_code == 1
    with app.app_context():
        begin_write(db.session())
        switch_on(db.session(), person(db.session(), "administrator"), new_seed(), 1, now=NOW)
        db.session.commit()
    assert runner.invoke(reset_command, ["administrator@example.org"]).exit_code == 0
    with app.app_context():
        assert not person(db.session(), "administrator").has_second_factor
