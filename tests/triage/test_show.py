"""The page of one submission: what staff see of it, and the moves made there."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.communities.directory import Directory
from portal.core.db import db
from portal.routing.advice import Advice
from portal.threads.actions import reply
from portal.threads.events import Actor
from portal.threads.models import Kind, Status, Thread
from portal.threads.queries import list_events
from tests.factories import (
    Browse,
    add_person,
    advice_saying,
    directory,
    make_idea,
    make_report,
    make_undecided,
    person,
)
from tests.triage.moving import SOON, look_up, post_move


def keep(app: Flask, make, *args: object, **given: object) -> str:  # type: ignore[no-untyped-def]
    """Make a thread and return its reference."""
    with app.app_context():
        thread = make(db.session(), *args, **given)
        db.session.commit()
        return str(thread.reference)


def advised(probability: float = 0.75) -> Advice:
    advice = advice_saying("roads-paving", probability=probability, words=("lamp", "dark"))
    assert advice.said
    said = replace(
        advice.said, abstain=True, alternatives=(("drainage", 0.12), ("noise", 0.06), ("wages", 0.01))
    )
    return Advice(advice.urgency, said)


def see(browse: Browse, name: str, reference: str, query: str = "") -> str:
    answer = browse(name).get(f"/staff/{reference}?lang=en{query}")
    assert answer.status_code == 200
    return answer.text


def test_staff_read_the_words_as_they_were_sent(app: Flask, browse: Browse) -> None:
    text = "Ring me: 13812345678\n<script>alert(1)</script>"
    page = see(browse, "officer", keep(app, make_report, text, title="Lamp of 13812345678"))
    assert "Ring me: 13812345678\n&lt;script&gt;" in page
    assert "Lamp of 13812345678" in page


@pytest.mark.parametrize("name", ["officer", "coordinator"])
def test_nobody_sees_the_senders_address(app: Flask, browse: Browse, name: str) -> None:
    page = see(browse, name, keep(app, make_report))
    assert "resident@example.org" not in page
    assert "E-mail address left and confirmed" in page


def test_a_name_is_seen_only_if_the_sender_wants_it(app: Flask, browse: Browse) -> None:
    def name_in(page: str) -> str:
        return re.findall(r"<dt>Name of the person</dt><dd>([^<]*)</dd>", page)[0]

    assert name_in(see(browse, "officer", keep(app, make_report))) == "Not shown"
    assert name_in(see(browse, "officer", keep(app, make_report, name_shown=True))) == "resident"


def test_who_left_no_address_is_said_before_a_question_is_asked(app: Flask, browse: Browse) -> None:
    def make_anonymous(session: Session) -> Thread:
        nobody = add_person(session, "nobody", verified=False)
        nobody.email = None
        return make_report(session, author=nobody)

    page = see(browse, "officer", keep(app, make_anonymous))
    assert "No e-mail address" in page
    assert "wait for a first look" in page


def test_the_desk_offers_the_classifiers_best_and_two_next_best_as_buttons(
    app: Flask, browse: Browse
) -> None:
    page = see(browse, "coordinator", keep(app, make_report, category=None, advice=advised()))
    assert re.findall(r'name="best" value="([^"]+)"', page) == ["roads-paving", "drainage", "noise"]
    assert "75%" in page
    assert "fairly certain where it belongs (75%)" in page
    assert "not enough to decide alone" in page
    assert "It decides alone from 90%" in page
    assert ">lamp<" in page


def test_one_click_sorts_it_and_leads_to_the_next(app: Flask, browse: Browse) -> None:
    reference = keep(app, make_report, category=None, advice=advised())
    following = keep(app, make_report, "Another matter", category=None)
    client = browse("coordinator")
    answer = post_move(client, reference, "sort", best="drainage", queue="desk")
    assert answer.status_code == 303
    assert answer.location == f"/staff/{following}?queue=desk"
    page = client.get(f"{answer.location}&lang=en").text
    assert "It is with the department now." in page
    assert f'href="/staff/{reference}?queue=desk"' in page  # back to what was just done
    assert look_up(client, reference, lambda t: (t.status, t.needs_sorting)) == (
        Status.WITH_DEPARTMENT,
        False,
    )


def test_once_sorted_the_next_best_stand_with_the_reason(app: Flask, browse: Browse) -> None:
    reference = keep(app, make_report, advice=advised(0.97))
    client = browse("coordinator")
    page = see(browse, "coordinator", reference)
    assert re.findall(r'name="best" value="([^"]+)"', page)[:2] == ["drainage", "noise"]
    refused = post_move(client, reference, "sort", best="noise", reason=" ")
    assert refused.status_code == 422
    assert "Please give a reason." in refused.text
    assert (
        post_move(client, reference, "sort", best="noise", reason="They mean the drill.").status_code == 303
    )


def test_officers_are_not_offered_to_sort(app: Flask, browse: Browse) -> None:
    page = see(browse, "officer", keep(app, make_report, advice=advised(0.97)))
    assert 'name="best"' not in page
    assert "/case?" in page  # where they say whose it is


def test_without_the_classifier_the_desk_has_the_list_of_categories(app: Flask, browse: Browse) -> None:
    reference = keep(app, make_undecided)
    page = see(browse, "coordinator", reference)
    assert "could not be asked" in page
    assert "Unpaid wages → Labour and Social Security" in page
    client = browse("coordinator")
    refused = post_move(client, reference, "sort", category="", reason="")
    assert (refused.status_code, "Please choose a category." in refused.text) == (422, True)
    assert post_move(client, reference, "idea", category="noise").status_code == 303
    assert look_up(client, reference, lambda t: t.kind) == Kind.IDEA


def test_a_forged_category_or_colleague_is_refused(app: Flask, browse: Browse) -> None:
    reference = keep(app, make_report)
    client = browse("coordinator")
    assert post_move(client, reference, "sort", category="moon-dust", reason="x").status_code == 422
    assert post_move(client, reference, "sort", best="moon-dust", reason="x").status_code == 422
    with app.app_context():
        resident = person(db.session(), "resident").id
    assert post_move(client, reference, "give", person=str(resident)).status_code == 422
    assert post_move(client, reference, "give", person="").status_code == 422
    assert look_up(client, reference, lambda t: t.assignee_id) is None


def test_what_was_typed_stays_when_something_is_missing(app: Flask, browse: Browse) -> None:
    reference = keep(app, make_idea)
    answer = post_move(browse("coordinator"), reference, "decide", reason="A very good thought indeed")
    assert answer.status_code == 422
    assert "A very good thought indeed" in answer.text
    assert "Please choose a decision." in answer.text
    assert re.search(r'<details class="move" id="decide" open>', answer.text)
    assert answer.text.count("<title>Error: ") == 1


@pytest.mark.parametrize(
    ("verb", "field"), [("ask", "question"), ("reply", "reply"), ("note", "note"), ("fix", "done")]
)
def test_empty_words_and_too_many_are_refused(app: Flask, browse: Browse, verb: str, field: str) -> None:
    reference = keep(app, make_report)
    client = browse("officer")
    for text in ("", "   ", "😀😀", "\u202e\x00"):
        assert post_move(client, reference, verb, **{field: text}).status_code == 422, text
    long = post_move(client, reference, verb, **{field: "字" * 5_001})
    assert long.status_code == 422
    assert "5,000" in long.text


def test_a_move_needs_to_know_what_was_seen(app: Flask, browse: Browse) -> None:
    reference = keep(app, make_report)
    client = browse("officer")
    for seen in ("", "x", "-1"):
        answer = client.get(f"/staff/{reference}")
        assert answer.status_code == 200
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.text)
        assert token
        sent = client.post(f"/staff/{reference}/start", data={"csrf_token": token[1], "seen": seen})
        assert sent.status_code in (409, 422), seen
    assert look_up(client, reference, lambda t: t.status) == Status.WITH_DEPARTMENT


def test_a_move_without_a_token_of_the_session_is_refused(app: Flask, browse: Browse) -> None:
    reference = keep(app, make_report)
    client = browse("officer")
    assert client.post(f"/staff/{reference}/start", data={"seen": "2"}).status_code == 400
    assert look_up(client, reference, lambda t: t.status) == Status.WITH_DEPARTMENT


def test_whoever_comes_second_is_told_what_changed_and_keeps_their_words(app: Flask, browse: Browse) -> None:
    reference = keep(app, make_report)
    first, second = browse("officer"), browse("coordinator")
    seen = look_up(first, reference, lambda t: t.last_sequence)
    assert post_move(first, reference, "start", seen=seen).status_code == 303
    told = post_move(second, reference, "ask", seen=seen, question="Which lamp do you mean?")
    assert told.status_code == 409
    assert "Someone else changed this while you were reading it." in told.text
    assert "Work has begun." in told.text
    assert "Which lamp do you mean?" in told.text
    assert look_up(first, reference, lambda t: t.status) == Status.IN_PROGRESS
    newest = re.search(r'id="ask-seen" name="seen" type="hidden" value="(\d+)"', told.text)
    assert newest
    again = post_move(second, reference, "ask", seen=int(newest[1]), question="Which lamp do you mean?")
    assert again.status_code == 303


def test_words_are_given_back_where_the_move_is_gone(app: Flask, browse: Browse) -> None:
    reference = keep(app, make_report)
    first, second = browse("officer"), browse("coordinator")
    seen = look_up(first, reference, lambda t: t.last_sequence)
    post_move(first, reference, "no-action", seen=seen)
    told = post_move(second, reference, "fix", seen=seen, done="Put in a new bulb")
    assert told.status_code == 409
    assert "What you typed" in told.text
    assert "Put in a new bulb" in told.text
    assert look_up(first, reference, lambda t: t.status) == Status.NO_ACTION


def test_words_are_given_back_where_the_matter_went_to_another_department(app: Flask, browse: Browse) -> None:
    reference = keep(app, make_report)
    seen = look_up(browse("officer"), reference, lambda t: t.last_sequence)
    post_move(browse("coordinator"), reference, "sort", category="wages", reason="Pay.")
    told = post_move(browse("officer"), reference, "reply", seen=seen, reply="We shall come on Monday")
    assert told.status_code == 404
    assert "We shall come on Monday" in told.text


def test_giving_it_away_names_both(app: Flask, browse: Browse) -> None:
    reference = keep(app, make_report)
    with app.app_context():
        number = person(db.session(), "coordinator").id
    client = browse("officer")
    assert post_move(client, reference, "give", person=str(number)).status_code == 303
    page = see(browse, "officer", reference)
    assert "Given to coordinator." in page
    assert "Department (officer)" in page


def test_the_timeline_of_staff_marks_what_is_for_staff_only(app: Flask, browse: Browse) -> None:
    reference = keep(app, make_report)
    post_move(browse("officer"), reference, "note", note="Seen there before.")
    page = see(browse, "coordinator", reference)
    assert "Seen there before." in page
    assert "Staff only" in page


def test_danger_words_are_shown(app: Flask, browse: Browse) -> None:
    page = see(browse, "officer", keep(app, make_report, "A strong smell of gas in the stairwell"))
    assert "Danger words put it at the top" in page
    assert "smell of gas" in page


def test_danger_without_a_word_for_it_is_explained(app: Flask, browse: Browse) -> None:
    advice = advice_saying("roads-paving")
    felt = Advice(replace(advice.urgency, level="danger", words=()), advice.said)
    page = see(browse, "officer", keep(app, make_report, advice=felt))
    assert "No single word says so" in page


@pytest.mark.parametrize(
    ("sure", "told", "number"),
    [
        ((0.75, 0.9), "not enough to decide alone", "It decides alone from 90%"),
        ((0.9295, 0.9299), "a little surer still", ""),
        ((0.93, 1.01), "does not decide alone for this department", ""),
    ],
)
def test_why_a_person_decides_is_told_so_that_it_makes_sense(
    app: Flask, browse: Browse, sure: tuple[float, float], told: str, number: str
) -> None:
    probability, threshold = sure
    advice = advised(probability)
    assert advice.said
    advice = Advice(advice.urgency, replace(advice.said, threshold=threshold))
    page = see(browse, "coordinator", keep(app, make_report, category=None, advice=advice))
    assert told in page
    assert number in page
    assert bool(number) == ("It decides alone from" in page)


def test_an_idea_needs_no_sureness_to_be_where_it_is(app: Flask, browse: Browse) -> None:
    page = see(browse, "panellist", keep(app, make_idea, category=None))
    assert "Every idea goes to the innovation queue" in page
    assert "automatic sorting was" not in page


def test_only_permitted_moves_are_offered(app: Flask, browse: Browse) -> None:
    def offered(name: str, reference: str) -> set[str]:
        return set(re.findall(rf'action="/staff/{reference}/([a-z-]+)[?"]', see(browse, name, reference)))

    report, idea = keep(app, make_report), keep(app, make_idea)
    undecided = keep(app, make_undecided)
    working = {"take", "give", "start", "fix", "ask", "reply", "note", "hide", "not-ours", "no-action"}
    working |= {"count", "merge", "recurs", "outside", "danger", "weigh"}
    assert offered("officer", report) == working - {"not-ours"}
    assert offered("coordinator", report) == working | {"sort", "idea"}
    assert offered("coordinator", idea) == {
        *(
            "take",
            "give",
            "open",
            "decide",
            "no-action",
            "sort",
            "idea",
            "ask",
            "reply",
            "note",
            "hide",
            "count",
            "merge",
        )
    }
    assert offered("coordinator", undecided) == {
        *("sort", "idea", "ask", "note", "hide", "no-action", "merge", "danger", "weigh")
    }
    post_move(browse("officer"), report, "fix")
    assert offered("officer", report) == {"reopen", "reply", "note", "hide", "count", "recurs"}


def test_a_voice_needs_to_be_said_somehow(app: Flask, browse: Browse) -> None:
    reference = keep(app, make_report)
    client = browse("officer")
    answer = post_move(client, reference, "count", channel="web")
    assert answer.status_code == 422
    assert look_up(client, reference, lambda t: t.votes_total) == 0
    seen = look_up(client, reference, lambda t: t.last_sequence)
    for expected in (303, 409):  # a double click
        assert post_move(client, reference, "count", seen=seen, channel="phone").status_code == expected
    assert look_up(client, reference, lambda t: t.votes_total) == 1
    assert "Counted one more person. How they said it: By telephone." in see(browse, "officer", reference)


def test_a_reference_may_be_written_otherwise_and_a_wrong_one_is_not_found(
    app: Flask, browse: Browse
) -> None:
    reference = keep(app, make_report)
    client = browse("officer")
    assert client.get(f"/staff/{reference.replace('-', '')}").location == f"/staff/{reference}"
    for wrong in ("123-456-789", "nonsense", "%00", reference[:-1]):
        assert client.get(f"/staff/{wrong}").status_code == 404
    assert post_move(client, reference, "dance", seen=2, x="1").status_code == 404
    assert browse("outsider").get(f"/staff/{reference}").status_code == 404


def test_a_reply_is_public_and_a_question_is_not(app: Flask, browse: Browse) -> None:
    reference = keep(app, make_report)
    client = browse("officer")
    post_move(client, reference, "ask", question="Which lamp?")
    post_move(client, reference, "reply", reply="We are on our way.")
    with app.app_context():
        session = db.session()
        number = look_up(client, reference, lambda t: t.id)
        public = [e.kind for e in list_events(session, number, "public")]
    assert "thread.replied" in public
    assert "thread.asked" not in public


def test_what_comes_next_follows_the_list_one_came_from(app: Flask, browse: Browse) -> None:
    def make_two(session: Session) -> Thread:
        places: Directory = directory(session)
        first = make_report(session, "First of all", place_id=places.place_codes["liu-2"].id)
        make_report(session, "Then this one")
        return first

    reference = keep(app, make_two)
    page = see(browse, "officer", reference, "&queue=queue")
    titles = re.findall(r'class="row__title"[^>]*>([^<]*)<', page)
    assert titles == ["First of all", "Then this one"]
    assert page.count('aria-current="true"') >= 1
    following = re.findall(r'href="([^"]+)" rel="next"', page)
    assert len(following) == 1
    assert 'rel="prev"' in browse("officer").get(following[0]).text


def test_notes_need_no_open_matter(app: Flask, browse: Browse) -> None:
    def make_withdrawn(session: Session) -> Thread:
        from portal.threads.actions import withdraw
        from portal.threads.events import resident

        report = make_report(session)
        reply(session, report, "Thank you.", by=Actor(person(session, "officer"), "officer"), now=SOON)
        withdraw(session, report, by=resident(report.author), now=SOON)
        return report

    reference = keep(app, make_withdrawn)
    assert post_move(browse("officer"), reference, "note", note="They rang.").status_code == 303
    assert post_move(browse("officer"), reference, "reply", reply="Too late.").status_code == 409
