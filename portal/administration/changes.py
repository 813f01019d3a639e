"""Changing the set-up: one change at a time, none lost, each on record with before and after."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.communities.directory import raise_version
from portal.communities.models import Calendar, Category, Department, DirectoryVersion, Place
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.threads.events import Actor, record_administration
from portal.triage.models import ReplyTemplate

Values = dict[str, Any]  # of a row's fields, or of preferences; JSON holds them
Row = Place | Department | Category | Calendar | ReplyTemplate
What = list[str | int]  # kind and number, as in ["place", 12]


def lock_set_up(session: Session) -> None:
    """Let nobody else change the set-up until this transaction ends, and read it afresh."""
    session.execute(select(DirectoryVersion).with_for_update())
    session.expire_all()


def seen_mark(values: Values) -> str:
    """Return a short mark of the values, another one once any of them is another."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def name_row(row: Row) -> What:
    """Return what a record calls a row."""
    return [type(row).__name__.lower(), row.id]


def values_of(row: Row, *names: str) -> Values:
    return {name: getattr(row, name) for name in names}


def change_row(session: Session, row: Row, wanted: Values, *, seen: str, by: Actor, now: datetime) -> None:
    """Set these fields of a row. Conflict if one of them has changed since `seen` was made."""
    before = values_of(row, *wanted)
    if before == wanted:
        return
    refuse_if_changed(before, seen)
    for name, value in wanted.items():
        setattr(row, name, value)
    session.flush()
    record_change(session, name_row(row), before, wanted, by=by, now=now)


def refuse_if_changed(present: Values, seen: str) -> None:
    if seen != seen_mark(present):
        raise Conflict(_("Somebody else has changed this meanwhile. Look at both, then save again."))


def add_row(session: Session, row: Row, values: Values, *, by: Actor, now: datetime) -> None:
    """Add a row and record its values."""
    session.add(row)
    session.flush()
    record_change(session, name_row(row), {}, values, by=by, now=now)


def remove_row(session: Session, row: Row, fields: Sequence[str], *, by: Actor, now: datetime) -> None:
    """Remove a row and record what these fields of it held."""
    before = values_of(row, *fields)
    session.delete(row)
    session.flush()
    record_change(session, name_row(row), before, {}, by=by, now=now)


def record_change(
    session: Session, what: What, before: Values, after: Values, *, by: Actor, now: datetime
) -> None:
    """Record the difference of two states, and tell every process of it.

    An empty state is that of a thing which is not there: so it was added, or removed.
    """
    verb = "changed" if before and after else "added" if after else "removed"
    was, is_ = difference(before, after)
    data = {"what": what, "before": was, "after": is_}
    record_administration(session, f"{what[0]}.{verb}", by=by, data=data, now=now)
    raise_version(session)


def difference(before: Values, after: Values) -> tuple[Values, Values]:
    """Return only what differs, on either side; of texts in languages, only those that differ."""
    was: Values = {}
    is_: Values = {}
    for name in [*before, *(name for name in after if name not in before)]:
        old, new = before.get(name), after.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            old, new = difference(old, new)
        if old != new:
            was |= {name: old} if name in before else {}
            is_ |= {name: new} if name in after else {}
    return was, is_
