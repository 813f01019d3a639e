"""What is counted as agreement, where, and for whom."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.insight.figures import Share
from portal.insight.sorting import WEEKS, Sorting, first_monday, read_sorting
from portal.reports.actions import close_as_not_ours, start_work
from portal.threads.actions import withdraw
from portal.threads.events import Actor
from portal.threads.models import Thread
from portal.triage.actions import return_to_desk, sort_as_idea, sort_as_report
from tests.factories import NOW, advice_saying, directory, make_idea, make_report, person

LOCAL = NOW.astimezone(ZoneInfo("Asia/Shanghai"))
EARLIER = NOW - timedelta(hours=1)


def read(session: Session, place: str = "yunhe") -> Sorting:
    found = directory(session)
    return read_sorting(session, found, found.within(found.place_codes[place].id), LOCAL)


def sent_on(session: Session, said: str = "noise", **given: object) -> Thread:
    """Return a report that the classifier sent on."""
    given = {"now": EARLIER, "advice": advice_saying(said)} | given
    return make_report(session, category=said, **given)  # type: ignore[arg-type]


def at_desk(session: Session, said: str = "noise", **given: object) -> Thread:
    """Return a report that the classifier wasn't sure of."""
    given = {"now": EARLIER, "advice": advice_saying(said, probability=0.55)} | given
    return make_report(session, category=None, **given)  # type: ignore[arg-type]


def sort(session: Session, thread: Thread, category: str) -> None:
    sort_as_report(
        session,
        thread,
        directory(session).category_codes[category],
        directory=directory(session),
        reason="Because.",
        by=officer(session),
        now=NOW,
    )


def officer(session: Session) -> Actor:
    return Actor(person(session, "coordinator"), "coordinator")


def test_where_submissions_went_is_counted_by_week(session: Session) -> None:
    sent_on(session)
    at_desk(session, now=NOW - timedelta(weeks=1))
    make_idea(session, category=None, now=NOW - timedelta(weeks=1))
    found = read(session)
    assert [(w.sent_on, w.to_desk, w.other) for w in found.weeks[-2:]] == [(0, 1, 1), (1, 0, 0)]
    assert (found.submissions, found.sent_on, found.to_desk) == (3, Share(1, 3), Share(1, 3))


def test_a_week_begins_on_monday_by_the_clock_of_the_neighbourhood(session: Session) -> None:
    """Noon on Monday in Shanghai; eight hours before midnight in UTC is still last week there."""
    sent_on(session, now=NOW - timedelta(hours=11))
    sent_on(session, now=NOW - timedelta(hours=13))
    assert [week.submissions for week in read(session).weeks[-2:]] == [1, 1]
    assert first_monday(LOCAL).weekday() == 0


def test_only_the_last_twelve_months_count(session: Session) -> None:
    sent_on(session, now=NOW - timedelta(weeks=WEEKS))
    assert read(session).submissions == 0


def test_a_person_who_keeps_the_first_choice_agrees(session: Session) -> None:
    sort(session, at_desk(session, "noise"), "noise")
    sort(session, at_desk(session, "noise"), "roads-paving")
    found = read(session).agreement
    assert (found.checked, found.decided, found.category) == (2, 2, Share(1, 2))


def test_another_category_of_the_same_department_is_the_right_department(session: Session) -> None:
    sort(session, at_desk(session, "roads-paving"), "drainage")
    found = read(session).agreement
    assert (found.category, found.department) == (Share(0, 1), Share(1, 1))


def test_what_a_department_worked_on_as_it_was_sent_counts_as_right(session: Session) -> None:
    start_work(session, sent_on(session), by=officer(session), now=NOW)
    found = read(session).agreement
    assert (found.checked, found.decided, found.sent_on) == (1, 0, Share(1, 1))


def test_what_was_sent_on_wrongly_counts_against_the_promise(session: Session) -> None:
    sort(session, sent_on(session, "noise"), "roads-paving")
    start_work(session, sent_on(session), by=officer(session), now=NOW)
    assert read(session).agreement.sent_on == Share(1, 2)


def test_what_nobody_looked_at_tells_nothing(session: Session) -> None:
    sent_on(session)
    at_desk(session)
    withdrawn = sent_on(session)
    start_work(session, withdrawn, by=officer(session), now=NOW)
    withdraw(session, withdrawn, by=Actor(withdrawn.author, "resident"), now=NOW)
    returned = sent_on(session)
    return_to_desk(session, returned, "Not for us.", by=officer(session), now=NOW)
    close_as_not_ours(session, sent_on(session), "The railway's.", by=officer(session), now=NOW)
    assert read(session).agreement.checked == 0


def test_without_a_model_there_is_nothing_to_agree_with(session: Session) -> None:
    sort(session, make_report(session, category=None, now=EARLIER), "noise")
    found = read(session)
    assert (found.submissions, found.to_desk, found.agreement.checked) == (1, Share(1, 1), 0)


def test_only_the_last_word_of_people_counts(session: Session) -> None:
    thread = at_desk(session, "noise")
    sort(session, thread, "noise")
    sort(session, thread, "roads-paving")
    assert read(session).agreement.category == Share(0, 1)


def test_an_idea_counts_where_a_person_set_its_category(session: Session) -> None:
    thread = at_desk(session, "noise")
    noise = directory(session).category_codes["noise"]
    sort_as_idea(session, thread, noise, by=officer(session), now=NOW)
    open_one = at_desk(session, "noise")
    sort_as_idea(session, open_one, None, by=officer(session), now=NOW)
    assert read(session).agreement.category == Share(1, 1)


def test_the_commonest_confusions_come_first(session: Session) -> None:
    for said, true, times in (("noise", "roads-paving", 1), ("drainage", "noise", 2)):
        for _ in range(times):
            sort(session, at_desk(session, said), true)
    found = [(c.said, c.true, c.submissions) for c in read(session).confusions]
    names = directory(session).category_codes
    assert found == [
        (names["drainage"].name, names["noise"].name, 2),
        (names["noise"].name, names["roads-paving"].name, 1),
    ]


def test_bands_hold_how_many_were_right_of_what_was_promised(session: Session) -> None:
    sort(session, at_desk(session, "noise", advice=advice_saying("noise", probability=0.52)), "noise")
    sort(session, at_desk(session, "noise", advice=advice_saying("noise", probability=0.58)), "roads-paving")
    start_work(
        session,
        sent_on(session, advice=advice_saying("noise", probability=1.0)),
        by=officer(session),
        now=NOW,
    )
    bands = {band.number: (band.share, round(band.promised, 2)) for band in read(session).bands}
    assert bands == {5: (Share(1, 2), 1.1), 9: (Share(1, 1), 1.0)}


def test_departments_are_those_that_the_classifier_named(session: Session) -> None:
    sort(session, at_desk(session, "roads-paving"), "noise")
    (line,) = read(session).departments
    found = directory(session)
    assert line.name == found.departments[found.category_codes["roads-paving"].department_id].name
    assert (line.category, line.sent_on) == (Share(0, 1), Share(0, 0))


def test_other_places_are_left_out(session: Session) -> None:
    sent_on(session)
    assert read(session, "liu").submissions == 1
    assert read(session, "qiao").submissions == 0


def test_drift_shows_in_categories_words_and_sureness(session: Session) -> None:
    for n in range(40):
        sent_on(session, "noise", now=NOW - timedelta(weeks=6), advice=advice_saying("noise", words=("吵",)))
        if n < 25:
            flood = advice_saying("drainage", probability=0.5, words=("台风", "吵"))
            at_desk(session, "drainage", advice=flood)
    drift = read(session).drift
    assert drift.degree == "much"
    assert [word for word, _, _ in drift.words] == ["台风"]
    assert drift.is_less_sure
    assert (round(drift.sureness_before, 2), drift.sureness_recent) == (0.97, 0.5)
    assert drift.movers[0][1:] in [(Share(40, 40), Share(0, 25)), (Share(0, 40), Share(25, 25))]
