"""Reads: drafts, tracked submissions, and what the start page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, func, select
from sqlalchemy.orm import Session

from portal.core.tokens import digest, unsign
from portal.intake.models import Draft, DraftPhoto
from portal.intake.rules import KEEP_DRAFTS
from portal.reports.models import Report
from portal.threads.listing import LINE
from portal.threads.models import FIXED, IS_LISTED, Kind, Thread, Visibility

RECENT, FIXED_LATELY = 6, 4
TRACKING = "track"  # the purpose of a signed tracking link

# Made once, for each step asks them: it takes longer to put them together than to run them.
_DRAFT = select(Draft).where(
    Draft.digest == bindparam("digest"),
    Draft.path == bindparam("path"),
    Draft.changed_at > bindparam("since"),
)
_LOCKED_DRAFT = (
    select(Draft)
    .where(Draft.digest == bindparam("digest"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_PHOTOS = select(DraftPhoto).where(DraftPhoto.draft_id == bindparam("draft_id")).order_by(DraftPhoto.id)


def find_draft(session: Session, key: str | None, path: str, now: datetime) -> Draft | None:
    """Return the draft of this key and path, unless it is older than a day."""
    if not key:
        return None
    return session.scalar(_DRAFT, {"digest": digest(key), "path": path, "since": now - KEEP_DRAFTS})


def lock_draft(session: Session, key: str) -> Draft | None:
    """Return the draft with this digest, held by this transaction; None if it was sent or cleared."""
    return session.scalar(_LOCKED_DRAFT, {"digest": key})


def list_draft_photos(session: Session, draft: Draft | None) -> Sequence[DraftPhoto]:
    """Return the photos added to a draft so far, in order."""
    if draft is None:
        return []
    return session.scalars(_PHOTOS, {"draft_id": draft.id}).all()


def find_tracked(session: Session, token: str) -> Thread | None:
    """Return the thread that a tracking link is for: a kept secret, or one signed in a mail."""
    thread = session.scalar(select(Thread).where(Thread.tracking_digest == digest(token)))
    if thread is not None:
        return thread
    number = unsign(TRACKING, token)
    return session.get(Thread, number) if isinstance(number, int) else None


def list_recent(session: Session, places: Sequence[int] | None) -> Sequence[Row[Any]]:
    """Return the newest listed reports and ideas of these places (None: of all) as lines."""
    return session.execute(
        select(*LINE)
        .where(Thread.kind != Kind.UNDECIDED, IS_LISTED, *_within(places))
        .order_by(Thread.id.desc())
        .limit(RECENT)
    ).all()


def list_fixed_lately(session: Session, places: Sequence[int] | None) -> Sequence[Row[Any]]:
    """Return the listed reports that were fixed last as lines."""
    return session.execute(
        select(*LINE)
        .join(Report, Report.thread_id == Thread.id)
        .where(_is_fixed(), IS_LISTED, *_within(places))
        .order_by(Report.fixed_at.desc())
        .limit(FIXED_LATELY)
    ).all()


@dataclass(frozen=True)
class Counts:
    received: int
    fixed: int


def count_since(session: Session, places: Sequence[int] | None, since: datetime) -> Counts:
    """Count what came and what was fixed since then, private submissions too.

    What staff have hidden, or its sender took back, is in no count of a small place.
    """
    shown = [] if places is None else [Thread.visibility != Visibility.HIDDEN, *_within(places)]
    received = select(func.count()).select_from(Thread).where(Thread.created_at >= since, *shown)
    fixed = (
        select(func.count())
        .select_from(Report)
        .join(Thread, Thread.id == Report.thread_id)
        .where(Report.fixed_at >= since, _is_fixed(), *shown)
    )
    row = session.execute(select(received.scalar_subquery(), fixed.scalar_subquery())).one()
    return Counts(*row)


def _is_fixed() -> ColumnElement[bool]:
    return Thread.status.in_(FIXED)


def _within(places: Sequence[int] | None) -> list[ColumnElement[bool]]:
    return [] if places is None else [Thread.place_id.in_(places)]
