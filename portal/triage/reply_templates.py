"""The reply templates that fit a thread, filled for it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.directory import Directory
from portal.core.dates import day
from portal.core.i18n import DEFAULT, LANGUAGES, in_language, lazy_gettext, localized
from portal.core.i18n import gettext as _
from portal.threads.clocks import next_due
from portal.threads.models import Thread
from portal.triage.models import ReplyTemplate
from portal.triage.placeholders import DUE, fill

# What a template is for: the move whose form it fills, by the state that this leads to.
PURPOSES = {
    "reply": lazy_gettext("A reply to everybody"),
    "ask": lazy_gettext("A question: waiting for the resident"),
    "fix": lazy_gettext("Fixed: what was done"),
    "not-ours": lazy_gettext("Not ours: whose it is"),
    "no-action": lazy_gettext("No action: why"),
}
FIELDS = {"reply": "reply", "ask": "question", "fix": "done", "not-ours": "reason", "no-action": "reason"}


@dataclass(frozen=True)
class Offered:
    """A template that fits, with its text as it would be sent."""

    id: int
    name: str
    text: str
    language: str
    instead_of: str  # the language of the submission, where there is no text in it


def list_offered(
    session: Session,
    thread: Thread,
    person: Person,
    directory: Directory,
    verbs: Collection[str],
    *,
    now: datetime,
) -> dict[str, list[Offered]]:
    """Return what fits the thread for each of these verbs, the closest fit first; one query.

    What names the day until which an answer is promised fits while that day lies ahead.
    """
    wanted = [verb for verb in verbs if verb in PURPOSES]
    if not wanted:
        return {}
    found: dict[str, list[Offered]] = {}
    is_owed = _owes_answer(thread, now)
    for row in _list_fitting(session, thread, directory, wanted):
        if not is_owed and any(DUE in text for text in row.texts.values()):
            continue
        found.setdefault(row.verb, []).append(_fill(row, thread, person, directory))
    return found


def _owes_answer(thread: Thread, now: datetime) -> bool:
    """Tell whether the first answer is promised for a time to come."""
    due = next_due(thread)
    return thread.answered_at is None and due is not None and due > now


def _list_fitting(
    session: Session, thread: Thread, directory: Directory, verbs: Collection[str]
) -> Sequence[ReplyTemplate]:
    above = [place.id for place in directory.ancestors(thread.place_id)]
    category = directory.categories.get(thread.category_id or 0)
    rows = session.scalars(
        select(ReplyTemplate).where(
            ReplyTemplate.place_id.in_(above),
            ReplyTemplate.verb.in_(verbs),
            ReplyTemplate.retired_at.is_(None),
            ReplyTemplate.category_id.is_(None) | (ReplyTemplate.category_id == thread.category_id),
            ReplyTemplate.category_group.in_(["", category.group if category else ""]),
        )
    )
    return sorted(
        rows,
        key=lambda t: (t.category_id is None, not t.category_group, above.index(t.place_id), t.id),
    )


def _fill(row: ReplyTemplate, thread: Thread, person: Person, directory: Directory) -> Offered:
    language = language_of(row.texts, thread.language)
    with in_language(language):
        text = fill(row.texts[language], values_for(thread, person, directory))
    missing = "" if language == thread.language else LANGUAGES.get(thread.language, thread.language)
    return Offered(row.id, localized(row.names), text, language, missing)


def language_of(texts: Mapping[str, str], wanted: str) -> str:
    """Return the language to write in: the wanted one, else the default, else any there is."""
    return next((code for code in (wanted, DEFAULT, *texts) if texts.get(code)), DEFAULT)


def values_for(thread: Thread, person: Person, directory: Directory) -> dict[str, str]:
    """Return what the placeholders stand for, in the present language."""
    department = directory.departments.get(thread.department_id or 0)
    return {
        "reference": thread.reference,
        "place": directory.full_name(thread.place_id),
        "department": department.name if department else _("the committee"),
        "due": day(thread.due_at),
        "staff": person.name or _("the committee"),
    }
