"""What is promised, and how it was counted, in words: the same for sender and staff."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.communities.calendars import DAY, NOTHING
from portal.communities.directory import Directory
from portal.core.dates import HOUR, MINUTE, day, moment
from portal.core.i18n import gettext as _
from portal.core.i18n import listed, ngettext
from portal.threads.clocks import Promise, due_time, hours_of, pauses_of, read_promise, stood_still
from portal.threads.models import Pace, Thread


@dataclass(frozen=True)
class Told:
    """One promise: what for, by when, and why then."""

    label: str
    text: str
    why: list[str]

    @property
    def fact(self) -> tuple[str, str]:
        return self.label, self.text


def tell_promises(thread: Thread, directory: Directory, now: datetime) -> list[Told]:
    """Return what is still promised of the matter: the first answer, the fix, or neither."""
    if thread.is_closed:
        return []
    made = read_promise(thread.promised)
    told = []
    if thread.answered_at is None:
        why = _why(thread, directory, thread.due_at, made, made.answer if made else None)
        told.append(Told(_("Answer promised by"), _by(thread, thread.due_at, now), list(why)))
    if thread.fix_due_at is not None:
        why = _why(thread, directory, thread.fix_due_at, made, made.fix if made else None)
        told.append(Told(_("Promised to be fixed by"), _by(thread, thread.fix_due_at, now), list(why)))
    return told


def tell_within(thread: Thread) -> str:
    """Return in what time a first answer is promised, as in "3 working days"."""
    made = read_promise(thread.promised)
    return _units(made, made.answer) if made else ""


def tell_due(thread: Thread, due: datetime) -> str:
    """Return when it is due: the day, or, where hours count, the time of day too."""
    return day(due) if thread.pace == Pace.NORMAL else moment(due)


def _by(thread: Thread, due: datetime, now: datetime) -> str:
    text = tell_due(thread, due)
    if thread.clock_stopped_at is None:
        return text if now <= due else _("%(day)s (late)", day=text)
    if due < thread.clock_stopped_at:
        return _("%(day)s (late; it stands still now)", day=text)
    return _("%(day)s, and later by as long as it stands still", day=text)


def _why(
    thread: Thread, directory: Directory, due: datetime, made: Promise | None, number: int | None
) -> Iterator[str]:
    """Return the sentences that explain a due time; nothing of one that was made before they were kept."""
    if made is None or number is None:
        return
    hours = hours_of(thread.kind, made.pace, directory.calendar_for(thread.place_id))
    start, pauses = thread.clock_started_at, pauses_of(thread)
    yield _counted(made, number, start)
    stood = stood_still(start, pauses, hours)
    if stood > NOTHING:
        yield _(
            "It stood still for %(span)s, waiting for the sender or an outside body.", span=_span(stood, made)
        )
    if thread.clock_stopped_at is not None:
        yield _(
            "It has stood still since %(moment)s; as much time as was left then is left when it goes on.",
            moment=moment(thread.clock_stopped_at),
        )
    if due < due_time(start, number * made.unit, pauses, hours):
        yield _("An earlier time had been promised before, and that stands.")
    if thread.clock_stopped_at is None:
        yield _("So it is due on %(moment)s.", moment=moment(due))
    else:
        yield _("Without this wait it would be due on %(moment)s.", moment=moment(due))


def _counted(made: Promise, number: int, start: datetime) -> str:
    told = {"time": _units(made, number), "moment": moment(start)}
    if made.pace == Pace.URGENT:
        return _("Within %(time)s, day and night, as for a danger; counted from %(moment)s.", **told)
    if made.pace == Pace.EMERGENCY:
        return _("Within %(time)s, day and night, as in emergency mode; counted from %(moment)s.", **told)
    if made.unit == DAY:
        return _("Within %(time)s, counted from %(moment)s. Every day counts.", **told)
    told["length"] = _hours(made.unit)
    return _(
        "Within %(time)s of %(length)s, counted from %(moment)s. "
        "Days off, holidays and the hours outside work do not count.",
        **told,
    )


def _units(made: Promise, number: int) -> str:
    if made.in_hours:
        return ngettext("%(num)s hour", "%(num)s hours", number)
    if made.unit == DAY:
        return ngettext("%(num)s day", "%(num)s days", number)
    return ngettext("%(num)s working day", "%(num)s working days", number)


def _span(span: timedelta, made: Promise) -> str:
    """Return a length of time that counts, as in "2 working days, 3 hours"."""
    days, rest = (0, span) if made.in_hours else divmod(span, made.unit)
    parts = [_units(made, days)] if days else []
    if rest >= MINUTE or not parts:
        parts.append(_hours(rest))
    return listed(parts)


def _hours(span: timedelta) -> str:
    hours, rest = divmod(span, HOUR)
    minutes = rest // MINUTE
    parts = [ngettext("%(num)s hour", "%(num)s hours", hours)] if hours else []
    if minutes or not parts:
        parts.append(ngettext("%(num)s minute", "%(num)s minutes", minutes))
    return " ".join(parts)
