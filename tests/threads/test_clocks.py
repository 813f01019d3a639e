"""The two clocks: what is promised, when it is due, and that no clock ever runs backwards."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from portal.communities.calendars import RoundTheClock, WorkCalendar
from portal.communities.directory import raise_version
from portal.communities.models import Calendar
from portal.communities.times import TIMES, times_with, usual_times
from portal.core.i18n import in_language
from portal.reports.actions import mark_fixed, reopen, resume, wait_outside
from portal.reports.rules import permits
from portal.threads.actions import answer, ask, reply
from portal.threads.clocks import (
    choose_pace,
    due_time,
    is_late,
    make_promise,
    next_due,
    stood_still,
)
from portal.threads.events import Actor, resident
from portal.threads.models import Kind, Pace, Status, Thread
from portal.threads.promise_words import tell_promises, tell_within
from portal.threads.rules import can_ask
from portal.triage.actions import return_to_desk, sort_as_report
from portal.triage.danger import mark_danger, mark_no_danger
from portal.triage.rules import can_be_danger
from tests.factories import NOW, directory, make_idea, make_report, make_undecided, person

WEEK = frozenset(range(5))
SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PLAIN = WorkCalendar(WEEK, {}, SHANGHAI)
# NOW is a Monday at noon in Shanghai: half past four of a day from half past eight to half past five.


def officer(session: Session) -> Actor:
    return Actor(person(session, "officer"), "officer")


def put_calendar(session: Session, **days: bool) -> None:
    place = directory(session).place_codes["yunhe"].id
    entries = {day: {"works": works, "names": {}} for day, works in days.items()}
    session.add(Calendar(place_id=place, weekdays=sorted(WEEK), days=entries))
    raise_version(session)


# Rules.


def test_what_nobody_has_set_follows_from_the_working_days() -> None:
    assert list(usual_times(3, 15).values()) == [3, 15, 3, 60, 12, 180]
    assert usual_times(3)["fix_days"] == 15
    assert usual_times(10, 4)["fix_days"] == 10
    shipped = usual_times(3, 15)
    assert times_with(shipped, dict.fromkeys(TIMES)) == shipped
    assert times_with(shipped, {"answer_days": 2, "urgent_fix_hours": 9}) == usual_times(2, 15) | {
        "urgent_fix_hours": 9
    }


def test_danger_goes_before_emergency_mode_and_both_before_office_hours() -> None:
    assert choose_pace(is_urgent=True, in_emergency=True) == Pace.URGENT
    assert choose_pace(is_urgent=False, in_emergency=True) == Pace.EMERGENCY
    assert choose_pace(is_urgent=False, in_emergency=False) == Pace.NORMAL
    assert make_promise(Kind.UNDECIDED, None, Pace.URGENT, RoundTheClock()).unit == HOUR
    assert make_promise(Kind.IDEA, None, Pace.URGENT, PLAIN).unit == PLAIN.day


MOMENTS = st.datetimes(datetime(2026, 9, 1), datetime(2027, 3, 1), timezones=st.just(UTC))
DAYS = st.dictionaries(st.dates(date(2026, 9, 1), date(2026, 12, 31)), st.booleans(), max_size=30)
ZONES = st.sampled_from([ZoneInfo(z) for z in ("Asia/Shanghai", "Europe/Berlin", "America/Havana")])
CALENDARS = st.builds(WorkCalendar, st.just(WEEK), DAYS, ZONES)
ALLOWED = st.timedeltas(HOUR, 200 * HOUR)


@settings(deadline=None)
@given(CALENDARS, MOMENTS, ALLOWED, st.lists(MOMENTS, min_size=2, max_size=8))
def test_pauses_only_put_off_and_leave_as_much_time_as_there_was(
    hours: WorkCalendar, start: datetime, allowed: timedelta, moments: list[datetime]
) -> None:
    ordered = sorted(moments)
    pauses = list(zip(ordered[::2], ordered[1::2], strict=False))
    due = due_time(start, allowed, [], hours)
    for number, (begin, end) in enumerate(pauses):
        later = due_time(start, allowed, pauses[: number + 1], hours)
        assert later == hours.add(due, hours.between(max(begin, start), end))
        assert later >= due
        due = later
    assert hours.between(start, due) == allowed + stood_still(start, pauses, hours)


# Actions.


def test_a_report_is_promised_an_answer_and_a_fix_in_working_time(session: Session) -> None:
    put_calendar(session, **{"2026-03-03": False, "2026-03-07": True})
    report = make_report(session)  # 3 and 15 working days
    assert report.due_at == NOW + 4 * DAY  # Tuesday is a holiday: Friday
    assert report.fix_due_at == datetime(2026, 3, 23, 4, tzinfo=UTC)  # one day off and one made up for
    assert make_idea(session).fix_due_at is None
    assert make_undecided(session).fix_due_at is None


def test_danger_keeps_no_office_hours(session: Session) -> None:
    put_calendar(session)
    text = "Gas is leaking in the stairwell, there is a strong smell, it may explode."
    report = make_report(session, text, now=NOW + 4 * DAY + 10 * HOUR)  # Friday, ten at night
    assert report.is_urgent
    assert report.due_at == report.created_at + 3 * HOUR
    assert report.fix_due_at == report.created_at + 60 * HOUR


def test_the_clock_stands_still_while_the_sender_is_asked(session: Session) -> None:
    put_calendar(session)
    report = make_report(session)
    promised = report.fix_due_at
    assert promised
    ask(session, report, "Which lamp?", by=officer(session), now=NOW)
    assert next_due(report) is None
    assert not is_late(report, NOW + 100 * DAY)
    answer(session, report, "The left one.", by=resident(report.author), now=NOW + 2 * DAY)
    assert report.fix_due_at == promised + 2 * DAY
    assert report.due_at == NOW + 3 * DAY  # it had been answered
    assert next_due(report) == report.fix_due_at


def test_waiting_for_an_outside_body_is_public_and_ends_when_work_goes_on(session: Session) -> None:
    report = make_report(session)
    promised = report.fix_due_at
    assert promised
    wait_outside(session, report, "The power company", "They come on Monday.", by=officer(session), now=NOW)
    resume(session, report, by=officer(session), now=NOW + 5 * DAY)
    assert report.fix_due_at == promised + 5 * DAY
    assert report.status == "in_progress"


def test_what_is_fixed_while_it_waits_is_judged_without_the_wait(session: Session) -> None:
    report = make_report(session)
    wait_outside(session, report, "The power company", "They come on Monday.", by=officer(session), now=NOW)
    late = NOW + 40 * DAY
    mark_fixed(session, report, "They mended it themselves.", by=officer(session), now=late)
    assert report.fix_due_at is not None
    assert late <= report.fix_due_at


def test_sending_it_round_gains_no_time_and_loses_no_pause(session: Session) -> None:
    put_calendar(session)
    report, boss = make_report(session), Actor(person(session, "coordinator"), "coordinator")
    ask(session, report, "Which lamp?", by=boss, now=NOW)
    answer(session, report, "The left one.", by=resident(report.author), now=NOW + DAY)
    promised = report.fix_due_at
    return_to_desk(session, report, "Not ours.", by=officer(session), now=NOW + 2 * DAY)
    assert report.fix_due_at is None
    back = directory(session).category_codes["roads-paving"]
    sort_as_report(session, report, back, directory=directory(session), by=boss, now=NOW + 3 * DAY)
    assert report.fix_due_at == promised


def test_a_reopened_report_has_its_whole_time_again(session: Session) -> None:
    report = make_report(session)
    mark_fixed(session, report, "Done.", by=officer(session), now=NOW + DAY)
    again = NOW + 50 * DAY
    reopen(session, report, "Broken again.", by=officer(session), directory=directory(session), now=again)
    assert (report.due_at, report.fix_due_at) == (again + 3 * DAY, again + 15 * DAY)
    assert report.clock_pauses == []


def test_danger_seen_later_counts_from_then_and_never_excuses_what_was_late(session: Session) -> None:
    report, late = make_report(session), make_report(session)
    first = report.due_at, report.fix_due_at
    mark_danger(session, report, "The cable is bare.", by=officer(session), now=NOW + DAY)
    assert report.due_at == NOW + DAY + 3 * HOUR
    assert report.fix_due_at == NOW + DAY + 60 * HOUR
    mark_no_danger(session, report, "No power on it.", by=officer(session), now=NOW + DAY)
    assert (report.due_at, report.fix_due_at) == first
    due = late.due_at
    mark_danger(session, late, "The cable is bare.", by=officer(session), now=NOW + 9 * DAY)
    assert late.due_at == due
    assert is_late(late, NOW + 9 * DAY)


def test_danger_seen_while_it_waits_takes_only_the_rest_of_the_wait(session: Session) -> None:
    report = make_report(session)
    wait_outside(session, report, "The power company", "They come on Monday.", by=officer(session), now=NOW)
    mark_danger(session, report, "The cable is bare.", by=officer(session), now=NOW + 2 * DAY)
    resume(session, report, by=officer(session), now=NOW + 3 * DAY)
    assert report.fix_due_at == NOW + 3 * DAY + 60 * HOUR


def test_each_due_time_says_how_it_was_counted(session: Session) -> None:
    put_calendar(session)
    with in_language("en"):
        explain(session)


def explain(session: Session) -> None:
    report = make_report(session)
    assert tell_within(report) == "3 working days"
    told = tell_promises(report, directory(session), NOW)
    assert [one.label for one in told] == ["Answer promised by", "Promised to be fixed by"]
    assert told[0].text == "5 March 2026"
    assert "Within 3 working days of 9 hours, counted from 2 March 2026, 12:00." in told[0].why[0]
    ask(session, report, "Which lamp?", by=officer(session), now=NOW)
    [standing] = tell_promises(report, directory(session), NOW)
    assert "stands still" in standing.text
    answer(session, report, "The left one.", by=resident(report.author), now=NOW + DAY + 3 * HOUR)
    [fix] = tell_promises(report, directory(session), NOW + 100 * DAY)
    assert "1 working day, 3 hours" in fix.why[1]
    assert "(late)" in fix.text
    mark_fixed(session, report, "Done.", by=officer(session), now=NOW + 100 * DAY)
    assert tell_promises(report, directory(session), NOW) == []


def test_danger_is_told_in_hours(session: Session) -> None:
    report = make_report(session)
    mark_danger(session, report, "The cable is bare.", by=officer(session), now=NOW + HOUR)
    with in_language("en"):
        told = tell_promises(report, directory(session), NOW + HOUR)
    assert told[0].text == "2 March 2026, 16:00"
    assert "3 hours, day and night" in told[0].why[0]


STEPS = (
    "ask",
    "answer",
    "outside",
    "resume",
    "return",
    "sort",
    "danger",
    "no danger",
    "fix",
    "reopen",
    "reply",
)


class Clocks:
    """A report on its way, at moments of any distance."""

    def __init__(self, session: Session) -> None:
        self.session, self.now = session, NOW
        self.report = make_report(session)
        self.by = Actor(person(session, "coordinator"), "coordinator")

    def step(self, choice: int, passed: timedelta) -> None:
        before = left(self.report, self.now, self.session)
        was, stopped = Snapshot(self.report), self.report.clock_stopped_at
        self.now += passed
        names = [name for name in STEPS if self.is_open(name)]
        name = names[choice % len(names)]
        self.make(name)
        was.check(self.report, name, self.now)
        if stopped and name in ("answer", "resume"):
            assert left(self.report, self.now, self.session) == before

    def is_open(self, name: str) -> bool:
        report = self.report
        if name in ("danger", "no danger"):
            return can_be_danger(report) and report.is_urgent == (name == "no danger")
        if name in ("ask", "answer", "reply"):
            waits = report.status == Status.WAITING
            return {"ask": can_ask(report.status), "answer": waits, "reply": True}[name]
        if name == "reopen":
            return permits(report.status, name)
        move = "send" if name in ("sort", "return") else name
        return permits(report.status, move) and (name == "sort") == report.needs_sorting

    def make(self, name: str) -> None:
        session, report, stamp = self.session, self.report, {"by": self.by, "now": self.now}
        places = directory(session)
        category = places.category_codes["roads-paving" if len(report.clock_pauses) % 2 else "noise"]
        moves = {
            "ask": lambda: ask(session, report, "Which?", **stamp),
            "answer": lambda: answer(session, report, "That.", by=resident(report.author), now=self.now),
            "outside": lambda: wait_outside(session, report, "The railway", "Soon.", **stamp),
            "resume": lambda: resume(session, report, **stamp),
            "return": lambda: return_to_desk(session, report, "Not ours.", **stamp),
            "sort": lambda: sort_as_report(
                session, report, category, directory=places, reason="Theirs.", **stamp
            ),
            "danger": lambda: mark_danger(session, report, "Bare cable.", **stamp),
            "no danger": lambda: mark_no_danger(session, report, "No power.", **stamp),
            "fix": lambda: mark_fixed(session, report, "Done.", **stamp),
            "reopen": lambda: reopen(session, report, "Again.", directory=places, **stamp),
            "reply": lambda: reply(session, report, "We know.", **stamp),
        }
        moves[name]()
        session.flush()


class Snapshot:
    def __init__(self, report: Thread) -> None:
        self.due, self.fix, self.answered = report.due_at, report.fix_due_at, report.answered_at
        self.pauses, self.started = list(report.clock_pauses), report.clock_started_at

    def check(self, report: Thread, name: str, now: datetime) -> None:
        """Tell what holds of the clocks after any step."""
        assert report.clock_started_at <= now
        assert report.due_at > report.created_at
        moments = [datetime.fromisoformat(text) for pause in report.clock_pauses for text in pause]
        assert moments == sorted(moments)
        assert all(moment <= now for moment in moments)
        if name == "reopen":
            assert (report.due_at > now, report.clock_pauses, report.clock_started_at) == (True, [], now)
            return
        assert report.clock_pauses[: len(self.pauses)] == self.pauses  # no pause is ever lost
        if self.answered is not None:
            assert report.due_at == self.due or name == "danger"
        if name == "danger":
            assert report.due_at <= self.due
        if name in ("ask", "answer", "outside", "resume", "reply", "fix") and self.fix is not None:
            assert report.fix_due_at is not None
            assert report.fix_due_at >= self.fix


def left(report: Thread, now: datetime, session: Session) -> timedelta | None:
    """Return how much working time is left until the fix: less than none where it is late."""
    if report.fix_due_at is None:
        return None
    at = report.clock_stopped_at or now
    calendar = directory(session).calendar_for(report.place_id)
    hours = RoundTheClock() if report.pace != Pace.NORMAL or calendar is None else calendar
    return hours.between(at, report.fix_due_at) - hours.between(report.fix_due_at, at)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(
    st.lists(
        st.tuples(st.integers(0, 10_000), st.timedeltas(timedelta(minutes=1), timedelta(days=40))),
        min_size=4,
        max_size=25,
    )
)
def test_no_sequence_of_steps_makes_a_clock_run_backwards(
    session: Session, steps: list[tuple[int, timedelta]]
) -> None:
    """Over a spring festival, days made up for, and a year of which no holiday is known."""
    if directory(session).calendar_for(directory(session).place_codes["yunhe"].id) is None:
        put_calendar(session, **{"2026-04-04": False, "2026-04-06": False, "2026-05-09": True})
    clocks = Clocks(session)
    for choice, passed in steps:
        clocks.step(choice, passed)
