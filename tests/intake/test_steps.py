"""The pages on which a resident writes: one question each, nothing lost."""

from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.communities.actions import put_place
from portal.communities.directory import raise_version
from portal.communities.models import Place, PlaceKind
from portal.core import clock
from portal.core.db import db
from portal.intake.models import Draft
from tests import factories
from tests.factories import NOW
from tests.intake.walking import GAS, WORDS, Walk, count_threads

EMERGENCY = "If there is danger now, ring first"


@pytest.mark.parametrize("path", ["report", "propose", "tell"])
def test_each_path_goes_from_words_to_check(client: FlaskClient, path: str) -> None:
    walk = Walk(client, path)
    assert client.get(f"/{path}/").location == f"/{path}/words"
    assert walk.words().location == f"/{path}/photos"
    assert walk.give("photos").location == f"/{path}/where"
    assert walk.where().location == f"/{path}/known"
    assert client.get(f"/{path}/known").location == f"/{path}/who"
    assert walk.who().location == f"/{path}/check"
    page = walk.open("check")
    assert WORDS in page
    assert "Willow First Lane" in page
    assert "Without your name or address" in page


@pytest.mark.parametrize("step", ["where", "who", "check"])
def test_steps_cannot_be_skipped(client: FlaskClient, step: str) -> None:
    walk = Walk(client)
    assert client.get(walk.at(step)).location == "/report/words"
    fields = factories.form_fields(walk.open("words"))
    assert client.post(walk.at(step), data=fields | {"place": "liu-1"}).location == "/report/words"
    assert count_threads(client) == 0


def test_each_page_leads_back(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.to_check()
    for step, back in (
        ("words", "/"),
        ("photos", "/report/words"),
        ("where", "/report/photos"),
        ("who", "/report/where"),
        ("check", "/report/who"),
    ):
        assert f'class="govuk-back-link" href="{back}"' in walk.open(step)
    check = walk.open("check")
    for step in ("words", "where", "who"):
        assert f'href="/report/{step}"' in check


def test_a_change_leads_straight_back_to_check(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.to_check()
    assert walk.words("Now the lamp is lit again but flickers.").location == "/report/check"
    assert "flickers" in walk.open("check")


@pytest.mark.parametrize("text", ["", "   ", "😀🔥🔥", "!!! ???", "\x00\x07\u202e"])
def test_words_are_needed(client: FlaskClient, text: str) -> None:
    answer = Walk(client).words(text)
    assert answer.status_code == 422
    assert "Please write in words what it is about." in answer.text


def test_only_pictures_are_refused_but_kept(client: FlaskClient) -> None:
    walk = Walk(client)
    assert "😀🔥" in walk.words("😀🔥", title="Fire picture").text
    page = walk.open("words")
    assert "😀🔥" in page
    assert "Fire picture" in page


def test_control_and_direction_signs_are_left_out(client: FlaskClient) -> None:
    walk = Walk(client)
    assert walk.words("The\x00 gate\u202e is\x07 broken\ufeff").status_code == 303
    assert "The gate is broken" in walk.open("words")


def test_a_hundred_thousand_characters_are_refused_and_kept(client: FlaskClient) -> None:
    walk = Walk(client)
    text = "路灯坏了，" * 20_000
    answer = walk.words(text)
    assert answer.status_code == 422
    assert "Please use at most 20,000 characters." in answer.text
    assert text in answer.text
    assert text in walk.open("words")


def test_exactly_twenty_thousand_characters_go_through(client: FlaskClient) -> None:
    walk = Walk(client)
    assert walk.send("灯" * 20_000).location == "/report/sent"
    assert count_threads(client) == 1


def test_a_title_must_not_be_a_second_text(client: FlaskClient) -> None:
    answer = Walk(client).words(title="x" * 101)
    assert answer.status_code == 422
    assert "at most 100 characters" in answer.text
    assert "x" * 101 in answer.text


def test_markup_in_words_stays_words(client: FlaskClient) -> None:
    walk = Walk(client)
    page = walk.to_check('<script>alert("hi")</script> lamp', title="<b>Lamp</b>")
    assert "<script>alert" not in page
    assert '<script>alert("hi")</script> lamp' in unescape(page)
    assert "<b>Lamp" not in page


@pytest.mark.parametrize("place", ["", "nowhere", "liu", "liu-1-gate", "1", "\x00", "liu-1' OR 1=1"])
def test_only_communities_and_the_district_can_be_chosen(client: FlaskClient, place: str) -> None:
    walk = Walk(client)
    walk.words()
    answer = walk.where(place, address="Behind the school")
    assert answer.status_code == 422
    assert "Please choose a community, or the whole district." in answer.text
    assert "Behind the school" in answer.text
    assert client.get("/report/check").location == "/report/where"


def test_the_whole_district_will_do(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.words()
    assert walk.where("yunhe").status_code == 303
    walk.who()
    assert "The whole of Yunhe District" in walk.open("check")


def test_a_named_place_can_be_added(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.words()
    assert walk.where("liu-1", spot="liu-1-gate").status_code == 303
    walk.who()
    assert "South Gate" in walk.open("check")


def test_a_named_place_must_be_in_the_community(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.words()
    answer = walk.where("qiao-1", spot="liu-1-gate")
    assert answer.status_code == 422
    assert "South Gate is not in Stonebridge First Lane." in answer.text


@pytest.mark.parametrize("spot", ["liu-2", "nowhere", "\x00"])
def test_a_forged_named_place_is_refused(client: FlaskClient, spot: str) -> None:
    walk = Walk(client)
    walk.words()
    assert walk.where("liu-1", spot=spot).status_code == 422


def test_the_community_chosen_on_the_start_page_is_chosen_already(client: FlaskClient) -> None:
    client.get("/?place=qiao-2")
    walk = Walk(client)
    walk.words()
    page = walk.open("where")
    assert 'value="qiao-2" checked' in page
    assert page.count(" checked") == 1


def test_nothing_is_chosen_for_whom_we_know_nothing_of(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.words()
    assert " checked" not in walk.open("where")


def test_many_communities_are_a_list_to_open(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        session = db.session()
        street = session.scalars(select(Place).where(Place.code == "liu")).one()
        for number in range(8):
            names = {"en": f"Lane {number}"}
            put_place(
                session,
                code=f"lane-{number}",
                kind=PlaceKind.COMMUNITY,
                parent=street,
                names=names,
                position=number,
            )
        raise_version(session)
        session.commit()
    walk = Walk(client)
    walk.words()
    page = walk.open("where")
    assert '<select class="govuk-select" id="place" name="place"' in page
    assert '<optgroup label="Willow Street">' in page
    assert walk.where("lane-7").status_code == 303
    assert '<option value="lane-7" selected>Lane 7</option>' in walk.open("where")


def test_a_way_to_send_must_be_chosen(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.words()
    walk.where()
    for how in ("", "account", "forged"):
        answer = walk.who(how, private="y")
        assert answer.status_code == 422
        assert "Please choose how you want to send it." in answer.text
        assert 'name="private" type="checkbox" value="y" checked' in answer.text


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a b@example.org", "a@example.org\nbcc: b@c.de"])
def test_an_address_must_look_like_one(client: FlaskClient, email: str) -> None:
    walk = Walk(client)
    walk.words()
    walk.where()
    answer = walk.who("email", email=email)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text


def test_an_address_is_not_kept_for_who_stays_anonymous(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.words()
    walk.where()
    assert walk.who("anonymous", email="not an address").status_code == 303
    assert "not an address" not in walk.open("who")


def test_someone_signed_in_may_use_their_account(browse: factories.Browse) -> None:
    walk = Walk(browse("resident"))
    walk.words()
    walk.where()
    page = walk.open("who")
    assert 'value="account" checked' in page
    assert 'id="name_shown" name="name_shown" type="checkbox" value="y"' in page
    walk.who("account")
    assert "your name is not shown" in walk.open("check")
    walk.who("account", name_shown="y")
    assert "your name resident is shown" in walk.open("check")


def test_whoever_signs_out_meanwhile_chooses_again(browse: factories.Browse) -> None:
    client = browse("resident")
    walk = Walk(client)
    walk.words()
    walk.where()
    walk.who("account")
    with client.session_transaction() as cookies:
        cookies.pop("_user_id")
    assert client.get("/report/check").location == "/report/who"


def test_a_draft_is_back_after_the_browser_was_closed(client: FlaskClient) -> None:
    with clock.frozen(NOW):
        Walk(client).words("The bench by the lake has lost a board.")
    client.delete_cookie("linli_session")  # ends with the browser
    with clock.frozen(NOW + timedelta(hours=23)):
        assert "lost a board" in client.get("/report/words").text


def test_a_draft_is_forgotten_after_a_day(client: FlaskClient) -> None:
    with clock.frozen(NOW):
        Walk(client).words("The bench by the lake has lost a board.")
    with clock.frozen(NOW + timedelta(hours=25)):
        walk = Walk(client)
        assert "lost a board" not in walk.open("words")
        assert walk.words().status_code == 303  # and a new one can begin with the old one still there


def test_each_path_has_its_own_draft(client: FlaskClient) -> None:
    Walk(client).words("About the bench.")
    assert "About the bench." not in client.get("/propose/words").text
    assert "About the bench." in client.get("/report/words").text


def test_another_browser_sees_nothing_of_a_draft(client: FlaskClient, browse: factories.Browse) -> None:
    Walk(client).words("About the bench.")
    assert "About the bench." not in browse().get("/report/words").text


def test_a_forged_cookie_opens_nothing(client: FlaskClient, browse: factories.Browse) -> None:
    Walk(client).words("About the bench.")
    other = browse()
    other.set_cookie("linli_drafts", "eyJ3cml0aW5nIjp7fX0.forged.signature")
    assert "About the bench." not in other.get("/report/words").text


def test_a_draft_can_be_thrown_away(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.words("Something I would rather not leave on this screen.")
    fields = factories.form_fields(walk.open("words"))
    assert client.post("/report/discard", data=fields).location == "/report/words"
    assert "would rather not" not in walk.open("words")
    with client.application.app_context():
        assert db.session.scalar(select(func.count()).select_from(Draft)) == 0


def test_throwing_nothing_away_does_no_harm(client: FlaskClient) -> None:
    walk = Walk(client)
    fields = factories.form_fields(walk.open("words"))
    assert client.post("/report/discard", data=fields).status_code == 303


def test_danger_brings_the_numbers_before_the_next_question(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.words(GAS)
    page = walk.open("photos")
    assert EMERGENCY in page
    assert page.index('href="tel:119"') < page.index("Step 2 of 5")
    assert "go on</a>" in page
    walk.where()
    walk.who()
    assert EMERGENCY in walk.open("check")


def test_danger_in_the_title_counts(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.words("In building three, second floor.", title="Fire, people are trapped!")
    assert EMERGENCY in walk.open("where")


def test_chinese_danger_too(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.words("楼道里着火了，有人被困！")
    assert EMERGENCY in walk.open("where")


def test_no_danger_no_alarm(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.words("The bins behind the gate are not emptied on time.")
    assert EMERGENCY not in walk.open("where")


def test_what_will_be_public_is_said(client: FlaskClient, browse: factories.Browse) -> None:
    assert "after a first look by staff" in Walk(client).to_check()
    assert "Nothing. Only staff can read it" in Walk(client).to_check(private="y")
    assert "your words and photos, at once" in Walk(browse("resident")).to_check(how="account")
    assert "Nothing until it is clear" in Walk(browse(), "tell").to_check()


@pytest.mark.parametrize("step", ["words", "where", "who", "check"])
def test_an_expired_form_keeps_what_was_typed(client: FlaskClient, step: str) -> None:
    walk = Walk(client)
    walk.to_check()
    fields = factories.form_fields(walk.open(step)) | {
        "csrf_token": "old",
        "text": "With care.",
        "address": "Gate",
    }
    answer = client.post(walk.at(step), data=fields)
    assert answer.status_code == 400
    assert "This form was open too long" in answer.text
    assert "With care." in answer.text
    assert "Gate</textarea>" in answer.text
    assert fields["draft"] not in answer.text
    assert f'href="{walk.at(step)}"' in answer.text
    assert count_threads(client) == 0


def test_pages_with_words_are_not_kept_by_the_browser(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.to_check()
    for step in ("words", "where", "who", "check"):
        assert client.get(walk.at(step)).headers["Cache-Control"] == "no-store"
