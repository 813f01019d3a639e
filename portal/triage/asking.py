"""Asking the neighbourhood for ideas: a call made from what comes up again, or from what has no idea yet."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.communities.directory import Directory
from portal.core.dates import day
from portal.core.i18n import LANGUAGES, in_language, ngettext
from portal.core.i18n import gettext as _
from portal.core.languages import to_fields
from portal.ideas.calls import Call, CallMatter
from portal.ideas.needs import NO_REPORT, WITHIN
from portal.ideas.proposals import CallProposal
from portal.threads.models import IS_LISTED, Kind, Thread

MOST_REASONS = 12  # reports named as the reason
# Last day of each phase, in days from the first: four weeks to collect, two for each phase after it.
LAST_DAYS = {
    "opens_on": 0,
    "collects_until": 28,
    "supports_until": 42,
    "reviews_until": 56,
    "decides_until": 70,
}


@dataclass(frozen=True)
class Reason:
    """What a call is made from: reports of one category at one place."""

    category_id: int | None
    place_id: int
    reports: Sequence[Thread]  # those that everybody may see
    times: int  # how many everybody may see
    since: datetime | None = None  # of what comes up again


def reason_of_chain(chain: Sequence[Thread]) -> Reason:
    """Return why one asks about what comes up again; the place is that of its newest report."""
    newest, listed = chain[-1], [thread for thread in chain if thread.is_listed]
    since = listed[0].created_at if listed else None
    return Reason(newest.category_id, newest.place_id, listed[-MOST_REASONS:], len(listed), since)


def reason_of_need(
    session: Session, category_id: int, place_id: int, directory: Directory, now: datetime
) -> Reason:
    """Return why one asks about what is reported often: of its reports those that press the most."""
    came = (
        (Thread.kind == Kind.REPORT) & IS_LISTED & Thread.status.not_in(NO_REPORT),
        (Thread.category_id == category_id) & Thread.place_id.in_(directory.within(place_id)),
        Thread.created_at >= now - WITHIN,
    )
    first = select(Thread).where(*came).order_by(Thread.priority.desc(), Thread.id.desc())
    times = session.scalar(select(func.count()).select_from(Thread).where(*came)) or 0
    return Reason(category_id, place_id, session.scalars(first.limit(MOST_REASONS)).all(), times)


def draft_call(session: Session, reason: Reason, directory: Directory, *, today: date) -> dict[str, Any]:
    """Return what stands in the fields of a call made from this."""
    code = free_code(session, reason, directory)
    fields: dict[str, Any] = {"place": reason.place_id, "seen": 1, "code": code}
    for name, texts in write_texts(reason, directory).items():
        fields |= to_fields(name, texts)
    return (
        fields | days_from(today) | {"references": "\n".join(thread.reference for thread in reason.reports)}
    )


def days_from(today: date) -> dict[str, date]:
    """Return the days of a call that begins at once."""
    return {name: today + timedelta(days=number) for name, number in LAST_DAYS.items()}


def write_texts(reason: Reason, directory: Directory) -> dict[str, dict[str, str]]:
    """Return the texts of a call made from this, in all three languages."""
    return {name: in_all_languages(partial(write, reason, directory)) for name, write in TEXTS.items()}


def in_all_languages(write: Callable[[], str]) -> dict[str, str]:
    texts = {}
    for code in LANGUAGES:
        with in_language(code):
            texts[code] = write()
    return {code: text for code, text in texts.items() if text}


def _what(reason: Reason, directory: Directory) -> dict[str, str]:
    category = directory.categories.get(reason.category_id or 0)
    return {
        "category": category.name if category else _("What comes up again"),
        "place": directory.places[reason.place_id].name,
    }


def _write_name(reason: Reason, directory: Directory) -> str:
    return _("Ideas wanted: %(category)s, %(place)s", **_what(reason, directory))


def _write_theme(reason: Reason, directory: Directory) -> str:
    return _(
        "%(category)s in %(place)s: what would keep it from coming up again? Tell us what should be done, "
        "where, and who could do it.",
        **_what(reason, directory),
    )


def _write_why(reason: Reason, _directory: Directory) -> str:
    if not reason.times:
        return ""
    if reason.since is not None:
        return ngettext(
            "It has come up %(num)s time at the same place since %(day)s. What was done did not last.",
            "It has come up %(num)s times at the same place since %(day)s. What was done did not last.",
            reason.times,
            day=day(reason.since),
        )
    return ngettext(
        "%(num)s report of it came in the last twelve months.",
        "%(num)s reports of it came in the last twelve months.",
        reason.times,
    )


def _write_decides(_reason: Reason, _directory: Directory) -> str:
    return _("The community’s committee, after the panel has reviewed the ideas.")


TEXTS: dict[str, Callable[[Reason, Directory], str]] = {
    "names": _write_name,
    "theme": _write_theme,
    "why": _write_why,
    "decides": _write_decides,
}


def free_code(session: Session, reason: Reason, directory: Directory) -> str:
    """Return a short name for the call's address that no other has."""
    category = directory.categories.get(reason.category_id or 0)
    stem = f"{category.code if category else 'again'}-{directory.places[reason.place_id].code}"
    stem = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:50]
    taken = set(session.scalars(select(Call.code).where(Call.code.startswith(stem, autoescape=True))))
    return next(code for n in range(1, len(taken) + 2) if (code := f"{stem}-{n}") not in taken)


def list_calls_about(session: Session, reports: Sequence[int]) -> Sequence[Call]:
    """Return the calls that have one of these reports as a reason, the newest first."""
    about = select(CallMatter.call_id).where(CallMatter.thread_id.in_(reports))
    return session.scalars(select(Call).where(Call.id.in_(about)).order_by(Call.id.desc())).all()


def tell_answer(proposal: CallProposal, call: Call) -> str:
    """Return what became of a call that an officer proposed."""
    if call.published_at:
        return _("everybody can see it")
    return _("not now") if proposal.is_refused else _("waits for the coordinator")
