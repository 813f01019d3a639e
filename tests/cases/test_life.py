"""The life of a report between departments: no walk of permitted deeds loses anything."""

from datetime import timedelta

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.visits import Visit
from portal.cases.board import read_board
from portal.cases.deeds import DEEDS, open_deeds
from portal.cases.doing import Doing
from portal.cases.models import CaseDecision, JointCase, Minutes, Offer, Referral, Task
from portal.core.errors import Conflict, Invalid
from portal.threads.events import find_broken_event
from portal.threads.guests import list_guests
from portal.threads.models import Event, Statement, Thread
from portal.triage.access import desk_for, guest_desk
from tests.cases.scenes import SOON, add_cast, department_id
from tests.factories import directory, make_report, person

PEOPLE = ("officer", "helper", "third", "coordinator", "warden", "stranger")
TABLES = (Event, Statement, JointCase, Task, Minutes, CaseDecision, Offer, Referral)
STEPS = st.tuples(st.sampled_from(PEOPLE), st.integers(0, 40), st.integers(0, 3))
WALKS = st.lists(STEPS, min_size=6, max_size=14)


class Filled:
    """A form as somebody filled it in: what each field holds, by its name."""

    def __init__(self, **values: object) -> None:
        self.values = values

    def __getattr__(self, name: str) -> "Filled":
        return Filled(data=self.values[name]) if name != "data" else self.values["data"]  # type: ignore[return-value]

    def __getitem__(self, name: str) -> "Filled":
        prefix = name.split("_", maxsplit=1)[0]
        return Filled(data=3 if prefix == "days" else f"{name} is to be done.")


def filled(session: Session, choice: int) -> Filled:
    codes = ("construction", "labour", "environment", "labour")
    number = str(department_id(session, codes[choice]))
    place = directory(session).place_codes[("liu", "yunhe", "liu-1", "qiao")[choice]]
    return Filled(
        departments=[number],
        department="outside" if choice == 3 else number,
        lead=number,
        reason="For this reason.",
        what="What to do.",
        shown="What is done.",
        days=2,
        result="This came of it.",
        held_on=SOON.date(),
        text="It was said.",
        owner=f"department:{number}",
        due_on=SOON.date(),
        note="Noted.",
        place=str(place.id),
        restatement="In other words.",
        answer="An answer.",
        public=bool(choice % 2),
    )


def rows(session: Session, thread: Thread) -> dict[str, int]:
    return {
        t.__tablename__: session.scalar(select(func.count()).select_from(t).where(t.thread_id == thread.id))
        or 0
        for t in TABLES
    }


def step(session: Session, thread: Thread, chosen: tuple[str, int, int], at: int) -> None:
    """Let the person do one of the deeds that are open to them, if there are any."""
    name, pick, choice = chosen
    who, places, now = person(session, name), directory(session), SOON + timedelta(minutes=at)
    desk = desk_for(who, thread, places)
    if not desk.reads:
        desk = guest_desk(who, thread, list_guests(session, thread.id), places)
    board = read_board(Visit(session, who, places, now), thread, desk)
    deeds = list(open_deeds(board)) if desk.reads else []
    if deeds:
        deed, _number, row = deeds[pick % len(deeds)]
        form = filled(session, choice)
        if deed != "offer":  # only an offer can be to a body outside
            form.values["department"] = str(department_id(session, "environment"))
        DEEDS[deed].do(Doing(board, row, form))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(walk=WALKS)
def test_no_walk_loses_words_events_or_tasks(session: Session, walk: list[tuple[str, int, int]]) -> None:
    session.rollback()
    add_cast(session)
    thread = make_report(session)
    words = session.scalars(select(Statement.text).where(Statement.thread_id == thread.id)).all()
    before, due = rows(session, thread), thread.due_at
    for at, chosen in enumerate(walk):
        saved = session.begin_nested()
        try:
            step(session, thread, chosen, at)
            saved.commit()
        except (Conflict, Invalid):
            saved.rollback()
        after = rows(session, thread)
        assert all(after[table] >= count for table, count in before.items())
        before = after
    assert find_broken_event(session, f"thread:{thread.id}") is None
    assert set(words) <= set(session.scalars(select(Statement.text).where(Statement.thread_id == thread.id)))
    assert thread.due_at == due  # passed on or not, nothing gains time
    standing = [
        c
        for c in session.scalars(select(JointCase).where(JointCase.thread_id == thread.id))
        if c.state != "declined"
    ]
    assert len(standing) <= 1
    session.rollback()
