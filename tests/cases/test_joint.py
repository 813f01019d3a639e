"""A joint case: called for, decided, and its tasks."""

import pytest
from sqlalchemy.orm import Session

from portal.cases.joint import (
    Assignment,
    accept_task,
    agree_case,
    call_case,
    decline_case,
    finish_task,
    give_task,
    refuse_task,
)
from portal.cases.models import CaseState, TaskState
from portal.cases.queries import find_case, list_tasks
from portal.core.errors import Conflict, Invalid
from portal.reports.actions import mark_fixed
from portal.threads.models import EventVisibility, Status
from portal.threads.queries import list_events
from tests.cases.scenes import SOON, add_cast, call, coordinator, department_id, make_joint, officer
from tests.factories import NOW, directory, make_report


def kinds(session: Session, thread_id: int, audience: str = "staff") -> list[str]:
    return [event.kind for event in list_events(session, thread_id, audience)]


def test_a_call_waits_for_the_coordinator_until_the_next_working_hours_end(session: Session) -> None:
    report = make_report(session)
    case = call(session, report)
    assert (case.state, case.asked) == (CaseState.CALLED, [department_id(session, "labour")])
    assert case.due_at > SOON
    assert "case.called" not in kinds(session, report.id, "sender")


def test_two_calls_at_once_are_one_too_many(session: Session) -> None:
    report = make_report(session)
    call(session, report)
    with pytest.raises(Conflict):
        call(session, report)


def test_the_lead_alone_makes_no_joint_case(session: Session) -> None:
    report = make_report(session)
    with pytest.raises(Invalid):
        call_case(
            session,
            report,
            [report.department_id or 0],
            "Help.",
            directory=directory(session),
            by=officer(session),
            now=SOON,
        )


def test_a_declined_call_can_be_made_again(session: Session) -> None:
    report = make_report(session)
    case = call(session, report)
    decline_case(session, report, case, "One department is enough.", by=coordinator(session), now=SOON)
    assert find_case(session, report) is None
    call(session, report)
    assert list_tasks(session, report.id) == []


def test_a_decided_case_names_lead_and_helpers_in_public(session: Session) -> None:
    report = make_report(session)
    make_joint(session, report)
    public = [e for e in list_events(session, report.id, "public") if e.kind == "case.agreed"]
    assert public[0].data["departments"] == [department_id(session, "labour")]
    assert public[0].visibility == EventVisibility.PUBLIC
    assert report.status == Status.WITH_DEPARTMENT


def test_another_lead_gets_the_report(session: Session) -> None:
    report = make_report(session)
    case, labour = call(session, report), department_id(session, "labour")
    given = [Assignment(report.department_id or 0, "Mend the lamp.", "Mends the lamp.", 2)]
    stamp = {"directory": directory(session), "by": coordinator(session), "now": SOON}
    agree_case(session, report, case, labour, given, **stamp)  # type: ignore[arg-type]
    assert report.department_id == labour
    assert [task.department_id for task in list_tasks(session, report.id)] == [
        department_id(session, "construction")
    ]


def test_a_case_without_tasks_for_others_is_refused(session: Session) -> None:
    report = make_report(session)
    case, lead = call(session, report), report.department_id or 0
    stamp = {"directory": directory(session), "by": coordinator(session), "now": SOON}
    with pytest.raises(Invalid):
        agree_case(session, report, case, lead, [], **stamp)  # type: ignore[arg-type]


def test_it_is_not_fixed_while_a_department_has_a_task(session: Session) -> None:
    report = make_report(session)
    task = make_joint(session, report)
    with pytest.raises(Invalid, match="人力资源"):
        mark_fixed(session, report, "A new bulb.", by=officer(session), now=SOON)
    assert report.status != Status.FIXED
    finish_task(session, report, task, "The wages are paid.", by=coordinator(session), now=SOON)
    mark_fixed(session, report, "A new bulb.", by=officer(session), now=SOON)
    assert report.status == Status.FIXED


def test_a_task_is_taken_on_and_done_and_its_result_stays_inside(session: Session) -> None:
    add_cast(session)
    report = make_report(session)
    task = make_joint(session, report)
    accept_task(session, report, task, by=officer(session, "helper"), now=SOON)
    assert task.assignee_id == officer(session, "helper").id
    finish_task(session, report, task, "Paid by hand: 13800138000.", by=officer(session, "helper"), now=SOON)
    assert task.state == TaskState.DONE
    done = [e for e in list_events(session, report.id, "sender") if e.kind == "task.done"]
    assert done[0].statement is None
    with pytest.raises(Conflict):
        finish_task(session, report, task, "Again.", by=officer(session, "helper"), now=SOON)


def test_a_refused_task_says_why_in_public(session: Session) -> None:
    report = make_report(session)
    task = make_joint(session, report)
    with pytest.raises(Invalid):
        refuse_task(session, report, task, "", by=coordinator(session), now=SOON)
    refuse_task(session, report, task, "There are no contracts.", by=coordinator(session), now=SOON)
    refused = [e for e in list_events(session, report.id, "public") if e.kind == "task.refused"]
    assert refused[0].statement is not None
    assert refused[0].statement.text == "There are no contracts."


def test_another_task_falls_due_by_the_calendar(session: Session) -> None:
    report = make_report(session)
    task = make_joint(session, report)
    case = find_case(session, report)
    assert case is not None
    later = Assignment(department_id(session, "environment"), "Measure.", "Measures the noise.", 10)
    stamp = {"directory": directory(session), "by": coordinator(session), "now": SOON}
    added = give_task(session, report, case, later, **stamp)  # type: ignore[arg-type]
    assert NOW < task.due_at < added.due_at
    with pytest.raises(Invalid):
        give_task(session, report, case, Assignment(1, "", "", 1), **stamp)  # type: ignore[arg-type]
