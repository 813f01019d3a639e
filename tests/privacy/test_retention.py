"""What time takes of submissions: the personal parts of what has ended."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.communities.directory import raise_version
from portal.communities.models import Category
from portal.core import clock
from portal.ideas.aims import Aim, Target, say_aim
from portal.notifications.models import Delivery
from portal.panels.models import SeatState
from portal.panels.rubric import list_yardsticks
from portal.panels.scores import Mark, Remark
from portal.panels.scoring import say_remark
from portal.privacy.erasure import erase_person
from portal.privacy.retention import find_due, remove_personal_parts
from portal.privacy.rules import ends_before
from portal.threads.actions import speak
from portal.threads.additions import Comment, CommentFlag, Follower, NotSame, Photo, PhotoState, ThreadWords
from portal.threads.comments import add_comment, flag_comment
from portal.threads.events import Actor, find_broken_event, resident
from portal.threads.followers import follow_thread
from portal.threads.models import Event, EventVisibility, Level, Statement, Thread
from portal.threads.not_same import remember_not_same
from portal.threads.photos import Kept, add_photos
from tests import factories
from tests.panels.scoring_scene import make_review, score, seat_of
from tests.privacy.nights import NUMBER, TEXT, YEARS, close, make_report, pass_night, take_back


@pytest.fixture
def report(session: Session) -> Thread:
    return make_report(session)


def said_in(session: Session, thread: Thread) -> str:
    words = session.scalars(select(Statement.text).where(Statement.thread_id == thread.id))
    return "\n".join(words)


@pytest.mark.parametrize(
    ("now", "months", "then"),
    [
        ((2026, 5, 31), 3, (2026, 2, 28)),
        ((2026, 1, 15), 1, (2025, 12, 15)),
        ((2028, 2, 29), 12, (2027, 2, 28)),
        ((2026, 3, 10), 36, (2023, 3, 10)),
    ],
)
def test_months_are_counted_by_the_calendar(
    now: tuple[int, int, int], months: int, then: tuple[int, int, int]
) -> None:
    assert ends_before(datetime(*now, tzinfo=UTC), months) == datetime(*then, tzinfo=UTC)


# ---------- What is due ----------


def test_a_category_has_a_time_of_its_own(session: Session, report: Thread) -> None:
    take_back(session, report)
    session.get_one(Category, report.category_id).keep_months = 2
    raise_version(session)
    known = factories.directory(session)
    assert find_due(session, known, clock.now() + timedelta(days=40)) == []
    assert find_due(session, known, clock.now() + timedelta(days=80)) == [report.id]


def test_it_is_done_once_until_something_comes_later(session: Session, report: Thread) -> None:
    close(session, report)
    known, later = factories.directory(session), clock.now() + YEARS
    remove_personal_parts(session, report.id, now=later)
    assert find_due(session, known, later + YEARS) == []
    neighbour = factories.person(session, "neighbour")
    comment = add_comment(
        session, report, neighbour, f"Ring {NUMBER}.", name_shown=True, directory=known, now=later + YEARS
    )
    assert find_due(session, known, later + YEARS) == []
    assert find_due(session, known, later + YEARS + YEARS) == [report.id]
    remove_personal_parts(session, report.id, now=later + YEARS + YEARS)
    assert NUMBER not in comment.text


def test_what_a_deleted_account_sent_has_its_time_too(session: Session) -> None:
    me = factories.person(session, "resident")
    sent = factories.make_report(session, TEXT, author=me, address=f"Ring {NUMBER}", private=True)
    take_back(session, sent)
    erase_person(session, me, now=clock.now())
    assert NUMBER in said_in(session, sent)
    pass_night(session, clock.now() + YEARS)
    assert NUMBER not in said_in(session, sent)
    assert sent.address == ""
    assert sent.author_id != me.id


# ---------- What goes ----------


def test_time_takes_the_personal_parts_of_what_has_ended(session: Session, report: Thread) -> None:
    sender = report.author
    take_back(session, report)
    pass_night(session, clock.now())
    assert report.author == sender  # it is too early

    pass_night(session, clock.now() + YEARS)
    assert report.author != sender
    assert report.author.erased_at
    assert NUMBER not in said_in(session, report)
    assert "the lamp by the gate" in said_in(session, report)
    assert NUMBER not in session.get_one(ThreadWords, report.id).staff_words
    assert find_broken_event(session, f"thread:{report.id}") is None


def test_the_place_goes_unless_the_public_sees_it(session: Session, report: Thread) -> None:
    where = {"address": "Flat 1201", "point": (31.3, 120.6)}
    private = factories.make_report(session, "Noise.", author=report.author, private=True, **where)
    for thread in (report, private):
        close(session, thread)
        remove_personal_parts(session, thread.id, now=clock.now())
    assert (report.address, report.latitude, report.longitude) == ("Gate 2", 31.3, 120.6)
    assert (private.address, private.latitude, private.longitude) == ("", None, None)


def test_comments_lose_numbers_and_names(session: Session, report: Thread) -> None:
    neighbour, known, now = factories.person(session, "neighbour"), factories.directory(session), clock.now()
    comment = add_comment(
        session, report, neighbour, f"Or me: {NUMBER}.", name_shown=True, directory=known, now=now
    )
    flag_comment(session, comment, factories.person(session, "resident"), f"{NUMBER} is mine", now=now)
    close(session, report)
    pass_night(session, now + YEARS)
    comment = session.scalars(select(Comment)).one()
    assert NUMBER not in comment.text
    assert not comment.name_shown
    assert NUMBER not in session.scalars(select(CommentFlag.why)).one()


def test_photos_unseen_go_and_those_seen_are_nobodys(session: Session, report: Thread) -> None:
    by = resident(report.author)
    pictures = [Kept(key * 32, key, 10, 10, f"A note: {NUMBER}") for key in "ab"]
    photos = add_photos(session, report, pictures, person=report.author, by=by, now=clock.now())
    photos[1].state = PhotoState.HIDDEN
    close(session, report)
    pass_night(session, clock.now() + YEARS)
    left = session.scalars(select(Photo)).one()
    assert (left.key, left.person_id) == ("a" * 32, None)
    assert NUMBER not in left.alt


def test_nobody_can_tell_who_joined_followed_or_was_told(session: Session, report: Thread) -> None:
    sender, neighbour, now = report.author, factories.person(session, "neighbour"), clock.now()
    speak(
        session,
        report,
        Level.JOINED,
        "thread.joined",
        f"Ours too, ring {NUMBER}.",
        by=resident(neighbour),
        now=now,
        visibility=EventVisibility.STAFF,
    )
    follow_thread(session, report, neighbour, now=now)
    other = factories.make_report(session, "The weir leaks.", author=neighbour)
    remember_not_same(session, report, [other.id], by=resident(sender), now=now)
    close(session, report)
    pass_night(session, now)
    told = (
        select(func.count(Delivery.id))
        .join(Event, Event.id == Delivery.event_id)
        .where(Event.thread_id == report.id)
    )
    assert session.scalar(told)
    pass_night(session, now + YEARS)
    joined = session.scalars(select(Statement).where(Statement.level == Level.JOINED)).one()
    assert joined.author_id == report.author_id
    assert NUMBER not in joined.text
    assert session.scalars(select(Follower)).all() == []
    assert session.scalars(select(NotSame.person_id)).all() == [None]
    assert session.scalar(told) == 0


def test_nobody_can_tell_who_said_what_an_idea_would_prevent(session: Session) -> None:
    sender, now = factories.person(session, "resident"), clock.now()
    known = factories.directory(session)
    idea = factories.make_idea(session, author=sender, now=now)
    target = Target(known.category_codes["noise"].id, known.place_codes["liu-1"].id)
    say_aim(session, idea, target, holds=True, by=resident(sender), now=now)
    remove_personal_parts(session, idea.id, now=now)
    aim = session.scalars(select(Aim)).one()
    assert (aim.holds, aim.decided_by_id) == (True, None)


def test_what_the_panel_said_loses_numbers_and_interests(session: Session) -> None:
    review = make_review(session)
    for name in ("panellist", "second"):
        score(session, review, name, 4, f"Ring {NUMBER}.")
    left = seat_of(session, review, "third")
    left.state, left.interest = SeatState.RECUSED, "My cousin's firm."
    review.revealed_at = review.opened_at
    by = Actor(factories.person(session, "panellist"), "panellist")
    yardstick = list_yardsticks(session, review)[0]
    say_remark(session, review, yardstick, f"I rang {NUMBER}.", by=by, now=review.opened_at)
    remove_personal_parts(session, review.thread_id, now=clock.now())
    session.expire_all()
    said = [mark.reason for mark in session.scalars(select(Mark))]
    said += [remark.text for remark in session.scalars(select(Remark))]
    assert len(said) == 11
    assert not [text for text in said if NUMBER in text]
    assert left.interest == ""
