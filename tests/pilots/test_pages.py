"""The pages of pilots: what everybody reads, what staff plan and enter."""

from datetime import date
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.core import clock
from portal.core.db import db
from portal.pilots.models import Pilot, PilotState
from portal.pilots.queries import find_pilot, list_amendments, list_indicators, read_values
from portal.threads.models import Visibility
from tests.factories import Browse, count_queries, directory, form_fields, person, thread_by_reference
from tests.pilots import piloting
from tests.pilots.piloting import DAY, WEEK, add_indicator, make_idea_to_try, make_plan, make_running, weekly
from tests.threads.publishing import writing
from tests.triage.moving import post

EN = "lang=en"
SHANGHAI = ZoneInfo("Asia/Shanghai")
DESK = "/staff/pilots"


def today() -> date:
    """Return the day that it is in the neighbourhood, also outside of a request."""
    return clock.now().astimezone(SHANGHAI).date()


@pytest.fixture
def running(app: Flask) -> str:
    """The code of a pilot that began today."""
    with writing(app) as session:
        return make_running(session)[1].code


def read(app: Flask, code: str) -> Pilot:
    pilot = find_pilot(db.session(), code)
    assert pilot is not None
    return pilot


def number_of(app: Flask, code: str) -> int:
    with app.app_context():
        return list_indicators(db.session(), read(app, code))[0].id


def planned(app: Flask, **given: str) -> dict[str, str]:
    with app.app_context():
        place = directory(db.session()).place_codes["liu-1"].id
        owner = person(db.session(), "officer").id
        first = today()
    return {
        "seen": "0",
        "title": "A painted crossing",
        "if_we": "we paint it",
        "then": "cars slow down",
        "because": "it is seen",
        "place": str(place),
        "starts_on": str(first + WEEK),
        "ends_on": str(first + 9 * WEEK),
        "owner": str(owner),
        "budget": "2000",
        **given,
    }


def measured(**given: str) -> dict[str, str]:
    first = today()
    return {
        "indicator_name": "Cars on the crossing",
        "filled": "entered",
        "category": "0",
        "unit": "cars",
        "direction": "down",
        "baseline_from": str(first - 6 * WEEK),
        "baseline_until": str(first - DAY),
        "target": "5",
        "stop_at": "15",
        "comparison": "0",
        **given,
    }


def test_without_pilots_the_list_says_so(client: FlaskClient) -> None:
    assert "No pilots yet" in client.get(f"/pilots?{EN}").text
    assert client.get("/pilots/none").status_code == 404


def test_everybody_reads_plan_and_figures(client: FlaskClient, running: str) -> None:
    assert f'href="/pilots/{running}"' in client.get(f"/pilots?{EN}").text
    page = client.get(f"/pilots/{running}?{EN}").text
    for text in ("we paint the crossing yellow", "Cars on the crossing", "<svg viewBox", "Running", "10.7"):
        assert text in page
    assert "Nothing has been measured since the start yet." in page


def test_the_owner_is_shown_by_office_and_not_by_name(app: Flask, client: FlaskClient, running: str) -> None:
    with writing(app) as session:
        person(session, "officer").name = "Quagga Li"
    page = client.get(f"/pilots/{running}?{EN}").text
    assert "Officer · " in page
    assert "Quagga" not in page
    assert "Quagga" not in client.get(f"/pilots/{running}/print?{EN}").text


def test_the_report_is_complete(client: FlaskClient, running: str) -> None:
    page = client.get(f"/pilots/{running}/print?{EN}").text
    for text in (
        "<svg viewBox",
        "we paint the crossing yellow",
        "Stop threshold",
        piloting.SOURCE,
        "The school",
    ):
        assert text in page


def test_all_values_can_be_taken_away(client: FlaskClient, running: str) -> None:
    lines = client.get(f"/pilots/{running}/values.csv?{EN}").data.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + len(piloting.BEFORE)
    assert lines[1].endswith(f"10.0,{piloting.SOURCE}")


@pytest.mark.parametrize("visibility", [Visibility.HIDDEN, Visibility.PRIVATE])
def test_with_its_idea_a_pilot_is_hidden(app: Flask, client: FlaskClient, visibility: Visibility) -> None:
    with writing(app) as session:
        idea = make_idea_to_try(session, "Let us paint it.")
        code = make_plan(session, idea)[1].code
    assert code in client.get("/pilots").text
    with writing(app) as session:
        thread_by_reference(session, code.rsplit("-", 1)[0]).visibility = visibility
    for page in (f"/pilots/{code}", f"/pilots/{code}/print", f"/pilots/{code}/values.csv"):
        assert client.get(page).status_code == 404, page
    for page in ("/pilots", "/pilots/table.csv"):
        assert code not in client.get(page).text, page


def test_the_page_of_the_idea_leads_to_its_pilot(app: Flask, client: FlaskClient, running: str) -> None:
    page = client.get(f"/ideas/{running.rsplit('-', 1)[0]}?{EN}").text
    assert f'href="/pilots/{running}"' in page
    assert "The pilot has begun" in page


def test_a_coordinator_plans_measures_and_lets_it_begin(app: Flask, browse: Browse) -> None:
    with writing(app) as session:
        reference = make_idea_to_try(session).reference
    me = browse("coordinator")
    assert f"/staff/pilots/plan/{reference}" in me.get(f"/staff/{reference}?{EN}").text
    assert f"/staff/pilots/plan/{reference}" in me.get(DESK).text
    assert post(me, f"{DESK}/plan/{reference}", planned(app, starts_on=str(today()))).status_code == 303
    code = f"{reference}-1"
    assert post(me, f"{DESK}/{code}/indicators/add", {"seen": "1", **measured()}).status_code == 303
    values = f"{DESK}/{code}/indicators/{number_of(app, code)}/values"
    lines = "\n".join(f"{today() - n * WEEK},{value}" for n, value in enumerate((9, 11, 10), 1))
    typed = {"seen": "2", "source": "By hand", "lines": lines}
    assert post(me, f"{values}/lines", typed).status_code == 303
    page = me.get(f"{DESK}/{code}?{EN}").text
    begun = post(me, f"{DESK}/{code}/start", {"seen": form_fields(page)["seen"]})
    assert begun.status_code == 303
    with app.app_context():
        assert read(app, code).state == PilotState.RUNNING


def test_what_stands_against_it_is_said_and_what_was_typed_stays(app: Flask, browse: Browse) -> None:
    with writing(app) as session:
        reference = make_idea_to_try(session).reference
    me, wrong = browse("coordinator"), planned(app, ends_on=str(today()), partners="The <b>school")
    answer = post(me, f"{DESK}/plan/{reference}?{EN}", wrong)
    assert answer.status_code == 422
    assert "The last day must come after the first." in answer.text
    assert "The &lt;b&gt;school" in answer.text
    answer = post(me, f"{DESK}/plan/{reference}?{EN}", planned(app, title=" ", budget="many"))
    assert answer.status_code == 422
    assert "Please write a title." in answer.text
    assert 'value="many"' in answer.text


def test_a_plan_without_indicator_does_not_begin(app: Flask, browse: Browse) -> None:
    with writing(app) as session:
        code = make_plan(session)[1].code
    answer = post(browse("coordinator"), f"{DESK}/{code}/start?{EN}", {"seen": "1"})
    assert answer.status_code == 422
    assert "A pilot needs an indicator" in answer.text


def test_while_it_runs_a_change_needs_a_reason_and_is_public(
    app: Flask, browse: Browse, client: FlaskClient, running: str
) -> None:
    me, address = browse("coordinator"), f"{DESK}/{running}/indicators/{number_of(app, running)}"
    page = me.get(f"{address}?{EN}").text
    assert "The pilot runs: everybody can read" in page
    typed = form_fields(page) | measured(target="8", unit="cars a day")
    answer = me.post(f"{address}?{EN}", data=typed)
    assert answer.status_code == 422
    assert "Please give a reason." in answer.text
    assert me.post(address, data=typed | {"reason": "The <i>school grew."}).status_code == 303
    shown = client.get(f"/pilots/{running}?{EN}").text
    assert "The &lt;i&gt;school grew." in shown
    assert '<span class="pilot__was">5</span> → <span>8</span>' in shown


def test_two_who_change_at_once_notice_each_other(app: Flask, browse: Browse, running: str) -> None:
    me = browse("coordinator")
    typed = planned(app, seen="1", reason="Later.")
    answer = post(me, f"{DESK}/{running}/edit?{EN}", typed)
    assert answer.status_code == 409
    assert "Someone else changed this" in answer.text
    seen = form_fields(answer.text)["seen"]
    assert post(me, f"{DESK}/{running}/edit?{EN}", typed | {"seen": seen}).status_code == 303


def test_a_plan_sent_twice_is_one(app: Flask, browse: Browse) -> None:
    with writing(app) as session:
        reference = make_idea_to_try(session).reference
    me, typed = browse("coordinator"), planned(app)
    answers = [post(me, f"{DESK}/plan/{reference}", typed).location for _time in range(2)]
    assert answers == [f"{DESK}/{reference}-1"] * 2


def test_a_line_that_cannot_be_read_is_named_and_nothing_is_kept(
    app: Flask, browse: Browse, running: str
) -> None:
    number = number_of(app, running)
    me, address = browse("officer"), f"{DESK}/{running}/indicators/{number}/values"
    typed = {"seen": "1", "source": "By hand", "lines": f"day,cars\n{today()},4\n{today()},many"}
    answer = post(me, f"{address}/lines?{EN}", typed)
    assert answer.status_code == 422
    assert "Line 3: “many” is no number" in answer.text
    assert "many</textarea>" in answer.text
    with app.app_context():
        assert len(read_values(db.session(), list_indicators(db.session(), read(app, running)))) == 6


def test_a_file_is_loaded_and_twice_is_harmless(app: Flask, browse: Browse, running: str) -> None:
    me, address = browse("officer"), f"{DESK}/{running}/indicators/{number_of(app, running)}/values"
    token = form_fields(me.get(address).text)["csrf_token"]
    for said in ("1 value is kept.", "Nothing new"):
        file = (BytesIO(f"日期,数量\r\n{today():%Y年%m月%d日},４\r\n".encode("gb18030")), "cars.csv")
        sent = {"csrf_token": token, "seen": "1", "source": "By hand", "file": file}
        answer = me.post(f"{address}/lines?{EN}", data=sent, content_type="multipart/form-data")
        assert answer.status_code == 303
        assert said in me.get(f"{address}?{EN}").text


def test_a_value_is_corrected_with_a_reason(app: Flask, browse: Browse, running: str) -> None:
    me, number = browse("officer"), number_of(app, running)
    with app.app_context():
        value = read_values(db.session(), list_indicators(db.session(), read(app, running)))[0].id
    address = f"{DESK}/{running}/indicators/{number}/values/{value}"
    typed = form_fields(me.get(address).text) | {"right": "11", "reason": "Misread."}
    assert me.post(address, data=typed).status_code == 303
    with app.app_context():
        assert len(list_amendments(db.session(), read(app, running))) == 2


def test_the_owner_measures_and_spends_but_does_not_plan(app: Flask, browse: Browse, running: str) -> None:
    me = browse("officer")
    paid = {"seen": "4", "on_day": str(today()), "amount": "300", "what": "Paint"}
    with app.app_context():
        paid["seen"] = str(read(app, running).revision)
    assert post(me, f"{DESK}/{running}/spend", paid).status_code == 303
    assert "Paint" in me.get(f"{DESK}/{running}?{EN}").text
    assert post(me, f"{DESK}/{running}/start", {"seen": "5"}).status_code == 403
    assert me.get(f"{DESK}/{running}/edit").status_code == 403
    assert "Change the plan" not in me.get(f"{DESK}/{running}?{EN}").text


def test_staff_of_elsewhere_do_not_reach_the_desk(browse: Browse, running: str) -> None:
    assert browse("outsider").get(f"{DESK}/{running}").status_code == 404


def test_a_plan_is_given_up_with_a_reason(app: Flask, browse: Browse, client: FlaskClient) -> None:
    me = browse("coordinator")
    with writing(app) as session:
        thread, pilot = make_plan(session)
        code, reference = pilot.code, thread.reference
    assert post(me, f"{DESK}/{code}/give-up?{EN}", {"seen": "1", "words": ""}).status_code == 422
    assert post(me, f"{DESK}/{code}/give-up", {"seen": "1", "words": "No money."}).status_code == 303
    assert "No money." in client.get(f"/ideas/{reference}?{EN}").text


def test_before_and_after_say_no_more_than_the_values(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        thread, pilot, one = make_running(session)
        code, first = pilot.code, today()
        piloting.measure(session, thread, pilot, one, weekly(first, 4, 5, 3))
    assert "Too few to say" in client.get(f"/pilots/{code}?{EN}").text
    with writing(app) as session:
        thread, pilot, one = (session.merge(row) for row in (thread, pilot, one))
        piloting.measure(session, thread, pilot, one, weekly(first + 3 * WEEK, 4, 5))
    page = client.get(f"/pilots/{code}?{EN}").text
    assert "It got better than before." in page
    assert "can’t show that the pilot is the reason" in page
    assert "The target was reached" in page


def test_the_list_asks_no_more_for_more_pilots(app: Flask, client: FlaskClient, running: str) -> None:

    with count_queries(app) as few:
        client.get("/pilots")
    with writing(app) as session:
        for _n in range(3):
            thread, pilot = make_plan(session)
            add_indicator(session, thread, pilot)
    with count_queries(app) as many:
        client.get("/pilots")
    assert len(many) == len(few)


def test_the_plan_does_not_take_over_the_title_of_a_private_idea(app: Flask, browse: Browse) -> None:
    """The plan is for everybody to read."""
    with writing(app) as session:
        idea = make_idea_to_try(session, title="Ring 138 0013 8000 about the crossing")
        reference = idea.reference
    address, me = f"{DESK}/plan/{reference}?{EN}", browse("coordinator")
    offered = me.get(address).text
    assert "about the crossing" in offered
    assert "0013" not in offered
    with writing(app) as session:
        thread_by_reference(session, reference).visibility = Visibility.PRIVATE
    assert "about the crossing" not in me.get(address).text
