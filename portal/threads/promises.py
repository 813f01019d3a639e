"""The two clocks of a thread, as its row keeps them: started, stopped, going on, made anew."""

from datetime import datetime

from portal.communities.directory import Directory
from portal.threads.clocks import choose_pace, due_time, hours_of, make_promise, pauses_of
from portal.threads.models import Pace, Thread


def start_clocks(thread: Thread, directory: Directory, *, now: datetime) -> None:
    """Promise anew, counted from now: it came, or it was opened again."""
    thread.pace, thread.clock_started_at = present_pace(thread, directory), now
    thread.clock_pauses, thread.clock_stopped_at = [], None
    thread.answered_at = None
    promise(thread, directory)


def present_pace(thread: Thread, directory: Directory) -> Pace:
    """Return the pace at which the thread would go if it came now."""
    in_emergency = directory.in_emergency(thread.place_id) is not None
    return choose_pace(is_urgent=bool(thread.is_urgent), in_emergency=in_emergency)


def promise(thread: Thread, directory: Directory) -> None:
    """Work out both due times from what the thread says now: its kind, category, pace and pauses.

    The time of an answer that was given stays what it was.
    """
    hours = hours_of(thread.kind, thread.pace, directory.calendar_for(thread.place_id))
    category = directory.categories.get(thread.category_id or 0)
    made = make_promise(thread.kind, category, thread.pace, hours)
    start, pauses = thread.clock_started_at, pauses_of(thread)
    if thread.answered_at is None:
        thread.due_at = due_time(start, made.answer * made.unit, pauses, hours)
    fix = None if made.fix is None else due_time(start, made.fix * made.unit, pauses, hours)
    thread.fix_due_at, thread.promised = fix, made.kept()


def stop_clocks(thread: Thread, now: datetime) -> None:
    """Let the clocks stand still, where they don't already."""
    thread.clock_stopped_at = thread.clock_stopped_at or now


def go_on(thread: Thread, directory: Directory, now: datetime) -> None:
    """Let the clocks run again, with as much time left as there was when they stopped."""
    if thread.clock_stopped_at is None:
        return
    pause = [thread.clock_stopped_at.isoformat(), now.isoformat()]
    thread.clock_pauses, thread.clock_stopped_at = [*thread.clock_pauses, pause], None
    hours = hours_of(thread.kind, thread.pace, directory.calendar_for(thread.place_id))
    stood = hours.between(*pauses_of(thread)[-1])
    if thread.answered_at is None:
        thread.due_at = hours.add(thread.due_at, stood)
    if thread.fix_due_at is not None:
        thread.fix_due_at = hours.add(thread.fix_due_at, stood)


def hurry(thread: Thread, directory: Directory, now: datetime) -> None:
    """Promise what danger needs, counted from now; what was promised for an earlier time stays so."""
    before, fix_before = thread.due_at, thread.fix_due_at
    _begin_pause_anew(thread, directory, now)
    thread.pace, thread.clock_started_at = Pace.URGENT, now
    promise(thread, directory)
    thread.due_at = min(before, thread.due_at)
    if fix_before is not None and thread.fix_due_at is not None:
        thread.fix_due_at = min(fix_before, thread.fix_due_at)


def slow_down(thread: Thread, directory: Directory, since: datetime, now: datetime) -> None:
    """Promise as if it had never been taken for a danger, counted from `since`, its pauses left out."""
    _begin_pause_anew(thread, directory, now)
    thread.pace, thread.clock_started_at = present_pace(thread, directory), since
    promise(thread, directory)


def _begin_pause_anew(thread: Thread, directory: Directory, now: datetime) -> None:
    """Close the pause that the clocks stand in, if any, and open the next: each has one kind of hours."""
    if thread.clock_stopped_at is not None:
        go_on(thread, directory, now)
        stop_clocks(thread, now)
