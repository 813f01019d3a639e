"""Versions of an idea before staff: a first look, and what counts as a change of substance."""

import pytest
from flask import Flask

from portal.core.db import db
from portal.ideas.versions import IdeaVersion
from portal.threads.actions import lock_thread
from portal.threads.models import Visibility
from portal.threads.votes import cast_vote
from tests.factories import (
    NOW,
    Browse,
    add_person,
    form_fields,
    make_idea,
    make_report,
    person,
    thread_by_reference,
)
from tests.ideas.changing import change
from tests.threads.publishing import writing

EN = "lang=en"


@pytest.fixture
def waiting(app: Flask) -> tuple[str, int]:
    """A public idea of somebody unproven, and the version of it that waits."""
    with writing(app) as session:
        idea = make_idea(session, "Plant herbs.", author=add_person(session, "unproven", verified=False))
        idea.visibility = Visibility.PUBLIC
        cast_vote(session, idea, person(session, "neighbour"), now=NOW)
        version = change(session, idea, "Plant trees. 13812345678", why="They last.")
        return idea.reference, version.id


def press(browse: Browse, reference: str, number: int, verb: str, who: str = "coordinator", **typed: str):
    client = browse(who)
    fields = form_fields(client.get(f"/follow?{EN}").text)
    address = f"/staff/{reference}/versions/{number}/{verb}?{EN}"
    return client.post(address, data={"csrf_token": fields["csrf_token"], **typed})


def test_what_waits_is_on_the_first_page_and_in_the_pane(browse: Browse, waiting: tuple[str, int]) -> None:
    reference, _number = waiting
    coordinator = browse("coordinator")
    assert "1 new version of an idea waits for a first look" in coordinator.get(f"/staff?{EN}").text
    assert f"/staff/{reference}/versions" in coordinator.get(f"/staff/{reference}?{EN}").text
    page = coordinator.get(f"/staff/{reference}/versions?{EN}").text
    assert "<ins>trees</ins>" in page
    assert "They last." in page


def test_shown_it_is_what_everybody_reads(browse: Browse, waiting: tuple[str, int]) -> None:
    reference, number = waiting
    assert "Plant trees" not in browse().get(f"/ideas/{reference}?{EN}").text
    assert press(browse, reference, number, "show").status_code == 303
    page = browse().get(f"/ideas/{reference}?{EN}").text
    assert "Plant trees." in page
    assert "13812345678" not in page
    assert press(browse, reference, number, "show").status_code == 409
    assert "waits for a first look" not in browse("coordinator").get(f"/staff?{EN}").text


def test_not_shown_its_sender_is_told_why(app: Flask, browse: Browse, waiting: tuple[str, int]) -> None:
    reference, number = waiting
    refused = press(browse, reference, number, "refuse", reason="x" * 9_000)
    assert refused.status_code == 422
    assert "x" * 9_000 in refused.text
    assert press(browse, reference, number, "refuse", reason="No numbers, please.").status_code == 303
    assert "No numbers" not in browse().get(f"/ideas/{reference}?{EN}").text
    assert "No numbers" in browse("coordinator").get(f"/staff/{reference}?{EN}").text


def test_staff_say_that_it_is_a_change_of_substance(
    app: Flask, browse: Browse, waiting: tuple[str, int]
) -> None:
    reference, number = waiting
    press(browse, reference, number, "show")
    for _twice in range(2):
        assert press(browse, reference, number, "substance").status_code == 303
    assert "An earlier one: 1, asked anew." in browse().get(f"/ideas/{reference}?{EN}").text
    with app.app_context():
        assert db.session().get_one(IdeaVersion, number).is_substance


def test_a_panellist_reads_and_changes_nothing(browse: Browse, waiting: tuple[str, int]) -> None:
    reference, number = waiting
    assert "<ins>trees</ins>" in browse("panellist").get(f"/staff/{reference}/versions?{EN}").text
    assert press(browse, reference, number, "show", "panellist").status_code == 403


def test_a_version_of_another_idea_is_not_found(app: Flask, browse: Browse, waiting: tuple[str, int]) -> None:
    with writing(app) as session:
        other, report = make_idea(session, "Other."), make_report(session)
        lock_thread(session, other.id)
        change(session, other, "Another.")
        names = other.reference, report.reference
    _reference, number = waiting
    assert press(browse, names[0], number, "show").status_code == 404
    assert browse("coordinator").get(f"/staff/{names[1]}/versions").status_code == 404
    with app.app_context():
        assert thread_by_reference(db.session(), waiting[0]).version == 1
