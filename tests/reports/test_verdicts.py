from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import in_language
from portal.core.outbox import Job
from portal.reports.actions import let_stand, mark_fixed
from portal.reports.jobs import remind_senders, settle_silent
from portal.reports.models import Answer, Report, Verdict
from portal.reports.verdicts import count_answers, judge
from portal.threads.events import Actor
from portal.threads.models import Event, Level, Statement, Status, Thread
from portal.threads.queries import list_events
from portal.threads.timeline import tell_timeline
from portal.threads.votes import cast_vote
from tests.factories import NOW, add_person, directory, make_report, person

FIXED_AT = NOW + timedelta(days=2)
LOOKED = FIXED_AT + timedelta(days=1)


def fix(session: Session, thread: Thread, now=FIXED_AT) -> None:  # type: ignore[no-untyped-def]
    officer = Actor(person(session, "officer"), "officer")
    mark_fixed(session, thread, "A new bulb.", by=officer, now=now)
    session.flush()


def fixed_report(session: Session, *affected: str) -> Thread:
    """A report that was fixed, and these people had said before that they are affected too."""
    report = make_report(session)
    for name in affected:
        cast_vote(session, report, person(session, name), now=NOW)
    fix(session, report)
    return report


def say(  # type: ignore[no-untyped-def]
    session: Session, thread: Thread, name: str, answer: Answer, why: str = "", *, now=LOOKED
) -> str:
    who = person(session, name)
    return judge(session, thread, who, answer, why, directory=directory(session), now=now)


def sentences(session: Session, thread: Thread, audience: str = "public") -> list[str]:
    events = list_events(session, thread.id, audience)
    with in_language("en"):
        return [entry.sentence for entry in tell_timeline(events, directory(session))]


def test_a_yes_of_the_sender_confirms_it(session: Session) -> None:
    report = fixed_report(session)
    assert say(session, report, "resident", Answer.YES) == "confirm"
    assert report.status == Status.CONFIRMED
    assert say(session, report, "resident", Answer.YES) == "same"  # a double click
    assert [e.kind for e in list_events(session, report.id, "public")].count("report.confirmed") == 1


@pytest.mark.parametrize("answer", [Answer.NO, Answer.PARTLY])
def test_a_no_or_partly_of_the_sender_opens_it_again(session: Session, answer: Answer) -> None:
    report = fixed_report(session)
    officer = report.assignee_id
    assert say(session, report, "resident", answer, "One lamp is dark.") == "reopen"
    assert (report.status, report.assignee_id, report.answered_at) == (Status.REOPENED, officer, None)
    assert report.clock_started_at == LOOKED
    assert sentences(session, report)[-1] == "Opened again: the sender says that it isn’t fixed."
    said = session.scalars(select(Statement).where(Statement.text == "One lamp is dark.")).one()
    assert said.level == Level.ADDED  # for staff, until they have looked at it


def test_partly_needs_a_word_of_what_is_missing(session: Session) -> None:
    report = fixed_report(session)
    with pytest.raises(Invalid):
        say(session, report, "resident", Answer.PARTLY)
    assert report.status == Status.FIXED


def test_a_no_of_somebody_affected_opens_it_again(session: Session) -> None:
    report = fixed_report(session, "neighbour")
    assert say(session, report, "neighbour", Answer.NO, "Dark as before.") == "reopen"
    assert report.status == Status.REOPENED
    assert sentences(session, report)[-1] == "Opened again: somebody affected says that it isn’t fixed."
    said = session.scalars(select(Statement).where(Statement.text == "Dark as before.")).one()
    assert said.level == Level.JOINED


def test_a_second_no_in_a_week_is_looked_at_first(session: Session) -> None:
    report = fixed_report(session, "neighbour")
    say(session, report, "neighbour", Answer.NO)
    again = LOOKED + timedelta(days=1)
    fix(session, report, again)
    assert say(session, report, "neighbour", Answer.NO, now=again + timedelta(days=1)) == "doubt"
    assert (report.status, report.is_doubted) == (Status.FIXED, True)
    later = LOOKED + timedelta(days=8)
    assert say(session, report, "neighbour", Answer.NO, "Still.", now=later) == "reopen"


def test_who_says_only_afterwards_that_they_are_affected_raises_a_doubt(session: Session) -> None:
    report = fixed_report(session)
    cast_vote(session, report, person(session, "neighbour"), now=LOOKED)
    assert say(session, report, "neighbour", Answer.NO) == "doubt"
    assert report.status == Status.FIXED


def test_only_those_known_and_affected_are_asked(session: Session) -> None:
    stranger = add_person(session, "stranger", verified=False)
    report = make_report(session)
    cast_vote(session, report, stranger, now=NOW)
    fix(session, report)
    for name in ("stranger", "neighbour"):  # one without a proven address, one who did not vote
        with pytest.raises(Conflict):
            say(session, report, name, Answer.NO)
    cast_vote(session, report, person(session, "neighbour"), now=LOOKED)
    person(session, "neighbour").is_blocked = True
    with pytest.raises(Conflict):
        say(session, report, "neighbour", Answer.NO)


def test_an_answer_can_be_changed_until_it_is_settled(session: Session) -> None:
    report = fixed_report(session, "neighbour")
    say(session, report, "neighbour", Answer.PARTLY, "The left one.")
    assert report.is_doubted
    say(session, report, "neighbour", Answer.YES)
    assert not report.is_doubted
    assert count_answers(session, report.id, 1) == {Answer.YES: 1}
    say(session, report, "resident", Answer.YES)
    with pytest.raises(Conflict):
        say(session, report, "neighbour", Answer.NO)


def test_each_fixing_begins_a_new_round(session: Session) -> None:
    report = fixed_report(session, "neighbour")
    say(session, report, "resident", Answer.NO)
    fix(session, report, LOOKED)
    say(session, report, "neighbour", Answer.YES, now=LOOKED)
    rows = session.execute(select(Verdict.round, Verdict.answer).order_by(Verdict.id)).all()
    assert [tuple(row) for row in rows] == [(1, "no"), (2, "yes")]


def test_words_of_danger_in_an_answer_put_it_on_top(session: Session) -> None:
    report = fixed_report(session)
    say(session, report, "resident", Answer.NO, "It is on fire, there is smoke!")
    assert report.is_urgent


def test_staff_look_at_a_doubt_and_let_it_stand(session: Session) -> None:
    report = fixed_report(session, "neighbour")
    say(session, report, "neighbour", Answer.PARTLY, "The left one.")
    officer = Actor(person(session, "officer"), "officer")
    with pytest.raises(Invalid):
        let_stand(session, report, "", by=officer, now=LOOKED)
    let_stand(session, report, "The left one is private.", by=officer, now=LOOKED)
    assert not report.is_doubted
    with pytest.raises(Conflict):
        let_stand(session, report, "Again.", by=officer, now=LOOKED)
    settle_silent(session, {}, FIXED_AT + timedelta(days=30))
    assert report.status == Status.FIXED  # somebody objected: silence confirms nothing


def test_silence_confirms_after_fourteen_days_and_is_shown_as_such(session: Session) -> None:
    report = fixed_report(session, "neighbour")
    settle_silent(session, {}, FIXED_AT + timedelta(days=13, hours=23))
    assert report.status == Status.FIXED
    for _twice in range(2):
        settle_silent(session, {}, FIXED_AT + timedelta(days=14))
    assert report.status == Status.SILENT
    told = [s for s in sentences(session, report) if "silence" in s]
    assert told == ["Confirmed by silence: nobody who was asked said otherwise."]


def test_a_yes_of_the_affected_confirms_in_place_of_silence(session: Session) -> None:
    report = fixed_report(session, "neighbour")
    say(session, report, "neighbour", Answer.YES)
    assert report.status == Status.FIXED  # the sender has the last word, and fourteen days for it
    settle_silent(session, {}, FIXED_AT + timedelta(days=14))
    assert report.status == Status.CONFIRMED
    assert sentences(session, report)[-1] == "People who are affected confirm that it is fixed."


def test_after_silence_the_sender_may_still_confirm_or_open_it(session: Session) -> None:
    for answer, status in ((Answer.YES, Status.CONFIRMED), (Answer.NO, Status.REOPENED)):
        report = fixed_report(session)
        settle_silent(session, {}, FIXED_AT + timedelta(days=14))
        say(session, report, "resident", answer, now=FIXED_AT + timedelta(days=20))
        assert report.status == status


def test_what_was_fixed_under_the_old_rules_stays_as_it_was(session: Session) -> None:
    report = fixed_report(session)
    session.get_one(Report, report.id).round = 0
    session.flush()
    settle_silent(session, {}, FIXED_AT + timedelta(days=99))
    assert report.status == Status.FIXED


def test_the_sender_is_asked_once_more_and_only_once(session: Session) -> None:
    report, mute = fixed_report(session), fixed_report(session)
    mute.author = add_person(session, "mute")
    mute.author.email = None
    for days in (9, 10, 11):
        remind_senders(session, {}, FIXED_AT + timedelta(days=days))
    reminded = session.scalars(select(Event).where(Event.kind == "report.reminded")).all()
    assert [event.thread_id for event in reminded] == [report.id]
    assert session.scalars(select(Job).where(Job.topic == "event.recorded")).all()


def test_an_answer_counts_for_whom_the_person_turned_out_to_be(session: Session) -> None:
    report = fixed_report(session, "neighbour")
    browser = Person(name="browser", created_at=NOW, same_as_id=person(session, "neighbour").id)
    session.add(browser)
    session.flush()
    say(session, report, "neighbour", Answer.YES)
    assert say(session, report, "browser", Answer.YES) == "same"
