"""What departments say of an idea before the panel: how feasible it is, what it costs, how long it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.accounts.models import OF_DEPARTMENT, Person
from portal.communities.directory import Directory
from portal.core.errors import Invalid
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.panels.models import Appraisal, AppraisalRequest, Review
from portal.panels.queries import MOST, list_requests
from portal.threads.actions import refuse_unless
from portal.threads.events import Actor, record_event
from portal.threads.models import EventVisibility, Thread

FEASIBILITY = (
    lazy_gettext("hardly possible"),
    lazy_gettext("difficult"),
    lazy_gettext("possible with effort"),
    lazy_gettext("well possible"),
    lazy_gettext("possible at once"),
)


def appraise(
    session: Session,
    review: Review,
    thread: Thread,
    department_id: int,
    *,
    feasibility: int,
    cost: str,
    duration: str,
    words: str,
    by: Actor,
    now: datetime,
) -> None:
    """Keep what a department that was asked says; said again, the last counts. The thread is locked."""
    session.refresh(review)
    is_open = review.closed_at is None and not thread.is_closed
    refuse_unless(is_open and department_id in list_requests(session, review))
    if not 1 <= feasibility <= len(FEASIBILITY):
        raise Invalid(_("Please say how feasible it is."))
    session.add(
        Appraisal(
            review_id=review.id,
            department_id=department_id,
            feasibility=feasibility,
            cost=cost,
            duration=duration,
            words=words,
            by_id=by.id,
            at=now,
        )
    )
    session.flush()
    record_event(
        session,
        thread,
        "panel.appraised",
        by=by,
        now=now,
        visibility=EventVisibility.STAFF,
        data={"department": department_id},
    )


def list_appraisals(session: Session, review_id: int) -> list[Appraisal]:
    """Return the last appraisal of each department, in the order in which they first came."""
    made = select(Appraisal).where(Appraisal.review_id == review_id).order_by(Appraisal.id)
    return list({one.department_id: one for one in session.scalars(made)}.values())


@dataclass(frozen=True)
class Appraised:
    """What one department says, as pages show it; nothing yet: `words` and all else are empty."""

    department: str
    feasibility: str
    cost: str
    duration: str
    words: str
    at: datetime | None


def tell_appraisals(
    session: Session, review: Review, directory: Directory, *, waiting: bool = False
) -> list[Appraised]:
    """Return what departments say, side by side; with `waiting` also those that have not answered."""
    said = list_appraisals(session, review.id)
    told = [
        Appraised(
            directory.departments[one.department_id].name,
            tell_feasibility(one.feasibility),
            one.cost,
            one.duration,
            one.words,
            one.at,
        )
        for one in said
    ]
    if waiting:
        answered = {one.department_id for one in said}
        silent = [number for number in list_requests(session, review) if number not in answered]
        told += [Appraised(directory.departments[number].name, "", "", "", "", None) for number in silent]
    return told


def tell_feasibility(number: int) -> str:
    return _("%(number)s of 5: %(words)s", number=number, words=FEASIBILITY[number - 1])


def list_to_appraise(
    session: Session, person: Person, directory: Directory, most: int = MOST
) -> Sequence[tuple[Review, Thread, int, bool]]:
    """Return what the person's departments are asked about: whether they answered, the open ones first."""
    mine = [
        (AppraisalRequest.department_id == role.department_id)
        & Thread.place_id.in_(directory.within(role.place_id))
        for role in person.roles
        if role.name in OF_DEPARTMENT
    ]
    if not mine:
        return []
    answered = (
        select(Appraisal.id)
        .where(Appraisal.review_id == Review.id, Appraisal.department_id == AppraisalRequest.department_id)
        .exists()
    )
    rows = session.execute(
        select(Review, Thread, AppraisalRequest.department_id, answered.label("answered"))
        .join(AppraisalRequest, AppraisalRequest.review_id == Review.id)
        .join(Thread, Thread.id == Review.thread_id)
        .where(Review.closed_at.is_(None), ~Thread.is_closed, or_(*mine))
        .order_by("answered", Review.last_day, Review.id)
        .limit(most)
    )
    return [(review, thread, number, bool(is_answered)) for review, thread, number, is_answered in rows]
