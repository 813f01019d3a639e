from sqlalchemy.orm import Session

from portal.threads.events import Actor
from portal.threads.models import Channel, Visibility
from portal.threads.queries import list_events
from portal.threads.votes import cast_vote, count_voice, recount_votes_of, take_back_vote
from tests.factories import NOW, add_person, make_report, person


def test_a_person_counts_once_and_the_unverified_apart(session: Session) -> None:
    report = make_report(session)
    assert report.visibility == Visibility.PUBLIC
    passer_by = add_person(session, "passer-by", verified=False)
    for voter in (person(session, "neighbour"), person(session, "neighbour"), passer_by):
        cast_vote(session, report, voter, now=NOW)
    assert (report.votes_total, report.votes_verified) == (2, 1)
    take_back_vote(session, report, passer_by, now=NOW)
    assert (report.votes_total, report.votes_verified) == (1, 1)


def test_two_records_of_one_person_are_one_vote(session: Session) -> None:
    report = make_report(session)
    neighbour = person(session, "neighbour")
    on_the_phone = add_person(session, "phone", verified=False)
    cast_vote(session, report, on_the_phone, now=NOW)
    on_the_phone.same_as_id = neighbour.id
    session.flush()
    cast_vote(session, report, neighbour, now=NOW)
    recount_votes_of(session, neighbour, now=NOW)
    assert (report.votes_total, report.votes_verified) == (1, 1)


def test_a_voice_told_to_staff_is_counted_and_recorded(session: Session) -> None:
    thread = make_report(session)
    officer = Actor(person(session, "officer"), "officer")
    count_voice(session, thread, Channel.PHONE, by=officer, now=NOW)
    count_voice(session, thread, Channel.WALK_IN, by=officer, now=NOW)
    assert (thread.votes_total, thread.votes_verified) == (2, 0)
    events = list_events(session, thread.id, "staff")[-2:]
    assert [(e.kind, e.actor_id, e.data) for e in events] == [
        ("thread.voice_counted", officer.id, {"channel": "phone"}),
        ("thread.voice_counted", officer.id, {"channel": "walk_in"}),
    ]
    assert not any(e.kind == "thread.voice_counted" for e in list_events(session, thread.id, "sender"))
