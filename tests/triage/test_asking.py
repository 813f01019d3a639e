"""Asking for ideas from what was reported: in two clicks, and by officers through their coordinator."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person, RoleName
from portal.communities.models import Place
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.worker import run_all
from portal.ideas.call_actions import publish_call
from portal.ideas.call_queries import find_call, list_matters
from portal.ideas.calls import Call
from portal.ideas.proposals import find_proposal, nearest_coordinators, propose_call, refuse_proposal
from portal.notifications.models import Delivery
from portal.threads.chains import tie
from portal.threads.events import SYSTEM, Actor
from portal.threads.models import Thread, Visibility
from tests.factories import NOW, Browse, add_person, add_role, directory, form_fields, make_report, person
from tests.ideas.calling import coordinator, make_call
from tests.threads.publishing import writing
from tests.triage.moving import post

EN = "lang=en"
CODE = "roads-paving-liu-1-1"


@pytest.fixture
def chain(app: Flask) -> list[str]:
    """A matter that has come up three times; the second time it was told in private."""
    with writing(app) as session:
        reports = [
            make_report(session, f"Dark again, {n}.", now=clock.now() - timedelta(days=30 - 9 * n))
            for n in range(3)
        ]
        tie(session, reports[1], reports[0], by=SYSTEM, now=NOW)
        tie(session, reports[2], reports[1], by=SYSTEM, now=NOW)
        reports[1].visibility = Visibility.PRIVATE
        return [report.reference for report in reports]


def fields_of(html: str) -> dict[str, str]:
    """Return what a browser sends of the form as it is."""
    values = form_fields(html)
    for name, value in re.findall(r'<input[^>]*name="([a-z_]+)"[^>]*value="([^"]*)"', html):
        values.setdefault(name, value)
    for name, value in re.findall(r'<textarea[^>]*name="([a-z_]+)"[^>]*>\n?(.*?)</textarea>', html, re.S):
        values[name] = value
    for name, options in re.findall(r'<select[^>]*name="([a-z_]+)"[^>]*>(.*?)</select>', html, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        values[name] = chosen.group(1) if chosen else ""
    return values


def test_a_coordinator_asks_in_two_clicks(
    app: Flask, browse: Browse, client: FlaskClient, chain: list[str]
) -> None:
    staff = browse("coordinator")
    address = f"/staff/{chain[2]}/ask-for-ideas"
    assert f'href="{address}"' in staff.get(f"/staff/recurring?{EN}").text
    assert f'href="{address}"' in staff.get(f"/staff/{chain[2]}?{EN}").text
    page = staff.get(f"{address}?{EN}").text
    answer = staff.post(address, data=fields_of(page) | {"how": "publish"})
    assert answer.location.endswith(f"/staff/ideas/calls/{CODE}")
    html = client.get(f"/calls/{CODE}?{EN}").text
    assert "Ideas wanted: " in html
    assert "It has come up 2 times at the same place" in html
    assert "2 reports are the reason" in html
    assert {chain[0] in html, chain[2] in html} == {True}
    assert chain[1] not in page + html
    assert "Collecting ideas" in html
    assert "征集" in client.get(f"/calls/{CODE}?lang=zh-Hans").text
    assert "Ideas have been asked for about this already" in staff.get(f"{address}?{EN}").text


def test_a_second_press_makes_no_second_call(app: Flask, browse: Browse, chain: list[str]) -> None:
    staff, address = browse("coordinator"), f"/staff/{chain[2]}/ask-for-ideas?{EN}"
    sent = fields_of(staff.get(address).text) | {"how": "draft"}
    for _again in range(2):
        assert staff.post(address, data=sent).status_code == 303
    with app.app_context():
        (call,) = db.session().scalars(select(Call)).all()
        assert call.published_at is None


def test_what_was_typed_is_kept(browse: Browse, chain: list[str]) -> None:
    staff, address = browse("coordinator"), f"/staff/{chain[2]}/ask-for-ideas?{EN}"
    sent = fields_of(staff.get(address).text)
    bad = staff.post(address, data=sent | {"names_en": "Light!", "references": "no such"})
    assert (bad.status_code, "Light!" in bad.text, "This is no reference" in bad.text) == (422, True, True)
    private = staff.post(address, data=sent | {"references": chain[1], "how": "draft"})
    assert (private.status_code, "There is no public report" in private.text) == (422, True)
    late = staff.post(address, data=sent | {"collects_until": "2020-01-01"})
    assert (late.status_code, "not in order" in late.text) == (422, True)


def test_an_officer_proposes_and_hears_what_comes_of_it(app: Flask, browse: Browse, chain: list[str]) -> None:
    officer, coordinators = browse("officer"), browse("coordinator")
    address = f"/staff/{chain[2]}/ask-for-ideas?{EN}"
    page = officer.get(address).text
    assert "Propose it to the coordinator" in page
    answer = officer.post(address, data=fields_of(page) | {"how": "publish"})
    assert answer.location.endswith("/staff/proposed-calls")
    assert "waits for the coordinator" in officer.get(f"/staff/proposed-calls?{EN}").text
    assert officer.get(f"/calls/{CODE}").status_code == 404
    assert "1 proposed call for ideas waits for you" in coordinators.get(f"/staff?{EN}").text
    assert "A department proposes this call" in coordinators.get(f"/staff/ideas/calls/{CODE}?{EN}").text
    assert told(app) == {("coordinator", "call_proposed")}
    aside = f"/staff/ideas/calls/{CODE}/not-now?{EN}"
    assert post(coordinators, aside, {"why": ""}).status_code == 422
    assert post(coordinators, aside, {"why": "There is no money this year."}).status_code == 303
    assert post(coordinators, aside, {"why": "Again."}).status_code == 409
    assert "There is no money this year." in officer.get(f"/staff/proposed-calls?{EN}").text
    assert "proposed call" not in coordinators.get(f"/staff?{EN}").text
    assert told(app) == {("coordinator", "call_proposed"), ("officer", "call_answered")}
    with app.app_context():
        unsent = db.session().scalars(select(Delivery.about).where(Delivery.sent_at.is_(None))).all()
        assert not [about for about in unsent if about.startswith("call_")]
    assert post(coordinators, f"/staff/ideas/calls/{CODE}/publish", {"seen": "2"}).status_code == 303
    assert "everybody can see it" in officer.get(f"/staff/proposed-calls?{EN}").text


def told(app: Flask) -> set[tuple[str, str]]:
    """Return who was written to about what, once the worker has worked."""
    with app.app_context():
        run_all(clock.now())
        session = db.session()
        mails = select(Person.name, Delivery.about).join(Person, Person.id == Delivery.person_id)
        rows = session.execute(mails.where(Delivery.event_id.is_(None)))
        return {(name, about) for name, about in rows}


def test_who_only_reads_asks_nothing(app: Flask, browse: Browse, chain: list[str]) -> None:
    address = f"/staff/{chain[2]}/ask-for-ideas"
    assert browse("outsider").get(address).status_code == 404
    assert browse("panellist").get(address).status_code == 403
    with writing(app) as session:
        lone = make_report(session).reference
    assert browse("officer").get(f"/staff/{lone}/ask-for-ideas").status_code == 404


def test_one_asks_about_what_has_no_idea(app: Flask, browse: Browse, client: FlaskClient) -> None:
    with writing(app) as session:
        for n in range(6):
            make_report(session, f"A hole in the road, {n}.", now=clock.now())
    staff, address = browse("coordinator"), "/staff/ask-for-ideas/roads-paving/liu-1"
    assert f'href="{address}"' in staff.get(f"/ideas/needs?{EN}").text
    assert address not in client.get(f"/ideas/needs?{EN}").text
    page = staff.get(f"{address}?{EN}").text
    assert staff.post(address, data=fields_of(page) | {"how": "publish"}).status_code == 303
    html = client.get(f"/calls/{CODE}?{EN}").text
    assert "6 reports of it came in the last twelve months." in html
    assert browse("outsider").get(address).status_code == 403
    assert staff.get("/staff/ask-for-ideas/nothing/liu-1").status_code == 404


def test_names_for_addresses_are_new_each_time(app: Flask, browse: Browse, chain: list[str]) -> None:
    with writing(app) as session:
        make_call(session, CODE)
    page = browse("coordinator").get(f"/staff/{chain[2]}/ask-for-ideas?{EN}").text
    assert "roads-paving-liu-1-2" in page


def test_the_nearest_coordinators_are_told(session: Session) -> None:
    known = directory(session)
    place = known.place_codes["liu-1"]
    far = person(session, "coordinator").id
    assert nearest_coordinators(session, known, place.id) == [far]
    near = add_person(session, "near")
    add_role(session, near, RoleName.COORDINATOR, session.get_one(Place, known.place_codes["liu"].id), None)
    assert nearest_coordinators(session, known, place.id) == [near.id]
    near.is_blocked = True
    session.flush()
    assert nearest_coordinators(session, known, place.id) == [far]


def test_what_is_public_is_not_put_aside(session: Session) -> None:
    call, by = make_call(session, public=False), coordinator(session)
    officer = Actor(person(session, "officer"), "officer")
    propose_call(session, call, directory=directory(session), by=officer, now=NOW)
    proposal = find_proposal(session, call)
    assert proposal is not None
    assert proposal.waits
    publish_call(session, call, today=call.opens_on, seen=call.revision, by=by, now=NOW)
    assert not proposal.waits
    with pytest.raises(Conflict):
        refuse_proposal(session, call, proposal, "No.", by=by, now=NOW)


def test_the_reports_of_a_chain_are_the_reason(app: Flask, browse: Browse, chain: list[str]) -> None:
    staff, address = browse("coordinator"), f"/staff/{chain[0]}/ask-for-ideas?{EN}"
    staff.post(address, data=fields_of(staff.get(address).text) | {"how": "draft"})
    with app.app_context():
        session = db.session()
        call = find_call(session, CODE)
        assert call is not None
        assert {row.reference for row in list_matters(session, call)} == {chain[0], chain[2]}
        assert session.scalars(select(Thread.reference).where(Thread.reference == chain[1])).one()
