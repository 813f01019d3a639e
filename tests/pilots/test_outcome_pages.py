"""The pages of effects, reviews and practices, from a passer-by's form to a trial at another place."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import RoleName
from portal.communities.models import Place
from portal.core import clock
from portal.core.dates import today
from portal.core.db import db
from portal.pilots.actions import give_up_plan
from portal.pilots.effects import Effect
from portal.pilots.gates import Gate, GateKind, Verdict
from portal.pilots.models import Indicator, Pilot, PilotState
from portal.pilots.practices_actions import change_practice, draft_practice, publish_practice, take_up
from portal.pilots.queries import list_indicators
from portal.threads.models import Thread, Vote
from tests.administration.filling import fill
from tests.factories import Browse, add_person, add_role, count_queries, directory, form_fields, person
from tests.pictures import jpeg, post_files
from tests.pilots.piloting import DAY, WEEK, coordinator, make_plan, make_running, measure
from tests.pilots.test_effects import GOOD, HARM, tell
from tests.pilots.test_gates import end_gate, seat, settle
from tests.threads.publishing import writing

EFFECT = {
    "nature": "unwanted",
    "severity": "notable",
    "text": "The paint is slippery.",
    "evidence": "In rain.",
}


@pytest.fixture
def code(app: Flask) -> str:
    """The code of a pilot that runs."""
    with writing(app) as session:
        _thread, pilot, _one = make_running(session)
        return pilot.code


def test_anybody_tells_an_effect_with_a_photo_and_staff_show_it(
    app: Flask, browse: Browse, code: str
) -> None:
    passer, page = browse(), f"/pilots/{code}/effect"
    sent = form_fields(passer.get(page).text) | EFFECT | {"photo_alt": "A wet crossing"}
    for _twice in range(2):
        answer = post_files(passer, page, sent, (("wet.jpg", jpeg()),))
        assert answer.status_code == 303
    shown = f"/pilots/{code}?lang=en"
    assert "slippery" in passer.get(shown).text
    assert "slippery" not in browse().get(shown).text
    with app.app_context():
        effect = db.session.scalars(select(Effect)).one()
        number, photo = effect.id, f"/pilots/effects/{effect.id}/photo/small"
    staff = browse("coordinator")
    assert [c.get(photo).status_code for c in (browse(), browse("outsider"), passer, staff)] == [
        404,
        404,
        200,
        200,
    ]
    assert "1 effect waits for a first look" in staff.get("/staff?lang=en").text
    assert "slippery" in staff.get("/staff/pilots/effects?lang=en").text
    fields = form_fields(staff.get(f"/staff/pilots/{code}/effects").text)
    assert staff.post(f"/staff/pilots/effects/{number}/show", data=fields).status_code == 303
    assert "slippery" in browse().get(shown).text
    assert browse().get(photo).status_code == 200
    done = fields | {"words": "Sand is in the paint now."}
    assert staff.post(f"/staff/pilots/effects/{number}/answer", data=done).status_code == 303
    assert "Sand is in the paint" in browse().get(shown).text
    assert staff.post(f"/staff/pilots/effects/{number}/hide", data=fields | {"words": ""}).status_code == 422
    long = staff.post(f"/staff/pilots/effects/{number}/hide?lang=en", data=fields | {"words": "Why? " * 500})
    assert long.status_code == 422
    assert f'href="#hide-{number}"' in long.text
    assert long.text.count("Why? Why?") == 250  # in its own field alone
    assert staff.post(f"/staff/pilots/effects/{number}/hide", data=done).status_code == 303
    assert "slippery" not in browse().get(shown).text
    assert browse().get(photo).status_code == 404


def test_what_was_typed_and_the_photo_are_kept_when_something_is_missing(
    app: Flask, browse: Browse, code: str
) -> None:
    passer, page = browse(), f"/pilots/{code}/effect?lang=en"
    sent = form_fields(passer.get(page).text) | {"text": "<b>Bold</b> 13800138000", "severity": "slight"}
    answer = post_files(passer, page, sent, (("wet.jpg", jpeg()),))
    assert answer.status_code == 422
    assert "&lt;b&gt;Bold&lt;/b&gt;" in answer.text
    assert "Your photo is kept" in answer.text
    again = form_fields(answer.text) | sent | {"photo": form_fields(answer.text)["photo"], "nature": "wanted"}
    assert post_files(passer, page, again, ()).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(Effect)).one().photo_key
    assert "138••••••00" in passer.get(f"/pilots/{code}").text


def test_one_person_cannot_flood_a_pilot(browse: Browse, code: str) -> None:
    resident, page = browse("resident"), f"/pilots/{code}/effect"
    answers = []
    for number in range(11):
        sent = form_fields(resident.get(page).text) | EFFECT | {"text": f"Number {number}"}
        answers.append(resident.post(page, data=sent).status_code)
    assert answers == [303] * 10 + [429]


def test_an_evaluator_declares_and_judges_and_nobody_else_sees_the_page(
    app: Flask, browse: Browse, code: str
) -> None:
    with writing(app) as session:
        add_person(session, "expert")
        gate = session.scalars(select(Gate).where(Gate.kind == GateKind.END)).one().id
    staff, expert = browse("coordinator"), browse("expert")
    review = f"/staff/pilots/{code}/review"
    asked = form_fields(staff.get(review).text) | {"person": "0", "email": "nobody@example.org", "body": "x"}
    assert staff.post(f"{review}/judges", data=asked).status_code == 422
    decides = asked | {"email": "coordinator@example.org"}
    assert staff.post(f"{review}/judges", data=decides).status_code == 422
    asked |= {"email": "expert@example.org", "body": "Road safety"}
    assert staff.post(f"{review}/judges", data=asked).status_code == 303
    page = f"/judging/{code}"
    assert browse("neighbour").get(page).status_code == 404
    fields = form_fields(expert.get(page).text)
    assert expert.post(f"{page}/{gate}", data=fields | {f"g{gate}-advice": "stop"}).status_code == 422
    assert expert.post(f"{page}/declare", data=fields).status_code == 422
    assert expert.post(f"{page}/declare", data=fields | {"part": "free"}).status_code == 303
    said = {f"g{gate}-advice": "scale", f"g{gate}-text": "It works in rain too."}
    assert expert.post(f"{page}/{gate}", data=fields | said).status_code == 303
    assert "It works in rain too." in expert.get(f"{page}?lang=en").text
    for address in (f"/pilots/{code}", f"/pilots/{code}/print"):
        open_yet = browse().get(f"{address}?lang=en").text
        assert "It works in rain too." not in open_yet
        assert "1 opinion was given." in open_yet
    typed = {"verdict": "scale", "reason": "Half the cars."}
    assert fill(staff, f"{review}/{gate}", **typed).status_code == 303
    public = browse().get(f"/pilots/{code}?lang=en").text
    assert "It works in rain too." in public
    assert "Road safety" in public
    assert "expert" not in public
    assert "A painted crossing" in expert.get("/judging?lang=en").text


def test_an_evaluator_who_came_to_have_a_part_reads_so_before_they_write(
    app: Flask, browse: Browse, code: str
) -> None:
    with writing(app) as session:
        pilot = session.scalars(select(Pilot)).one()
        thread = session.get_one(Thread, pilot.thread_id)
        seat(session, thread, pilot)
    page = f"/judging/{code}?lang=en"
    assert "Give this opinion" in browse("panellist").get(page).text
    with writing(app) as session:
        pilot = session.scalars(select(Pilot)).one()
        judge = person(session, "panellist")
        session.add(Vote(thread_id=pilot.thread_id, person_id=judge.id, at=clock.now()))
    told = browse("panellist").get(page).text
    assert "Give this opinion" not in told
    assert "Whoever proposed or supports an idea" in told


def test_from_a_pilot_that_worked_to_a_trial_at_another_place(app: Flask, browse: Browse, code: str) -> None:
    with writing(app) as session:
        pilot = session.scalars(select(Pilot)).one()
        gate = end_gate(session, pilot).id
        place = session.scalars(select(Place).where(Place.code == "qiao-1")).one()
        add_role(session, add_person(session, "bridge"), RoleName.COORDINATOR, place, None)
    staff = browse("coordinator")
    decide = f"/staff/pilots/{code}/review/{gate}"
    tried = fill(staff, decide, verdict="scale", reason="Half the cars.")
    assert tried.status_code == 422
    assert "Half the cars." in tried.text
    answer = fill(staff, decide, verdict="scale", reason="Half the cars.", unheard="Nobody answered.")
    assert answer.location == f"/staff/practices/{code}/edit"
    assert browse().get(f"/practices/{code}").status_code == 404
    short = fill(staff, answer.location, problem="Cars stop on the crossing.", publish="y")
    assert short.status_code == 422
    typed = {"problem": "Cars stop on the crossing 車輛停在斑馬線.", "how_to": "Buy paint.", "publish": "y"}
    assert fill(staff, answer.location, **typed).location == f"/practices/{code}"
    for query, found in (
        ("crossing", True),
        ("车辆", True),
        ("斑马线", True),
        ("线斑", False),
        ("bridge", False),
    ):
        assert ("A painted crossing" in browse().get(f"/practices?q={query}").text) is found, query
    bridge = browse("bridge")
    assert "Take this up here" in bridge.get(f"/practices/{code}?lang=en").text
    taken = fill(bridge, f"/staff/practices/{code}/take-up", place=str(place_id(app, "qiao-1")))
    assert taken.status_code == 303
    twice = fill(bridge, f"/staff/practices/{code}/take-up", place=str(place_id(app, "qiao-1")))
    assert twice.location == taken.location
    later = {"place": str(place_id(app, "qiao-1")), "ends_on": "2041-01-31"}
    assert fill(bridge, f"/staff/practices/{code}/take-up", **later).status_code == 409
    with app.app_context():
        other = db.session.scalars(select(Pilot).where(Pilot.parent_id.is_not(None))).one()
        one = db.session.scalars(select(Indicator).where(Indicator.pilot_id == other.id)).one()
        assert (other.state, other.if_we) == (PilotState.PLANNED, "we paint the crossing yellow")
        assert (one.name, one.baseline, one.target) == ("Cars on the crossing", None, 5.0)
        assert one.baseline_until < other.starts_on
    page = browse().get(f"/practices/{code}?lang=en").text
    assert "Stonebridge First Lane" in page
    assert "Willow First Lane" in page
    assert "Change what it says" not in bridge.get(f"/practices/{code}?lang=en").text
    assert "Change what it says" in staff.get(f"/practices/{code}?lang=en").text
    assert bridge.get(f"/staff/practices/{code}/edit").status_code == 404


def test_the_results_of_all_places_tell_harm_and_cost_and_leave_out_plans_given_up(
    app: Flask, browse: Browse, code: str
) -> None:
    with writing(app) as session:
        pilot, now = session.scalars(select(Pilot)).one(), clock.now()
        thread, by = session.get_one(Thread, pilot.thread_id), coordinator(session)
        tell(session, thread, pilot, HARM)
        said = "Slow but fair."
        settle(session, thread, pilot, end_gate(session, pilot), Verdict.SCALE, reason=said)
        practice = draft_practice(session, thread, pilot, {"problem": "Cars."}, by=by, now=now)
        assert practice
        publish = {"what": "Paint.", "how_to": "Buy paint."}
        change_practice(session, practice, publish, seen=practice.revision, now=now)
        publish_practice(session, thread, pilot, practice, by=by, now=now)
        place = directory(session).place_codes["qiao-1"]
        days = {"starts_on": today() + WEEK, "ends_on": today() + 9 * WEEK}
        take_up(session, thread, practice, place, **days, by=by, now=now)
    page = browse().get(f"/practices/{code}?lang=en").text
    for words in ("A child fell on the wet paint.", "0 yuan spent, of 2,000 planned.", said, "being planned"):
        assert words in page
    with writing(app) as session:
        other = session.scalars(select(Pilot).where(Pilot.parent_id.is_not(None))).one()
        thread, by = session.get_one(Thread, other.thread_id), coordinator(session)
        give_up_plan(session, thread, other, "No paint.", seen=other.revision, by=by, now=now)
    assert "Stonebridge" not in browse().get(f"/practices/{code}?lang=en").text


def test_an_adjusted_pilot_goes_on_in_its_next_round(app: Flask, browse: Browse, code: str) -> None:
    with writing(app) as session:
        gate = end_gate(session, session.scalars(select(Pilot)).one()).id
        later = (today() + 20 * WEEK).isoformat()
    staff = browse("coordinator")
    typed = {"verdict": "adjust", "reason": "The paint was too thin.", "unheard": "It is plain to see."}
    page = f"/staff/pilots/{code}/review/{gate}"
    assert fill(staff, page, **typed).status_code == 422  # until when?
    late = fill(staff, page, **typed, ends_on=later, seen="99")
    assert late.status_code == 409
    assert 'name="seen" type="hidden" value="99"' not in late.text  # it can be sent again
    assert fill(staff, page, **typed, ends_on=later).status_code == 303
    public = browse().get(f"/pilots/{code}?lang=en").text
    assert "Adjust it and try a next round" in public
    assert "Round 2" in public
    assert "The paint was too thin." in public
    assert "Round 2 began on" not in public  # nothing was measured at all
    with writing(app) as session:
        pilot = session.scalars(select(Pilot)).one()
        thread, one = session.get_one(Thread, pilot.thread_id), list_indicators(session, pilot)[0]
        measure(session, thread, pilot, one, {today(): 4.0})
    for address in (f"/pilots/{code}", f"/pilots/{code}/print"):
        assert "In round 2, since" in browse().get(f"{address}?lang=en").text


def place_id(app: Flask, code: str) -> int:
    with app.app_context():
        return db.session.scalars(select(Place.id).where(Place.code == code)).one()


def test_room_is_set_by_administrators_and_seen_by_everybody(browse: Browse, code: str, app: Flask) -> None:
    administrator = browse("administrator")
    place = str(place_id(app, "liu"))
    wrong = fill(administrator, "/staff/pilots/room", place=place, at_once="3", in_a_year="2")
    assert wrong.status_code == 422
    right = fill(administrator, "/staff/pilots/room", place=place, at_once="2", in_a_year="3")
    assert right.status_code == 303
    assert "1 of 2 used" in browse().get("/pilots?lang=en").text
    assert browse("coordinator").get("/staff/pilots/room").status_code == 403


def test_what_is_past_its_last_day_or_was_given_up_says_so(app: Flask, browse: Browse, code: str) -> None:
    with writing(app) as session:
        pilot = session.scalars(select(Pilot)).one()
        pilot.ends_on = today() - DAY
        thread, plan = make_plan(session, session.get_one(Thread, pilot.thread_id))
        by, seen = coordinator(session), plan.revision
        give_up_plan(session, thread, plan, "No money.", seen=seen, by=by, now=clock.now())
    page = browse().get("/pilots?lang=en").text
    assert "Over, not decided yet" in page
    assert "Given up before it began" in page


def test_the_pages_ask_no_more_for_more_effects_and_trials(app: Flask, browse: Browse, code: str) -> None:
    def asked(address: str) -> int:
        client = browse()
        client.get(address)
        with count_queries(app) as statements:
            assert client.get(address).status_code == 200
        return len(statements)

    before = asked(f"/pilots/{code}")
    with writing(app) as session:
        pilot = session.scalars(select(Pilot)).one()
        found = session.get_one(Thread, pilot.thread_id)
        for number in range(5):
            tell(session, found, pilot, GOOD, key=f"k{number}")
    assert asked(f"/pilots/{code}") <= before + 1
