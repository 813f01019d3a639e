"""An administrator marks who speaks for an institution, for a firm or as an expert."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.accounts.models import Mark, RoleName
from portal.administration.marking import mark_person
from portal.communities.models import Place
from portal.core.db import db
from portal.privacy.erasure import erase_person
from portal.threads.events import Actor
from tests.administration.test_people import records
from tests.factories import (
    NOW,
    Browse,
    add_person,
    add_role,
    directory,
    make_idea,
    person,
    thread_by_reference,
)
from tests.triage.moving import post


def english(browse: Browse, name: str | None = None) -> FlaskClient:
    """Open a browser that reads English."""
    client = browse(name)
    client.get("/about?lang=en")
    return client


def test_the_mark_is_on_record_without_the_name_and_goes_with_the_person(session: Session) -> None:
    resident = person(session, "resident")
    by = Actor(person(session, "administrator"), "administrator")
    for _twice in range(2):
        mark_person(session, resident, Mark.FIRM, "Green Roof Works", by=by, now=NOW)
    mark = {"what": ["person", resident.id], "before": {"mark": None}, "after": {"mark": "firm"}}
    assert records(session) == [("person.marked", mark)]
    erase_person(session, resident, now=NOW)
    session.refresh(resident)
    assert (resident.mark, resident.mark_name) == (None, "")


def test_the_mark_stands_beside_what_the_account_says(app: Flask, browse: Browse) -> None:
    with app.app_context():
        number = person(db.session(), "resident").id
        idea = make_idea(db.session()).reference
        db.session.commit()
    client, page = english(browse, "administrator"), f"/staff/admin/people/{number}"
    nameless = post(client, f"{page}/mark", {"mark": "expert", "mark_name": ""})
    assert nameless.status_code == 422
    assert "a mark without one tells nothing" in nameless.text
    assert post(client, f"{page}/mark", {"mark": "expert", "mark_name": "Fire safety"}).status_code == 303
    assert "Marked as: Expert · Fire safety." in client.get(page).text
    public = english(browse).get(f"/ideas/{idea}").text
    assert "Expert" in public
    assert "Fire safety" not in public  # the sender doesn't show their name
    with app.app_context():
        thread_by_reference(db.session(), idea).author_name_shown = True
        db.session.commit()
    assert "Expert · Fire safety" in english(browse).get(f"/ideas/{idea}").text
    post(client, f"{page}/mark", {"mark": "", "mark_name": "Fire safety"})
    assert "Fire safety" not in client.get(page).text
    assert "Marked an account" in client.get("/staff/admin/audit").text


def test_an_administrator_of_a_part_marks_nobody(app: Flask, browse: Browse) -> None:
    with app.app_context():
        session = db.session()
        place = session.get_one(Place, directory(session).place_codes["liu-1"].id)
        add_role(session, add_person(session, "local"), RoleName.ADMINISTRATOR, place, None)
        number = person(session, "officer").id
        session.commit()
    client, page = english(browse, "local"), f"/staff/admin/people/{number}"
    assert "Change the mark" not in client.get(page).text
    assert post(client, f"{page}/mark", {"mark": "firm", "mark_name": "X"}).status_code == 403
