"""A thread as one line of a staff list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from sqlalchemy.orm import Session

from portal.accounts.queries import names_of
from portal.communities.directory import Directory
from portal.core.dates import age
from portal.core.i18n import gettext as _
from portal.core.i18n import ngettext
from portal.threads.channels import TAKEN_DOWN, channel_label
from portal.threads.clocks import next_due
from portal.threads.models import Kind, Status, Thread, Visibility
from portal.threads.timeline import status_label
from portal.triage.lists import Listing

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Line:
    """What macros/desk.html's queue_row shows."""

    href: str
    title: str
    lang: str  # of the title
    reference: str
    status: Status
    status_label: str
    urgent: str
    late: str
    meta: list[str]
    is_open: bool = False  # the one that is being read


def lines_for(
    session: Session,
    threads: Sequence[Thread],
    directory: Directory,
    now: datetime,
    *,
    listing: Listing | None = None,
    reading: Thread | None = None,
) -> list[Line]:
    """Return the lines of these threads, each linked as read from this list; `reading` is the open one.

    One query for all names, whatever their number.
    """
    names = names_of(session, (t.assignee_id for t in threads))
    return [
        Line(
            href=listing.address_of(t) if listing else url_for("triage.show", reference=t.reference),
            title=title_of(t),
            lang=t.language,
            reference=t.reference,
            status=t.status,
            status_label=status_label(t.status),
            urgent=_("Danger") if t.is_urgent else "",
            late=late_text(t, now),
            meta=list(_meta(t, directory, names, now)),
            is_open=t is reading,
        )
        for t in threads
    ]


def _meta(thread: Thread, directory: Directory, names: dict[int, str], now: datetime) -> Iterable[str]:
    category = directory.categories.get(thread.category_id or 0)
    yield category.name if category else kind_label(thread.kind)
    yield directory.full_name(thread.place_id)
    yield age(thread.created_at)
    if thread.channel in TAKEN_DOWN:
        yield channel_label(thread.channel)
    yield due_text(thread, now)
    if thread.priority and not thread.is_closed:
        yield _("priority %(number)s", number=thread.priority)
    if thread.kind == Kind.IDEA:
        yield ngettext("%(num)s supporter", "%(num)s supporters", thread.votes_total)
    elif thread.votes_total:
        yield ngettext("%(num)s affected", "%(num)s affected", thread.votes_total)
    if thread.assignee_id:
        yield _("with %(name)s", name=names.get(thread.assignee_id) or _("a colleague"))
    if thread.visibility == Visibility.FIRST_LOOK:
        yield _("waits for a first look")


def title_of(thread: Thread) -> str:
    """Return the title for staff: as the sender wrote it, else the first words."""
    return thread.given_title or thread.title


def kind_label(kind: Kind) -> str:
    """Return what it is, in the language of the request."""
    return {
        Kind.REPORT: _("Risk report"),
        Kind.IDEA: _("Idea"),
        Kind.UNDECIDED: _("Sent as “not sure”"),
    }[kind]


def late_text(thread: Thread, now: datetime) -> str:
    """Return how long ago what was promised fell due, or nothing."""
    due = next_due(thread)
    if due is None or due >= now:
        return ""
    days = (now - due) // DAY
    if days == 0:
        return _("Past its promise since today")
    return ngettext("%(num)s day past its promise", "%(num)s days past its promise", days)


def due_text(thread: Thread, now: datetime) -> str:
    """Return how soon an answer or a fix is promised; nothing where neither is, or it is late."""
    due = next_due(thread)
    if thread.clock_stopped_at is not None and not thread.is_closed:
        return _("the clock stands still")
    if due is None or due < now:
        return ""
    return _tell_fix(due, now) if thread.answered_at else _tell_answer(due, now)


def _tell_answer(due: datetime, now: datetime) -> str:
    days = _days_until(due, now)
    if days <= 1:
        return _("answer promised by tomorrow")
    return ngettext("answer promised within %(num)s day", "answer promised within %(num)s days", days)


def _tell_fix(due: datetime, now: datetime) -> str:
    days = _days_until(due, now)
    if days <= 1:
        return _("to be fixed by tomorrow")
    return ngettext("to be fixed within %(num)s day", "to be fixed within %(num)s days", days)


def _days_until(due: datetime, now: datetime) -> int:
    """Return in how many days it is due; a day begun counts, as in the promise itself."""
    return -((now - due) // DAY)
