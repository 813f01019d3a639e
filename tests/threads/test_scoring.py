"""The priority of a thread is kept current."""

from datetime import timedelta

from sqlalchemy.orm import Session

from portal.communities.directory import raise_version
from portal.communities.models import Category, Place
from portal.communities.preferences import put_preference
from portal.core.outbox import enqueue
from portal.core.worker import run_all
from portal.reports.actions import mark_fixed, reopen_as_unfixed
from portal.threads import scoring
from portal.threads.actions import ask
from portal.threads.chains import tie, untie
from portal.threads.events import SYSTEM, Actor, resident
from portal.threads.jobs import NIGHT_TOPIC
from portal.threads.votes import cast_vote, take_back_vote
from portal.triage.actions import sort_as_idea
from tests.factories import NOW, add_person, directory, make_idea, make_report, person

DAY = timedelta(days=1)


def test_a_new_report_has_the_priority_of_its_category_and_words(session: Session) -> None:
    plain = make_report(session)
    category = session.get_one(Category, plain.category_id)
    category.severity = 5
    raise_version(session)
    worse = make_report(session)
    danger = make_report(session, "There is a fire in the stairwell, children are trapped!")
    assert 0 < plain.priority < worse.priority < danger.priority
    assert (danger.likelihood, danger.exposure) == (5, 4)
    assert make_idea(session).priority == 0


def test_a_voice_raises_it_and_taking_it_back_lowers_it(session: Session) -> None:
    report, neighbour = make_report(session), person(session, "neighbour")
    before = report.priority
    cast_vote(session, report, neighbour, now=NOW)
    assert report.priority > before
    take_back_vote(session, report, neighbour, now=NOW)
    assert report.priority == before


def test_what_comes_up_again_presses_more_until_it_is_untied(session: Session) -> None:
    first, second, third = (make_report(session) for _ in range(3))
    before = [first.priority, second.priority, third.priority]
    tie(session, second, first, by=SYSTEM, now=NOW)
    tie(session, third, second, by=SYSTEM, now=NOW)
    assert [t.recurrences for t in (first, second, third)] == [0, 1, 2]
    assert first.priority == before[0]
    assert before[1] < second.priority < third.priority
    untie(session, third, second, by=SYSTEM, now=NOW)
    assert (third.recurrences, third.priority) == (0, before[2])


def test_it_loses_its_priority_as_an_idea(session: Session) -> None:
    report = make_report(session)
    by = Actor(person(session, "coordinator"), "coordinator")
    sort_as_idea(session, report, None, reason="A proposal.", by=by, now=NOW)
    assert report.priority == 0


def test_opened_again_it_waits_anew(session: Session) -> None:
    report = make_report(session)
    before, later = report.priority, NOW + 5 * DAY
    scoring.rescore(session, report, later)
    assert report.priority > before
    officer = Actor(person(session, "officer"), "officer")
    mark_fixed(session, report, "Done.", by=officer, now=later)
    sender = resident(report.author)
    reopen_as_unfixed(session, report, "", by=sender, directory=directory(session), now=later)
    assert report.priority == before


def test_it_does_not_press_more_while_it_waits_for_the_sender(session: Session) -> None:
    asked, other = make_report(session), make_report(session)
    ask(session, asked, "Where?", by=Actor(person(session, "officer"), "officer"), now=NOW + DAY)
    for report in (asked, other):
        scoring.rescore(session, report, NOW + 2 * DAY)
    before = asked.priority
    assert before < other.priority
    scoring.rescore(session, asked, NOW + 20 * DAY)
    assert asked.priority == before


def test_each_night_what_waited_presses_more_and_only_that_is_written(session: Session, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(scoring, "CHUNK", 2)  # several jobs
    reports = [make_report(session) for _ in range(5)]
    idea, decided = make_idea(session), make_report(session)
    decided.priority_decided = decided.priority = 90
    before = [r.priority for r in reports]
    enqueue(session, NIGHT_TOPIC, {}, now=NOW + 6 * DAY)
    session.commit()
    run_all(NOW + 6 * DAY)
    session.expire_all()
    assert all(r.priority > b for r, b in zip(reports, before, strict=True))
    assert (idea.priority, decided.priority) == (0, 90)
    assert scoring.rescore_chunk(session, 0, now=NOW + 6 * DAY) == reports[1].id


def test_the_night_notes_how_many_voices_are_usual_where(session: Session) -> None:
    first, second = make_report(session), make_report(session)
    for n in range(5):
        for report in (first, second):
            cast_vote(session, report, add_person(session, f"voter {n} {report.id}"), now=NOW)
    cast_vote(session, first, person(session, "neighbour"), now=NOW)
    scoring.renew_usual_voices(session, NOW)
    place = session.get_one(Place, first.place_id)
    assert place.usual_voices == 6  # 5.5, rounded to the even number
    assert directory(session).places[place.id].usual_voices == 6


def test_the_weights_that_administrators_set_count(session: Session) -> None:
    put_preference(session, "priority_risk", 0)
    raise_version(session)
    assert make_report(session).priority == 0
