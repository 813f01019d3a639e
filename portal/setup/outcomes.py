"""Pilots of the demo that have ended: one stopped with its lessons, one a practice tried elsewhere too."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from classifier.urgency import judge
from portal.core.dates import local_time
from portal.core.i18n import use_language
from portal.core.tokens import digest, new_token
from portal.ideas.actions import decide_idea, submit_idea
from portal.pilots.actions import plan_pilot, put_indicator, spend, start_pilot
from portal.pilots.effects import Severity
from portal.pilots.effects_actions import Noticed, answer_effect, tell_effect
from portal.pilots.gates import Verdict
from portal.pilots.gates_actions import (
    Decided,
    add_gate,
    ask_evaluator,
    decide,
    declare,
    find_seat,
    give_opinion,
)
from portal.pilots.gates_queries import next_gates
from portal.pilots.models import Pilot
from portal.pilots.practices_actions import change_practice, draft_practice, publish_practice, take_up
from portal.pilots.practices_facts import gather_facts
from portal.pilots.queries import list_indicators
from portal.pilots.values import Reading, enter_values
from portal.routing.advice import Advice
from portal.routing.rules import Route
from portal.setup.cast import Cast
from portal.threads.actions import Submission
from portal.threads.events import Actor
from portal.threads.models import Kind, Status, Thread

FILE = Path(__file__).with_name("demo_outcomes.toml")
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
BEFORE = 6  # weeks measured before a pilot
SOURCE = {"zh-Hans": "志愿者每天记的本子", "zh-Hant": "志工每天記的本子", "en": "The volunteers' notebook"}
WHY = {"zh-Hans": "值得一试，先试一个地方。", "zh-Hant": "值得一試，先試一個地方。", "en": "Worth a try."}
Told = dict[str, Any]


@dataclass(frozen=True)
class Scene:
    """A pilot of the demo, with the story that it follows."""

    cast: Cast
    thread: Thread
    pilot: Pilot
    told: Told
    by: Actor  # the coordinator

    @property
    def session(self) -> Session:
        return self.cast.session

    def measure(self, first: date, values: Sequence[float], now: datetime) -> None:
        """Enter a value for each week from this day on."""
        days = [Reading(first + number * WEEK, float(value)) for number, value in enumerate(values)]
        enter_values(
            self.session,
            self.thread,
            self.pilot,
            list_indicators(self.session, self.pilot)[0],
            days,
            source=SOURCE[self.told["language"]],
            today=days[-1].on_day + DAY,
            by=self.by,
            now=now,
        )

    def start(self, first: date, now: datetime) -> None:
        seen = self.pilot.revision
        start_pilot(self.session, self.thread, self.pilot, today=first, seen=seen, by=self.by, now=now)


def come_to_an_end(cast: Cast, now: datetime) -> None:
    """Let two ideas of last spring be tried, judged and decided, and one be taken up elsewhere."""
    for number, told in enumerate(tomllib.loads(FILE.read_text(encoding="utf-8"))["trial"]):
        began = now - told["began"] * WEEK
        use_language(told["language"])
        scene = _plan(cast, _have_idea(cast, number, told, began - 10 * WEEK), told, began)
        _begin(scene, began)
        decided_at = began + len(told["since"]) * WEEK
        _happen(scene, began, decided_at)
        _end(scene, decided_at)
        if "taken_up" in told:
            _go_elsewhere(scene, decided_at, now)
    use_language(None)


def _have_idea(cast: Cast, number: int, told: Told, now: datetime) -> Thread:
    """Let a resident propose it, and the coordinator decide that it is tried."""
    submission = Submission(
        key=f"demo-trial:{number}",
        token=new_token(),
        text=told["text"],
        title=told["title"],
        author=cast.author(told["by"], now),
        place_id=cast.directory.place_codes[told["place"]].id,
        language=told["language"],
    )
    route = Route(Kind.IDEA, cast.directory.category_codes[told["category"]], None, to_desk=False)
    thread = submit_idea(cast.session, submission, Advice(judge(told["text"]), None), route, now=now)
    by, why = cast.coordinator(thread), WHY[told["language"]]
    decide_idea(cast.session, thread, Status.PILOT, why, by=by, now=now + 2 * WEEK)
    return thread


def _plan(cast: Cast, thread: Thread, told: Told, began: datetime) -> Scene:
    by, first = cast.coordinator(thread), local_time(began).date()
    plan = {name: told[name] for name in ("title", "if_we", "then", "because", "partners", "budget")}
    days = {"starts_on": first, "ends_on": first + told["weeks"] * WEEK}
    values = {**plan, **days, "place_id": thread.place_id, "owner_id": by.id}
    pilot = plan_pilot(cast.session, thread, values, by=by, now=began - BEFORE * WEEK)
    return Scene(cast, thread, pilot, told, by)


def _begin(scene: Scene, began: datetime) -> None:
    """Say what is measured, measure it before, and let it begin."""
    told, pilot, first = scene.told, scene.pilot, scene.pilot.starts_on
    measured = {
        "name": told["indicator"],
        "filled": "entered",
        "category_id": None,
        "unit": told["unit"],
        "direction": "down",
        "baseline_from": first - BEFORE * WEEK,
        "baseline_until": first - DAY,
        "target": float(told["target"]),
        "stop_at": float(told["stop_at"]),
        "comparison_place_id": None,
    }
    stamp: Told = {"seen": pilot.revision, "by": scene.by, "now": began - 5 * WEEK}
    put_indicator(scene.session, scene.thread, pilot, None, measured, **stamp)
    scene.measure(first - BEFORE * WEEK, told["before"], began)
    scene.start(first, began)


def _happen(scene: Scene, began: datetime, decided_at: datetime) -> None:
    """Let it be measured, paid for and noticed."""
    told, pilot = scene.told, scene.pilot
    for what, amount in told["spent"]:
        values = {"on_day": pilot.starts_on, "amount": amount, "what": what}
        spend(scene.session, pilot, values, seen=pilot.revision, by=scene.by, now=began)
    for number, each in enumerate(told["effects"]):
        _notice(scene, number, each, began + each["week"] * WEEK - DAY)
    scene.measure(pilot.starts_on + DAY, told["since"], decided_at - 6 * DAY)


def _notice(scene: Scene, number: int, each: Told, now: datetime) -> None:
    noticed = Noticed(
        is_wanted=each["wanted"],
        severity=Severity(each["severity"]),
        text=each["text"],
        touched=each.get("touched", ""),
        evidence=each.get("evidence", ""),
    )
    effect = tell_effect(
        scene.session,
        scene.thread,
        scene.pilot,
        noticed,
        person=scene.cast.author(each["by"], now),
        key=digest(f"{scene.pilot.code}:{number}"),
        follow=False,
        directory=scene.cast.directory,
        now=now,
    )
    if "done" in each:
        done, by = each["done"], scene.by
        answer_effect(scene.session, scene.thread, scene.pilot, effect, done, by=by, now=now + DAY)


def _end(scene: Scene, now: datetime) -> None:
    """Let an expert judge it at the review that comes first, and the coordinator decide."""
    session, thread, pilot, told = scene.session, scene.thread, scene.pilot, scene.told
    expert = next(p for p in scene.cast.staff if (p.email or "").startswith("panel-2"))
    known, by = scene.cast.directory, scene.by
    ask_evaluator(session, thread, pilot, expert, told["body"], directory=known, by=by, now=now - 5 * DAY)
    seat, gate = find_seat(session, pilot, expert), next_gates(session, [pilot.id])[pilot.id]
    if seat is None:
        return
    stamp: Told = {"directory": scene.cast.directory, "by": Actor(expert, "evaluator")}
    declare(session, thread, pilot, seat, "", now=now - 5 * DAY, **stamp)
    advice, said = Verdict(told["advice"]), told["opinion"]
    give_opinion(session, thread, pilot, gate, seat, advice=advice, text=said, now=now - 2 * DAY, **stamp)
    texts = {name: told[name] for name in ("reason", "dissent", "lessons")}
    decided = Decided(verdict=Verdict(told["verdict"]), **texts)
    decide(session, thread, pilot, gate, decided, seen=pilot.revision, by=scene.by, now=now)


def _go_elsewhere(scene: Scene, decided_at: datetime, now: datetime) -> None:
    """Write the practice down, and let another place try it, which is being measured."""
    session, thread, pilot, told = scene.session, scene.thread, scene.pilot, scene.told
    directory = scene.cast.directory
    facts = gather_facts(session, thread, pilot, directory)
    practice = draft_practice(session, thread, pilot, facts, by=scene.by, now=decided_at)
    if practice is None:
        return
    texts = {name: told[name] for name in ("problem", "conditions", "how_to")}
    change_practice(session, practice, texts, seen=practice.revision, now=decided_at + DAY)
    publish_practice(session, thread, pilot, practice, by=scene.by, now=decided_at + WEEK)
    began, by = now - told["taken_weeks_ago"] * WEEK, scene.cast.coordinator_of(told["taken_up"])
    first, place = local_time(began).date(), directory.place_codes[told["taken_up"]]
    days = {"starts_on": first, "ends_on": first + told["taken_weeks"] * WEEK}
    other = take_up(session, thread, practice, place, **days, by=by, now=began - BEFORE * WEEK)
    there = replace(scene, pilot=other, by=by)
    there.measure(list_indicators(session, other)[0].baseline_from, told["taken_before"], began)
    there.start(first, began)
    _adjust(there, began, told["adjusted_in_week"] * WEEK)
    there.measure(first + DAY, told["taken_since"], now)


def _adjust(scene: Scene, began: datetime, after: timedelta) -> None:
    """Let a review that was set when it began adjust it; from there on its second round runs."""
    session, thread, pilot, told, now = scene.session, scene.thread, scene.pilot, scene.told, began + after
    add_gate(session, pilot, local_time(now).date(), seen=pilot.revision, now=began)
    gate = next_gates(session, [pilot.id])[pilot.id]
    decided = Decided(verdict=Verdict.ADJUST, reason=told["adjusted"], unheard=told["unheard"])
    decide(session, thread, pilot, gate, decided, seen=pilot.revision, by=scene.by, now=now)
