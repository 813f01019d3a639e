from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person, RoleName
from portal.accounts.passwords import is_right
from portal.communities.models import Category, Department, Place, PlaceKind
from portal.core.outbox import Job
from portal.routing.advice import Advice, advisor
from portal.setup.demo import is_empty, load_demo, write_sign_ins
from portal.setup.playing import VERBS
from portal.setup.stories import Story, moment, read_stories
from portal.threads.events import find_broken_event
from portal.threads.models import Event, Status, Thread, Vote
from tests.factories import NOW, advice_for


def nobody_advises(texts: Sequence[str]) -> list[Advice]:
    return [advice_for(text) for text in texts]


STORIES = read_stories(NOW)


def test_there_are_sixty_submissions_in_three_languages() -> None:
    assert len(STORIES) == 60
    languages = Counter(story.language for story in STORIES)
    assert languages["zh-Hans"] > languages["en"] >= 10
    assert languages["zh-Hant"] >= 10


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.at)
def test_each_story_happens_in_order_and_in_the_past(story: Story) -> None:
    moments = [moment(at, NOW) for at in (story.at, *(step.at for step in story.steps))]
    assert all(earlier < later for earlier, later in pairwise(moments))
    assert moments[-1] < NOW
    assert moments[0] > NOW - timedelta(weeks=8, days=1)
    assert all(step.do in VERBS for step in story.steps)


@pytest.mark.parametrize("advise", ["model", "nobody"])
def test_the_demo_shows_every_state(empty: Session, advise: str) -> None:
    load_demo(empty, advise=advisor().advise_many if advise == "model" else nobody_advises, now=NOW)
    threads = empty.scalars(select(Thread)).all()
    statuses = Counter(Status(thread.status) for thread in threads)
    assert set(statuses) == set(Status)
    assert {thread.visibility for thread in threads} == {"public", "first_look", "hidden", "private"}
    assert any(thread.needs_sorting for thread in threads)
    assert any(thread.is_urgent for thread in threads)
    assert any(thread.votes_total > thread.votes_verified for thread in threads)


def test_the_demo_is_a_whole_neighbourhood(empty: Session) -> None:
    sign_ins = load_demo(empty, advise=nobody_advises, now=NOW)
    kinds = Counter(empty.scalars(select(Place.kind)))
    assert (kinds[PlaceKind.DISTRICT], kinds[PlaceKind.STREET], kinds[PlaceKind.COMMUNITY]) == (1, 2, 6)
    assert empty.scalar(select(func.count()).select_from(Department)) == 10
    assert (empty.scalar(select(func.count()).select_from(Category)) or 0) >= 40
    people = empty.scalars(select(Person)).all()
    roles = Counter(role.name for person in people for role in person.roles)
    assert roles == {
        RoleName.OFFICER: 10,
        RoleName.COORDINATOR: 2,
        RoleName.PANELLIST: 3,
        RoleName.ADMINISTRATOR: 1,
    }
    assert [s.role for s in sign_ins].count("resident") == 12


def test_everybody_of_the_demo_can_sign_in(empty: Session) -> None:
    sign_ins = load_demo(empty, advise=nobody_advises, now=NOW)
    assert len({s.password for s in sign_ins}) == len(sign_ins)
    officer = empty.scalars(select(Person).where(Person.email == sign_ins[0].email)).one()
    assert officer.is_verified
    assert is_right(officer.password_hash, sign_ins[0].password)


def test_what_happened_in_the_demo_is_an_unbroken_record(empty: Session) -> None:
    load_demo(empty, advise=nobody_advises, now=NOW)
    for stream in empty.scalars(select(Event.stream).distinct()):
        assert find_broken_event(empty, stream) is None
    for thread in empty.scalars(select(Thread)):
        times = empty.scalars(
            select(Event.at).where(Event.thread_id == thread.id).order_by(Event.sequence)
        ).all()
        assert times == sorted(times)
        assert times[0] == thread.created_at
    assert (empty.scalar(select(func.max(Vote.at))) or NOW) <= NOW


def test_no_mail_about_the_past_goes_out(empty: Session) -> None:
    load_demo(empty, advise=nobody_advises, now=NOW)
    assert empty.scalar(select(func.count()).where(Job.done_at.is_(None))) == 0


def test_a_database_that_holds_anything_is_not_empty(session: Session) -> None:
    assert not is_empty(session)


def test_an_empty_database_is_empty(empty: Session) -> None:
    assert is_empty(empty)


def test_only_the_owner_reads_the_sign_ins(empty: Session, tmp_path: Path) -> None:
    path = tmp_path / "sign-ins.txt"
    path.touch(mode=0o644)
    write_sign_ins(path, load_demo(empty, advise=nobody_advises, now=NOW))
    assert path.stat().st_mode & 0o777 == 0o600
    assert "coordinator@example.org" in path.read_text()
