"""The pages of reply templates."""

from flask import Flask
from sqlalchemy import select

from portal.accounts.models import RoleName
from portal.communities.models import Department, Place
from portal.core.db import db
from portal.setup.reply_templates import put_first_templates
from portal.threads.events import ADMINISTRATION
from portal.threads.models import Event
from portal.triage.models import ReplyTemplate
from portal.triage.placeholders import has_lone_brace, unknown_gaps
from tests.factories import Browse, add_person, add_role, directory, form_fields
from tests.triage.moving import post

ADD = "/staff/reply-templates/add?lang=en"


def fields(app: Flask, place: str = "liu", **given: str) -> dict[str, str]:
    with app.app_context():
        number = directory(db.session()).place_codes[place].id
    filled = {"place": str(number), "verb": "reply", "scope": "", "name_en": "Thanks"}
    return filled | {"text_en": "Thank you, {staff}"} | given


def rows(app: Flask) -> list[ReplyTemplate]:
    with app.app_context():
        found = list(db.session.scalars(select(ReplyTemplate).order_by(ReplyTemplate.id)))
        db.session.expunge_all()
        return found


def test_one_is_added_changed_retired_and_brought_back(app: Flask, browse: Browse) -> None:
    client = browse("coordinator")
    assert post(client, ADD, fields(app)).status_code == 303
    [row] = rows(app)
    assert (row.verb, row.texts, row.category_id) == ("reply", {"en": "Thank you, {staff}"}, None)
    address = f"/staff/reply-templates/{row.id}?lang=en"
    seen = form_fields(client.get(address).text)["seen"]
    changed = fields(app, text_en="Thanks!", scope="group:housing", seen=seen)
    answer = post(client, address, changed)
    assert answer.status_code in (303, 422)
    for move, label in (("retire", "Bring back"), ("bring-back", "Retire")):
        assert post(client, f"/staff/reply-templates/{row.id}/{move}", {}).status_code == 303
        assert label in client.get("/staff/reply-templates?lang=en").text
    with app.app_context():
        kinds = db.session.scalars(select(Event.kind).where(Event.stream == ADMINISTRATION)).all()
    assert kinds.count("replytemplate.added") == 1
    assert kinds.count("replytemplate.changed") >= 2
    record = browse("administrator").get("/staff/admin/audit?lang=en").text
    assert "Added a reply template" in record


def test_a_wrong_placeholder_is_named_and_what_was_typed_is_kept(app: Flask, browse: Browse) -> None:
    client = browse("coordinator")
    for text, told in (
        ("Dear {name}, thanks for all", "Nothing can be put in for {name}."),
        ("Thanks for all, {staff", "A brace { or } stands alone."),
    ):
        answer = post(client, ADD, fields(app, text_en=text))
        assert answer.status_code == 422
        assert told in answer.text
        assert "hanks for all" in answer.text
    empty = post(client, ADD, fields(app, text_en=""))
    assert "Please write the text in at least one language." in empty.text
    assert rows(app) == []


def test_the_preview_shows_it_filled_and_saves_nothing(app: Flask, browse: Browse) -> None:
    typed = fields(app, text_en="By {due}, at {place}.", preview="1")
    answer = post(browse("coordinator"), ADD, typed)
    assert answer.status_code == 200
    assert "at Willow Street." in answer.text
    assert "By {due}, at {place}." in answer.text  # still in the form
    assert rows(app) == []


def test_a_head_writes_those_of_their_places_only(app: Flask, browse: Browse) -> None:
    with app.app_context():
        session = db.session()
        place = session.scalars(select(Place).where(Place.code == "liu")).one()
        department = session.scalars(select(Department).where(Department.code == "construction")).one()
        add_role(session, add_person(session, "head"), RoleName.HEAD, place, department)
        session.commit()
    head = browse("head")
    assert post(head, ADD, fields(app, "qiao")).status_code == 422
    assert post(head, ADD, fields(app, "liu-1")).status_code == 303
    post(browse("coordinator"), ADD, fields(app, "yunhe", name_en="Of the district"))
    own, upper = rows(app)
    assert head.get(f"/staff/reply-templates/{own.id}").status_code == 200
    assert head.get(f"/staff/reply-templates/{upper.id}").status_code == 404
    assert post(head, f"/staff/reply-templates/{upper.id}/retire", {}).status_code == 404
    assert "Of the district" not in head.get("/staff/reply-templates?lang=en").text
    assert browse("officer").get("/staff/reply-templates").status_code == 403


def test_what_ships_is_in_three_languages_and_can_be_filled(app: Flask, browse: Browse) -> None:
    with app.app_context():
        put_first_templates(db.session())
        put_first_templates(db.session())  # once
        db.session.commit()
    shipped = rows(app)
    assert {row.verb for row in shipped} == {"reply", "ask", "fix", "not-ours", "no-action"}
    assert len(shipped) == 7
    for row in shipped:
        assert set(row.texts) == set(row.names) == {"zh-Hans", "zh-Hant", "en"}
        for text in row.texts.values():
            assert not unknown_gaps(text)
            assert not has_lone_brace(text)
    assert browse("coordinator").get("/staff/reply-templates").status_code == 200
