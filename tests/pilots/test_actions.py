"""A pilot's life: what its plan needs, what is locked, what is told."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.dates import today
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import in_language
from portal.pilots.actions import (
    change_pilot,
    give_up_plan,
    plan_pilot,
    put_indicator,
    remove_indicator,
    spend,
    start_pilot,
)
from portal.pilots.filling import fill_pilot
from portal.pilots.models import Amendment, PilotState
from portal.pilots.queries import list_amendments, list_indicators, list_spendings, read_values
from portal.pilots.values import Reading, correct_value, enter_values
from portal.threads.models import Event, Thread
from tests.factories import NOW, directory, make_idea
from tests.pilots import piloting
from tests.pilots.piloting import DAY, WEEK, add_indicator, coordinator, make_plan, make_running, weekly


@pytest.fixture(autouse=True)
def english(session: Session) -> Iterator[None]:
    with in_language("en"):
        yield


def kinds(session: Session, thread: Thread) -> list[str]:
    return list(session.scalars(select(Event.kind).where(Event.thread_id == thread.id).order_by(Event.id)))


def test_only_an_idea_that_was_decided_so_is_piloted(session: Session) -> None:
    idea = make_idea(session, "Let us paint the crossing.")
    with pytest.raises(Conflict):
        plan_pilot(session, idea, piloting.plan(session), by=coordinator(session), now=NOW)


def test_an_idea_can_have_several_pilots_each_with_its_own_address(session: Session) -> None:
    thread, first = make_plan(session)
    _thread, second = make_plan(session, thread, title="Painted stripes")
    assert (first.code, second.code) == (f"{thread.reference}-1", f"{thread.reference}-2")
    assert kinds(session, thread).count("pilot.planned") == 2


def test_it_begins_with_what_was_measured_before(session: Session) -> None:
    thread, pilot, one = make_running(session)
    assert (pilot.state, pilot.starts_on) == (PilotState.RUNNING, today())
    assert one.baseline == pytest.approx(64 / 6)
    assert "pilot.started" in kinds(session, thread)


@pytest.mark.parametrize("missing", ["if_we", "then", "because", "owner_id"])
def test_without_a_hypothesis_and_an_owner_it_does_not_begin(session: Session, missing: str) -> None:
    thread, pilot = make_plan(session, **{missing: None if missing == "owner_id" else ""})
    one = add_indicator(session, thread, pilot)
    piloting.measure(session, thread, pilot, one, weekly(one.baseline_from, 3))
    with pytest.raises(Invalid):
        piloting.start(session, thread, pilot)


def test_without_anything_measured_before_it_does_not_begin(session: Session) -> None:
    thread, pilot = make_plan(session)
    with pytest.raises(Invalid, match="needs an indicator"):
        piloting.start(session, thread, pilot)
    add_indicator(session, thread, pilot)
    with pytest.raises(Invalid, match="Nothing was measured before"):
        piloting.start(session, thread, pilot)


def test_it_does_not_begin_while_the_baseline_is_measured(session: Session) -> None:
    thread, pilot = make_plan(session, starts_on=today() + WEEK)
    one = add_indicator(session, thread, pilot, baseline_until=today() + DAY)
    piloting.measure(session, thread, pilot, one, weekly(one.baseline_from, 3))
    with pytest.raises(Invalid, match="not over yet"):
        piloting.start(session, thread, pilot)


def test_the_baseline_ends_before_the_pilot_begins(session: Session) -> None:
    thread, pilot = make_plan(session)
    with pytest.raises(Invalid, match="end before the pilot begins"):
        add_indicator(session, thread, pilot, baseline_until=today())


def test_the_same_form_twice_is_told_to_the_second(session: Session) -> None:
    thread, pilot = make_plan(session)
    seen = pilot.revision
    stamp = {"by": coordinator(session), "now": NOW}
    change_pilot(session, thread, pilot, piloting.plan(session, budget=5), seen=seen, **stamp)
    with pytest.raises(Conflict):
        change_pilot(session, thread, pilot, piloting.plan(session, budget=6), seen=seen, **stamp)
    assert pilot.budget == 5


def test_a_form_that_comes_twice_is_done_once(session: Session) -> None:
    """Also where it adds something: what is stale and says what stands there already is no second one."""
    thread, pilot = make_plan(session)
    stamp: dict[str, Any] = {"by": coordinator(session), "now": NOW}
    for seen in (pilot.revision, pilot.revision):
        change_pilot(session, thread, pilot, piloting.plan(session, budget=5), seen=seen, **stamp)
    for seen in (pilot.revision, pilot.revision):
        one = put_indicator(session, thread, pilot, None, piloting.indicator(), seen=seen, **stamp)
    assert list_indicators(session, pilot) == [one]
    paid = {"on_day": today(), "amount": 3, "what": "Paint"}
    piloting.measure(session, thread, pilot, one, weekly(one.baseline_from, 3))
    for seen in (pilot.revision, pilot.revision):
        start_pilot(session, thread, pilot, today=today(), seen=seen, **stamp)
    for seen in (pilot.revision, pilot.revision):
        spend(session, pilot, paid, seen=seen, **stamp)
    assert [s.amount for s in list_spendings(session, pilot)] == [3]
    spend(session, pilot, paid, seen=pilot.revision, **stamp)  # on a page of its own: a second tin
    assert [s.amount for s in list_spendings(session, pilot)] == [3, 3]
    assert kinds(session, thread).count("pilot.started") == 1


def test_a_plan_that_is_given_up_twice_is_given_up_once(session: Session) -> None:
    thread, pilot = make_plan(session)
    stamp: dict[str, Any] = {"seen": pilot.revision, "by": coordinator(session), "now": NOW}
    for _twice in range(2):
        give_up_plan(session, thread, pilot, "No money.", **stamp)
    assert kinds(session, thread).count("pilot.given_up") == 1


def test_another_source_before_the_start_leaves_no_old_counts_behind(session: Session) -> None:
    thread, pilot = make_plan(session)
    beside = directory(session).place_codes["qiao-1"].id
    counted = {"filled": "reports", "comparison_place_id": beside}
    one = add_indicator(session, thread, pilot, **counted)
    fill_pilot(session, thread, pilot, directory(session), now=clock.now())
    assert {value.is_comparison for value in read_values(session, [one])} == {False, True}
    stamp: dict[str, Any] = {"by": coordinator(session), "now": NOW}
    alone = piloting.indicator(filled="reports")
    put_indicator(session, thread, pilot, one, alone, seen=pilot.revision, **stamp)
    assert {value.is_comparison for value in read_values(session, [one])} == {False}
    put_indicator(session, thread, pilot, one, piloting.indicator(), seen=pilot.revision, **stamp)
    assert not read_values(session, [one])
    piloting.measure(session, thread, pilot, one, weekly(one.baseline_from, 3))
    with pytest.raises(Invalid, match="entered already"):
        put_indicator(session, thread, pilot, one, alone, seen=pilot.revision, **stamp)


def test_before_the_start_changes_are_not_listed(session: Session) -> None:
    thread, pilot = make_plan(session)
    one = add_indicator(session, thread, pilot)
    stamp = {"seen": pilot.revision, "by": coordinator(session), "now": NOW}
    put_indicator(session, thread, pilot, one, piloting.indicator(target=4.0), **stamp)
    assert one.target == 4
    assert not list_amendments(session, pilot)
    remove_indicator(session, pilot, one, seen=pilot.revision)
    assert not list_indicators(session, pilot)


def test_after_the_start_a_change_needs_a_reason_and_is_listed(session: Session) -> None:
    thread, pilot, one = make_running(session)
    stamp = {"by": coordinator(session), "now": NOW}
    easier = piloting.indicator(target=8.0)
    with pytest.raises(Invalid, match="reason"):
        put_indicator(session, thread, pilot, one, easier, seen=pilot.revision, **stamp)
    session.rollback()


def test_what_was_changed_stands_with_before_and_after(session: Session) -> None:
    thread, pilot, one = make_running(session)
    easier, why = piloting.indicator(target=8.0), "The school grew."
    stamp = {"seen": pilot.revision, "by": coordinator(session), "now": NOW}
    put_indicator(session, thread, pilot, one, easier, reason=why, **stamp)
    (told,) = list_amendments(session, pilot)
    assert (told.field, told.before, told.after, told.reason) == ("target", "5", "8", why)
    assert told.indicator_id == one.id
    assert kinds(session, thread)[-1] == "pilot.amended"


@pytest.mark.parametrize(
    "other", [{"filled": "reports"}, {"category_id": 1}, {"baseline_from": date(2025, 1, 1)}]
)
def test_what_is_counted_stays_while_it_runs(session: Session, other: dict[str, object]) -> None:
    thread, pilot, one = make_running(session)
    stamp = {"seen": pilot.revision, "by": coordinator(session), "now": NOW}
    with pytest.raises(Invalid, match="What is counted"):
        put_indicator(
            session,
            thread,
            pilot,
            one,
            piloting.indicator(**other),
            reason="So.",
            **stamp,
        )


def test_place_and_first_day_stay_and_nothing_is_emptied(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    stamp = {"reason": "So.", "by": coordinator(session), "now": NOW}
    moved = piloting.plan(session, starts_on=today() - WEEK, place_id=1, title="Yellow stripes")
    change_pilot(session, thread, pilot, moved, seen=pilot.revision, **stamp)
    assert (pilot.starts_on, pilot.title) == (today(), "Yellow stripes")
    assert [a.field for a in list_amendments(session, pilot)] == ["title"]
    with pytest.raises(Invalid):
        change_pilot(
            session,
            thread,
            pilot,
            piloting.plan(session, because=""),
            seen=pilot.revision,
            **stamp,
        )


def test_an_indicator_cannot_leave_a_pilot_that_runs(session: Session) -> None:
    _thread, pilot, one = make_running(session)
    with pytest.raises(Conflict):
        remove_indicator(session, pilot, one, seen=pilot.revision)


def test_an_indicator_can_join_with_a_reason_and_gets_its_baseline(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    stamp = {"by": coordinator(session), "now": NOW}
    more = piloting.indicator(name="Near misses")
    other = put_indicator(
        session,
        thread,
        pilot,
        None,
        more,
        seen=pilot.revision,
        reason="Asked for.",
        **stamp,
    )
    piloting.measure(session, thread, pilot, other, weekly(other.baseline_from, 2))
    piloting.measure(session, thread, pilot, other, weekly(other.baseline_from + WEEK, 4))
    piloting.measure(session, thread, pilot, other, {today(): 1.0})
    assert other.baseline == 3
    with pytest.raises(Invalid, match="closed"):
        piloting.measure(session, thread, pilot, other, {other.baseline_until: 9.0})
    assert [a.field for a in list_amendments(session, pilot)] == ["added"]


def test_the_same_value_again_changes_nothing_and_another_is_refused(session: Session) -> None:
    thread, pilot, one = make_running(session)
    assert piloting.measure(session, thread, pilot, one, {today(): 7.0}) == 1
    assert piloting.measure(session, thread, pilot, one, {today(): 7.0}) == 0
    with pytest.raises(Invalid, match="another value"):
        piloting.measure(session, thread, pilot, one, {today(): 8.0})


def test_no_value_of_a_day_to_come_and_none_of_before_after_the_start(session: Session) -> None:
    thread, pilot, one = make_running(session)
    stamp = {"source": "me", "today": today(), "by": coordinator(session), "now": NOW}
    for day in (today() + DAY, today() - 2 * DAY):
        with pytest.raises(Invalid, match="Line 4"):
            enter_values(session, thread, pilot, one, [Reading(day, 1.0, line=4)], **stamp)


def test_a_value_is_corrected_in_the_open(session: Session) -> None:
    thread, pilot, one = make_running(session)
    wrong = read_values(session, [one])[0]
    correct_value(session, thread, pilot, wrong, 16.0, reason="Misread.", by=coordinator(session), now=NOW)
    listed = [(a.field, a.before, a.after) for a in list_amendments(session, pilot)]
    assert listed == [
        (f"value {wrong.on_day.isoformat()}", "10", "16"),
        ("baseline", "10.6666666667", "11.6666666667"),
    ]


def test_a_value_of_what_was_never_measured_before_can_be_corrected(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    stamp: dict[str, Any] = {"by": coordinator(session), "now": NOW}
    late = piloting.indicator(name="Near misses")
    other = put_indicator(
        session, thread, pilot, None, late, seen=pilot.revision, reason="Asked for.", **stamp
    )
    piloting.measure(session, thread, pilot, other, {today(): 10.0})
    (wrong,) = read_values(session, [other])
    correct_value(session, thread, pilot, wrong, 1.0, reason="Misread.", **stamp)
    assert (wrong.value, other.baseline) == (1, None)


def test_target_and_threshold_are_told_once(session: Session) -> None:
    thread, pilot, one = make_running(session)
    piloting.measure(session, thread, pilot, one, weekly(today(), 14, 5, 4))
    assert "pilot.crossed" not in kinds(session, thread)
    piloting.measure(session, thread, pilot, one, weekly(today() + 3 * WEEK, 4, 4))
    assert kinds(session, thread).count("pilot.reached") == 1
    piloting.measure(session, thread, pilot, one, weekly(today() + 5 * WEEK, 15, 3))
    piloting.measure(session, thread, pilot, one, weekly(today() + 7 * WEEK, 18))
    assert kinds(session, thread).count("pilot.crossed") == 1


def test_what_is_over_is_measured_no_more(session: Session) -> None:
    thread, pilot, one = make_running(session)
    pilot.state = PilotState.STOPPED
    with pytest.raises(Conflict):
        piloting.measure(session, thread, pilot, one, {today(): 7.0})


def test_a_plan_is_given_up_with_a_reason(session: Session) -> None:
    thread, pilot = make_plan(session)
    by = coordinator(session)
    give_up_plan(session, thread, pilot, "No money.", seen=pilot.revision, by=by, now=NOW)
    assert (pilot.state, pilot.is_locked) == (PilotState.STOPPED, False)
    assert kinds(session, thread)[-1] == "pilot.given_up"


def test_money_is_noted(session: Session) -> None:
    _thread, pilot, _one = make_running(session)
    values = {"on_day": today(), "amount": 300, "what": "Paint"}
    spend(session, pilot, values, seen=pilot.revision, by=coordinator(session), now=NOW)
    assert [s.amount for s in list_spendings(session, pilot)] == [300]
    assert not session.scalars(select(Amendment)).all()
