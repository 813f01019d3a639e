"""A walk of permitted moves, in any order: nothing that was said, voted or recorded is lost."""

from datetime import datetime, timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.visits import Visit
from portal.core.errors import Invalid, NotAllowed
from portal.ideas.rules import DECISIONS
from portal.ideas.rules import STAFF_MOVES as IDEA_MOVES
from portal.reports.actions import confirm_fixed, reopen_as_unfixed
from portal.reports.rules import STAFF_MOVES as REPORT_MOVES
from portal.reports.rules import resident_may_judge, resident_may_reopen
from portal.threads.actions import add_words, answer, withdraw
from portal.threads.additions import Comment, Follower
from portal.threads.comments import add_comment, takes_comments
from portal.threads.events import find_broken_event, resident
from portal.threads.followers import follow_thread, follows
from portal.threads.models import CLOSED, STANDING_STILL, Event, Kind, Statement, Status, Thread, Vote
from portal.threads.rules import can_add_words, can_withdraw
from portal.threads.votes import cast_vote, takes_votes
from portal.triage.access import desk_for, list_colleagues
from portal.triage.bulk import LABELS, do_bulk, state_of
from portal.triage.taking_back import undo_bulk
from portal.triage.work import VERBS, Move, permitted
from tests.factories import NOW, directory, make_idea, make_report, make_undecided, person
from tests.triage.moving import filled_form

PEOPLE = ("neighbour", "officer", "panellist")
UNSORTED = {Status.RECEIVED, Status.WAITING, Status.WITHDRAWN, Status.DUPLICATE}
CATEGORIES = ("roads-paving", "wages", "noise", "parks-planning")
MAKERS = (
    make_report,
    make_idea,
    make_undecided,
    lambda session: make_report(session, category=None),
    lambda session: make_report(session, private=True),
)


class Walk:
    """One thread on its way, and all that must still be there at the end."""

    def __init__(self, session: Session, start: int) -> None:
        self.session, self.now = session, NOW
        self.thread = MAKERS[start % len(MAKERS)](session)
        self.words: dict[int, str] = {}
        self.comments: dict[int, str] = {}
        self.followers: set[int] = set()

    def step(self, choice: int) -> None:
        self.now += timedelta(hours=7)
        moves = [*self.staff_moves(), *self.resident_moves()]
        moves[choice % len(moves)](choice // len(moves))
        self.session.flush()
        self.check()

    def staff_moves(self):  # type: ignore[no-untyped-def]
        for name in ("coordinator", "officer", "panellist"):
            desk = desk_for(person(self.session, name), self.thread, directory(self.session))
            for verb in permitted(self.thread, desk):
                yield lambda n, verb=verb, desk=desk: self.make(verb, desk, n)
                if verb in LABELS:
                    yield lambda n, verb=verb, name=name: self.make_and_undo(verb, name, n)

    def make(self, verb, desk, n: int) -> None:  # type: ignore[no-untyped-def]
        thread, places = self.thread, directory(self.session)
        form = self.fill_in(verb, n)
        if form is None:
            return
        try:
            VERBS[verb].do(Move(self.session, thread, desk, places, form, self.now))
        except (Invalid, NotAllowed):
            assert verb in ("merge", "part")  # the two don't fit each other, or the other is elsewhere

    def make_and_undo(self, verb: str, name: str, n: int) -> None:
        """Make the move as one of many, and take it back: the thread is what it was."""
        session, thread, who = self.session, self.thread, person(self.session, name)
        form = self.fill_in(verb, n)
        if form is None:
            return
        before = state_of(thread)
        visit = Visit(session, who, directory(session), self.now)
        try:
            action = do_bulk(visit, verb, {thread.reference: thread.last_sequence}, form)
        except Invalid:
            assert verb == "merge"  # the two don't fit each other
            return
        self.now += timedelta(minutes=9)
        undo_bulk(session, action, who, directory=directory(session), now=self.now)
        assert not action.left
        after = state_of(thread)
        assert {k: v for k, v in after.items() if k != "priority"} == {  # which grows with age
            k: v for k, v in before.items() if k != "priority"
        }

    def fill_in(self, verb: str, n: int):  # type: ignore[no-untyped-def]
        """Return the verb's form, filled in by chance; None where nobody is there to give it to."""
        thread, places = self.thread, directory(self.session)
        colleagues = [i for i, _ in list_colleagues(self.session, thread, places) if i != thread.assignee_id]
        others = [c for c in CATEGORIES if places.category_codes[c].id != thread.category_id]
        code = others[n % len(others)]
        decisions = [d for d in DECISIONS if d != thread.status]
        form = filled_form(
            reason=f"reason {n}",
            question=f"question {n}",
            reply=f"reply {n}",
            note=f"note {n}",
            done=f"done {n}",
            body=f"body {n}",
            channel="phone",
            severity=str(1 + n % 5),
            likelihood=1 + n % 5,
            exposure=1 + n // 5 % 5,
            person=str(colleagues[n % len(colleagues)]) if colleagues else "",
            decision=str(decisions[n % len(decisions)]),
            other=self.other_one().reference,
        )
        form.chosen = lambda found: found.category_codes[code]
        return None if verb == "give" and not colleagues else form

    def other_one(self) -> Thread:
        """Return another that this could be joined with."""
        make = make_idea if self.thread.kind == Kind.IDEA else make_report
        return make(self.session, "The same again.", now=self.now)

    def resident_moves(self):  # type: ignore[no-untyped-def]
        session, thread, now = self.session, self.thread, self.now
        by = resident(thread.author)
        if thread.status == Status.WAITING:
            yield lambda n: answer(session, thread, f"answer {n}", by=by, now=now)
        if can_add_words(thread.status):
            yield lambda n: add_words(session, thread, f"more {n}", by=by, now=now)
        if can_withdraw(thread.status):
            yield lambda n: withdraw(session, thread, by=by, now=now) if n % 7 == 0 else None
        if resident_may_judge(thread.status):
            yield lambda n: confirm_fixed(session, thread, by=by, now=now)
        if resident_may_reopen(thread.status):
            yield lambda n: reopen_as_unfixed(
                session, thread, f"no {n}", by=by, directory=directory(session), now=now
            )
        if takes_votes(thread):
            yield lambda n: cast_vote(session, thread, person(session, "neighbour"), now=now)
        if takes_comments(thread, directory(session)):
            yield lambda n: self.comment(f"comment {n}")
        yield lambda n: follow_thread(session, thread, person(session, PEOPLE[n % len(PEOPLE)]), now=now)

    def comment(self, text: str) -> None:
        session, who = self.session, person(self.session, "neighbour")
        add_comment(
            session, self.thread, who, text, name_shown=True, directory=directory(session), now=self.now
        )

    def check(self) -> None:
        self.nothing_is_lost()
        check_state(self.thread, self.now)

    def nothing_is_lost(self) -> None:
        session, thread = self.session, self.thread
        said = {
            s.id: s.text for s in session.scalars(select(Statement).where(Statement.thread_id == thread.id))
        }
        assert self.words.items() <= said.items()
        self.words = said
        events = session.scalar(select(func.count()).select_from(Event).where(Event.thread_id == thread.id))
        assert events == thread.last_sequence
        votes = session.scalar(select(func.count()).select_from(Vote).where(Vote.thread_id == thread.id))
        assert votes == thread.votes_total
        comments = {
            c.id: c.text for c in session.scalars(select(Comment).where(Comment.thread_id == thread.id))
        }
        assert self.comments.items() <= comments.items()
        self.comments = comments
        followers = set(session.scalars(select(Follower.person_id).where(follows(thread.id))))
        assert self.followers <= followers
        self.followers = followers


def check_state(thread: Thread, now: datetime) -> None:
    """Tell what holds of a thread whatever has happened to it."""
    table = {Kind.REPORT: REPORT_MOVES, Kind.IDEA: IDEA_MOVES}.get(thread.kind)
    assert thread.status in (table or UNSORTED)
    assert thread.is_closed == (thread.status in CLOSED)
    assert 0 <= thread.priority <= 100
    assert thread.kind != Kind.IDEA or thread.priority == 0
    assert (thread.status_before_waiting is not None) == (thread.status == Status.WAITING)
    if thread.status != Status.DUPLICATE:  # which leaves the clock as it was, to be given back
        assert (thread.clock_stopped_at is not None) == (thread.status in STANDING_STILL)
    assert (thread.fix_due_at is None) == (thread.kind != Kind.REPORT or thread.category_id is None)
    if thread.needs_sorting:
        assert not thread.is_closed
        assert thread.department_id is None
        assert thread.kind != Kind.IDEA
    if thread.kind == Kind.IDEA:
        assert thread.department_id is None
    if thread.kind == Kind.REPORT and not thread.is_closed:
        assert thread.needs_sorting == (thread.department_id is None)
    if thread.status == Status.REOPENED and not thread.answered_at:
        assert thread.due_at > thread.clock_started_at


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.generate],  # a shorter walk that fails too takes minutes to find
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)
@given(start=st.integers(0, 4), choices=st.lists(st.integers(0, 10_000), min_size=15, max_size=40))
def test_no_walk_loses_anything(session: Session, start: int, choices: list[int]) -> None:
    walk = Walk(session, start)
    walk.check()
    for choice in choices:
        walk.step(choice)
    assert find_broken_event(session, f"thread:{walk.thread.id}") is None
