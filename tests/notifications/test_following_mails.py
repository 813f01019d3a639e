"""From an event to everybody who follows: once each, of what is public only."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.accounts.identity import new_person
from portal.communities.directory import raise_version
from portal.communities.models import Place
from portal.core.db import begin_write, db
from portal.core.errors import Conflict, Invalid
from portal.core.outbox import Job, run_next
from portal.notifications import spreading, subscriptions
from portal.notifications.models import EMAIL, INBOX, NEW, NEWS, Delivery
from portal.notifications.subscriptions import Wish, ask_address, forget_unconfirmed, stop_one, subscribe
from portal.reports.actions import mark_fixed, reopen_as_unfixed, start_work
from portal.threads.actions import add_words, ask, hide_words, lock_thread, reply, show_words
from portal.threads.additions import Follower, Frequency
from portal.threads.comments import add_comment, hide_comment
from portal.threads.events import Actor, resident
from portal.threads.models import Kind
from portal.triage.actions import sort_as_report
from tests.factories import NOW, add_person, directory, make_idea, make_report, make_undecided, person
from tests.notifications.following import (
    LATER,
    deliveries,
    follow,
    give_account,
    mails_to,
    make_told_report,
    text_to,
    wish,
    work,
)
from tests.notifications.mail_server import MailServer


def officer(session: Session) -> Actor:
    return Actor(person(session, "officer"), "officer")


def test_a_follower_hears_of_each_public_step_and_of_nothing_else(
    session: Session, server: MailServer
) -> None:
    report = make_told_report(session)
    follow(session, report)
    lock_thread(session, report.id)
    start_work(session, report, by=officer(session), now=LATER)
    ask(session, report, "Which of the two lamps?", by=officer(session), now=LATER)
    reply(session, report, "The part is ordered.", by=officer(session), now=LATER)
    work(session, LATER)
    assert mails_to(server, "neighbour") == [f"{report.reference}: there is news"] * 2
    text = text_to(server, "neighbour")
    assert "> The part is ordered." in text
    assert "Which of the two lamps?" not in text
    assert f"https://linli.example/reports/{report.reference}" in text
    assert "https://linli.example/following/stop/" in text
    assert "/track/" not in text
    assert "\n\n\n" not in text


def test_nobody_hears_of_what_was_before_they_followed(session: Session) -> None:
    report = make_told_report(session)
    start_work(session, lock_thread(session, report.id), by=officer(session), now=NOW - timedelta(minutes=1))
    follow(session, report)
    work(session)
    assert deliveries(session, "neighbour") == []


def test_whoever_acts_is_not_told_of_it(session: Session, server: MailServer) -> None:
    report = make_told_report(session)
    follow(session, report, "officer")
    start_work(session, lock_thread(session, report.id), by=officer(session), now=LATER)
    work(session, LATER)
    assert deliveries(session, "officer") == []


def test_the_sender_is_told_once_also_as_a_follower(session: Session, server: MailServer) -> None:
    report = make_told_report(session)
    session.add(
        Follower(thread_id=report.id, person_id=report.author_id, frequency=Frequency.AT_ONCE, at=NOW)
    )
    wish(session, "resident")
    start_work(session, lock_thread(session, report.id), by=officer(session), now=LATER)
    work(session, LATER)
    assert mails_to(server, "resident") == [
        f"Received: {report.reference}",
        f"{report.reference}: work has begun",
    ]


def test_a_new_submission_is_told_once_however_many_wishes_fit(session: Session, server: MailServer) -> None:
    wish(session, kind=Kind.REPORT)
    wish(session, place="liu")
    wish(session, category="roads-paving")
    other = wish(session, query="lamp")
    report = make_told_report(session)
    assert mails_to(server, "neighbour") == [f"{report.reference}: new {report.title}"]
    text = text_to(server, "neighbour")
    assert "> The lamp by the south gate has been dark" in text
    assert "A new report." in text
    stop_one(session, person(session, "neighbour"), subscriptions.WISH, other.id)


def test_both_records_of_a_person_are_one(session: Session, server: MailServer) -> None:
    wish(session)
    twin = new_person(session, NOW, email="neighbour@example.org")
    session.flush()
    subscribe(session, twin, Wish(), Frequency.AT_ONCE, directory=directory(session), now=NOW)
    twin.same_as_id, twin.email_confirmed_at = person(session, "neighbour").id, NOW
    make_told_report(session)
    assert len(mails_to(server, "neighbour")) == 1


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ({}, True),
        ({"kind": Kind.REPORT}, True),
        ({"kind": Kind.IDEA}, False),
        ({"place": "yunhe"}, True),
        ({"place": "liu"}, True),
        ({"place": "liu-1"}, True),
        ({"place": "liu-2"}, False),
        ({"place": "qiao"}, False),
        ({"category": "roads-paving"}, True),
        ({"category": "noise"}, False),
        ({"query": "south gate"}, True),
        ({"query": "gate south"}, True),
        ({"query": "gatehouse"}, False),
        ({"place": "liu-1", "category": "roads-paving", "query": "LAMP"}, True),
        ({"place": "liu-2", "category": "roads-paving", "query": "lamp"}, False),
    ],
)
def test_a_wish_fits_by_all_that_it_says(session: Session, wanted: dict[str, object], fits: bool) -> None:
    wish(session, **wanted)
    make_told_report(session)
    assert deliveries(session, "neighbour") == ([(NEW, EMAIL)] if fits else [])


def test_a_wish_may_be_for_a_group_of_categories(session: Session) -> None:
    category = directory(session).category_codes["roads-paving"]
    wish(session, category=category.group)
    make_told_report(session)
    assert deliveries(session, "neighbour") == [(NEW, EMAIL)]


def place_gate(session: Session) -> None:
    gate = session.scalars(select(Place).where(Place.code == "liu-1-gate")).one()
    gate.latitude, gate.longitude = 31.3000, 120.6000
    raise_version(session)


@pytest.mark.parametrize(("latitude", "fits"), [(31.3040, True), (31.3050, False)])
def test_a_wish_may_reach_some_metres_around_a_named_place(
    session: Session, latitude: float, fits: bool
) -> None:
    place_gate(session)
    wish(session, place="liu-1-gate", radius_m=500)  # 0.0040 degrees are 445 m, 0.0050 are 556 m
    report = make_report(session)
    report.latitude, report.longitude = latitude, 120.6000
    work(session)
    assert deliveries(session, "neighbour") == ([(NEW, EMAIL)] if fits else [])


def test_what_names_the_place_is_near_it_and_what_has_no_point_is_not(session: Session) -> None:
    place_gate(session)
    wish(session, place="liu-1-gate", radius_m=200)
    wish(session, "resident", point=(31.3001, 120.6001), radius_m=200)
    gate = directory(session).place_codes["liu-1-gate"].id
    make_told_report(session, spot_id=gate, author=person(session, "officer"))
    make_told_report(session, author=person(session, "officer"))
    assert deliveries(session, "neighbour") == [(NEW, EMAIL)]
    assert deliveries(session, "resident") == [(NEW, EMAIL)]


def test_a_distance_needs_a_point(session: Session) -> None:
    with pytest.raises(Invalid, match="在地图上的位置"):
        wish(session, place="liu-1", radius_m=200)


def test_words_that_nothing_can_be_found_by_are_refused(session: Session) -> None:
    with pytest.raises(Invalid, match="至少写一个"):
        wish(session, query="!?")


def test_nobody_follows_more_than_can_be_looked_through(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "MOST", 2)
    first = wish(session, query="one")
    wish(session, query="two")
    assert wish(session, query="one", how=Frequency.DAILY).id == first.id
    assert first.frequency == Frequency.DAILY
    with pytest.raises(Conflict):
        wish(session, query="three")


def test_words_that_wait_are_told_when_staff_show_them_and_never_twice(
    session: Session, server: MailServer
) -> None:
    wish(session)
    report = make_told_report(session, author=add_person(session, "li", verified=False))
    assert mails_to(server, "neighbour") == []
    by = Actor(person(session, "coordinator"), "coordinator")
    for act in (show_words, lambda *a, **k: hide_words(*a, "Names a neighbour.", **k), show_words):
        act(session, lock_thread(session, report.id), by=by, now=LATER)  # type: ignore[operator]
        work(session, LATER)
    assert len(mails_to(server, "neighbour")) == 1


def test_what_was_undecided_is_told_when_it_is_sorted(session: Session) -> None:
    wish(session, category="noise")
    thread = make_undecided(session)
    work(session)
    assert deliveries(session, "neighbour") == []
    category = directory(session).category_codes["noise"]
    by = Actor(person(session, "coordinator"), "coordinator")
    sort_as_report(
        session,
        lock_thread(session, thread.id),
        category,
        directory=directory(session),
        by=by,
        now=LATER,
    )
    work(session, LATER)
    assert deliveries(session, "neighbour") == [(NEW, EMAIL)]


def test_what_is_sorted_after_a_month_is_no_news(session: Session) -> None:
    thread = make_undecided(session)
    work(session)
    wish(session)
    by = Actor(person(session, "coordinator"), "coordinator")
    late = NOW + timedelta(days=31)
    category = directory(session).category_codes["noise"]
    sort_as_report(
        session, lock_thread(session, thread.id), category, directory=directory(session), by=by, now=late
    )
    work(session, late)
    assert deliveries(session, "neighbour") == []


def test_a_private_report_is_told_to_nobody(session: Session) -> None:
    wish(session)
    report = make_told_report(session, private=True)
    session.add(
        Follower(
            thread_id=report.id,
            person_id=person(session, "neighbour").id,
            frequency=Frequency.AT_ONCE,
            at=NOW,
        )
    )
    start_work(session, lock_thread(session, report.id), by=officer(session), now=LATER)
    work(session, LATER)
    assert deliveries(session, "neighbour") == []


def test_what_is_hidden_before_the_mail_goes_out_is_not_sent(session: Session, server: MailServer) -> None:
    report = make_told_report(session)
    follow(session, report)
    start_work(session, lock_thread(session, report.id), by=officer(session), now=LATER)
    session.commit()
    run_next(db.session(), LATER)  # the event is read, the mail waits
    begin_write(session)
    hide_words(session, lock_thread(session, report.id), "Names a child.", by=officer(session), now=LATER)
    work(session, LATER)
    assert mails_to(server, "neighbour") == []
    assert session.scalar(select(Delivery.held_back_at).where(Delivery.about == NEWS)) == LATER


def test_what_is_stopped_before_the_mail_goes_out_is_not_sent(session: Session, server: MailServer) -> None:
    kept = wish(session)
    make_report(session)
    session.commit()
    run_next(db.session(), NOW)  # the event is read, the mails wait
    begin_write(session)
    stop_one(session, person(session, "neighbour"), subscriptions.WISH, kept.id)
    work(session, LATER)
    assert mails_to(server, "neighbour") == []


def test_a_residents_words_at_reopening_are_not_told(session: Session, server: MailServer) -> None:
    report = make_told_report(session)
    follow(session, report)
    lock_thread(session, report.id)
    mark_fixed(session, report, "New bulb.", by=officer(session), now=LATER)
    why, by = "Still dark, ring me", resident(report.author)
    reopen_as_unfixed(session, report, why, by=by, directory=directory(session), now=LATER)
    work(session, LATER)
    assert len(mails_to(server, "neighbour")) == 2
    assert "Still dark" not in text_to(server, "neighbour")
    add_words(session, lock_thread(session, report.id), "Come soon", by=by, now=LATER)
    work(session, LATER)
    assert len(mails_to(server, "neighbour")) == 2


def test_a_comment_is_told_with_numbers_covered_unless_it_is_hidden(
    session: Session, server: MailServer
) -> None:
    report = make_told_report(session)
    follow(session, report)
    said = {
        text: add_comment(
            session,
            lock_thread(session, report.id),
            person(session, "resident"),
            text,
            name_shown=False,
            directory=directory(session),
            now=LATER,
        )
        for text in ("Ring me on 13812345678", "He is a fool")
    }
    by = Actor(person(session, "coordinator"), "coordinator")
    hide_comment(session, report, said["He is a fool"], "Insults.", by=by, now=LATER)
    work(session, LATER)
    text = text_to(server, "neighbour")
    assert "> Ring me on 138••••••78" in text
    assert "fool" not in text


def test_an_unconfirmed_address_gets_one_question_and_nothing_else(
    session: Session, server: MailServer
) -> None:
    report = make_told_report(session)
    ask_address(
        session,
        "wang@example.org",
        lambda who: subscribe(
            session,
            who,
            Wish(query="buy at evil.example"),
            Frequency.AT_ONCE,
            directory=directory(session),
            now=NOW,
        ),
        now=NOW,
    )
    work(session)
    assert mails_to(server, "wang") == ["您想关注这个吗？"]
    assert "https://linli.example/following/confirm/" in text_to(server, "wang")
    assert "evil" not in text_to(server, "wang")
    make_report(session, "You can buy at evil example")
    start_work(session, lock_thread(session, report.id), by=officer(session), now=LATER)
    work(session, LATER)
    assert len(mails_to(server, "wang")) == 1


def test_what_nobody_confirmed_is_forgotten_after_a_month(session: Session) -> None:
    report = make_told_report(session)
    kept = follow(session, report)
    stranger = new_person(session, NOW, email="wang@example.org")
    session.flush()
    session.add(Follower(thread_id=report.id, person_id=stranger.id, frequency=Frequency.DAILY, at=NOW))
    session.flush()
    forget_unconfirmed(session, NOW + timedelta(days=30))
    assert session.scalar(select(func.count()).select_from(Follower)) == 2
    forget_unconfirmed(session, NOW + timedelta(days=30, seconds=1))
    assert session.scalars(select(Follower.person_id)).all() == [kept.id]


def test_with_an_account_it_is_also_in_the_inbox_and_mails_may_be_left_out(session: Session) -> None:
    for name in ("neighbour", "officer", "resident"):
        give_account(session, name)
    wish(session, "neighbour", Frequency.NO_MAIL)
    wish(session, "officer")
    make_told_report(session)
    assert deliveries(session, "neighbour") == [(NEW, INBOX)]
    assert sorted(deliveries(session, "officer")) == [(NEW, EMAIL), (NEW, INBOX)]
    assert sorted(deliveries(session, "resident")) == [
        ("thread.submitted", EMAIL),
        ("thread.submitted", INBOX),
    ]


def test_who_is_blocked_or_gone_is_told_nothing(session: Session) -> None:
    wish(session)
    wish(session, "officer")
    person(session, "neighbour").is_blocked = True
    person(session, "officer").erased_at = NOW
    make_told_report(session)
    assert deliveries(session, "neighbour") == deliveries(session, "officer") == []


def test_many_followers_are_told_in_chunks_and_each_once(
    session: Session, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreading, "CHUNK", 3)
    report = make_told_report(session)
    people = [add_person(session, f"p{i}") for i in range(7)]
    for who in people:
        session.add(Follower(thread_id=report.id, person_id=who.id, frequency=Frequency.AT_ONCE, at=NOW))
    start_work(session, lock_thread(session, report.id), by=officer(session), now=LATER)
    work(session, LATER)
    assert session.scalar(select(func.count()).where(Job.topic == "followers.tell")) == 2
    assert sorted(str(m["To"]) for m in server.taken[1:] if str(m["To"]).startswith("p")) == [
        f"p{i}@example.org" for i in range(7)
    ]
    told = (Job.topic == "followers.tell") | ((Job.topic == "event.recorded") & (Job.created_at == LATER))
    session.execute(update(Job).where(told).values(done_at=None))
    work(session, LATER)
    assert len([m for m in server.taken if str(m["To"]).startswith("p")]) == 7


def test_many_wishes_are_gone_through_in_chunks(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreading, "CHUNK", 2)
    for i in range(5):
        who = add_person(session, f"p{i}")
        subscribe(session, who, Wish(), Frequency.AT_ONCE, directory=directory(session), now=NOW)
    make_told_report(session)
    assert session.scalar(select(func.count()).where(Delivery.about == NEW)) == 5


def test_an_idea_is_told_as_one(session: Session, server: MailServer) -> None:
    wish(session, kind=Kind.IDEA)
    make_idea(session)
    work(session)
    assert "A new idea." in text_to(server, "neighbour")
