"""Versions of an idea as pages show them: what is different, and who supports which."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.directory import Directory
from portal.core import clock
from portal.core.i18n import gettext as _
from portal.core.text import mask_personal
from portal.ideas.changing import can_change
from portal.ideas.differing import Change, Piece, find_differences
from portal.ideas.models import Idea
from portal.ideas.versions import (
    IdeaVersion,
    Wording,
    count_support,
    find_newest,
    find_waiting,
    is_asked_anew,
    list_versions,
)
from portal.threads.followers import is_sender
from portal.threads.models import Kind, Thread
from portal.threads.queries import Published
from portal.threads.votes import takes_votes

TEMPLATE = "ideas/_versions.html"


@dataclass(frozen=True)
class Told:
    """One version: of each part that differs from the version before, its heading and the pieces."""

    number: int | None
    at: datetime
    why: str
    is_substance: bool
    parts: Sequence[tuple[str, Sequence[Piece]]]
    version: IdeaVersion


def tell_versions(
    session: Session, found: Published, _directory: Directory, person: Person | None
) -> dict[str, Any] | None:
    """Return what the page of an idea says of its versions, and asks whoever supports an earlier one."""
    thread = found.thread
    may_change = person is not None and is_sender(thread, person) and can_change(session, thread, clock.now())
    if thread.kind != Kind.IDEA or (thread.version == 1 and not may_change):
        return None
    idea = session.get_one(Idea, thread.id)
    return {
        "change": url_for("changing.own", reference=thread.reference) if may_change else None,
        "number": thread.version,
        "is_readable": found.is_readable,
        "counts": tell_support(session, thread, idea),
        "asked": takes_votes(thread) and is_asked_anew(session, thread, idea, person),
    }


def tell_support(session: Session, thread: Thread, idea: Idea) -> str:
    """Return how many support which version, once that makes a difference."""
    if idea.substance == 1:
        return ""
    support = count_support(session, thread, idea)
    if not support.earlier:
        return ""
    return _(
        "This version: %(now)s. An earlier one: %(earlier)s, asked anew.",
        now=support.now,
        earlier=support.earlier,
    )


def tell_shown(session: Session, thread: Thread) -> list[Told]:
    """Return the versions that everybody may read, the newest first, with personal numbers covered."""
    versions = list_versions(session, thread.id)
    told = [_tell(version, before.wording) for before, version in pairwise(versions)]
    return [*reversed(told), *(_tell(version, None) for version in versions[:1])]


def tell_waiting(session: Session, thread: Thread) -> Told | None:
    """Return the version that waits for a first look, against what is shown, as it was written."""
    waiting = find_waiting(session, thread.id)
    if waiting is None:
        return None
    return _tell(waiting, list_versions(session, thread.id)[-1].wording, covered=False)


def tell_newest(session: Session, thread: Thread) -> dict[str, Any]:
    """Return what the sender of an idea wrote last, if that is not the first, and whether it waits."""
    newest = find_newest(session, thread.id) if thread.kind == Kind.IDEA else None
    if newest is None or newest.number == 1:
        return {"wording": None}
    return {
        "wording": newest.wording,
        "number": newest.number,
        "written_at": newest.made_at,
        "parts_now": [(head, text) for head, text in _parts(newest.wording)[2:] if text],
    }


def tell_difference(before: Wording, after: Wording) -> list[tuple[str, Sequence[Piece]]]:
    """Return the pieces of each part that is not the same in both."""
    both = zip(_parts(before), _parts(after), strict=True)
    return [(head, find_differences(old, new)) for (head, old), (_head, new) in both if old != new]


def _tell(version: IdeaVersion, before: Wording | None, *, covered: bool = True) -> Told:
    cover = _covered if covered else _as_written
    wording = cover(version.wording)
    parts: list[tuple[str, Sequence[Piece]]]
    if before is None:
        parts = [(head, [Piece(Change.SAME, text)]) for head, text in _parts(wording) if text]
    else:
        parts = tell_difference(cover(before), wording)
    why = mask_personal(version.why) if covered else version.why
    at = version.shown_at or version.made_at
    return Told(version.number, at, why, version.is_substance, parts, version)


def _as_written(wording: Wording) -> Wording:
    return wording


def _covered(wording: Wording) -> Wording:
    return Wording(**{name: mask_personal(text) for name, text in vars(wording).items()})


def _parts(wording: Wording) -> list[tuple[str, str]]:
    return [
        (_("Title"), wording.title),
        (_("The proposal"), wording.text),
        (_("The problem it would solve"), wording.problem),
        (_("Who gains"), wording.gains),
        (_("Who could be harmed"), wording.harms),
        (_("Roughly what it costs"), wording.cost),
    ]
