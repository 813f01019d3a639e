"""Reviews of pilots: who judges, what is owed, what each decision does, and that none is rewritten."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.accounts.models import Person, RoleName
from portal.communities.models import Department, Place
from portal.core import clock
from portal.core.dates import today
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import in_language
from portal.ideas.models import Idea
from portal.pilots.actions import change_pilot
from portal.pilots.allowances import read_rooms, set_room
from portal.pilots.gates import Evaluator, Gate, GateKind, Verdict
from portal.pilots.gates_actions import (
    Decided,
    add_gate,
    ask_evaluator,
    decide,
    declare,
    find_seat,
    give_opinion,
)
from portal.pilots.gates_jobs import remind
from portal.pilots.gates_queries import list_gates, list_gates_for, list_public_gates
from portal.pilots.models import Amendment, Pilot, PilotState
from portal.pilots.outcomes import tell_rooms
from portal.pilots.practices_facts import gather_facts
from portal.threads.events import Actor
from portal.threads.models import Event, Thread, Visibility, Vote
from tests.factories import NOW, add_person, add_role, directory, person, refuses
from tests.pilots import piloting
from tests.pilots.piloting import (
    BEFORE,
    DAY,
    WEEK,
    add_indicator,
    coordinator,
    make_plan,
    make_running,
    measure,
    start,
    weekly,
)
from tests.pilots.test_effects import HARM, tell, told


def end_gate(session: Session, pilot: Pilot) -> Gate:
    wanted = select(Gate).where(
        Gate.pilot_id == pilot.id, Gate.kind == GateKind.END, Gate.closed_at.is_(None)
    )
    return session.scalars(wanted).one()


def ask(session: Session, thread: Thread, pilot: Pilot, judge: Person, body: str = "") -> None:
    known, by = directory(session), coordinator(session)
    ask_evaluator(session, thread, pilot, judge, body, directory=known, by=by, now=NOW)


def seat(session: Session, thread: Thread, pilot: Pilot, *, interest: str = "") -> Evaluator:
    judge = person(session, "panellist")
    ask(session, thread, pilot, judge, "Road safety")
    found = find_seat(session, pilot, judge)
    assert found
    by = Actor(judge, "evaluator")
    declare(session, thread, pilot, found, interest, directory=directory(session), by=by, now=NOW)
    return found


def judge(session: Session, thread: Thread, pilot: Pilot, gate: Gate, held: Evaluator, **given: Any) -> None:
    said = {"advice": Verdict.STOP, "text": "Nothing changed."} | given
    by = Actor(person(session, "panellist"), "evaluator")
    give_opinion(session, thread, pilot, gate, held, **said, directory=directory(session), by=by, now=NOW)


def settle(
    session: Session, thread: Thread, pilot: Pilot, gate: Gate, verdict: Verdict, **given: Any
) -> None:
    said = {"reason": "So it is.", "unheard": "It is urgent."} | given
    decide(
        session,
        thread,
        pilot,
        gate,
        Decided(verdict=verdict, **said),
        seen=pilot.revision,
        by=coordinator(session),
        now=NOW,
    )


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("officer", "is responsible"),
        ("colleague", "department"),
        ("coordinator", "decides about"),
        ("resident", "proposed or supports"),
        ("neighbour", "proposed or supports"),
    ],
)
def test_who_is_known_to_have_a_part_in_it_cannot_be_asked_to_judge(
    session: Session, name: str, why: str
) -> None:
    thread, pilot, _one = make_running(session)
    (held,) = person(session, "officer").roles
    department = session.get_one(Department, held.department_id)
    colleague = add_person(session, "colleague")
    add_role(session, colleague, RoleName.HEAD, held.place, department)
    session.add(Vote(thread_id=thread.id, person_id=person(session, "neighbour").id, at=NOW))
    with in_language("en"), pytest.raises(Invalid, match=why):
        ask(session, thread, pilot, person(session, name))


def test_who_works_for_another_department_can_be_asked(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    (held,) = person(session, "officer").roles
    other = select(Department).where(Department.id != held.department_id).limit(1)
    expert = add_person(session, "expert")
    add_role(session, expert, RoleName.OFFICER, held.place, session.scalars(other).one())
    ask(session, thread, pilot, expert)
    ask(session, thread, pilot, expert)  # the form came twice
    assert find_seat(session, pilot, expert)


def test_neither_a_partner_nor_their_body_can_be_asked(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    pilot.partners = "The school, Ada Moss (road painter), 南塘社区居委会"
    named = add_person(session, "Ada")
    for body in ("School", "居委会"):
        with pytest.raises(Invalid):
            ask(session, thread, pilot, person(session, "panellist"), body)
    with pytest.raises(Invalid):
        ask(session, thread, pilot, named)
    ask(session, thread, pilot, add_person(session, "paint"), "道路安全研究所")


def test_whoever_judges_it_is_not_made_responsible_for_it(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    seat(session, thread, pilot)
    mine = piloting.plan(session, owner_id=person(session, "panellist").id)
    stamp: dict[str, Any] = {"seen": pilot.revision, "by": coordinator(session), "now": NOW}
    with pytest.raises(Invalid):
        change_pilot(session, thread, pilot, mine, reason="So.", **stamp)


def test_who_has_a_part_in_it_or_has_not_said_does_not_judge(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    gate, by = end_gate(session, pilot), coordinator(session)
    ask(session, thread, pilot, person(session, "panellist"), "")
    held = find_seat(session, pilot, person(session, "panellist"))
    assert held
    with pytest.raises(Conflict):
        judge(session, thread, pilot, gate, held)
    stamp = {"directory": directory(session), "by": by, "now": NOW}
    declare(session, thread, pilot, held, "I sold the paint.", **stamp)
    with pytest.raises(Conflict):
        judge(session, thread, pilot, gate, held)
    with pytest.raises(Conflict):
        declare(session, thread, pilot, held, "", **stamp)


def test_a_pilot_has_a_review_on_its_last_day_and_opinions_pile_up(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    gate = end_gate(session, pilot)
    assert gate.day == pilot.ends_on
    held = seat(session, thread, pilot)
    judge(session, thread, pilot, gate, held)
    judge(session, thread, pilot, gate, held)  # the same again
    judge(session, thread, pilot, gate, held, advice=Verdict.EXTEND, text="Too early.")
    (seen,) = list_gates(session, pilot)
    assert [o.text for o in seen.opinions] == ["Too early."]
    assert seen.earlier == 1


def test_each_evaluator_thinks_for_themselves_and_all_is_read_once_it_is_decided(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    gate, first = end_gate(session, pilot), seat(session, thread, pilot)
    judge(session, thread, pilot, gate, first)
    expert = add_person(session, "expert")
    ask(session, thread, pilot, expert)
    second = find_seat(session, pilot, expert)
    assert second
    (public,), (mine,), (theirs,) = (
        list_public_gates(session, pilot),
        list_gates_for(session, pilot, first),
        list_gates_for(session, pilot, second),
    )
    assert (public.opinions, public.sealed) == ((), 1)
    assert (theirs.opinions, theirs.sealed) == ((), 1)
    assert [o.text for o in mine.opinions] == ["Nothing changed."]
    settle(session, thread, pilot, gate, Verdict.SCALE, unheard="")
    (public,), (theirs,) = list_public_gates(session, pilot), list_gates_for(session, pilot, second)
    assert len(public.opinions) == len(theirs.opinions) == 1


def test_what_a_decision_owes(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    gate = end_gate(session, pilot)
    for verdict, given in (
        (Verdict.SCALE, {"unheard": ""}),
        (Verdict.SCALE, {"reason": ""}),
        (Verdict.STOP, {}),  # no lessons
        (Verdict.GO_ON, {}),  # not at the end
        (Verdict.EXTEND, {}),  # until when?
        (Verdict.EXTEND, {"ends_on": pilot.ends_on - DAY}),
        (Verdict.ADJUST, {}),
        (Verdict.EXTEND, {"ends_on": pilot.ends_on + WEEK, "next_review": pilot.ends_on + 2 * WEEK}),
    ):
        with pytest.raises(Invalid):
            settle(session, thread, pilot, gate, verdict, **given)
    said = Decided(verdict=Verdict.STOP, reason="So.", lessons="Much.", unheard="So.")
    with pytest.raises(Conflict):
        decide(session, thread, pilot, gate, said, seen=99, by=coordinator(session), now=NOW)


def test_a_decision_sent_twice_is_one_and_all_concerned_hear_of_it(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    seat(session, thread, pilot)
    gate, seen, by = end_gate(session, pilot), pilot.revision, coordinator(session)
    said = Decided(verdict=Verdict.SCALE, reason="So.", unheard="So.")
    made = [decide(session, thread, pilot, gate, said, seen=seen, by=by, now=NOW) for _twice in range(2)]
    assert made[0] is made[1]
    assert told(session) == {"officer", "panellist", "coordinator"}


def test_extending_moves_the_last_day_on_record_and_its_review(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    before, later = pilot.ends_on, pilot.ends_on + 4 * WEEK
    settle(session, thread, pilot, end_gate(session, pilot), Verdict.EXTEND, ends_on=later)
    assert (pilot.state, pilot.ends_on, end_gate(session, pilot).day) == (PilotState.RUNNING, later, later)
    (amended,) = session.scalars(select(Amendment).where(Amendment.field == "ends_on"))
    assert (amended.before, amended.after) == (before.isoformat(), later.isoformat())


def test_adjusting_begins_the_next_round_with_its_own_review(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    add_gate(session, pilot, today() + WEEK, seen=pilot.revision, now=NOW)
    gate = session.scalars(select(Gate).where(Gate.kind == GateKind.INTERIM)).one()
    settle(session, thread, pilot, gate, Verdict.ADJUST, next_review=today() + 2 * WEEK)
    assert (pilot.round, pilot.state) == (2, PilotState.RUNNING)
    days = {(each.gate.kind, each.gate.round) for each in list_public_gates(session, pilot)}
    assert days == {("interim", 1), ("interim", 2), ("end", 1)}


def test_stopping_publishes_the_lessons_thanks_people_and_gives_the_place_back(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    known, home = directory(session), pilot.place_id
    assert read_rooms(session, [home], known, NOW.date())[home].begun == 1
    tell(session, thread, pilot, HARM)
    early = session.scalars(select(Gate).where(Gate.kind == GateKind.EARLY)).one()
    settle(session, thread, pilot, early, Verdict.STOP, lessons="Paint must be dry before school.")
    assert pilot.state == PilotState.STOPPED
    room = read_rooms(session, [home], known, NOW.date())[home]
    assert (room.running, room.begun) == (0, 0)
    last = session.scalars(select(Event).where(Event.kind == "pilot.decided")).one()
    assert last.statement
    assert "Paint must be dry" in last.statement.text
    assert session.scalar(select(Gate.id).where(Gate.closed_at.is_(None))) is None
    with pytest.raises(Conflict):
        settle(session, thread, pilot, early, Verdict.SCALE)


def test_neither_a_decision_nor_an_opinion_nor_an_amendment_is_rewritten(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    gate, held = end_gate(session, pilot), seat(session, thread, pilot)
    judge(session, thread, pilot, gate, held)
    settle(session, thread, pilot, gate, Verdict.EXTEND, ends_on=pilot.ends_on + 2 * WEEK)
    session.flush()
    for table in ("pilot_decisions", "pilot_opinions", "pilot_amendments"):
        assert session.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608
        assert refuses(session, f"UPDATE {table} SET at = '2020-01-01 00:00:00'"), table  # noqa: S608
        assert refuses(session, f"DELETE FROM {table}"), table  # noqa: S608


def test_a_community_without_room_begins_no_other_trial(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    by, home = Actor(person(session, "administrator"), "administrator"), pilot.place_id
    set_room(session, home, 1, 2, by=by, now=NOW)
    _thread, other = make_plan(session, thread)
    one = add_indicator(session, thread, other)
    measure(session, thread, other, one, weekly(one.baseline_from, *BEFORE))
    with pytest.raises(Conflict, match=r"1.*1"):
        start(session, thread, other)
    set_room(session, home, 2, 2, by=by, now=NOW)
    start(session, thread, other)
    with pytest.raises(Invalid):
        set_room(session, home, 3, 2, by=by, now=NOW)


def test_the_room_of_a_street_is_seen_where_the_street_itself_tries_something(session: Session) -> None:
    known = directory(session)
    street = known.place_codes["liu"]
    assert known.full_name(street.id) not in [where for where, _once, _year in tell_rooms(session, known)]
    _thread, pilot, _one = make_running(session)
    pilot.place_id = street.id
    session.flush()
    assert known.full_name(street.id) in [where for where, _once, _year in tell_rooms(session, known)]


def test_reviews_are_reminded_of_once_before_and_once_on_the_day(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    seat(session, thread, pilot)
    kinds = select(Event.kind).where(Event.thread_id == thread.id, Event.kind.like("pilot.review%"))
    day = pilot.ends_on - today()
    for after, expected in (
        (day - timedelta(days=9), []),
        (day - timedelta(days=5), ["pilot.review_soon"]),
        (day - timedelta(days=4), ["pilot.review_soon"]),
        (day, ["pilot.review_soon", "pilot.review_due"]),
        (day + timedelta(days=1), ["pilot.review_soon", "pilot.review_due"]),
    ):
        remind(session, {}, clock.now() + after)
        assert list(session.scalars(kinds.order_by(Event.id))) == expected
    assert {"coordinator", "officer", "panellist"} <= told(session)


def test_the_first_draft_of_a_practice_covers_numbers_and_keeps_what_is_private(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    session.get_one(Idea, thread.id).problem = "Ask Wen, 138 0013 8000, about the cars."
    tell(session, thread, pilot, replace(HARM, text="I fell. Ring me: 139 0013 9000."))
    facts = gather_facts(session, thread, pilot, directory(session))
    assert "about the cars" in facts["problem"]
    assert "I fell" in facts["side_effects"]
    assert "0013" not in str(facts)
    thread.visibility = Visibility.PRIVATE
    assert gather_facts(session, thread, pilot, directory(session))["problem"] == ""


def test_whoever_came_to_decide_about_it_judges_it_no_more(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    held, place = seat(session, thread, pilot), session.get_one(Place, pilot.place_id)
    add_role(session, person(session, "panellist"), RoleName.COORDINATOR, place, None)
    with pytest.raises(Conflict):
        judge(session, thread, pilot, end_gate(session, pilot), held)
