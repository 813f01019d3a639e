"""Learning from corrections: what is learnt from, when a new model is used, and when nothing happens."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from classifier.rows import Row
from classifier.store import current_version, list_versions, save_model
from portal.core.db import begin_write
from portal.core.outbox import enqueue
from portal.core.worker import run_all
from portal.routing import jobs
from portal.routing.advice import Advisor
from portal.routing.corrections import Judged, list_judged
from portal.routing.learning import (
    InUse,
    Material,
    Verdict,
    corpus_material,
    is_frozen,
    train_challenger,
)
from portal.routing.models import ModelTraining
from portal.threads.actions import withdraw
from portal.threads.events import ADMINISTRATION, Actor, find_broken_event
from portal.threads.models import Event, Thread
from portal.triage.actions import return_to_desk, sort_as_idea, sort_as_report
from tests.factories import NOW, advice_saying, directory, make_report, make_undecided, person
from tests.routing.conftest import ROADS

LATER = NOW + timedelta(hours=1)


def coordinator(session: Session) -> Actor:
    return Actor(person(session, "coordinator"), "coordinator")


def sort(session: Session, thread: Thread, category: str, reason: str = "") -> None:
    found = directory(session).category_codes[category]
    sort_as_report(
        session,
        thread,
        found,
        directory=directory(session),
        reason=reason,
        by=coordinator(session),
        now=LATER,
    )


def judged(number: int, text: str, category: str, *, held_back: bool = False) -> Judged:
    """Return a correction that is held back or not, as asked for."""
    one = Judged(number, "", text, category, "report", NOW, said_category="noise", said_kind="report")
    names = (replace(one, reference=f"{number}-{try_}") for try_ in range(1000))
    return next(name for name in names if name.is_held_back == held_back)


def material(rows: list[Row], *corrections: Judged) -> Material:
    return Material(tuple(rows), {"roads-paving": "construction", "noise": "environment"}, corrections)


def test_the_sorted_teach_with_title_words_and_what_was_said_first(session: Session) -> None:
    advice = advice_saying("noise")
    thread = make_report(session, "The drill goes on all night.", title="Noise", category=None, advice=advice)
    sort(session, thread, "roads-paving")
    (one,) = list_judged(session, directory(session))
    assert one.text == "Noise\nThe drill goes on all night."
    assert (one.category, one.kind, one.at) == ("roads-paving", "report", LATER)
    assert (one.said_category, one.said_kind) == ("noise", "report")


def test_only_the_newest_decision_of_a_person_teaches(session: Session) -> None:
    thread = make_report(session, category=None)
    sort(session, thread, "noise")
    sort(session, thread, "roads-paving", reason="It is the road.")
    make_report(session, "Nobody has looked at this one.")
    assert [one.category for one in list_judged(session, directory(session))] == ["roads-paving"]


def test_withdrawn_and_sent_back_teach_nothing(session: Session) -> None:
    gone, returned = make_report(session, category=None), make_report(session, category=None)
    sort(session, gone, "noise")
    sort(session, returned, "noise")
    withdraw(session, gone, by=Actor(gone.author, "resident"), now=LATER)
    return_to_desk(session, returned, "Not for us.", by=coordinator(session), now=LATER)
    assert list_judged(session, directory(session)) == []


def test_private_ones_teach_too(session: Session) -> None:
    sort(session, make_report(session, category=None, private=True), "noise")
    assert len(list_judged(session, directory(session))) == 1


def test_a_question_sent_to_a_department_says_nothing_against_questions(session: Session) -> None:
    sort(
        session,
        make_report(
            session, "When is it open?", category=None, advice=advice_saying("noise", kind="question")
        ),
        "noise",
    )
    assert [one.kind for one in list_judged(session, directory(session))] == [""]


def test_a_change_of_kind_teaches_the_kind(session: Session) -> None:
    thread = make_undecided(session)
    sort_as_idea(session, thread, None, by=coordinator(session), now=LATER)
    assert [(one.category, one.kind) for one in list_judged(session, directory(session))] == [("", "idea")]


def test_one_in_five_is_held_back_for_good() -> None:
    kept = [replace(judged(1, "x", "noise"), reference=f"ref-{n}").is_held_back for n in range(1000)]
    assert 150 < sum(kept) < 250


def test_habits_of_a_committee_are_learnt(small_corpus: list[Row]) -> None:
    """The corpus has never heard of karaoke; three corrections make it the roads department's."""
    learnt = [judged(n, f"卡拉OK的声音{n}", "roads-paving") for n in range(1, 4)]
    challenger = train_challenger(material(small_corpus, *learnt), None, promise=0.9)
    assert challenger.verdict == Verdict.FIRST
    assert challenger.model.advise("卡拉OK").category == "roads-paving"
    assert challenger.corrections == 3


def test_what_is_held_back_is_never_learnt(small_corpus: list[Row]) -> None:
    held_back = [judged(n, f"卡拉OK {n}", "karaoke", held_back=True) for n in range(1, 4)]
    challenger = train_challenger(material(small_corpus, *held_back), None, promise=0.9)
    assert "karaoke" not in challenger.model.category.labels
    assert (challenger.corrections, challenger.newest_decision_id) == (0, 3)


def test_a_challenger_that_is_worse_on_the_corpus_is_refused(small_corpus: list[Row]) -> None:
    in_use = InUse(train_challenger(material(small_corpus), None, promise=0.9).model, 0)
    frozen_roads = [row for row in small_corpus if is_frozen(row) and row.category == "roads-paving"]
    wrong = [judged(n, row.text, "noise") for n in range(1, 30) for row in frozen_roads]
    challenger = train_challenger(material(small_corpus, *wrong), in_use, promise=0.9)
    assert challenger.verdict == Verdict.WORSE
    assert any(t["worse"] and t["messages_of"] == "frozen" for t in challenger.figures["tallies"])


def test_a_challenger_that_is_worse_on_the_latest_corrections_is_refused(small_corpus: list[Row]) -> None:
    latest = [judged(n, text, "roads-paving", held_back=True) for n, text in enumerate(ROADS, 1)]
    flipped = [replace(row, category="noise") for row in small_corpus]
    in_use = InUse(train_challenger(material(small_corpus), None, promise=0.9).model, 0)
    challenger = train_challenger(material(flipped, *latest), in_use, promise=0.9)
    worse = {t["messages_of"] for t in challenger.figures["tallies"] if t["worse"]}
    assert challenger.verdict == Verdict.WORSE
    assert "latest" in worse


def test_an_equal_challenger_is_not_worse(small_corpus: list[Row]) -> None:
    in_use = InUse(train_challenger(material(small_corpus), None, promise=0.9).model, 0)
    assert train_challenger(material(small_corpus), in_use, promise=0.9).verdict == Verdict.NOT_WORSE


def test_messages_of_categories_that_are_not_here_teach_their_kind_only(small_corpus: list[Row]) -> None:
    found = corpus_material({"noise": "environment"})
    assert {row.category for row in found.corpus} == {"noise", ""}
    assert all(row.kind for row in found.corpus)


@pytest.mark.usefixtures("small_corpus")
def test_the_night_makes_the_first_model(session: Session, own_models: Path) -> None:
    sort(session, make_report(session, category=None), "roads-paving")
    session.commit()
    run_night(session)
    (training,) = session.scalars(select(ModelTraining))
    assert (training.reason, training.promoted, training.replaced) == ("first", True, "")
    assert current_version(own_models) == training.version
    (manifest,) = list_versions(own_models)
    assert manifest["corrections"]["newest_decision"] == training.newest_decision_id


def run_night(session: Session) -> None:
    begin_write(session)
    enqueue(session, jobs.TOPIC, {}, now=LATER)
    session.commit()
    run_all(LATER)


@pytest.mark.usefixtures("small_corpus", "own_models")
def test_a_night_without_new_corrections_does_nothing(session: Session) -> None:
    sort(session, make_report(session, category=None), "roads-paving")
    session.commit()
    run_night(session)
    run_night(session)
    assert len(session.scalars(select(ModelTraining)).all()) == 1
    sort(session, make_report(session, category=None), "roads-paving")
    session.commit()
    run_night(session)
    assert [t.reason for t in session.scalars(select(ModelTraining).order_by(ModelTraining.id))] == [
        "first",
        "not_worse",
    ]


@pytest.mark.usefixtures("small_corpus")
def test_a_night_without_any_correction_leaves_the_starter_model(session: Session, own_models: Path) -> None:
    session.commit()
    run_night(session)
    assert session.scalars(select(ModelTraining)).all() == []
    assert list(own_models.iterdir()) == []


def test_the_database_is_free_while_the_training_runs(
    session: Session, own_models: Path, small_corpus: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    sort(session, make_report(session, category=None), "roads-paving")
    session.commit()
    states = []

    def watch(*given: object, **named: object) -> object:
        states.append(session.in_transaction())
        return train_challenger(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "train_challenger", watch)
    run_night(session)
    assert states == [False]


@pytest.mark.usefixtures("small_corpus")
def test_web_processes_take_a_promoted_model_up(session: Session, own_models: Path) -> None:
    first = train_challenger(corpus_material({"noise": "environment"}), None, promise=0.9)
    save_model(first.model, own_models)
    advisors = [Advisor(own_models), Advisor(own_models)]
    assert {a.advise("施工太吵").said.category for a in advisors} == {"noise"}  # type: ignore[union-attr]
    for _ in range(6):
        sort(session, make_report(session, "The pavement is broken", category=None), "roads-paving")
    session.commit()
    run_night(session)
    training = session.scalars(select(ModelTraining)).one()
    assert training.promoted
    assert {a.advise("路面坑洼").said.model for a in advisors} == {training.version}  # type: ignore[union-attr]


@pytest.mark.usefixtures("small_corpus", "own_models")
def test_each_promotion_is_in_the_record_of_the_administration(session: Session) -> None:
    sort(session, make_report(session, category=None), "roads-paving")
    session.commit()
    run_night(session)
    training = session.scalars(select(ModelTraining)).one()
    event = session.scalars(select(Event).where(Event.kind == "model.promoted")).one()
    assert event.data == {"version": training.version, "replaced": ""}
    assert (event.actor_role, event.stream) == ("system", ADMINISTRATION)
    assert find_broken_event(session, ADMINISTRATION) is None
