"""Handing over work: who may, what goes, what stays, and what follows when somebody leaves."""

from datetime import timedelta
from threading import Barrier
from threading import Thread as SystemThread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person, RoleName
from portal.administration import staffing
from portal.communities.models import Place
from portal.core.db import db
from portal.core.outbox import enqueue
from portal.core.worker import run_all
from portal.reports.actions import close_without_action, start_work
from portal.threads.events import Actor, find_broken_event
from portal.threads.models import Event, Thread
from portal.threads.queries import find_by_reference
from portal.triage.access import list_workers
from portal.triage.actions import assign
from portal.triage.handing import (
    Wish,
    hand_over,
    list_holders,
    plan_handing,
)
from portal.triage.jobs import LEAVE_TOPIC
from portal.triage.taking_back import undo_bulk
from tests.factories import (
    NOW,
    Browse,
    add_role,
    count_queries,
    directory,
    make_idea,
    make_report,
    person,
)
from tests.triage.moving import SOON, add_staff, post


def given_to(session: Session, holder: Person, *, place: str = "liu-1", **given: object) -> Thread:
    """Make a report that this person has."""
    report = make_report(session, place_id=directory(session).place_codes[place].id, **given)
    assign(session, report, holder, by=Actor(person(session, "coordinator"), "coordinator"), now=NOW)
    return report


@pytest.fixture
def lan(session: Session) -> Person:
    """A colleague of the officer: same department, same street."""
    return add_staff(session, "lan", RoleName.OFFICER, "liu", "construction")


@pytest.fixture
def head(session: Session) -> Person:
    return add_staff(session, "head", RoleName.HEAD, "yunhe", "construction")


def hand(session: Session, holder: Person, taker: Person | None, by: Person, **narrow: int) -> int:
    wish = Wish(holder, taker, **narrow)
    plan = plan_handing(session, wish, by, directory(session))
    numbers = [thread.id for thread in plan.going]
    action = hand_over(session, wish, numbers, by=by, directory=directory(session), now=SOON)
    return len(action.done) if action else 0


def test_all_of_a_colleagues_work_goes_at_once_and_each_has_its_event(
    session: Session, lan: Person, head: Person
) -> None:
    officer = person(session, "officer")
    threads = [given_to(session, officer) for _ in range(3)]
    assert hand(session, officer, lan, head) == 3
    session.flush()
    for thread in threads:
        assert thread.assignee_id == lan.id
        event = session.scalars(select(Event).where(Event.thread_id == thread.id, Event.at == SOON)).one()
        assert (event.kind, event.actor_id, event.data) == ("thread.given", head.id, {"person": lan.id})
        assert find_broken_event(session, event.stream) is None


def test_it_can_be_left_to_the_department(session: Session, head: Person) -> None:
    officer = person(session, "officer")
    thread = given_to(session, officer)
    assert hand(session, officer, None, head) == 1
    assert thread.assignee_id is None


@pytest.mark.parametrize(
    ("mover", "may"),
    [("head", True), ("coordinator", True), ("officer", True), ("lan", False), ("outsider", False)],
)
def test_who_may(session: Session, lan: Person, head: Person, mover: str, may: bool) -> None:
    officer = person(session, "officer")
    given_to(session, officer)
    by = person(session, mover)
    assert hand(session, officer, None, by) == int(may)
    assert (
        hand_over(session, Wish(officer, None), [1, 2, 3], by=by, directory=directory(session), now=SOON)
        is None
    )  # nothing is left that they could, by whatever numbers they send


def test_a_head_of_another_department_and_an_administrator_may_not(session: Session) -> None:
    officer = person(session, "officer")
    given_to(session, officer)
    stranger = add_staff(session, "stranger", RoleName.HEAD, "yunhe", "health")
    assert list_holders(session, stranger, directory(session)) == []
    assert hand(session, officer, None, stranger) == 0
    assert hand(session, officer, None, person(session, "administrator")) == 0


def test_a_head_moves_only_what_is_with_the_department(session: Session, head: Person) -> None:
    both = add_staff(session, "both", RoleName.COORDINATOR, "yunhe")
    given_to(session, both)
    idea = make_idea(session)
    assign(session, idea, both, by=Actor(both, "coordinator"), now=NOW)
    [holding] = list_holders(session, head, directory(session))
    assert (holding.name, holding.count) == ("both", 1)
    assert hand(session, both, None, head) == 1
    assert idea.assignee_id == both.id


def test_what_the_taker_may_not_work_stays(session: Session, head: Person) -> None:
    both = add_staff(session, "both", RoleName.OFFICER, "yunhe", "construction")
    here, elsewhere = given_to(session, both), given_to(session, both, place="qiao-1")
    wish = Wish(both, person(session, "officer"))
    plan = plan_handing(session, wish, head, directory(session))
    assert ([t.id for t in plan.going], [t.id for t in plan.staying]) == ([here.id], [elsewhere.id])
    numbers = [here.id, elsewhere.id]
    action = hand_over(session, wish, numbers, by=head, directory=directory(session), now=SOON)
    assert action is not None
    assert [kept["thread"] for kept in action.done] == [here.id]
    assert elsewhere.assignee_id == both.id


def test_it_is_narrowed_by_department_and_place(session: Session, head: Person) -> None:
    found, coordinator = directory(session), person(session, "coordinator")
    both = add_staff(session, "both", RoleName.COORDINATOR, "yunhe")
    liu, qiao = given_to(session, both), given_to(session, both, place="qiao-1")
    noise = given_to(session, both, category="noise")
    street = found.place_codes["qiao"].id
    assert hand(session, both, coordinator, coordinator, place_id=street) == 1
    assert (qiao.assignee_id, liu.assignee_id) == (coordinator.id, both.id)
    assert noise.department_id is not None
    assert hand(session, both, coordinator, coordinator, department_id=noise.department_id) == 1
    assert (noise.assignee_id, liu.assignee_id) == (coordinator.id, both.id)


def test_what_nobody_began_stands_first_and_what_ended_goes_nowhere(session: Session, head: Person) -> None:
    officer = person(session, "officer")
    by = Actor(officer, "officer")
    begun, ended, fresh = (given_to(session, officer) for _ in range(3))
    later = given_to(session, officer, now=NOW + timedelta(days=3))
    start_work(session, begun, by=by, now=NOW)
    close_without_action(session, ended, "Private ground.", by=by, now=NOW)
    session.flush()
    plan = plan_handing(session, Wish(officer, None), head, directory(session))
    assert [t.id for t in plan.going] == [later.id, fresh.id, begun.id]


def test_takers_are_those_who_work_there_and_are_not_blocked(session: Session, lan: Person) -> None:
    officer = person(session, "officer")
    names = [name for _, name in list_workers(session, officer, directory(session))]
    assert names == ["coordinator", "lan", "officer"]  # the outsider works on the other street
    lan.is_blocked = True
    session.flush()
    assert "lan" not in [name for _, name in list_workers(session, officer, directory(session))]


def test_who_is_blocked_leaves_their_work(session: Session) -> None:
    officer, chief = person(session, "officer"), Actor(person(session, "administrator"), "administrator")
    thread = given_to(session, officer)
    staffing.block(session, officer, by=chief, now=SOON)
    session.flush()
    assert thread.assignee_id is None
    event = session.scalars(
        select(Event).where(Event.thread_id == thread.id).order_by(Event.id.desc())
    ).first()
    assert event is not None
    assert (event.kind, event.actor_id) == ("thread.left_to_department", chief.id)


def test_who_loses_a_role_keeps_what_another_role_lets_them_work(session: Session) -> None:
    officer, chief = person(session, "officer"), Actor(person(session, "administrator"), "administrator")
    place = session.scalars(select(Place).where(Place.code == "liu-1")).one()
    add_role(session, officer, RoleName.COORDINATOR, place, None)
    session.refresh(officer)
    kept, lost = given_to(session, officer), given_to(session, officer, place="liu-2")
    role = next(r for r in officer.roles if r.name == RoleName.OFFICER)
    staffing.take(session, role, by=chief, now=SOON)
    assert (kept.assignee_id, lost.assignee_id) == (officer.id, None)


def test_at_night_lost_work_is_left_however_it_was_lost(session: Session) -> None:
    officer = person(session, "officer")
    lost = given_to(session, officer)
    officer.is_blocked = True  # past the administrators' pages
    enqueue(session, LEAVE_TOPIC, {}, now=NOW)
    session.commit()
    run_all(NOW)
    run_all(NOW)
    session.refresh(lost)
    assert lost.assignee_id is None


def fill(app: Flask, number: int) -> list[str]:
    """Give the officer so many reports; return their references."""
    with app.app_context():
        session = db.session()
        made = [given_to(session, person(session, "officer")).reference for _ in range(number)]
        session.commit()
        return made


def ids(app: Flask) -> dict[str, str]:
    with app.app_context():
        return {p.name: str(p.id) for p in db.session().scalars(select(Person))}


def test_the_page_shows_what_would_go_and_does_it(app: Flask, browse: Browse) -> None:
    references, numbers = fill(app, 3), ids(app)
    client = browse("coordinator")
    address = f"/staff/hand-over?lang=en&from={numbers['officer']}&to={numbers['coordinator']}&most=2"
    page = client.get(address).text
    assert "3 submissions can go." in page
    assert page.count(' name="thread"') == 3
    assert page.count(" checked") == 2
    with app.app_context():
        chosen = [find_by_reference(db.session(), r).id for r in references[:2]]  # type: ignore[union-attr]
    fields = {"from": numbers["officer"], "to": numbers["coordinator"], "thread": chosen}
    answer = post(client, "/staff/hand-over?lang=en", fields)
    assert answer.status_code == 303
    after = client.get(f"{answer.location}?lang=en").text
    assert "2 submissions are handed over." in after
    assert "Undo" in after
    again = post(client, "/staff/hand-over?lang=en", fields)
    assert again.status_code == 303
    assert "2 stay where they are" in client.get("/staff/hand-over?lang=en").text


def test_it_can_be_undone_for_ten_minutes_but_where_something_has_happened_since(
    session: Session, lan: Person, head: Person
) -> None:
    officer = person(session, "officer")
    moved_on, others = given_to(session, officer), [given_to(session, officer) for _ in range(2)]
    numbers = [moved_on.id, *(t.id for t in others)]
    wish = Wish(officer, lan)
    action = hand_over(session, wish, numbers, by=head, directory=directory(session), now=SOON)
    assert action is not None
    start_work(session, moved_on, by=Actor(lan, "officer"), now=SOON)
    undo_bulk(session, action, head, directory=directory(session), now=SOON + timedelta(minutes=9))
    assert [t.assignee_id for t in others] == [officer.id, officer.id]
    assert (moved_on.assignee_id, action.left) == (lan.id, [moved_on.id])


def test_missing_or_wrong_choices_are_told_and_what_was_chosen_stays(app: Flask, browse: Browse) -> None:
    fill(app, 2)
    numbers, client = ids(app), browse("coordinator")
    page = client.get("/staff/hand-over?lang=en&from=999&to=x&most=many&place=liu&department=nothing").text
    assert "This person has nothing open any more" in page
    assert "Please choose who takes it over." in page
    assert '<option value="liu" selected>' in page
    led = client.get(f"/staff/hand-over?lang=en&from={numbers['officer']}").text
    assert "There is a problem" not in led  # nothing was sent yet
    assert "nothing open any more" in client.get("/staff/hand-over?lang=en&from=999").text
    same = client.get(f"/staff/hand-over?lang=en&from={numbers['officer']}&to={numbers['officer']}").text
    assert "This person has it already" in same
    fields = {"from": numbers["officer"], "to": "department"}
    nothing = post(client, "/staff/hand-over?lang=en", fields)
    assert nothing.status_code == 422
    assert "Please tick at least one submission." in nothing.text
    assert 'value="department" selected' in nothing.text


def test_who_has_nothing_to_hand_over_is_told_so(browse: Browse) -> None:
    assert "Nobody has anything to hand over" in browse("officer").get("/staff/hand-over?lang=en").text


def test_the_page_costs_the_same_queries_whatever_the_rows(app: Flask, browse: Browse) -> None:
    counts = []
    for number in (2, 30):
        fill(app, number)
        client = browse("coordinator")
        address = f"/staff/hand-over?from={ids(app)['officer']}&to=department"
        with count_queries(app) as statements:
            assert client.get(address).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 16


def test_two_who_hand_over_the_same_at_once_move_it_once(app: Flask, browse: Browse) -> None:
    fill(app, 5)
    numbers = ids(app)
    with app.app_context():
        threads = db.session.scalars(select(Thread.id)).all()
    fields = {"from": numbers["officer"], "to": numbers["coordinator"], "thread": threads}
    clients = [browse("coordinator"), browse("officer")]
    barrier, answers = Barrier(2), []

    def run(client: FlaskClient) -> None:
        barrier.wait(timeout=30)
        answers.append(post(client, "/staff/hand-over?lang=en", fields))

    racing = [SystemThread(target=run, args=(client,)) for client in clients]
    for each in racing:
        each.start()
    for each in racing:
        each.join(timeout=60)
    won = [answer for answer in answers if "/staff/bulk/" in (answer.location or "")]
    lost = [answer for answer in answers if answer not in won]
    assert len(won) == 1
    # They came before or after the list of whose work there is was read.
    assert lost[0].status_code == 303 or "nothing open any more" in lost[0].text
    with app.app_context():
        session = db.session()
        moved = select(Event.thread_id, Event.data).where(Event.kind.in_(("thread.given", "thread.taken")))
        to_coordinator = [
            n for n, data in session.execute(moved) if data["person"] != int(numbers["officer"])
        ]
        assert sorted(to_coordinator) == sorted(threads)
        assert {t.assignee_id for t in session.scalars(select(Thread))} == {int(numbers["coordinator"])}
        assert [t for t in threads if find_broken_event(session, f"thread:{t}")] == []
