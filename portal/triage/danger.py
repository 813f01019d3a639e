"""Seeing danger in what came as routine, and none in what was taken for it; the promise follows."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.communities.directory import get_directory
from portal.reports.actions import promise_start
from portal.threads.actions import need_reason, refuse_unless, speak
from portal.threads.events import Actor
from portal.threads.models import EventVisibility, Level, Thread
from portal.threads.promises import hurry, slow_down
from portal.threads.scoring import rescore
from portal.triage.rules import can_be_danger


def mark_danger(session: Session, thread: Thread, reason: str, *, by: Actor, now: datetime) -> None:
    """Say that it is a danger: it comes first everywhere, and its time counts round the clock from now."""
    refuse_unless(can_be_danger(thread) and not thread.is_urgent)
    thread.is_urgent = True
    hurry(thread, get_directory(session), now)
    rescore(session, thread, now)
    _say_why(session, thread, "thread.danger_seen", reason, by=by, now=now)


def mark_no_danger(session: Session, thread: Thread, reason: str, *, by: Actor, now: datetime) -> None:
    """Say that it is no danger: what is promised counts as if it had never been taken for one."""
    refuse_unless(can_be_danger(thread) and thread.is_urgent)
    thread.is_urgent = False
    slow_down(thread, get_directory(session), promise_start(session, thread), now)
    rescore(session, thread, now)
    _say_why(session, thread, "thread.danger_over", reason, by=by, now=now)


def _say_why(session: Session, thread: Thread, event: str, reason: str, *, by: Actor, now: datetime) -> None:
    need_reason(reason)
    told = EventVisibility.STAFF
    speak(session, thread, Level.NOTE, event, reason, by=by, now=now, visibility=told)
