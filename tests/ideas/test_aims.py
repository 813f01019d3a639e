"""What an idea would prevent: proposed, confirmed by people, and counted on the pages of both."""

from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.tokens import sign
from portal.ideas.aiming import find_target, propose_aims
from portal.ideas.aims import MOST_AIMS, Aim, Target, aims_as, list_aims, say_aim
from portal.ideas.call_actions import set_matters
from portal.ideas.needs import LEAST, Need, list_answers, read_needs
from portal.insight.years import count_years, keep_years
from portal.intake.queries import TRACKING
from portal.routing.actions import first_decision
from portal.threads.chains import tie
from portal.threads.events import SYSTEM, Actor, resident
from portal.threads.models import Event, EventVisibility, Status, Thread, Visibility
from portal.threads.queries import find_by_reference
from tests.factories import NOW, Browse, directory, form_fields, make_idea, make_report, person
from tests.ideas.calling import coordinator, make_call, make_idea_in
from tests.threads.publishing import writing
from tests.triage.moving import post

EN = "lang=en"
YEAR = timedelta(days=365)


def target(session: Session, category: str = "roads-paving", place: str = "liu-1") -> Target:
    known = directory(session)
    return Target(known.category_codes[category].id, known.place_codes[place].id)


def say(session: Session, idea: Thread, aim: Target, *, holds: bool = True, by: Actor | None = None) -> None:
    say_aim(session, idea, aim, holds=holds, by=by or coordinator(session), now=NOW)


def proposed(session: Session, idea: Thread) -> list[Target]:
    aims = list_aims(session, idea.id)
    return propose_aims(session, idea, aims, directory(session), since=NOW - YEAR)


def make_chain(session: Session, times: int = 3, **given: object) -> list[Thread]:
    """Make a matter that has come up so often at one place."""
    reports = [
        make_report(session, f"Dark again, {n}.", now=NOW + n * timedelta(days=9), **given)
        for n in range(times)
    ]
    for earlier, later in pairwise(reports):
        tie(session, later, earlier, by=SYSTEM, now=later.created_at)
    return reports


def test_its_own_category_at_its_place_is_proposed(session: Session) -> None:
    idea = make_idea(session)
    assert proposed(session, idea) == [target(session, "parks-planning")]


def test_what_the_classifier_thought_likely_is_proposed_where_it_was_reported(session: Session) -> None:
    idea = make_idea(session)
    kept = [["parks-planning", 0.6], ["roads-paving", 0.3], ["noise", 0.3], ["wages", 0.05], ["gone", 0.4]]
    first_decision(session, idea.id).alternatives = kept
    make_report(session)
    make_report(session, category="wages")
    assert proposed(session, idea) == [target(session, "parks-planning"), target(session)]


def test_what_comes_up_again_near_is_proposed_until_somebody_has_spoken_of_it(session: Session) -> None:
    idea = make_idea(session, category="roads-paving")
    chain = make_chain(session)
    make_chain(session, category="noise")
    again = [aim for aim in proposed(session, idea) if aim.report_id]
    assert again == [Target(target(session).category_id, target(session).place_id, chain[-1].id)]
    say(session, idea, again[0], holds=False)
    assert [aim for aim in proposed(session, idea) if aim.report_id] == []


@pytest.mark.parametrize("seen", [Visibility.PRIVATE, Visibility.HIDDEN, Visibility.FIRST_LOOK])
def test_what_is_not_public_is_never_proposed(session: Session, seen: Visibility) -> None:
    idea = make_idea(session, category="roads-paving")
    for report in make_chain(session):
        report.visibility = seen
    session.flush()
    assert [aim for aim in proposed(session, idea) if aim.report_id] == []


def test_the_reason_of_its_call_is_proposed(session: Session) -> None:
    call = make_call(session)
    chain = make_chain(session, category="noise")
    set_matters(session, call, [chain[1].reference], seen=call.revision, by=coordinator(session), now=NOW)
    idea = make_idea_in(session, call)
    assert [aim.report_id for aim in proposed(session, idea) if aim.report_id] == [chain[1].id]


def test_said_twice_it_counts_once_and_the_last_word_counts(session: Session) -> None:
    idea = make_idea(session)
    for holds in (True, True, False, False, True):
        say(session, idea, target(session), holds=holds)
    (aim,) = list_aims(session, idea.id)
    assert aim.holds
    kinds = [
        e.kind for e in session.scalars(select(Event).where(Event.thread_id == idea.id)) if "aim" in e.kind
    ]
    assert kinds == ["idea.aimed", "idea.aim_dropped", "idea.aimed"]


def test_that_a_proposal_was_refused_concerns_staff_only(session: Session) -> None:
    idea = make_idea(session)
    say(session, idea, target(session), holds=False)
    event = session.scalars(select(Event).where(Event.kind == "idea.aim_dropped")).one()
    assert event.visibility == EventVisibility.STAFF


def test_an_idea_has_not_more_aims_than_a_page_can_show(session: Session) -> None:
    idea, known = make_idea(session), directory(session)
    place = known.place_codes["liu-1"].id
    categories = list(known.categories)
    targets = [Target(c, p) for c in categories for p in (place, known.place_codes["liu"].id)]
    for aim in targets[:MOST_AIMS]:
        say(session, idea, aim)
    with pytest.raises(Invalid):
        say(session, idea, targets[MOST_AIMS])
    idea.status = Status.WITHDRAWN
    with pytest.raises(Conflict):
        say(session, idea, targets[0], holds=False)


def test_who_may_say_so(session: Session) -> None:
    known = directory(session)
    idea = make_idea(session)
    roles = {
        name: (by := aims_as(person(session, name), idea, known)) and by.role
        for name in (
            "resident",
            "neighbour",
            "officer",
            "outsider",
            "coordinator",
            "panellist",
            "administrator",
        )
    }
    assert roles == {
        "resident": "resident",
        "neighbour": None,
        "officer": "officer",
        "outsider": None,
        "coordinator": "coordinator",
        "panellist": "panellist",
        "administrator": None,
    }
    idea.visibility = Visibility.PRIVATE
    assert aims_as(person(session, "officer"), idea, known) is None
    assert aims_as(None, idea, known) is None
    assert aims_as(person(session, "coordinator"), make_report(session), known) is None


@pytest.mark.parametrize(
    "text", ["", "c1", "c1.p", "c1.p99999", "r1", "r99999999999999999999", "c１.p1", "x.y", "r1.p1"]
)
def test_what_no_target_is_leads_nowhere(session: Session, text: str) -> None:
    make_report(session)
    assert find_target(session, text, directory(session)) is None


def test_a_target_is_found_again_by_its_key(session: Session) -> None:
    chain = make_chain(session)
    for aim in (target(session), Target(target(session).category_id, target(session).place_id, chain[0].id)):
        assert find_target(session, aim.key, directory(session)) == aim


def make_need(session: Session, reports: int, **given: object) -> None:
    for n in range(reports):
        make_report(session, f"A hole in the road, {n}.", **given)


def needs(session: Session) -> list[Need]:
    return read_needs(session, directory(session), NOW)


def test_a_need_is_told_from_five_public_reports_on(session: Session) -> None:
    make_need(session, LEAST - 1)
    make_report(session, private=True)
    make_report(session, now=NOW - YEAR - timedelta(days=1))
    duplicate = make_report(session)
    duplicate.status = Status.DUPLICATE
    session.flush()
    assert needs(session) == []
    make_need(session, 1)
    (need,) = needs(session)
    assert (need.category_id, need.place_id) == (target(session).category_id, target(session).place_id)
    assert (need.reports, need.open, need.ideas) == (LEAST, LEAST, 0)
    assert need.pressing > 0


@pytest.mark.parametrize(
    ("place", "answers"),
    [("liu-1", 1), ("liu-1-gate", 1), ("liu", 1), ("yunhe", 1), ("liu-2", 0), ("qiao-1", 0)],
)
def test_an_idea_answers_what_lies_in_and_around_its_aim(session: Session, place: str, answers: int) -> None:
    make_need(session, LEAST)
    idea = make_idea(session)
    say(session, idea, target(session, place=place))
    (need,) = needs(session)
    assert need.ideas == answers
    found = list_answers(session, need.category_id, need.place_id, directory(session), 9)
    assert [row.id for row in found] == [idea.id] * answers


def test_what_is_rare_in_each_neighbourhood_is_told_of_the_street(session: Session) -> None:
    known = directory(session)
    for place in ("liu-1", "liu-1", "liu-1", "liu-2", "liu-2"):
        make_report(session, place_id=known.place_codes[place].id)
    make_need(session, LEAST, category="noise")
    make_report(session, category="noise", place_id=known.place_codes["liu-2"].id)
    cells = [(known.categories[n.category_id].code, known.places[n.place_id].code) for n in needs(session)]
    assert set(cells) == {("roads-paving", "liu"), ("noise", "liu-1")}
    assert [n.reports for n in needs(session)] == [5, 5]


def test_an_idea_with_several_aims_is_one_answer(session: Session) -> None:
    make_need(session, LEAST)
    idea = make_idea(session)
    for place in ("liu-1", "liu", "liu-1-gate"):
        say(session, idea, target(session, place=place))
    assert [need.ideas for need in needs(session)] == [1]


@pytest.mark.parametrize("status", [Status.DECLINE, Status.WITHDRAWN, Status.COMBINED, Status.NO_ACTION])
def test_what_will_not_be_is_no_answer(session: Session, status: Status) -> None:
    make_need(session, LEAST)
    idea, hidden = make_idea(session), make_idea(session, "Fill the holes.")
    for each in (idea, hidden):
        say(session, each, target(session))
    idea.status, hidden.visibility = status, Visibility.HIDDEN
    session.flush()
    assert [need.ideas for need in needs(session)] == [0]


def test_what_only_the_machine_said_is_no_answer(session: Session) -> None:
    make_need(session, LEAST)
    make_idea(session, category="roads-paving")
    assert [need.ideas for need in needs(session)] == [0]


@pytest.fixture
def answered(app: Flask) -> tuple[str, str]:
    """A need with an idea: the references of the idea and of one of the reports."""
    with writing(app) as session:
        make_need(session, LEAST + 1, now=clock.now())
        idea = make_idea(session, category="roads-paving", now=clock.now())
        report = session.scalars(select(Thread).where(Thread.kind == "report").limit(1)).one()
        return idea.reference, report.reference


def test_the_sender_confirms_on_the_page_of_the_idea(
    client: FlaskClient, browse: Browse, answered: tuple[str, str]
) -> None:
    idea, report = answered
    sender = browse("resident")
    assert "Say what it would prevent" in sender.get(f"/ideas/{idea}?{EN}").text
    assert "Say what it would prevent" not in client.get(f"/ideas/{idea}?{EN}").text
    page = sender.get(f"/ideas/{idea}/aims?{EN}").text
    assert "6 reports in twelve months" in page
    assert "No idea answers 6 such reports yet" in client.get(f"/ideas/needs?{EN}").text
    fields = form_fields(page)
    assert sender.post(f"/ideas/{idea}/aims", data=fields | {"answer": "yes"}).status_code == 303
    html = client.get(f"/ideas/{idea}?{EN}").text
    assert "What it would prevent" in html
    assert "6 reports in twelve months" in html
    assert "Ideas that would prevent this" in client.get(f"/reports/{report}?{EN}").text
    assert "1 idea answers 6 such reports" in client.get(f"/reports?category=roads-paving&{EN}").text
    assert (
        "1 idea answers 6 such reports" in client.get(f"/reports?category=roads-paving&place=liu-1&{EN}").text
    )
    assert "1 idea answers" not in client.get(f"/reports?category=roads-paving&place=qiao-1&{EN}").text
    assert "1 idea answers 6 such reports" in client.get(f"/ideas/needs?{EN}").text
    assert f"/ideas/{idea}" in client.get(f"/ideas/needs/roads-paving/liu-1?{EN}").text
    assert "6,6," in client.get("/ideas/needs/table.csv").text


def test_the_sender_confirms_by_the_private_link(
    app: Flask, client: FlaskClient, answered: tuple[str, str]
) -> None:
    with app.app_context():
        idea, report = (find_by_reference(db.session(), reference) for reference in answered)
        assert idea is not None
        assert report is not None
        page, other = (f"/track/{sign(TRACKING, thread.id)}" for thread in (idea, report))
    assert f'href="{page}/aims"' in client.get(f"{page}?{EN}").text
    assert f'href="{other}/aims"' not in client.get(f"{other}?{EN}").text
    fields = form_fields(client.get(f"{page}/aims?{EN}").text)
    answer = client.post(f"{page}/aims", data=fields | {"answer": "yes"})
    assert (answer.status_code, answer.location) == (303, f"{page}/aims")
    assert "It would prevent" in client.get(f"{page}/aims?{EN}").text
    assert "1 idea answers 6 such reports" in client.get(f"/ideas/needs?{EN}").text
    assert client.get(f"{other}/aims").status_code == 303
    assert client.get("/track/nothing/aims").status_code == 404


def test_no_sender_answers_all_the_reports_of_a_whole_district(
    app: Flask, browse: Browse, answered: tuple[str, str]
) -> None:
    with app.app_context():
        whole = next(iter(directory(db.session()).children(None)))
        category = directory(db.session()).category_codes["roads-paving"].id
    sender, page = browse("resident"), f"/ideas/{answered[0]}/aims?{EN}"
    fields = {"answer": "yes", "target": f"c{category}.p{whole.id}"}
    assert post(sender, page, fields).status_code == 422
    assert "No idea answers" in sender.get(f"/ideas/needs?{EN}").text


def test_others_say_nothing(client: FlaskClient, browse: Browse, answered: tuple[str, str]) -> None:
    for other in (client, browse("neighbour"), browse("outsider")):
        assert other.get(f"/ideas/{answered[0]}/aims").status_code == 404
        assert post(other, f"/ideas/{answered[0]}/aims", {"answer": "yes"}).status_code == 404


def test_something_else_is_said_by_a_form_that_keeps_what_was_typed(
    app: Flask, browse: Browse, answered: tuple[str, str]
) -> None:
    idea, report = answered
    staff = browse("officer")
    address = f"/ideas/{idea}/aims?{EN}"
    nothing = post(staff, address, {"category": "", "place": "liu-1"})
    assert (nothing.status_code, "Please choose what it would prevent." in nothing.text) == (422, True)
    alone = post(staff, address, {"category": "", "place": "liu-1", "report": report})
    assert (alone.status_code, "has come up again" in alone.text, report in alone.text) == (422, True, True)
    gone = post(staff, address, {"answer": "yes", "target": "r0"})
    assert (gone.status_code, "not there any more" in gone.text) == (422, True)
    assert post(staff, address, {"category": "noise", "place": "liu"}).status_code == 303
    assert "Noise" in staff.get(f"/ideas/{idea}?{EN}").text
    with writing(app) as session:
        (first, *_rest) = make_chain(session)
        reference = first.reference
    assert post(staff, address, {"category": "", "report": reference, "place": "liu-1"}).status_code == 303
    assert "It has come up 3 times since" in staff.get(f"/ideas/{idea}?{EN}").text


def test_a_report_hidden_later_takes_its_chain_off_the_page(
    app: Flask, client: FlaskClient, answered: tuple[str, str]
) -> None:
    with writing(app) as session:
        chain, idea = make_chain(session), find_by_reference(session, answered[0])
        assert idea is not None
        say(session, idea, Target(target(session).category_id, target(session).place_id, chain[-1].id))
        number, reference = chain[-1].id, chain[-1].reference
    assert "Dark again, 2." in client.get(f"/ideas/{answered[0]}").text
    with writing(app) as session:
        session.get_one(Thread, number).visibility = Visibility.HIDDEN
    html = client.get(f"/ideas/{answered[0]}").text
    assert ("Dark again" in html, reference in html) == (False, False)


def test_hostile_words_are_text(app: Flask, client: FlaskClient, answered: tuple[str, str]) -> None:
    with writing(app) as session:
        chain, idea = (
            make_chain(session, title="<script>alert(1)</script>"),
            find_by_reference(session, answered[0]),
        )
        assert idea is not None
        by = resident(person(session, "resident"))
        say(session, idea, Target(target(session).category_id, target(session).place_id, chain[-1].id), by=by)
    html = client.get(f"/ideas/{answered[0]}").text
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_rows_name_who_said_so(session: Session) -> None:
    idea = make_idea(session)
    say(session, idea, target(session), by=resident(person(session, "resident")))
    assert session.scalars(select(Aim.decided_by_id)).one() == person(session, "resident").id


def test_staff_meet_it_on_their_page_of_an_idea(browse: Browse, answered: tuple[str, str]) -> None:
    idea, report = answered
    page = browse("panellist").get(f"/staff/{idea}?{EN}").text
    assert f'href="/ideas/{idea}/aims"' in page
    assert "1 thing is proposed that it may prevent" in page
    assert "What it would prevent" not in browse("officer").get(f"/staff/{report}?{EN}").text


def test_a_department_shows_what_of_it_needs_ideas(
    app: Flask, client: FlaskClient, answered: tuple[str, str]
) -> None:
    with writing(app) as session:
        known, now = directory(session), clock.now()
        keep_years(session, count_years(session, known, now=now), now=now)
        category = known.category_codes["roads-paving"]
        department = known.department_for(category.id, known.place_codes["liu-1"].id).code
    html = client.get(f"/departments/{department}?{EN}").text
    assert "No idea answers 6 such reports yet" in html
    assert answered[0] not in html
