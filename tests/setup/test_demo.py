from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person, RoleName
from portal.accounts.passwords import is_right
from portal.cases.models import Offer
from portal.cases.queries import stands
from portal.communities.directory import read_directory
from portal.communities.models import Calendar, Category, Department, Place, PlaceKind
from portal.communities.plan import plans_in_use, position_of
from portal.core.outbox import Job
from portal.core.storage import get_store
from portal.insight.models import WeekLoad
from portal.notifications.models import Subscription
from portal.panels.models import Review
from portal.panels.results import list_remarks, read_scores
from portal.panels.scores import Sheet
from portal.priority.actions import END_TOPIC
from portal.priority.models import CommitteeVote, Outcome
from portal.routing.advice import Advice, advisor
from portal.setup.demo import SignIn, is_empty, load_demo, write_sign_ins
from portal.setup.drawing import SCENES
from portal.setup.playing import VERBS
from portal.setup.stories import moment, read_stories
from portal.threads.additions import Follower, Photo, PhotoState
from portal.threads.events import find_broken_event
from portal.threads.links import LinkKind, ThreadLink
from portal.threads.models import Event, Status, Thread, Vote
from portal.threads.photos import file_name
from tests.factories import NOW, advice_for


def nobody_advises(texts: Sequence[str]) -> list[Advice]:
    return [advice_for(text) for text in texts]


STORIES = read_stories(NOW)


def test_there_are_seventy_submissions_in_three_languages() -> None:
    assert len(STORIES) == 71
    languages = Counter(story.language for story in STORIES)
    assert languages["zh-Hans"] > languages["en"] >= 10
    assert languages["zh-Hant"] >= 10


def test_each_story_happens_in_order_and_in_the_past() -> None:
    for story in STORIES:
        moments = [moment(at, NOW) for at in (story.at, *(step.at for step in story.steps))]
        assert all(earlier < later for earlier, later in pairwise(moments)), story.at
        assert moments[-1] < NOW
        assert moments[0] > NOW - timedelta(weeks=8, days=1)
        assert all(step.do in VERBS for step in story.steps)


def test_the_demo_shows_every_state_and_keeps_an_unbroken_record(empty: Session) -> None:
    load_demo(empty, advise=advisor().advise_many, store=get_store(), now=NOW)
    check_scores(empty)
    check_states(empty)
    check_record(empty)
    check_no_mail_waits(empty)


def test_the_demo_is_a_whole_neighbourhood_even_without_a_model(empty: Session) -> None:
    sign_ins = load_demo(empty, advise=nobody_advises, store=get_store(), now=NOW)
    check_states(empty)
    check_neighbourhood(empty)
    check_map(empty)
    check_departments(empty)
    check_photos(empty)
    check_following(empty)
    check_committee(empty)
    check_workload(empty)
    assert [s.role for s in sign_ins].count("resident") == 12
    assert len({s.password for s in sign_ins}) == len(sign_ins)
    officer = empty.scalars(select(Person).where(Person.email == sign_ins[0].email)).one()
    assert officer.is_verified
    assert is_right(officer.password_hash, sign_ins[0].password)


def check_map(session: Session) -> None:
    """Every named place, and every pin that was set, stands on the demo's plan."""
    plan = plans_in_use(read_directory(session, 0))[0]
    places = session.scalars(select(Place).where(Place.kind.in_((PlaceKind.COMMUNITY, PlaceKind.SPOT)))).all()
    pinned = session.scalars(select(Thread).where(Thread.latitude.is_not(None))).all()
    assert len(pinned) > 20
    assert all(plan.bounds.holds(position_of(thing) or (0, 0)) for thing in [*places, *pinned])


def check_states(session: Session) -> None:
    threads = session.scalars(select(Thread)).all()
    assert {Status(thread.status) for thread in threads} == set(Status)
    assert {thread.visibility for thread in threads} == {"public", "first_look", "hidden", "private"}
    assert any(thread.needs_sorting for thread in threads)
    assert any(thread.is_urgent for thread in threads)
    assert any(thread.votes_total > thread.votes_verified for thread in threads)


def check_neighbourhood(session: Session) -> None:
    kinds = Counter(session.scalars(select(Place.kind)))
    assert (kinds[PlaceKind.DISTRICT], kinds[PlaceKind.STREET], kinds[PlaceKind.COMMUNITY]) == (1, 2, 6)
    assert session.scalar(select(func.count()).select_from(Department)) == 10
    assert (session.scalar(select(func.count()).select_from(Category)) or 0) >= 40
    people = session.scalars(select(Person)).all()
    assert Counter(role.name for person in people for role in person.roles) == {
        RoleName.OFFICER: 10,
        RoleName.HEAD: 2,
        RoleName.COORDINATOR: 2,
        RoleName.PANELLIST: 3,
        RoleName.ADMINISTRATOR: 1,
    }


def check_departments(session: Session) -> None:
    """There is a calendar with a day of the place's own, a chain of what came again, an open offer."""
    days = session.scalars(select(Calendar.days)).one()
    assert "Tangxi Water Festival" in {day["names"].get("en") for day in days.values()}
    assert session.scalars(select(ThreadLink).where(ThreadLink.kind == LinkKind.RECURS)).all()
    offer = session.scalars(select(Offer)).one()
    assert stands(offer, session.get_one(Thread, offer.thread_id))


def check_committee(session: Session) -> None:
    """One vote has set a priority, against an objection; another waits for voices."""
    over, open_one = session.scalars(select(CommitteeVote).order_by(CommitteeVote.id)).all()
    assert (over.outcome, over.objected) == (Outcome.ACCEPTED, 1)
    assert over.thread.priority == over.proposed
    assert open_one.closed_at is None
    assert open_one.ends_at > NOW


def check_workload(session: Session) -> None:
    """The weeks before are counted, so that nobody reads that nothing came."""
    counted = select(WeekLoad.week).where(WeekLoad.incoming > 0).distinct()
    assert len(session.scalars(counted).all()) >= 6


def check_following(session: Session) -> None:
    followed = session.scalars(select(Thread).join(Follower, Follower.thread_id == Thread.id)).all()
    assert len(followed) > 20
    assert all(thread.is_listed for thread in followed)
    assert session.scalar(select(func.count()).select_from(Subscription)) == 3


def check_scores(session: Session) -> None:
    """One idea is scored by all, who disagree and talk; of another nothing is seen yet."""
    reviews = session.scalars(select(Review).where(Review.closed_at.is_(None)).order_by(Review.id)).all()
    seen = [review for review in reviews if review.revealed_at]
    assert len(seen) == 1
    assert len(reviews) > 1
    scores = read_scores(session, seen[0])
    assert scores.panellists == 3
    assert scores.is_revised
    assert any(one.first.is_apart for one in scores.judged)
    assert len(list_remarks(session, seen[0])) == 2
    assert session.scalars(select(Sheet)).all()


def check_record(session: Session) -> None:
    for stream in session.scalars(select(Event.stream).distinct()):
        assert find_broken_event(session, stream) is None
    for thread in session.scalars(select(Thread)):
        times = session.scalars(
            select(Event.at).where(Event.thread_id == thread.id).order_by(Event.sequence)
        ).all()
        assert times == sorted(times)
        assert times[0] == thread.created_at
    assert (session.scalar(select(func.max(Vote.at))) or NOW) <= NOW


def check_no_mail_waits(session: Session) -> None:
    waiting = session.scalars(select(Job.topic).where(Job.done_at.is_(None))).all()
    assert waiting == [END_TOPIC]  # the open vote of the committee ends in its time


def test_a_database_that_holds_anything_is_not_empty(session: Session) -> None:
    assert not is_empty(session)


def test_an_empty_database_is_empty(empty: Session) -> None:
    assert is_empty(empty)


def test_only_the_owner_reads_the_sign_ins(tmp_path: Path) -> None:
    path = tmp_path / "sign-ins.txt"
    path.touch(mode=0o644)
    write_sign_ins(path, [SignIn("coordinator@example.org", "a password", "coordinator")])
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text() == "coordinator@example.org\ta password\tcoordinator\n"


def check_photos(session: Session) -> None:
    photos = session.scalars(select(Photo)).all()
    drawn = [photo for story in STORIES for photo in story.photos]
    assert len(photos) == len(drawn) >= 6
    assert {photo.scene for photo in drawn} <= SCENES.keys()
    assert all(photo.alt and get_store().get(file_name(photo.key, "large")) for photo in photos)
    assert sum(photo.state == PhotoState.SHOWN for photo in photos) >= 5
