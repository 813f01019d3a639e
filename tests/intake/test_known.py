"""The step that shows what is known already, and joining it."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.core.db import db
from portal.ideas.models import Idea
from portal.intake import check
from portal.intake.models import Draft, DraftPhoto
from portal.threads import receiving
from portal.threads.additions import Follower, NotSame, Photo
from portal.threads.models import Event, EventVisibility, Level, Statement, Thread, Visibility, Vote
from portal.threads.similar import Matter, find_similar
from tests import factories
from tests.factories import NOW, Browse, make_idea, make_report
from tests.intake.walking import GAS, WORDS, Walk, count_threads, newest_thread
from tests.pictures import jpeg, post_files

LAMP = "The street lamp at the south gate does not work, it is dark and people stumble."
OTHER = "Somebody has painted the wall of the library."


def add(app: Flask, text: str = LAMP, **given: object) -> str:
    """Add a report of the resident, sent lately; return its reference."""
    with app.app_context():
        reference = make_report(db.session(), text, **given).reference  # type: ignore[arg-type]
        db.session.commit()
    return reference


@pytest.fixture
def lamp(app: Flask) -> str:
    return add(app)


def walk_to_known(client: FlaskClient, text: str = WORDS, path: str = "report") -> Walk:
    walk = Walk(client, path)
    walk.words(text)
    assert walk.where().location == f"/{path}/known"
    return walk


def join(walk: Walk, reference: str) -> str:
    """Press "this is mine too"; return where it leads."""
    return walk.give("known", join=reference).location or ""


def of(app: Flask, reference: str) -> Thread:
    thread = factories.thread_by_reference(db.session(), reference)
    db.session.refresh(thread)
    return thread


def test_where_nothing_is_similar_the_step_is_passed_by(client: FlaskClient, app: Flask) -> None:
    add(app, OTHER)
    walk = walk_to_known(client)
    assert client.get("/report/known").location == "/report/who"
    walk.who()
    assert walk.where().location == "/report/known"  # another place may have other things
    assert client.get("/report/known").location == "/report/check"


def test_what_is_similar_is_shown_with_the_reason(client: FlaskClient, app: Flask, lamp: str) -> None:
    other = add(app, OTHER)
    page = walk_to_known(client).open("known")
    assert lamp in page
    assert other not in page
    assert "Both say:" in page
    assert "<mark>lamp</mark>" in page
    assert "I am affected too" in page
    assert 'href="/report/where"' in page  # back


def test_an_idea_is_joined_as_a_supporter(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        reference = make_idea(db.session(), "Let neighbours plant herbs in the bed by the gate.").reference
        db.session.commit()
    walk = walk_to_known(client, "Neighbours could plant herbs in that bed at the gate.", "propose")
    assert "I support this" in walk.open("known")
    assert join(walk, reference) == f"/propose/joined/{reference}"


HERBS = "Neighbours could plant herbs in that bed at the gate."


@pytest.fixture
def herbs(app: Flask) -> str:
    """An idea that somebody has had already."""
    with app.app_context():
        reference = make_idea(db.session(), "Let neighbours plant herbs in the bed by the gate.").reference
        db.session.commit()
    return reference


def test_what_is_different_about_an_idea_is_kept_with_it_and_shown(
    client: FlaskClient, app: Flask, herbs: str
) -> None:
    walk = walk_to_known(client, HERBS, "propose")
    walk.give("known", difference="Mine is for <b>children</b>. 13812345678")
    walk.who()
    check = walk.open("check")
    assert "Mine is for &lt;b&gt;children" in check
    assert "What is different about yours?" in walk.open("known")
    client.post("/propose/check", data=factories.form_fields(check))
    new = newest_thread(client)
    with app.app_context():
        idea = db.session().get_one(Idea, new.id)
        assert idea.difference.startswith("Mine is for")
        assert idea.differs_from == [of(app, herbs).id]
        of(app, new.reference).visibility = Visibility.PUBLIC
        db.session.commit()
    page = client.get(f"/ideas/{new.reference}?lang=en").text
    assert "What is different from similar ideas" in page
    assert "13812345678" not in page
    assert f'href="/ideas/{herbs}"' in page


def test_too_much_about_the_difference_comes_back_as_it_was_typed(client: FlaskClient, herbs: str) -> None:
    walk = walk_to_known(client, HERBS, "propose")
    answer = walk.give("known", difference="y" * 1_001)
    assert answer.status_code == 422
    assert "y" * 1_001 in answer.text
    assert herbs in answer.text


def test_a_report_is_not_asked_what_is_different(client: FlaskClient, lamp: str) -> None:
    assert "What is different about yours?" not in walk_to_known(client).open("known")


def test_while_an_idea_is_written_similar_ones_can_be_asked_for(client: FlaskClient, herbs: str) -> None:
    token = factories.form_fields(client.get("/propose/words").text)["csrf_token"]
    found = client.post("/propose/similar", data={"csrf_token": token, "text": HERBS})
    assert herbs in found.text
    assert herbs not in client.post("/propose/similar", data={"csrf_token": token, "text": "Her"}).text
    assert "/propose/similar" in client.get("/propose/words").text


def test_danger_brings_the_numbers_here_too(client: FlaskClient, app: Flask) -> None:
    add(app, GAS)
    page = walk_to_known(client, GAS).open("known")
    assert "If there is danger now, ring first" in page
    assert 'href="tel:119"' in page


def test_none_of_these_goes_on_and_is_remembered(client: FlaskClient, app: Flask, lamp: str) -> None:
    walk = walk_to_known(client)
    assert walk.give("known").location == "/report/who"
    walk.who()
    form = factories.form_fields(walk.open("check"))
    client.post("/report/check", data=form)
    new = newest_thread(client)
    with app.app_context():
        pair = db.session.scalars(select(NotSame)).one()
        assert {pair.first_id, pair.second_id} == {of(app, lamp).id, new.id}
        assert pair.person_id == new.author_id
        matter = Matter(LAMP, new.kind, new.place_id, thread_id=new.id)
        assert find_similar(db.session(), matter, factories.directory(db.session()), now=NOW) == []


def test_what_was_never_shown_is_not_remembered(client: FlaskClient, app: Flask, lamp: str) -> None:
    walk = walk_to_known(client)
    hidden = add(app, "A private matter.", private=True)
    many = ["nonsense", hidden, *(add(app, f"{OTHER} {n}") for n in range(6))]
    walk.give("known", shown=many)
    with app.app_context():
        draft = db.session.scalars(select(Draft)).one()
        assert len(draft.answers["known"]["passed_by"]) <= 5
        assert of(app, hidden).id not in draft.answers["known"]["passed_by"]


def test_joining_counts_once_and_follows(client: FlaskClient, app: Flask, lamp: str) -> None:
    walk = walk_to_known(client)
    for _twice in range(2):
        assert join(walk, lamp) == f"/report/joined/{lamp}"
    page = client.get(f"/report/joined/{lamp}").text
    assert "You are counted" in page
    assert WORDS in page
    assert f'href="/follow/{lamp}"' in page
    with app.app_context():
        assert of(app, lamp).votes_total == 1
        assert db.session.scalar(select(func.count()).select_from(Vote)) == 1
        assert db.session.scalar(select(func.count()).select_from(Follower)) == 1


def test_the_words_go_to_staff_and_the_draft_ends(client: FlaskClient, app: Flask, lamp: str) -> None:
    walk = walk_to_known(client)
    form = factories.form_fields(client.get(join(walk, lamp)).text)
    for _twice in range(2):
        answer = client.post(f"/report/joined/{lamp}", data=form | {"words": "It is lamp number 4."})
        assert answer.location == f"/reports/{lamp}"
    assert count_threads(client) == 1
    assert walk.open("words").count(WORDS) == 0
    assert "lamp number 4" not in client.get(f"/reports/{lamp}").text
    with app.app_context():
        said = db.session.scalars(select(Statement).where(Statement.level == Level.JOINED)).one()
        assert said.text == "It is lamp number 4."
        assert said.author_id != of(app, lamp).author_id
        event = db.session.scalars(select(Event).where(Event.kind == "thread.joined")).one()
        assert event.visibility == EventVisibility.STAFF


def test_staff_read_the_words_and_the_sender_does_not(
    client: FlaskClient, browse: Browse, app: Flask, lamp: str
) -> None:
    walk = walk_to_known(client)
    form = factories.form_fields(client.get(join(walk, lamp)).text)
    client.post(f"/report/joined/{lamp}", data=form | {"words": "It is lamp number 4."})
    assert "It is lamp number 4." in browse("officer").get(f"/staff/{lamp}?lang=en").text
    mine = browse("resident").get("/my-submissions").text
    link = re.search(r'href="(/track/[^"]+)"', mine)
    assert link
    assert "lamp number 4" not in browse("resident").get(link[1]).text


def test_adding_words_is_limited_like_sending(
    client: FlaskClient, app: Flask, lamp: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "SENT_BY_A_BROWSER", 1)
    for status in (303, 429):
        walk = walk_to_known(client)
        form = factories.form_fields(client.get(join(walk, lamp)).text)
        answer = client.post(f"/report/joined/{lamp}", data=form | {"words": f"{GAS} {status}"})
        assert answer.status_code == status
    assert f"{GAS} 429" in answer.text, "what was typed is kept"
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(Statement.level == Level.JOINED)) == 1


def test_what_is_closed_takes_no_more_words(client: FlaskClient, app: Flask, lamp: str) -> None:
    walk = walk_to_known(client)
    form = factories.form_fields(client.get(join(walk, lamp)).text)
    with app.app_context():
        thread = of(app, lamp)
        thread.status, thread.is_closed = "no_action", True
        db.session.commit()
    answer = client.post(f"/report/joined/{lamp}", data=form | {"words": GAS})
    assert answer.status_code == 409
    assert GAS in answer.text
    with app.app_context():
        assert not of(app, lamp).is_urgent
        assert db.session.scalar(select(func.count()).where(Statement.level == Level.JOINED)) == 0


def test_words_of_danger_put_it_on_top(client: FlaskClient, app: Flask, lamp: str) -> None:
    walk = walk_to_known(client)
    form = factories.form_fields(client.get(join(walk, lamp)).text)
    client.post(f"/report/joined/{lamp}", data=form | {"words": GAS})
    with app.app_context():
        assert of(app, lamp).is_urgent


def test_the_photos_of_the_draft_move_over(client: FlaskClient, app: Flask, lamp: str) -> None:
    walk = walk_to_known(client)
    with app.app_context():
        draft = db.session.scalars(select(Draft)).one()
        db.session.add(
            DraftPhoto(draft_id=draft.id, key="k" * 32, source="s", alt="The lamp", width=9, height=9)
        )
        db.session.commit()
    page = client.get(join(walk, lamp)).text
    assert "Your photo goes with it" in page
    client.post(f"/report/joined/{lamp}", data=factories.form_fields(page) | {"words": ""})
    with app.app_context():
        photo = db.session.scalars(select(Photo)).one()
        assert (photo.thread_id, photo.key, photo.state) == (of(app, lamp).id, "k" * 32, "first_look")
        assert db.session.scalar(select(func.count()).select_from(DraftPhoto)) == 0
        assert db.session.scalar(select(func.count()).where(Statement.level == Level.JOINED)) == 0


def test_nothing_needs_to_be_added(client: FlaskClient, app: Flask, lamp: str) -> None:
    walk = walk_to_known(client)
    form = factories.form_fields(client.get(join(walk, lamp)).text)
    answer = client.post(f"/report/joined/{lamp}", data=form | {"words": WORDS, "nothing": "1"})
    assert answer.location == f"/reports/{lamp}"
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Draft)) == 0
        assert db.session.scalar(select(func.count()).where(Statement.level == Level.JOINED)) == 0
        assert of(app, lamp).votes_total == 1


def test_too_many_words_are_refused_and_kept(client: FlaskClient, lamp: str) -> None:
    walk = walk_to_known(client)
    form = factories.form_fields(client.get(join(walk, lamp)).text)
    answer = client.post(f"/report/joined/{lamp}", data=form | {"words": "word " * 5_000})
    assert answer.status_code == 422
    assert "word word word" in answer.text


def test_what_has_ended_meanwhile_cannot_be_joined(client: FlaskClient, app: Flask, lamp: str) -> None:
    walk = walk_to_known(client)
    form = factories.form_fields(walk.open("known"))
    with app.app_context():
        thread = of(app, lamp)
        thread.status, thread.is_closed = "confirmed", True
        db.session.commit()
    answer = client.post("/report/known", data=form | {"join": lamp})
    assert answer.status_code == 409
    assert "the matter has moved on" in answer.text
    assert client.post("/report/known", data=form | {"join": "000-000-000"}).status_code == 404
    assert client.get("/report/known").location == "/report/who"  # and the draft is there


def test_whoever_has_not_joined_is_shown_the_page_of_it(client: FlaskClient, lamp: str) -> None:
    walk_to_known(client)
    assert client.get(f"/report/joined/{lamp}").location == f"/reports/{lamp}"
    assert client.get("/report/joined/000-000-000").status_code == 404


def test_joining_is_limited_like_voting(
    client: FlaskClient, app: Flask, lamp: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.threads.pages.VOTES_OF_A_PERSON", 1)
    walk = walk_to_known(client)
    assert join(walk, lamp)
    form = factories.form_fields(walk.open("known"))
    answer = client.post("/report/known", data=form | {"join": lamp})
    assert answer.status_code == 429
    assert "What you wrote is kept." in answer.text


def test_the_queries_do_not_grow(client: FlaskClient, app: Flask, lamp: str) -> None:
    walk = walk_to_known(client)
    counts = []
    for _round in range(2):
        walk.open("known")
        with factories.count_queries(app) as statements:
            assert lamp in walk.open("known")
        counts.append(len(statements))
        for number in range(3):
            add(app, f"{LAMP} {number}", now=NOW - timedelta(days=40))
    assert counts[0] == counts[1] <= 8


def add_to(client: FlaskClient, reference: str, *files: tuple[str, bytes], **fields: str) -> TestResponse:
    address = f"/report/joined/{reference}"
    return post_files(client, address, factories.form_fields(client.get(address).text) | fields, files)


def test_a_photo_can_be_added_where_none_was_chosen(client: FlaskClient, app: Flask, lamp: str) -> None:
    join(walk_to_known(client), lamp)
    answer = add_to(client, lamp, ("a.jpg", jpeg()), words="It is lamp number 4.")
    assert answer.location == f"/report/joined/{lamp}"
    page = client.get(f"/report/joined/{lamp}").text
    assert "It is lamp number 4." in page
    assert WORDS not in page
    with app.app_context():
        key = db.session.scalars(select(DraftPhoto.key)).one()
        assert db.session.scalar(select(func.count()).select_from(Photo)) == 0
    sent = {"words": "It is lamp number 4.", f"alt_{key}": "Lamp 4, dark"}
    for _twice in range(2):
        form = factories.form_fields(page)
        assert client.post(f"/report/joined/{lamp}", data=form | sent).location == f"/reports/{lamp}"
    with app.app_context():
        photo = db.session.scalars(select(Photo)).one()
        assert (photo.thread_id, photo.key, photo.alt) == (of(app, lamp).id, key, "Lamp 4, dark")
        assert db.session.scalars(select(Statement.text).where(Statement.level == Level.JOINED)).all() == [
            "It is lamp number 4."
        ]


def test_a_photo_is_taken_out_again_before_it_is_added(client: FlaskClient, app: Flask, lamp: str) -> None:
    join(walk_to_known(client), lamp)
    add_to(client, lamp, ("a.jpg", jpeg()), words="Lamp 4.")
    with app.app_context():
        key = db.session.scalars(select(DraftPhoto.key)).one()
    assert add_to(client, lamp, remove=key, words="Lamp 5.").location == f"/report/joined/{lamp}"
    assert "Lamp 5." in client.get(f"/report/joined/{lamp}").text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(DraftPhoto)) == 0


def test_files_that_cannot_be_used_are_named_and_the_words_kept(
    client: FlaskClient, app: Flask, lamp: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(walk_to_known(client), lamp)
    answer = add_to(client, lamp, ("letter.pdf", b"%PDF"), ("a.jpg", jpeg()), words="It is lamp number 4.")
    assert answer.status_code == 422
    assert "“letter.pdf” can&#39;t be used" in answer.text
    assert "It is lamp number 4." in answer.text
    assert "What can be seen in photo 1?" in answer.text
    many = [(f"{n}.jpg", jpeg(mark=n)) for n in range(1, 6)]
    assert "There is no room for “5.jpg”." in add_to(client, lamp, *many, words="Lamp 4").text
    monkeypatch.setattr(receiving, "UPLOADS_OF_ONE", 1)
    refused = add_to(client, lamp, ("b.jpg", jpeg(mark=9)), words="My own words")
    assert refused.status_code == 429
    assert "My own words" in refused.text
    too_much = add_to(client, lamp, *[(f"{n}.jpg", bytes(9_000_000)) for n in range(7)], words="Lost")
    assert too_much.location == f"/report/joined/{lamp}"
    assert "Lamp 4" in client.get(too_much.location).text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Photo)) == 0


def test_where_there_is_no_room_the_photos_stay_with_the_draft(
    client: FlaskClient, app: Flask, lamp: str
) -> None:
    join(walk_to_known(client), lamp)
    with app.app_context():
        number = of(app, lamp).id
        for n in range(60):
            db.session.add(
                Photo(
                    thread_id=number,
                    key=f"{n:032}",
                    source=str(n),
                    width=9,
                    height=9,
                    state="shown",
                    created_at=NOW,
                )
            )
        db.session.commit()
    add_to(client, lamp, ("a.jpg", jpeg()), words="It is lamp number 4.")
    answer = add_to(client, lamp, words="It is lamp number 4.")
    assert answer.status_code == 409
    assert "There is no room for so many photos." in answer.text
    assert "It is lamp number 4." in answer.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(DraftPhoto)) == 1
