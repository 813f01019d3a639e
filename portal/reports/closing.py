"""What was done, and whether it is fixed, as the public page and the page of the link show it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.directory import Directory
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext, ngettext
from portal.reports.forms import VerdictForm
from portal.reports.models import Answer, Report
from portal.reports.verdicts import count_answers, find_verdict, may_answer
from portal.threads.gallery import tell_public_photo
from portal.threads.models import FIXED, Event, Kind, Status, Thread
from portal.threads.photos import list_public_photos
from portal.threads.queries import Published

ANSWERS = {
    Answer.YES: lazy_gettext("Yes, it is fixed"),
    Answer.PARTLY: lazy_gettext("Only in part"),
    Answer.NO: lazy_gettext("No, it isn’t fixed"),
}


def read_closing(
    session: Session, found: Published, directory: Directory, person: Person | None
) -> dict[str, Any] | None:
    """Return what the public page of a fixed report says of it; nothing for others."""
    thread = found.thread
    if thread.kind != Kind.REPORT or thread.status not in FIXED:
        return None
    return tell_closing(session, thread, found.events, directory, person)


def tell_closing(
    session: Session, thread: Thread, events: Sequence[Event], directory: Directory, person: Person | None
) -> dict[str, Any]:
    """Return what was done, what people say of it, and the form where this person is asked."""
    report = session.get_one(Report, thread.id)
    event = next((e for e in reversed(events) if e.kind == "report.fixed"), None)
    own = find_verdict(session, thread, person, report.round) if person else None
    asked = person is not None and may_answer(session, thread, person)
    department = directory.departments.get(thread.department_id or 0)
    return {
        "fixed_at": report.fixed_at,
        "department": department.name if department else "",
        "words": event.statement.text if event and event.statement else "",
        "photos": [tell_public_photo(p) for p in list_public_photos(session, thread) if p.round],
        "state": tell_state(thread),
        "counts": tell_counts(session, thread, report),
        "own": str(ANSWERS[own.answer]) if own else "",
        "form": VerdictForm(formdata=None) if asked else None,
    }


def tell_state(thread: Thread) -> str:
    """Return how sure it is that it is fixed, in a sentence."""
    if thread.is_doubted:
        return _("Somebody says that it isn’t fixed, or only in part. Staff look at it.")
    return {
        Status.FIXED: _("So says the department. Those concerned have been asked whether it is."),
        Status.CONFIRMED: _("Those concerned confirm it."),
        Status.SILENT: _("Those concerned were asked, and nobody said otherwise in 14 days."),
    }[thread.status]


def tell_counts(session: Session, thread: Thread, report: Report) -> Sequence[str]:
    """Return how many gave each answer in this round, in words."""
    counts = count_answers(session, thread.id, report.round)
    told = {
        Answer.YES: ngettext("%(num)s says yes", "%(num)s say yes", counts.get(Answer.YES, 0)),
        Answer.PARTLY: ngettext("%(num)s says partly", "%(num)s say partly", counts.get(Answer.PARTLY, 0)),
        Answer.NO: ngettext("%(num)s says no", "%(num)s say no", counts.get(Answer.NO, 0)),
    }
    return [text for answer, text in told.items() if counts.get(answer)]
