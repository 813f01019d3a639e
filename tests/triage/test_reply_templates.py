"""Texts to begin a reply with: which fit, how they are filled, and how they come into the form."""

import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.core.db import db
from portal.threads.actions import reply
from portal.triage.models import ReplyTemplate
from portal.triage.placeholders import fill, has_lone_brace, unknown_gaps
from portal.triage.reply_templates import list_offered
from tests.factories import Browse, count_queries, directory, make_report, person
from tests.triage.moving import SOON, look_up, officer, post

TEXTS = {
    "en": "Dear neighbour, {reference} is with {department}.",
    "zh-Hans": "{reference} 号由{department}办理。",
}


def add(session: Session, place: str = "yunhe", verb: str = "reply", **given: object) -> ReplyTemplate:
    values = {"names": {"en": f"{verb} of {place}"}, "texts": TEXTS} | given
    row = ReplyTemplate(place_id=directory(session).place_codes[place].id, verb=verb, **values)
    session.add(row)
    session.flush()
    return row


def offered(session: Session, thread, verbs=("reply", "ask"), now=SOON) -> dict[str, list[str]]:  # type: ignore[no-untyped-def]
    found = list_offered(session, thread, person(session, "officer"), directory(session), verbs, now=now)
    return {verb: [one.name for one in ones] for verb, ones in found.items()}


@pytest.mark.parametrize(
    ("text", "unknown"),
    [("{reference}, {place}", []), ("{name} {due}", ["{name}"]), ("{}", ["{}"]), ("{ due }", ["{ due }"])],
)
def test_unknown_placeholders_are_named(text: str, unknown: list[str]) -> None:
    assert unknown_gaps(text) == unknown


@pytest.mark.parametrize(
    ("text", "lone"), [("{due}", False), ("{due", True), ("due}", True), ("{{due}}", True), ("", False)]
)
def test_lone_braces_are_found(text: str, lone: bool) -> None:
    assert has_lone_brace(text) is lone


def test_what_is_put_in_is_not_read_again() -> None:
    assert fill("{staff} {due}", {"staff": "{due}", "due": "today"}) == "{due} today"


def test_those_of_the_category_come_first_then_of_the_group_then_the_nearest(session: Session) -> None:
    report = make_report(session)
    category = directory(session).categories[report.category_id or 0]
    other = directory(session).category_codes["wages"]
    add(session, "yunhe")
    add(session, "liu")
    add(session, "qiao")  # another street
    add(session, "yunhe", category_group=category.group, names={"en": "of the group"})
    add(session, "yunhe", category_id=category.id, names={"en": "of the category"})
    add(session, "yunhe", category_id=other.id)
    add(session, "yunhe", category_group=other.group)
    add(session, "yunhe", "ask")
    add(session, "yunhe", "fix")
    add(session, "yunhe", retired_at=report.created_at)
    assert offered(session, report) == {
        "reply": ["of the category", "of the group", "reply of liu", "reply of yunhe"],
        "ask": ["ask of yunhe"],
    }


def test_a_text_that_names_the_day_of_the_answer_is_offered_while_that_is_to_come(session: Session) -> None:
    """Nobody promises an answer by a day that has passed, or one that was given."""
    report = make_report(session)
    add(session, texts={"en": "You will have an answer by {due}."})
    assert offered(session, report) == {"reply": ["reply of yunhe"]}
    assert offered(session, report, now=report.due_at) == {}
    reply(session, report, "We are on it.", by=officer(session), now=SOON)
    assert offered(session, report) == {}


def test_the_text_is_in_the_language_of_the_submission_or_says_that_it_is_not(session: Session) -> None:
    add(session)
    who, known = person(session, "officer"), directory(session)
    english, chinese, traditional = (
        list_offered(session, report, who, known, ["reply"], now=SOON)["reply"][0]
        for report in (make_report(session, language=code) for code in ("en", "zh-Hans", "zh-Hant"))
    )
    assert english.text.startswith("Dear neighbour, ")
    assert "is with Housing" in english.text
    assert (english.instead_of, chinese.instead_of, chinese.language) == ("", "", "zh-Hans")
    assert (traditional.language, traditional.instead_of) == ("zh-Hans", "繁體中文")
    assert "{" not in english.text + chinese.text + traditional.text


def keep(app: Flask, **given: object) -> tuple[str, int]:
    with app.app_context():
        row = add(db.session(), **given)
        report = make_report(db.session())
        db.session.commit()
        return report.reference, row.id


def field(page: str, name: str) -> str:
    return unescape(re.findall(rf'<textarea[^>]*name="{name}"[^>]*>\n?(.*?)</textarea>', page, re.S)[0])


@pytest.mark.parametrize(("verb", "name"), [("reply", "reply"), ("ask", "question"), ("fix", "done")])
def test_it_is_put_after_what_was_typed_and_nothing_is_sent(
    app: Flask, browse: Browse, verb: str, name: str
) -> None:
    reference, number = keep(app, verb=verb)
    client = browse("officer")
    seen = look_up(client, reference, lambda t: t.last_sequence)
    assert "Use it" in client.get(f"/staff/{reference}?lang=en").text
    fields = {"seen": str(seen), "use": "1", "template": str(number), name: "Mrs Wei,"}
    answer = post(client, f"/staff/{reference}/{verb}?lang=en", fields)
    assert answer.status_code == 200
    assert field(answer.text, name).startswith(f"Mrs Wei,\n\nDear neighbour, {reference} is with ")
    assert f'id="{verb}" open' in answer.text
    assert look_up(client, reference, lambda t: t.last_sequence) == seen


@pytest.mark.parametrize("chosen", ["", "0", "999999", "x", "-1"])
def test_one_that_is_not_offered_leaves_what_was_typed(app: Flask, browse: Browse, chosen: str) -> None:
    reference, _number = keep(app, place="qiao")
    client = browse("officer")
    fields = {"seen": "1", "use": "1", "template": chosen, "reply": "Mrs Wei,"}
    answer = post(client, f"/staff/{reference}/reply?lang=en", fields)
    assert answer.status_code == 200
    assert field(answer.text, "reply") == "Mrs Wei,"


def test_more_templates_take_no_more_queries(app: Flask, browse: Browse) -> None:
    reference, _number = keep(app)
    client = browse("officer")

    def count() -> int:
        with count_queries(app) as statements:
            client.get(f"/staff/{reference}")
        return len(statements)

    count()  # the first reads the set-up
    few = count()
    with app.app_context():
        for verb in ("reply", "ask", "fix", "not-ours"):
            add(db.session(), verb=verb)
        db.session.commit()
    assert count() == few
