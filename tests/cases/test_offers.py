""" "Not ours": offered, taken, refused, and to the coordinator the second time."""

import pytest
from sqlalchemy.orm import Session

from portal.cases.models import Offer, OfferState
from portal.cases.offers import accept_offer, offer_report, refuse_offer
from portal.cases.queries import stands
from portal.core.errors import Conflict, Invalid
from portal.threads.guests import list_guests
from portal.threads.models import Status, Thread
from portal.threads.queries import list_events
from portal.triage.actions import sort_as_report
from tests.cases.scenes import SOON, add_cast, coordinator, department_id, officer
from tests.factories import directory, make_report


def offer(session: Session, report: Thread, code: str = "labour", reason: str = "It is about pay.") -> Offer:
    to = department_id(session, code) if code else None
    return offer_report(
        session, report, to, reason, directory=directory(session), by=officer(session), now=SOON
    )


def test_the_other_department_is_asked_while_the_clock_runs_on(session: Session) -> None:
    report = make_report(session)
    due, department = report.due_at, report.department_id
    made = offer(session, report)
    assert (made.state, report.department_id, report.due_at) == (OfferState.OFFERED, department, due)
    assert made.due_at > SOON
    assert [g.department_id for g in list_guests(session, report.id)] == [department_id(session, "labour")]
    told = [e.kind for e in list_events(session, report.id, "public")]
    assert told[-1] == "thread.offered"


def test_who_takes_it_has_it(session: Session) -> None:
    add_cast(session)
    report = make_report(session)
    made = offer(session, report)
    accept_offer(session, report, made, directory=directory(session), by=officer(session, "helper"), now=SOON)
    assert report.department_id == department_id(session, "labour")
    assert report.status == Status.WITH_DEPARTMENT
    assert not stands(made, report)
    with pytest.raises(Conflict):
        accept_offer(
            session, report, made, directory=directory(session), by=officer(session, "helper"), now=SOON
        )


def test_a_refusal_needs_a_reason_that_everybody_reads(session: Session) -> None:
    add_cast(session)
    report = make_report(session)
    made = offer(session, report)
    with pytest.raises(Invalid):
        refuse_offer(session, report, made, "", by=officer(session, "helper"), now=SOON)
    refuse_offer(session, report, made, "No pay in it.", by=officer(session, "helper"), now=SOON)
    told = list_events(session, report.id, "public")[-1]
    assert told.statement is not None
    assert told.statement.text == "No pay in it."
    assert list_guests(session, report.id) == []


def send_to(session: Session, report: Thread, category: str) -> None:
    """Let the coordinator say whose it is."""
    known = directory(session)
    chosen, by = known.category_codes[category], coordinator(session)
    sort_as_report(session, report, chosen, directory=known, reason="Theirs.", by=by, now=SOON)


@pytest.mark.parametrize("taken", [True, False])
def test_the_second_pass_goes_to_the_coordinator_by_itself(session: Session, taken: bool) -> None:
    add_cast(session)
    report = make_report(session)
    first = offer(session, report)
    helper = officer(session, "helper")
    if taken:
        accept_offer(session, report, first, directory=directory(session), by=helper, now=SOON)
    else:
        refuse_offer(session, report, first, "No.", by=helper, now=SOON)
    second = offer(session, report, "environment")
    assert second.state == OfferState.TO_COORDINATOR
    assert report.needs_sorting
    send_to(session, report, "wages")
    assert offer(session, report, "environment").state == OfferState.TO_COORDINATOR


def test_a_body_outside_is_for_the_coordinator(session: Session) -> None:
    report = make_report(session)
    made = offer(session, report, "")
    assert made.state == OfferState.TO_COORDINATOR
    assert report.needs_sorting


def test_only_one_is_asked_at_a_time_and_not_oneself(session: Session) -> None:
    report = make_report(session)
    with pytest.raises(Invalid):
        offer(session, report, "construction")
    with pytest.raises(Invalid):
        offer(session, report, reason="")
    offer(session, report)
    with pytest.raises(Conflict):
        offer(session, report, "environment")


def test_an_offer_ends_when_the_coordinator_sends_it_elsewhere(session: Session) -> None:
    report = make_report(session)
    made = offer(session, report)
    send_to(session, report, "noise")
    assert not stands(made, report)
