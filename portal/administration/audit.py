"""The audit page: what was done to the set-up, or to one submission, by whom and when."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts import visits
from portal.accounts.identity import staff_only
from portal.accounts.models import Person, RoleName
from portal.administration.audit_reading import Wish, list_events
from portal.administration.audit_telling import DEEDS, Entry, tell_actor, tell_records
from portal.administration.visit import begin_visit_everywhere, blueprint
from portal.communities.directory import Directory
from portal.core import clock
from portal.core.dates import local_time
from portal.core.references import parse_reference
from portal.core.web import address_with, row_asked_for
from portal.threads.comments import RESIDENT
from portal.threads.events import ADMINISTRATION, find_broken_event
from portal.threads.models import Event, Thread
from portal.threads.queries import find_by_reference
from portal.threads.timeline import role_label, tell

YEARS = range(2000, 2100)


@blueprint.get("/audit")
@staff_only(RoleName.ADMINISTRATOR)
def audit() -> ResponseReturnValue:
    """Show the record; of a submission only what happened, none of its words."""
    visit = begin_visit_everywhere()
    reference, thread = find_subject(visit)
    wish = read_wish(thread)
    events, more = list_events(visit.session, wish) if thread or not reference else ([], False)
    person = visit.session.get(Person, wish.person_id) if wish.person_id else None
    is_checked = thread is not None or "check" in request.args
    return render_template(
        "administration/audit.html",
        entries=tell_entries(visit, events, thread),
        reference=reference,
        thread=thread,
        person=person,
        arguments=request.args,
        deeds=list(DEEDS.items()),
        is_checked=is_checked,
        broken=find_broken_event(visit.session, wish.stream) if is_checked else None,
        check_href=address_with(check="1"),
        person_href=lambda number: address_with(person=str(number), before=None),
        without_person=address_with(person=None, before=None),
        newest=address_with(before=None) if wish.before else None,
        older=address_with(before=str(events[-1].sequence)) if more else None,
    )


def find_subject(visit: visits.Visit) -> tuple[str, Thread | None]:
    """Return the reference that the address asks about, or "", and the submission if there is one."""
    reference = request.args.get("q", "").strip()
    written = parse_reference(reference)
    return reference, find_by_reference(visit.session, written) if written else None


def read_wish(thread: Thread | None) -> Wish:
    """Return what the address asks for, leaving out what there is not."""
    given, until = request.args, day_asked_for("until")
    return Wish(
        stream=f"thread:{thread.id}" if thread else ADMINISTRATION,
        kind=given.get("kind") if given.get("kind") in DEEDS else None,
        person_id=row_asked_for("person"),
        since=day_asked_for("since"),
        until=until + timedelta(days=1) if until else None,
        before=row_asked_for("before"),
    )


def day_asked_for(name: str) -> datetime | None:
    """Return when a day of the neighbourhood begins that the address asks for, or None."""
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    midnight = local_time(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.replace(year=day.year, month=day.month, day=day.day) if day.year in YEARS else None


def tell_entries(visit: visits.Visit, events: Sequence[Event], thread: Thread | None) -> list[Entry]:
    if thread is None:
        return tell_records(visit.session, events, visit.directory)
    return [tell_step(event, visit.directory) for event in events]


def tell_step(event: Event, directory: Directory) -> Entry:
    """Return what happened to a submission; of its sender and of other residents only that it was one."""
    is_resident = event.actor_role == RESIDENT
    return Entry(
        sequence=event.sequence,
        at=event.at,
        actor="" if is_resident else tell_actor(event),
        actor_id=None if is_resident else event.actor_id,
        role=role_label(event.actor_role),
        deed=tell(event, directory),
        subject="",
        changes=[],
    )
