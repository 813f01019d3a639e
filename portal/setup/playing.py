"""Playing the demo's submissions through the same actions that the pages call."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.communities.directory import CategoryEntry, Directory
from portal.communities.models import PlaceKind
from portal.core.i18n import localized
from portal.core.tokens import digest, new_token
from portal.ideas.actions import decide_idea, open_for_support
from portal.intake.actions import SUBMIT
from portal.reports import actions as reports
from portal.reports.models import Answer
from portal.reports.verdicts import judge, settle
from portal.routing.advice import Advice
from portal.routing.rules import choose_route
from portal.setup.cast import Cast
from portal.setup.drawing import draw_scene
from portal.setup.stories import Story, moment
from portal.threads import actions as threads
from portal.threads.events import Actor, resident
from portal.threads.merging import merge_threads
from portal.threads.models import Kind, Status, Thread
from portal.threads.photos import add_photos, keep_picture
from portal.threads.votes import cast_vote, takes_votes
from portal.triage.actions import return_to_desk, sort_as_idea, sort_as_report, take

WISHED = {"report": Kind.REPORT, "idea": Kind.IDEA, "unsure": Kind.UNDECIDED}
DECISIONS = {
    "pilot": Status.PILOT,
    "adopt": Status.ADOPT,
    "later": Status.LATER,
    "decline": Status.DECLINE,
}
SORTING_TAKES = timedelta(hours=3)
VOTING_LASTS = timedelta(days=9)
REASONS = {
    "zh-Hans": "这件事归{department}办，已经转过去。",
    "zh-Hant": "這件事歸{department}辦，已經轉過去。",
    "en": "This is for {department} to deal with, and has gone there.",
}

UNCLEAR = {
    "zh-Hans": "看不出说的是哪件事，请协调员问一问。",
    "zh-Hant": "看不出說的是哪件事，請協調員問一問。",
    "en": "We can't tell what this is about. Please ask.",
}


@dataclass(frozen=True)
class Scene:
    """A submission of the demo at a moment of its life."""

    thread: Thread
    story: Story
    cast: Cast
    text: str
    now: datetime

    @property
    def session(self) -> Session:
        return self.cast.session

    @property
    def directory(self) -> Directory:
        return self.cast.directory

    @property
    def category(self) -> CategoryEntry | None:
        return self.directory.category_codes[self.story.category] if self.story.category else None

    @property
    def author(self) -> Actor:
        return resident(self.thread.author)

    @property
    def worker(self) -> Actor:
        return self.cast.worker(self.thread)

    @property
    def coordinator(self) -> Actor:
        return self.cast.coordinator(self.thread)


def play(cast: Cast, number: int, story: Story, advice: Advice, now: datetime) -> Thread:
    """Send one submission and let happen to it what its story says, each at its own time."""
    sent_at = moment(story.at, now)
    thread = submit(cast, number, story, advice, sent_at)
    add_photos_of(cast, thread, story, sent_at)
    first = moment(story.steps[0].at, now) if story.steps else now
    sorted_at = sent_at + min(SORTING_TAKES, (first - sent_at) / 2)
    sort(Scene(thread, story, cast, "", sorted_at))
    vote(cast, number, thread, story, until=min(now, sent_at + VOTING_LASTS))
    for step in story.steps:
        VERBS[step.do](Scene(thread, story, cast, step.text, moment(step.at, now)))
    return thread


def submit(cast: Cast, number: int, story: Story, advice: Advice, now: datetime) -> Thread:
    place, spot = cast.directory.place_codes[story.place], None
    if place.kind == PlaceKind.SPOT:
        place, spot = cast.directory.ancestors(place.id)[1], place
    submission = threads.Submission(
        key=f"demo:{number}",
        token=new_token(),
        text=story.text,
        title=story.title,
        author=cast.author(story.by, now),
        place_id=place.id,
        spot_id=spot.id if spot else None,
        point=story.pin,
        language=story.language,
        private=story.private,
        name_shown=story.name_shown,
    )
    route = choose_route(advice, WISHED[story.sent_as], place.id, cast.directory)
    return SUBMIT[route.kind](cast.session, submission, advice, route, now=now)


def add_photos_of(cast: Cast, thread: Thread, story: Story, now: datetime) -> None:
    """Let the sender's photos come with the words."""
    drawn = [
        replace(keep_picture(cast.store, draw_scene(photo.scene), digest(photo.scene)), alt=photo.alt)
        for photo in story.photos
    ]
    by = resident(thread.author)
    add_photos(cast.session, thread, drawn, person=thread.author, by=by, now=now)


def sort(scene: Scene) -> None:
    """Let the desk put right what the classifier left open or sent to the wrong department."""
    thread, category = scene.thread, scene.category
    if category is None:
        hand_back(scene)
        return
    if any(step.do in ("idea", "hide") for step in scene.story.steps):
        return
    if scene.story.sent_as == "idea":
        if thread.category_id != category.id:
            sort_as_idea(scene.session, thread, category, by=scene.coordinator, now=scene.now)
        return
    department = scene.directory.department_for(category.id, thread.place_id)
    if thread.needs_sorting or thread.kind != Kind.REPORT or thread.department_id != department.id:
        name = localized(department.names, scene.story.language)
        reason = "" if thread.needs_sorting else REASONS[scene.story.language].format(department=name)
        sort_as_report(
            scene.session,
            thread,
            category,
            directory=scene.directory,
            reason=reason,
            by=scene.coordinator,
            now=scene.now,
        )


def hand_back(scene: Scene) -> None:
    """Let the department say that it can't tell what this is about, if it was sent there."""
    if scene.thread.kind == Kind.REPORT and not scene.thread.needs_sorting:
        reason = UNCLEAR[scene.story.language]
        return_to_desk(scene.session, scene.thread, reason, by=scene.worker, now=scene.now)


def vote(cast: Cast, number: int, thread: Thread, story: Story, *, until: datetime) -> None:
    """Spread the votes over the time given."""
    voters = cast.voters(number, thread.author, story.votes, story.others)
    if not takes_votes(thread):
        return
    for i, voter in enumerate(voters, 1):
        at = thread.created_at + (until - thread.created_at) * i / (len(voters) + 1)
        cast_vote(cast.session, thread, voter, now=at)


Verb = Callable[[Scene], None]
VERBS: dict[str, Verb] = {}


def _by_worker(action: Callable[..., None], *, with_text: bool = True) -> Verb:
    """Return a verb of whoever works the thread."""
    return lambda scene: act(scene, action, scene.worker, with_text=with_text)


def _by_author(action: Callable[..., None], *, with_text: bool = True) -> Verb:
    return lambda scene: act(scene, action, scene.author, with_text=with_text)


def act(scene: Scene, action: Callable[..., None], by: Actor, *, with_text: bool) -> None:
    words = (scene.text,) if with_text else ()
    action(scene.session, scene.thread, *words, by=by, now=scene.now)


def _decision(decision: Status) -> Verb:
    def verb(scene: Scene) -> None:
        decide_idea(scene.session, scene.thread, decision, scene.text, by=scene.coordinator, now=scene.now)

    return verb


def _judge(answer: Answer) -> Verb:
    def verb(scene: Scene) -> None:
        thread, sender, words = scene.thread, scene.thread.author, scene.text or ""
        judge(scene.session, thread, sender, answer, words, directory=scene.directory, now=scene.now)

    return verb


def _make_idea(scene: Scene) -> None:
    if scene.thread.kind != Kind.IDEA:
        sort_as_idea(
            scene.session,
            scene.thread,
            scene.category,
            reason=scene.text,
            by=scene.coordinator,
            now=scene.now,
        )


def _wait_outside(scene: Scene) -> None:
    body, reason = scene.text.split("|")
    reports.wait_outside(scene.session, scene.thread, body, reason, by=scene.worker, now=scene.now)


def _silence(scene: Scene) -> None:
    """Nobody who was asked says anything."""
    settle(scene.session, scene.thread, now=scene.now)


def _merge(scene: Scene) -> None:
    """Join it with the submission that has this title."""
    survivor = scene.session.scalars(select(Thread).where(Thread.given_title == scene.text)).one()
    merge_threads(scene.session, scene.thread, survivor, by=scene.coordinator, now=scene.now)


VERBS |= {
    "outside": _wait_outside,
    "merge": _merge,
    "silence": _silence,
    "take": _by_worker(take, with_text=False),
    "start": _by_worker(reports.start_work, with_text=False),
    "ask": _by_worker(threads.ask),
    "reply": _by_worker(threads.reply),
    "note": _by_worker(threads.note),
    "fix": _by_worker(reports.mark_fixed),
    "not_ours": _by_worker(reports.close_as_not_ours),
    "no_action": _by_worker(reports.close_without_action),
    "show": _by_worker(threads.show_words, with_text=False),
    "hide": _by_worker(threads.hide_words),
    "open": _by_worker(open_for_support, with_text=False),
    "idea": _make_idea,
    "answer": _by_author(threads.answer),
    "confirm": _judge(Answer.YES),
    "withdraw": _by_author(threads.withdraw, with_text=False),
    "reopen": _judge(Answer.NO),
    **{name: _decision(status) for name, status in DECISIONS.items()},
}
