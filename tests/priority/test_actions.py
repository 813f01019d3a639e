"""Asking, voting, and what follows."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person, Role
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.outbox import Job
from portal.core.worker import run_all
from portal.ideas.actions import open_for_support
from portal.notifications.models import Delivery
from portal.priority.actions import END_TOPIC
from portal.priority.models import Choice, CommitteeVoice, CommitteeVote, Outcome
from portal.priority.queries import count_voices, list_open
from portal.threads.actions import lock_thread
from portal.threads.events import Actor, find_broken_event
from portal.threads.models import EventVisibility, Status
from portal.threads.queries import list_events
from portal.threads.scoring import rescore
from portal.triage.weighing import weigh
from tests.factories import NOW, add_person, directory, make_idea, make_report, person
from tests.priority.committee import DAY, LATER, add_voters, ask, say

APPROVE, OBJECT, ABSTAIN = Choice


def test_more_for_than_against_sets_the_priority_at_the_end(session: Session) -> None:
    report = make_report(session)
    was, vote = report.priority, ask(session, report)
    voters = add_voters(session, 2)
    say(session, vote, voters[0], APPROVE)
    say(session, vote, voters[1], APPROVE)
    say(session, vote, "officer", OBJECT, "It can wait.")
    assert report.priority == was
    session.commit()
    run_all(NOW + 8 * DAY)
    session.refresh(vote)
    assert (vote.outcome, vote.approved, vote.objected, vote.abstained) == (Outcome.ACCEPTED, 2, 1, 0)
    session.refresh(report)
    assert (report.priority, report.priority_decided, vote.was) == (90, 90, was)


def test_what_the_committee_decided_counts_before_the_formula_until_it_decides_otherwise(
    session: Session,
) -> None:
    report = make_report(session)
    formula = report.priority
    say(session, ask(session, report, quorum=2), "officer", APPROVE)
    say(session, session.scalars(select(CommitteeVote)).one(), "coordinator", APPROVE)
    coordinator = Actor(person(session, "coordinator"), "coordinator")
    weigh(session, report, severity=1, likelihood=1, exposure=1, reason="Small.", by=coordinator, now=LATER)
    assert report.priority == 90
    back = ask(session, report, proposed=None, quorum=2, now=LATER)
    for who in ("officer", "coordinator"):
        say(session, back, who, APPROVE, now=LATER + DAY)
    assert report.priority_decided is None
    assert report.priority < formula


def test_a_tie_and_too_few_change_nothing(session: Session) -> None:
    tie, few = make_report(session), make_report(session)
    before = tie.priority
    votes = [ask(session, tie), ask(session, few, quorum=2)]
    say(session, votes[0], "officer", APPROVE)
    say(session, votes[0], "coordinator", OBJECT, "Not now.")
    say(session, votes[1], "officer", APPROVE)
    session.commit()
    run_all(NOW + 8 * DAY)
    session.expire_all()
    assert [v.outcome for v in votes] == [Outcome.REFUSED, Outcome.TOO_FEW]
    assert (tie.priority_decided, few.priority_decided) == (None, None)
    rescore(session, tie, NOW)
    assert tie.priority == before


def test_the_quorum_ends_it_once_the_others_cannot_turn_it(session: Session) -> None:
    report = make_report(session)
    voters = add_voters(session, 3)  # five may vote
    vote = ask(session, report, quorum=2)
    say(session, vote, voters[0], APPROVE)
    say(session, vote, voters[1], APPROVE)
    assert vote.closed_at is None  # three others could still object
    say(session, vote, voters[2], APPROVE)
    assert vote.closed_at == LATER
    assert report.priority == 90
    with pytest.raises(Conflict):
        say(session, vote, "officer", OBJECT, "Too late.")
    session.commit()
    run_all(NOW + 8 * DAY)  # the job at the end finds it closed
    assert [e.kind for e in list_events(session, report.id, "staff")].count("committee.closed") == 1


def test_a_vote_can_be_changed_until_the_end_and_counts_once(session: Session) -> None:
    vote = ask(session, make_report(session))
    say(session, vote, "officer", OBJECT, "It can wait.")
    say(session, vote, "officer", APPROVE)
    count = count_voices(session, vote, directory(session))
    assert (count.approve, count.object, count.voted) == (1, 0, 1)
    assert session.scalars(select(CommitteeVoice.reason_id)).all() == [None]


def test_an_objection_needs_a_reason(session: Session) -> None:
    vote = ask(session, make_report(session))
    with pytest.raises(Invalid):
        say(session, vote, "officer", OBJECT)


def test_nobody_votes_after_the_end_even_before_the_job_has_run(session: Session) -> None:
    vote = ask(session, make_report(session))
    say(session, vote, "officer", APPROVE, now=vote.ends_at - timedelta(seconds=1))
    with pytest.raises(Conflict):
        say(session, vote, "coordinator", APPROVE, now=vote.ends_at)


@pytest.mark.parametrize("who", ["outsider", "panellist", "administrator", "resident"])
def test_only_coordinators_and_officers_of_the_place_vote(session: Session, who: str) -> None:
    vote = ask(session, make_report(session))
    with pytest.raises(NotAllowed):
        say(session, vote, who, APPROVE)


@pytest.mark.parametrize("who", ["officer", "outsider", "panellist"])
def test_only_a_coordinator_of_the_place_asks(session: Session, who: str) -> None:
    with pytest.raises(NotAllowed):
        ask(session, make_report(session), by=Actor(person(session, who), "officer"))


def test_the_voice_of_who_lost_the_role_counts_no_more(session: Session) -> None:
    report = make_report(session)
    [voter] = add_voters(session, 1)
    vote = ask(session, report)
    say(session, vote, voter, APPROVE)
    session.execute(delete(Role).where(Role.person_id == voter.id))
    person(session, "officer").is_blocked = True
    count = count_voices(session, vote, directory(session))
    assert (count.eligible, count.voted) == (1, 0)
    session.commit()
    run_all(NOW + 8 * DAY)
    session.refresh(vote)
    assert vote.outcome == Outcome.TOO_FEW


@pytest.mark.parametrize(
    "given_",
    [
        {"proposed": None},
        {"proposed": 101},
        {"proposed": -1},
        {"quorum": 3},  # two may vote
        {"quorum": 0},
        {"ends_at": NOW},
        {"ends_at": NOW + 61 * DAY},
    ],
)
def test_what_cannot_be_asked(session: Session, given_: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        ask(session, make_report(session), **given_)


def test_one_vote_at_a_time(session: Session) -> None:
    report = make_report(session)
    ask(session, report)
    with pytest.raises(Conflict):
        ask(session, report)


def test_an_idea_is_taken_up_or_not(session: Session) -> None:
    taken, left = make_idea(session), make_idea(session)
    for idea, choice in ((taken, APPROVE), (left, OBJECT)):
        vote = ask(session, idea, quorum=2)
        for who in ("officer", "coordinator"):
            say(session, vote, who, choice, "Because.")
        assert vote.closed_at
    assert (taken.status, left.status) == (Status.OPEN, Status.RECEIVED)
    assert (taken.priority, taken.priority_decided) == (0, None)


def test_an_idea_that_was_opened_meanwhile_stays_open(session: Session) -> None:
    idea = make_idea(session)
    vote = ask(session, idea)
    by = Actor(person(session, "coordinator"), "coordinator")
    open_for_support(session, idea, by=by, now=LATER)
    say(session, vote, "officer", APPROVE)
    session.commit()
    run_all(NOW + 8 * DAY)
    session.refresh(vote)
    assert (vote.outcome, idea.status) == (Outcome.ACCEPTED, Status.OPEN)


@pytest.mark.parametrize(("public", "private"), [(True, False), (False, False), (True, True)])
def test_everybody_is_told_only_if_that_was_asked_and_it_is_listed(
    session: Session, public: bool, private: bool
) -> None:
    report = make_report(session, private=private)
    vote = ask(session, report, is_public=public, quorum=2)
    for who in ("officer", "coordinator"):
        say(session, vote, who, APPROVE, "Only for the committee.")
    event = list_events(session, report.id, "staff")[-1]
    wanted = EventVisibility.PUBLIC if public and not private else EventVisibility.STAFF
    assert (event.kind, event.visibility, event.statement_id) == ("committee.closed", wanted, None)
    assert find_broken_event(session, f"thread:{report.id}") is None


def test_who_has_not_voted_is_reminded_once(session: Session) -> None:
    vote = ask(session, make_report(session))
    say(session, vote, "officer", APPROVE)
    session.commit()
    run_all(NOW + 6 * DAY)
    run_all(NOW + 6 * DAY)
    mails = session.scalars(select(Delivery.person_id).where(Delivery.about == "vote_reminder")).all()
    assert mails == [person(session, "coordinator").id]
    assert [one.has_voted for one in list_open(session, person(session, "officer"), directory(session))] == [
        True
    ]


def test_a_vote_that_ended_early_reminds_nobody(session: Session) -> None:
    vote = ask(session, make_report(session), quorum=1)
    add_voters(session, 1)
    for who in ("officer", "coordinator"):
        say(session, vote, who, APPROVE)
    assert vote.closed_at
    session.commit()
    run_all(NOW + 6 * DAY)
    assert session.scalars(select(Delivery).where(Delivery.about == "vote_reminder")).all() == []
    assert session.scalars(select(Job).where(Job.topic == END_TOPIC, Job.done_at.is_(None))).all()


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(
    steps=st.lists(st.tuples(st.integers(0, 4), st.sampled_from(list(Choice)), st.booleans()), max_size=12),
    quorum=st.one_of(st.none(), st.integers(1, 5)),
)
def test_there_are_never_more_voices_than_voters(
    session: Session, steps: list[tuple[int, Choice, bool]], quorum: int | None
) -> None:
    """People vote, vote otherwise, and lose their role; the thread keeps all that happened."""
    report = make_report(session)
    places = directory(session)
    voters = [*add_voters(session, 3), person(session, "officer"), person(session, "coordinator")]
    vote = ask(session, report, quorum=quorum)
    try:
        for who, choice, leaves in steps:
            _step(session, vote, voters[who], choice, leaves)
            count = count_voices(session, vote, places)
            assert 0 <= count.voted <= count.eligible <= 5
            assert vote.approved + vote.objected + vote.abstained <= 5
            if vote.closed_at:
                assert vote.quorum
                assert vote.outcome in (Outcome.ACCEPTED, Outcome.REFUSED)
        assert find_broken_event(session, f"thread:{report.id}") is None
        assert lock_thread(session, report.id).last_sequence == len(list_events(session, report.id, "staff"))
    finally:
        session.rollback()


def _step(session: Session, vote: CommitteeVote, who: Person, choice: Choice, leaves: bool) -> None:
    if leaves and who.name.startswith("voter"):
        session.execute(delete(Role).where(Role.person_id == who.id))
        session.expire(who)
        return
    try:
        say(session, vote, who, choice, "Because.")
    except (Conflict, NotAllowed):
        assert vote.closed_at or not who.roles


def test_a_passer_by_is_no_voter(session: Session) -> None:
    vote = ask(session, make_report(session))
    with pytest.raises(NotAllowed):
        say(session, vote, add_person(session, "passer-by"), APPROVE)
