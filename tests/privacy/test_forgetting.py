"""People without an account are forgotten when nothing is left that they come for."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actions import set_password
from portal.accounts.models import Contact, Person
from portal.core import clock
from portal.intake.taking import Told, take_down
from portal.notifications.models import Subscription
from portal.notifications.subscriptions import Wish, ask_address, subscribe
from portal.privacy.erasure import find_unneeded
from portal.routing.rules import Route
from portal.threads.additions import Frequency
from portal.threads.comments import add_comment
from portal.threads.events import Actor
from portal.threads.followers import follow_thread
from portal.threads.models import Channel, Kind, Thread
from portal.threads.votes import cast_vote
from tests import factories
from tests.privacy.nights import NUMBER, YEARS, close, make_report, pass_night, take_back


@pytest.fixture
def report(session: Session) -> Thread:
    return make_report(session)


def test_who_left_an_address_for_one_submission_is_forgotten_with_it(
    session: Session, report: Thread
) -> None:
    sender = report.author
    take_back(session, report)
    pass_night(session, clock.now())
    assert sender.email
    pass_night(session, clock.now() + YEARS)
    assert (sender.email, sender.email_confirmed_at, sender.name) == (None, None, "")
    assert sender.erased_at


def test_the_grandmother_on_the_telephone_is_forgotten_too(session: Session) -> None:
    coordinator = Actor(factories.person(session, "coordinator"), "coordinator")
    place = factories.directory(session).place_codes["liu-1"].id
    told = Told(
        text="The step is broken.",
        title="",
        place_id=place,
        spot_id=None,
        address="",
        channel=Channel.PHONE,
        language="zh-Hans",
        private=True,
        name="Grandmother Wu",
        phone=NUMBER,
        email="",
    )
    route = Route(Kind.REPORT, None, None, to_desk=True)
    advice = factories.advice_for(told.text)
    now = clock.now()
    thread = take_down(session, told, [], key="wu", advice=advice, route=route, by=coordinator, now=now)
    wu = thread.author
    pass_night(session, now + YEARS)
    assert wu.name  # it has not ended
    close(session, thread)
    pass_night(session, now + YEARS + YEARS)
    assert (wu.name, bool(wu.erased_at)) == ("", True)
    assert session.scalars(select(Contact)).all() == []


@pytest.mark.parametrize("reason", ["account", "submission", "vote", "comment", "follow", "wish"])
def test_who_still_comes_for_something_is_kept(session: Session, report: Thread, reason: str) -> None:
    sender, known, now = report.author, factories.directory(session), clock.now()
    other = factories.make_report(session, "The weir leaks.", author=factories.person(session, "neighbour"))
    if reason == "account":
        set_password(session, sender, "a long enough password")
    elif reason == "submission":
        factories.make_report(session, "The kerb is loose.", author=sender)
    elif reason == "vote":
        cast_vote(session, other, sender, now=now)
    elif reason == "comment":
        add_comment(session, other, sender, "Still so.", name_shown=True, directory=known, now=now)
    elif reason == "follow":
        follow_thread(session, other, sender, now=now)
    else:
        subscribe(session, sender, Wish(query="weir"), Frequency.AT_ONCE, directory=known, now=now)
    take_back(session, report)
    pass_night(session, now + YEARS)
    assert report.author != sender
    assert sender.email
    assert sender.erased_at is None


def test_another_record_of_the_same_person_keeps_them(session: Session, report: Thread) -> None:
    sender = report.author
    browser = Person(name="", created_at=sender.created_at, same_as_id=sender.id)
    session.add(browser)
    session.flush()
    factories.make_report(session, "The kerb is loose.", author=browser)
    take_back(session, report)
    pass_night(session, clock.now() + YEARS)
    assert sender.email


def test_who_has_stopped_following_is_forgotten_after_a_month(session: Session) -> None:
    known, now = factories.directory(session), clock.now()

    def keep(person: Person) -> None:
        subscribe(session, person, Wish(query="weir"), Frequency.AT_ONCE, directory=known, now=now)

    ask_address(session, "once@example.org", keep, now=now)
    once = session.scalars(select(Person).where(Person.email == "once@example.org")).one()
    assert once.id not in find_unneeded(session, now + timedelta(days=40))
    session.delete(session.scalars(select(Subscription)).one())
    assert once.id not in find_unneeded(session, now + timedelta(days=20))
    assert once.id in find_unneeded(session, now + timedelta(days=40))


def test_staff_are_never_forgotten(session: Session) -> None:
    staff = {factories.person(session, name).id for name in ("officer", "panellist", "administrator")}
    assert not staff & set(find_unneeded(session, clock.now() + YEARS))
