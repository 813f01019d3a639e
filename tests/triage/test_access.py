"""Who may do what: every verb with every role."""

from collections.abc import Iterable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import RoleName
from portal.communities.models import Department, Place
from portal.core.db import db
from portal.threads.models import Thread
from portal.triage.access import desk_for, list_colleagues, readable_by
from portal.triage.work import VERBS
from tests.factories import (
    Browse,
    add_person,
    add_role,
    directory,
    make_idea,
    make_report,
    make_undecided,
    person,
)
from tests.triage.moving import make_ready, post_move

ALL = frozenset(VERBS)
SORTING = {"sort", "idea", "not-ours"}
OFFICER_LIKE = ("officer", "head")
SORTER_LIKE = ("coordinator", "warden")
PEOPLE = (
    "resident",
    "neighbour",
    *OFFICER_LIKE,
    *SORTER_LIKE,
    "outsider",
    "elsewhere",
    "far-head",
    "far-warden",
    "panellist",
    "administrator",
)


def add_elsewhere(session: Session) -> None:
    """Add who holds the same roles in the same street, in another department of it, and in another street."""
    places = {place.code: place for place in session.scalars(select(Place))}
    of = {department.code: department for department in session.scalars(select(Department))}
    for name, role, place, department in (
        ("elsewhere", RoleName.OFFICER, "liu", of["labour"]),
        ("head", RoleName.HEAD, "liu", of["construction"]),
        ("warden", RoleName.COORDINATOR, "liu", None),
        ("far-head", RoleName.HEAD, "qiao", of["construction"]),
        ("far-warden", RoleName.COORDINATOR, "qiao", None),
    ):
        add_role(session, add_person(session, name), role, places[place], department)


def permitted_to(session: Session, name: str, thread: Thread) -> set[str]:
    desk = desk_for(person(session, name), thread, directory(session))
    return {verb for verb in VERBS if desk.may(verb)}


def test_each_role_may_do_its_own_with_a_report(session: Session) -> None:
    add_elsewhere(session)
    report = make_report(session)
    may = {name: permitted_to(session, name, report) for name in PEOPLE}
    for name in SORTER_LIKE:
        assert may.pop(name) == ALL, name
    for name in OFFICER_LIKE:
        assert may.pop(name) == ALL - SORTING, name
    assert set().union(*may.values()) == set()


def test_each_role_may_do_its_own_with_an_idea(session: Session) -> None:
    add_elsewhere(session)
    idea = make_idea(session)
    may = {name: permitted_to(session, name, idea) for name in PEOPLE}
    for name in SORTER_LIKE:
        assert may.pop(name) == ALL, name
    assert may.pop("panellist") == {"note"}
    assert set().union(*may.values()) == set()


@pytest.mark.parametrize("make", [make_undecided, lambda s: make_report(s, category=None)])
def test_only_coordinators_touch_what_is_unsorted(session: Session, make) -> None:  # type: ignore[no-untyped-def]
    add_elsewhere(session)
    thread = make(session)
    assert [name for name in PEOPLE if permitted_to(session, name, thread)] == list(SORTER_LIKE)


def test_nobody_is_not_allowed_anything(session: Session) -> None:
    desk = desk_for(None, make_report(session), directory(session))
    assert not any(desk.may(verb) for verb in VERBS)


def test_a_blocked_coordinator_reads_nothing(session: Session) -> None:
    person(session, "coordinator").is_blocked = True
    assert permitted_to(session, "coordinator", make_report(session)) == set()


def test_lists_hold_exactly_what_may_be_read(session: Session) -> None:
    add_elsewhere(session)
    threads = [make_report(session), make_idea(session), make_undecided(session)]
    threads += [make_report(session, category=None), make_report(session, category="wages")]
    threads.append(make_report(session, place_id=directory(session).place_codes["qiao-1"].id))
    for name in PEOPLE:
        who, places = person(session, name), directory(session)
        listed = set(session.scalars(select(Thread.id).where(readable_by(who, places))))
        assert listed == {t.id for t in threads if desk_for(who, t, places).reads}, name


def test_colleagues_are_those_who_could_work_it(session: Session) -> None:
    add_elsewhere(session)

    def names(thread: Thread) -> list[str]:
        return [name for _number, name in list_colleagues(session, thread, directory(session))]

    assert sorted(names(make_report(session))) == ["coordinator", "head", "officer", "warden"]
    assert sorted(names(make_report(session, category="wages"))) == ["coordinator", "elsewhere", "warden"]
    assert sorted(names(make_idea(session))) == ["coordinator", "warden"]


def ready_threads(app: Flask, verbs: Iterable[str]) -> dict[str, tuple[str, int]]:
    """Make a thread ready for each verb; return its reference and last event."""
    with app.app_context():
        session = db.session()
        threads = {verb: make_ready(session, verb) for verb in verbs if verb != "show"}
        threads["show"] = make_ready(session, "show")
        add_elsewhere(session)
        session.commit()
        return {verb: (t.reference, t.last_sequence) for verb, t in threads.items()}


def verbs_of(name: str | None) -> frozenset[str]:
    """Return what a person may do with what stands ready for each verb."""
    if name in SORTER_LIKE:
        return ALL
    return ALL - SORTING - {"open", "decide"} if name in OFFICER_LIKE else frozenset()


@pytest.mark.parametrize("name", [None, *PEOPLE])
def test_whoever_may_not_is_refused_and_nothing_changes(app: Flask, browse: Browse, name: str | None) -> None:
    threads = ready_threads(app, VERBS)
    client = browse(name)
    allowed = verbs_of(name)
    for verb, (reference, seen) in threads.items():
        if verb in allowed:
            continue
        answer = post_move(client, reference, verb, seen=seen)
        assert answer.status_code in (403, 404), verb
    with app.app_context():
        sequences = dict(db.session.execute(select(Thread.reference, Thread.last_sequence)).all())
    assert all(sequences[reference] == seen for reference, seen in threads.values())


@pytest.mark.parametrize("name", [*OFFICER_LIKE, *SORTER_LIKE])
def test_whoever_may_makes_every_move_through_its_form(app: Flask, browse: Browse, name: str) -> None:
    threads = ready_threads(app, VERBS)
    client = browse(name)
    theirs = verbs_of(name)
    with app.app_context():
        colleague = person(db.session(), "officer" if name == "coordinator" else "coordinator").id
    for verb in sorted(theirs):
        reference, seen = threads[verb]
        fields = {"person": str(colleague)} if verb == "give" else {}
        answer = post_move(client, reference, verb, seen=seen, **fields)
        assert answer.status_code == 303, verb
        after = client.get(answer.location)
        assert after.status_code == 200, verb
    with app.app_context():
        sequences = dict(db.session.execute(select(Thread.reference, Thread.last_sequence)).all())
    assert all(sequences[threads[verb][0]] == threads[verb][1] + 1 for verb in theirs)


def test_a_panellist_notes_on_an_idea_and_moves_nothing(app: Flask, browse: Browse) -> None:
    with app.app_context():
        idea = make_idea(db.session())
        db.session.commit()
        reference, seen = idea.reference, idea.last_sequence
    client = browse("panellist")
    page = client.get(f"/staff/{reference}?lang=en").text
    assert "Note for staff" in page
    assert "Open for support" not in page
    assert post_move(client, reference, "decide", seen=seen).status_code == 403
    assert post_move(client, reference, "note", seen=seen).status_code == 303


def test_staff_pages_are_for_those_with_a_role_there(app: Flask, browse: Browse) -> None:
    may = {
        "/staff": {"officer", "outsider", "coordinator", "panellist", "administrator"},
        "/staff/desk": {"coordinator"},
        "/staff/queue": {"officer", "outsider", "coordinator"},
        "/staff/ideas": {"coordinator", "panellist"},
        "/staff/search": {"officer", "outsider", "coordinator", "panellist"},
    }
    for name in ("resident", "officer", "outsider", "coordinator", "panellist", "administrator"):
        client = browse(name)
        for address, names in may.items():
            assert client.get(address).status_code == (200 if name in names else 403), (name, address)
    assert "/sign-in" in browse(None).get("/staff/desk").location
