"""A call for ideas: prepared by coordinators, shown, changed, stopped; and what stands in it."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from portal.core.dates import end_of_day, local_time, today
from portal.core.errors import Conflict, Invalid
from portal.ideas.call_actions import (
    add_call,
    change_call,
    list_criteria,
    publish_call,
    put_criterion,
    remove_criterion,
    set_matters,
    stop_call,
)
from portal.ideas.call_queries import (
    list_collecting,
    list_matters,
    list_public_calls,
    read_choices,
    read_ideas,
)
from portal.ideas.choosing import pass_by, support, take_back_choice
from portal.ideas.models import Idea
from portal.ideas.phases import Phase
from portal.threads.models import Kind, Status
from tests.factories import NOW, add_person, make_report, person
from tests.ideas.calling import DAY, coordinator, make_call, make_idea_in, values

CRITERION = {"names": {"en": "Does it help?"}, "levels": {"en": "a\nb\nc\nd\ne\nf"}, "weight": 10}


def test_nobody_sees_a_call_before_it_is_shown(session: Session) -> None:
    call = make_call(session, public=False)
    assert list_public_calls(session) == []
    assert not call.allows("propose", today())
    publish_call(session, call, today=today(), seen=1, by=coordinator(session), now=NOW)
    assert list_public_calls(session) == [call]
    assert call.allows("propose", today())


def test_a_short_name_is_given_once(session: Session) -> None:
    make_call(session)
    with pytest.raises(Invalid):
        add_call(session, "dry-cellars", values(session), by=coordinator(session), now=NOW)


def test_days_must_be_in_order(session: Session) -> None:
    wrong = values(session, supports_until=today() - 30 * DAY)
    with pytest.raises(Invalid):
        add_call(session, "dry-cellars", wrong, by=coordinator(session), now=NOW)


def test_what_is_over_is_not_shown_as_new(session: Session) -> None:
    call = make_call(session, public=False, opens=today() - 40 * DAY)
    with pytest.raises(Invalid):
        publish_call(session, call, today=today(), seen=1, by=coordinator(session), now=NOW)


def test_two_who_change_a_call_notice_each_other(session: Session) -> None:
    call = make_call(session)
    seen = call.revision
    change_call(session, call, values(session), seen=seen, by=coordinator(session), now=NOW)
    with pytest.raises(Conflict):
        change_call(session, call, values(session), seen=seen, by=coordinator(session), now=NOW)


def test_new_days_count_for_the_ideas_in_it(session: Session) -> None:
    call = make_call(session)
    idea = make_idea_in(session, call)
    assert idea.votes_until == end_of_day(call.supports_until)
    later = values(session, supports_until=today() + 15 * DAY)
    change_call(session, call, later, seen=call.revision, by=coordinator(session), now=NOW)
    session.refresh(idea)
    assert idea.votes_until == end_of_day(today() + 15 * DAY)


def test_a_stopped_call_ends_and_says_why(session: Session) -> None:
    call = make_call(session)
    idea = make_idea_in(session, call)
    with pytest.raises(Invalid):
        stop_call(session, call, {}, seen=call.revision, by=coordinator(session), now=NOW)
    stop_call(session, call, {"en": "No money."}, seen=call.revision, by=coordinator(session), now=NOW)
    assert call.phase(today()) == Phase.ENDED
    assert list_collecting(session, today()) == []
    session.refresh(idea)
    with pytest.raises(Conflict):
        support(session, idea, person(session, "neighbour"), now=NOW + timedelta(hours=1))
    with pytest.raises(Conflict):
        stop_call(session, call, {"en": "Again."}, seen=call.revision, by=coordinator(session), now=NOW)


def test_only_public_reports_are_a_reason(session: Session) -> None:
    call, by = make_call(session), coordinator(session)
    shown, kept = make_report(session), make_report(session, private=True)
    set_matters(session, call, [shown.reference], seen=call.revision, by=by, now=NOW)
    assert [row.reference for row in list_matters(session, call)] == [shown.reference]
    with pytest.raises(Invalid, match=kept.reference):
        set_matters(session, call, [kept.reference], seen=call.revision, by=by, now=NOW)


def test_criteria_are_added_changed_and_removed(session: Session) -> None:
    call, by = make_call(session), coordinator(session)
    put_criterion(
        session, call, None, {**CRITERION, "is_knock_out": False}, seen=call.revision, by=by, now=NOW
    )
    one = list_criteria(session, call)[0]
    changed = {**CRITERION, "weight": 30, "is_knock_out": False}
    put_criterion(session, call, one, changed, seen=call.revision, by=by, now=NOW)
    assert [c.weight for c in list_criteria(session, call)] == [30]
    remove_criterion(session, call, one, seen=call.revision, by=by, now=NOW)
    session.flush()
    assert list_criteria(session, call) == []


def test_once_the_panel_reviews_criteria_stay_as_they_are(session: Session) -> None:
    call, by = make_call(session, opens=local_time(NOW).date()), coordinator(session)
    judged = {**CRITERION, "is_knock_out": False}
    put_criterion(session, call, None, judged, seen=call.revision, by=by, now=NOW)
    later, one = NOW + 25 * DAY, list_criteria(session, call)[0]
    session.commit()
    for change in (
        lambda **how: put_criterion(session, call, one, {**judged, "weight": 30}, **how),
        lambda **how: remove_criterion(session, call, one, **how),
    ):
        with pytest.raises(Conflict):
            change(seen=call.revision, by=by, now=later)
        session.rollback()
    assert [c.weight for c in list_criteria(session, call)] == [10]


def test_an_idea_in_a_call_is_open_for_support_at_once(session: Session) -> None:
    idea = make_idea_in(session, make_call(session))
    assert (idea.kind, idea.status) == (Kind.IDEA, Status.OPEN)


def test_who_supports_has_not_passed_by_and_the_other_way_round(session: Session) -> None:
    call = make_call(session)
    idea, neighbour = make_idea_in(session, call), person(session, "neighbour")

    def counts() -> tuple[int, int]:
        return idea.votes_total, session.get_one(Idea, idea.id).passes_total

    pass_by(session, idea, neighbour, now=NOW)
    pass_by(session, idea, neighbour, now=NOW)
    assert counts() == (0, 1)
    support(session, idea, neighbour, now=NOW)
    assert counts() == (1, 0)
    pass_by(session, idea, neighbour, now=NOW)
    assert counts() == (0, 1)
    take_back_choice(session, idea, neighbour, now=NOW)
    assert counts() == (0, 0)


def test_nobody_chooses_after_the_last_day(session: Session) -> None:
    idea = make_idea_in(session, make_call(session))
    assert idea.votes_until is not None
    late = idea.votes_until
    support(session, idea, person(session, "neighbour"), now=late - timedelta(seconds=1))
    with pytest.raises(Conflict):
        support(session, idea, person(session, "resident"), now=late)
    with pytest.raises(Conflict):
        pass_by(session, idea, person(session, "neighbour"), now=late)


def test_while_it_collects_each_reader_has_an_order_for_the_day(session: Session) -> None:
    call = make_call(session)
    ideas = [make_idea_in(session, call, f"Idea number {n}") for n in range(30)]

    def read(seed: str, number: int = 1, seen: tuple[str, ...] = ()) -> list[int]:
        page = read_ideas(session, call, Phase.COLLECTING, seed=seed, seen=seen, number=number)
        return [row.id for row in page.lines]

    both = read("reader, Monday") + read("reader, Monday", 2)
    assert sorted(both) == sorted(idea.id for idea in ideas)
    assert both == read("reader, Monday") + read("reader, Monday", 2)
    assert both != read("reader, Tuesday") + read("reader, Tuesday", 2)
    opened = tuple(idea.reference for idea in ideas[:28])
    assert set(read("reader, Monday", seen=opened)[:2]) == {idea.id for idea in ideas[28:]}
    assert read("reader, Monday", 99) == read("reader, Monday", 2)


def test_afterwards_the_surest_support_comes_first(session: Session) -> None:
    call = make_call(session)
    few, many, none = (make_idea_in(session, call, f"Idea {name}") for name in ("few", "many", "none"))
    for number in range(8):
        voter = add_person(session, f"voter-{number}")
        support(session, many, voter, now=NOW)
        if number == 0:
            support(session, few, voter, now=NOW)
        if number < 4:
            pass_by(session, none, voter, now=NOW)
    session.flush()
    page = read_ideas(session, call, Phase.SUPPORTING, seed="", seen=(), number=1)
    assert [row.id for row in page.lines] == [many.id, few.id, none.id]


def test_what_one_has_said_is_known(session: Session) -> None:
    call = make_call(session)
    liked, not_liked = make_idea_in(session, call, "A"), make_idea_in(session, call, "B")
    neighbour = person(session, "neighbour")
    support(session, liked, neighbour, now=NOW)
    pass_by(session, not_liked, neighbour, now=NOW)
    choices = read_choices(session, call, neighbour)
    assert (set(choices.supported), set(choices.passed)) == ({liked.id}, {not_liked.id})
    assert not read_choices(session, call, None).supported


def test_what_staff_have_hidden_stands_in_no_call(session: Session) -> None:
    call = make_call(session)
    make_idea_in(session, call, private=True)
    assert read_ideas(session, call, Phase.COLLECTING, seed="", seen=(), number=1).count == 0
