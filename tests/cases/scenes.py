"""Short ways to set a scene of departments together."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.accounts.models import RoleName
from portal.cases.joint import Assignment, accept_task, agree_case, call_case
from portal.cases.models import JointCase, Task
from portal.cases.papers import Stored, keep_decision, keep_file, keep_minutes
from portal.cases.queries import list_tasks
from portal.cases.referrals import answer_referral, refer
from portal.threads.models import Thread
from tests.factories import NOW, directory, person
from tests.triage.moving import add_staff, coordinator, officer

SOON = NOW + timedelta(hours=1)


def department_id(session: Session, code: str) -> int:
    return directory(session).department_codes[code].id


def add_cast(session: Session) -> None:
    """Add who is needed besides the standing people: helper and third (other departments, same street),
    warden (coordinator of the community) and stranger (coordinator of the other street)."""
    add_staff(session, "helper", RoleName.OFFICER, "liu", "labour")
    add_staff(session, "third", RoleName.OFFICER, "liu", "environment")
    add_staff(session, "helper elsewhere", RoleName.OFFICER, "qiao", "labour")
    add_staff(session, "warden", RoleName.COORDINATOR, "liu-1")
    add_staff(session, "stranger", RoleName.COORDINATOR, "qiao")


def call(session: Session, thread: Thread, now: datetime = SOON) -> JointCase:
    """Let the lead call for a joint case with the department of labour."""
    asked = [department_id(session, "labour")]
    return call_case(
        session,
        thread,
        asked,
        "Wages are owed, too.",
        directory=directory(session),
        by=officer(session),
        now=now,
    )


def make_joint(session: Session, thread: Thread, now: datetime = SOON) -> Task:
    """Make it a joint case in which the department of labour has a task. Return the task."""
    case = call(session, thread, now)
    given = [Assignment(department_id(session, "labour"), "Check the contracts.", "Looks at the wages.", 3)]
    assert thread.department_id is not None
    agree_case(
        session,
        thread,
        case,
        thread.department_id,
        given,
        directory=directory(session),
        by=coordinator(session),
        now=now,
    )
    return list_tasks(session, thread.id)[0]


def fill_case(session: Session, thread: Thread, *, now: datetime) -> None:
    """Make it a joint case with everything its page can show."""
    task = make_joint(session, thread, now=now)
    labour = department_id(session, "labour")
    accept_task(session, thread, task, by=officer(session, "helper"), now=now)
    both = [labour, department_id(session, "construction")]
    keep_minutes(
        session, thread, now.date(), both, "We met at the gate. 现场开会。", by=officer(session), now=now
    )
    keep_decision(session, thread, "Close the road.", labour, now.date(), by=officer(session), now=now)
    keep_decision(
        session,
        thread,
        "Ring the owner.",
        person(session, "officer"),
        now.date(),
        by=officer(session),
        now=now,
    )
    stored = Stored("0" * 32, "plan-of-the-crossing.pdf", "pdf", 14)
    keep_file(session, thread, stored, by=officer(session), now=now)
    places = directory(session)
    here, up = places.place_codes["liu-1"], places.place_codes["yunhe"]
    warden = coordinator(session, "warden")
    asked = refer(
        session,
        thread,
        here,
        up,
        "The road is the district’s. Who pays?",
        directory=places,
        by=warden,
        now=now,
    )
    answer_referral(session, thread, asked, "We pay.", public=True, by=coordinator(session), now=now)
    refer(session, thread, here, up, "And who mends it?", directory=places, by=warden, now=now)
