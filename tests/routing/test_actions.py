"""What is kept of each decision where a submission goes."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from portal.routing.actions import first_decision, newest_decision
from portal.routing.advice import Advice
from portal.routing.models import DecidedBy
from portal.threads.events import Actor
from portal.threads.models import Kind
from portal.triage.actions import sort_as_idea, sort_as_report
from tests.factories import NOW, advice_saying, directory, make_report, person

LATER = NOW + timedelta(days=1)


def test_what_the_classifier_said_is_kept_with_its_next_best(session: Session) -> None:
    advice = advice_saying("roads-paving", probability=0.8, words=("lamp", "dark"))
    assert advice.said
    said = replace(advice.said, alternatives=(("drainage", 0.1), ("noise", 0.05)))
    report = make_report(session, advice=Advice(advice.urgency, said))
    kept = first_decision(session, report.id)
    assert (kept.decided_by, kept.probability, kept.model) == (DecidedBy.CLASSIFIER, 0.8, "tests")
    assert kept.alternatives == [["roads-paving", 0.8], ["drainage", 0.1], ["noise", 0.05]]
    assert kept.words == [["lamp", 1.0], ["dark", 1.0]]


def test_without_the_classifier_the_decision_is_nobodys(session: Session) -> None:
    kept = first_decision(session, make_report(session, category=None).id)
    assert (kept.decided_by, kept.to_desk, kept.probability) == (DecidedBy.NOBODY, True, None)


def test_a_persons_decision_stands_beside_the_one_it_corrects(session: Session) -> None:
    report = make_report(session, advice=advice_saying("roads-paving"))
    by = Actor(person(session, "coordinator"), "coordinator")
    noise = directory(session).category_codes["noise"]
    sort_as_report(
        session, report, noise, directory=directory(session), reason="It is the drill.", by=by, now=LATER
    )
    first, newest = first_decision(session, report.id), newest_decision(session, report.id)
    assert newest
    assert (first.decided_by, newest.decided_by) == (DecidedBy.CLASSIFIER, DecidedBy.PERSON)
    assert (newest.corrects_id, newest.category_id, newest.actor_id) == (first.id, noise.id, by.id)
    sort_as_idea(session, report, None, reason="A wish, not a complaint.", by=by, now=LATER)
    newest = newest_decision(session, report.id)
    assert newest
    assert (newest.kind, newest.category_id, newest.department_id) == (Kind.IDEA, None, None)


def test_words_of_danger_put_it_on_top_even_without_the_classifier(session: Session) -> None:
    assert make_report(session, "There is a strong smell of gas in the stairwell", category=None).is_urgent
    assert not make_report(session, "The lamp is dark", category=None).is_urgent
