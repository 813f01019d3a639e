"""Asking once more, and closing what nobody objects to: each night, some at a time."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from portal.core.errors import Conflict
from portal.core.outbox import enqueue, handles
from portal.core.worker import nightly
from portal.reports.models import Answer, Report, Verdict
from portal.reports.rules import REMIND_AFTER, SILENT_AFTER
from portal.reports.verdicts import remind, settle
from portal.threads.actions import lock_thread
from portal.threads.followers import is_following
from portal.threads.models import Status, Thread

REMINDING, SETTLING = "reports.remind", "reports.settle"
BATCH = 200  # reports of one transaction


@handles(REMINDING)
def remind_senders(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Ask each sender who takes mails once more, ten days after it was fixed. Safe to run twice."""
    due = _find(session, Report.reminded_at.is_(None), Report.fixed_at <= now - REMIND_AFTER)
    _do_each(session, due, _remind_sender, now)
    if len(due) == BATCH:
        enqueue(session, REMINDING, {}, now=now)


@handles(SETTLING)
def settle_silent(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Close what nobody objected to in fourteen days. Safe to run twice."""
    objections = select(Verdict.id).where(
        Verdict.thread_id == Report.thread_id,
        Verdict.round == Report.round,
        Verdict.answer.in_((Answer.NO, Answer.PARTLY)),
    )
    due = _find(session, Report.fixed_at <= now - SILENT_AFTER, ~objections.exists())
    _do_each(session, due, _settle, now)
    if len(due) == BATCH:
        enqueue(session, SETTLING, {}, now=now)


def _find(session: Session, *which: ColumnElement[bool]) -> Sequence[int]:
    """Return the next reports that stand as fixed and whose round began under these rules."""
    found = (
        select(Report.thread_id)
        .join(Thread, Thread.id == Report.thread_id)
        .where(Thread.status == Status.FIXED, Report.round > 0, *which)
    )
    return session.scalars(found.order_by(Report.thread_id).limit(BATCH)).all()


def _do_each(
    session: Session, numbers: Sequence[int], do: Callable[[Session, Thread, datetime], None], now: datetime
) -> None:
    for number in numbers:
        thread = lock_thread(session, number)
        try:
            do(session, thread, now)
        except Conflict:  # somebody answered, or opened it again, since it was looked for
            continue


def _remind_sender(session: Session, thread: Thread, now: datetime) -> None:
    session.refresh(session.get_one(Report, thread.id))
    takes_mail = thread.author.email and is_following(session, thread, thread.author)
    remind(session, thread, told=bool(takes_mail), now=now)


def _settle(session: Session, thread: Thread, now: datetime) -> None:
    report = session.get_one(Report, thread.id)
    session.refresh(report)
    if report.fixed_at and report.fixed_at <= now - SILENT_AFTER:  # not fixed anew since
        settle(session, thread, now=now)


for topic in (REMINDING, SETTLING):
    if topic not in nightly:
        nightly.append(topic)
