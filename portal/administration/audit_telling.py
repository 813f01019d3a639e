"""Records of administration in words: what was done to what, and what stood there before."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.telling import MARK_NAMES, ROLE_NAMES
from portal.administration.clock_fields import TIME_NAMES, write_time
from portal.administration.forms import KINDS as PLACE_KINDS
from portal.communities.directory import Directory
from portal.communities.models import Calendar, Emergency
from portal.core.i18n import LANGUAGES, lazy_gettext
from portal.core.i18n import gettext as _
from portal.threads.models import Event
from portal.threads.timeline import role_label

LONGEST_TEXT = 200  # characters of a value
Names = Mapping[tuple[str, int], str]  # by kind and number

# Translated when they are shown.
DEEDS = {
    "person.invited": lazy_gettext("Sent an invitation"),
    "person.role_granted": lazy_gettext("Gave a role"),
    "person.role_taken": lazy_gettext("Took a role"),
    "person.blocked": lazy_gettext("Blocked an account"),
    "person.unblocked": lazy_gettext("Opened an account again"),
    "person.code_made": lazy_gettext("Printed a code for signing in"),
    "person.second_factor_reset": lazy_gettext("Switched a second factor off"),
    "person.marked": lazy_gettext("Marked an account"),
    "person.erased": lazy_gettext("Deleted their own account"),
    "place.added": lazy_gettext("Added a place"),
    "place.changed": lazy_gettext("Changed a place"),
    "emergency.began": lazy_gettext("Switched to emergency mode"),
    "emergency.ended": lazy_gettext("Went back to normal mode"),
    "department.added": lazy_gettext("Added a department"),
    "department.changed": lazy_gettext("Changed a department"),
    "category.added": lazy_gettext("Added a category"),
    "category.changed": lazy_gettext("Changed a category"),
    "route.added": lazy_gettext("Added a route"),
    "route.removed": lazy_gettext("Removed a route"),
    "calendar.added": lazy_gettext("Added a calendar"),
    "calendar.changed": lazy_gettext("Changed a calendar"),
    "calendar.removed": lazy_gettext("Removed a calendar"),
    "household_codes.made": lazy_gettext("Printed codes for households"),
    "household_codes.withdrawn": lazy_gettext("Withdrew a household’s code"),
    "preferences.changed": lazy_gettext("Changed texts or settings"),
    "replytemplate.added": lazy_gettext("Added a reply template"),
    "replytemplate.changed": lazy_gettext("Changed a reply template"),
    "call.added": lazy_gettext("Prepared a call for ideas"),
    "call.proposed": lazy_gettext("Proposed a call for ideas"),
    "call.refused": lazy_gettext("Put a proposed call for ideas aside"),
    "call.changed": lazy_gettext("Changed a call for ideas"),
    "call.published": lazy_gettext("Showed a call for ideas to everybody"),
    "call.stopped": lazy_gettext("Stopped a call for ideas"),
    "pilots.room_set": lazy_gettext("Set how much room there is for trials"),
    "setup.loaded": lazy_gettext("Loaded a setup file"),
    "messages.imported": lazy_gettext("Imported past messages"),
    "mail.tried_again": lazy_gettext("Sent failed mails again"),
    "model.promoted": lazy_gettext("Put a new sorting program to use"),
    "model.rolled_back": lazy_gettext("Went back to the sorting program before"),
}
FIELDS = {
    "names": lazy_gettext("Name"),
    "group_names": lazy_gettext("Name of the group"),
    "group": lazy_gettext("Group"),
    "code": lazy_gettext("Short name"),
    "codes": lazy_gettext("Codes"),
    "kind": lazy_gettext("Kind"),
    "welcome": lazy_gettext("Welcome"),
    "emergency": lazy_gettext("Emergency numbers"),
    "latitude": lazy_gettext("Latitude"),
    "longitude": lazy_gettext("Longitude"),
    "parent_id": lazy_gettext("Below"),
    "place_id": lazy_gettext("Place"),
    "department_id": lazy_gettext("Department"),
    "category_id": lazy_gettext("Category"),
    **TIME_NAMES,
    "opens": lazy_gettext("Work begins"),
    "closes": lazy_gettext("Work ends"),
    "reason": lazy_gettext("Reason"),
    "texts": lazy_gettext("Text"),
    "verb": lazy_gettext("What it is for"),
    "category_group": lazy_gettext("Group"),
    "severity": lazy_gettext("How bad it usually is"),
    "priority_risk": lazy_gettext("Points for risk"),
    "priority_affected": lazy_gettext("Points for those affected"),
    "priority_age": lazy_gettext("Points for waiting"),
    "priority_recurrence": lazy_gettext("Points for coming again"),
    "priority_unverified": lazy_gettext("Per cent of an unverified voice"),
    "keep_months": lazy_gettext("Months kept"),
    "place": lazy_gettext("Position in the list"),
    "retired": lazy_gettext("Retired"),
    "weekdays": lazy_gettext("Working days"),
    "days": lazy_gettext("Days off and extra working days"),
    "about": lazy_gettext("Who runs this"),
    "privacy_contact": lazy_gettext("Whom to ask about data"),
    "comments_on_reports": lazy_gettext("Comments on reports"),
    "comments_on_ideas": lazy_gettext("Comments on ideas"),
    "totp_required": lazy_gettext("Second factor needed by staff"),
    "routing_precision": lazy_gettext("Promised share sorted right"),
    "load_percent": lazy_gettext("Warned above this share of the usual load, in %"),
    "outside_percent": lazy_gettext("Warned above this share outside working hours, in %"),
    "role": lazy_gettext("Role"),
    "mark": lazy_gettext("Mark"),
    "blocked": lazy_gettext("Blocked"),
    "second_factor": lazy_gettext("Second factor"),
    "added": lazy_gettext("Added"),
    "changed": lazy_gettext("Changed"),
    "removed": lazy_gettext("Removed"),
    "there": lazy_gettext("There already"),
    "refused": lazy_gettext("Refused"),
    "version": lazy_gettext("Version"),
    "replaced": lazy_gettext("Instead of"),
    "deliveries": lazy_gettext("Mails"),
    "file": lazy_gettext("File"),
    "person": lazy_gettext("Person"),
}


# Fields whose values have names of their own.
NAMED: Mapping[str, Mapping[Any, Any]] = {"mark": MARK_NAMES, "role": ROLE_NAMES, "kind": PLACE_KINDS}


class Change(NamedTuple):
    field: str
    before: str | None  # None where there was nothing of the kind
    after: str | None

    @property
    def text(self) -> str:
        if self.before is None:
            return _("%(field)s: %(after)s", field=self.field, after=self.after)
        if self.after is None:
            return _("%(field)s: %(before)s before", field=self.field, before=self.before)
        return _("%(field)s: %(before)s → %(after)s", field=self.field, before=self.before, after=self.after)


class Entry(NamedTuple):
    """One line of the record."""

    sequence: int
    at: datetime
    actor: str  # their name, or ""
    actor_id: int | None
    role: str
    deed: str
    subject: str  # to what, or ""
    changes: list[Change]


def tell_records(session: Session, events: Iterable[Event], directory: Directory) -> list[Entry]:
    """Return events of the administration in the language of the request."""
    events = list(events)
    named = _find_names(session, events, directory)
    reasons = _find_reasons(session, events)
    return [
        Entry(
            sequence=event.sequence,
            at=event.at,
            actor=tell_actor(event),
            actor_id=event.actor_id,
            role=role_label(event.actor_role),
            deed=str(DEEDS.get(event.kind, event.kind)),
            subject=_tell_subject(event.data.get("what") or [], directory, named),
            changes=[*_tell_changes(event.data, directory), *reasons.get(event.sequence, [])],
        )
        for event in events
    ]


def tell_actor(event: Event) -> str:
    """Return who did it: empty for the program itself."""
    return "" if event.actor is None else event.actor.name or _("Without a name")


def _find_names(session: Session, events: list[Event], directory: Directory) -> Names:
    """Return the names of the people and of the places of the calendars that the events are about."""
    about: dict[str, list[int]] = {"person": [], "calendar": []}
    for event in events:
        kind, *numbers = event.data.get("what") or [""]
        if kind in about:
            about[kind] += numbers
    people = session.execute(select(Person.id, Person.name).where(Person.id.in_(about["person"])))
    calendars = session.execute(
        select(Calendar.id, Calendar.place_id).where(Calendar.id.in_(about["calendar"]))
    )
    return {("person", row.id): row.name or _("Without a name") for row in people} | {
        ("calendar", row.id): directory.full_name(row.place_id) for row in calendars
    }


def _find_reasons(session: Session, events: list[Event]) -> dict[int, list[Change]]:
    """Return by sequence what was said where emergency mode began or ended: the record names only the row."""
    about = {e.sequence: (e.data["emergency"], e.kind) for e in events if "emergency" in e.data}
    if not about:
        return {}
    wanted = select(Emergency).where(Emergency.id.in_({number for number, _kind in about.values()}))
    rows = {row.id: row for row in session.scalars(wanted)}
    told: dict[int, list[Change]] = {}
    for sequence, (number, kind) in about.items():
        if row := rows.get(number):
            text = row.reason if kind == "emergency.began" else row.end_reason
            told[sequence] = [Change(str(FIELDS["reason"]), None, _tell_plain("reason", text))]
    return told


def _tell_subject(what: list[Any], directory: Directory, named: Names) -> str:
    kind, *numbers = what or [""]
    if kind == "route":
        fields = ("category_id", "place_id")
        return " · ".join(_name_row(f, n, directory) for f, n in zip(fields, numbers, strict=True))
    if not numbers:
        return ""
    return named.get((kind, numbers[0])) or _name_row(f"{kind}_id", numbers[0], directory)


def _name_row(field: str, number: Any, directory: Directory) -> str:
    """Return the name of a place, department or category; of others nothing."""
    if field in {"place_id", "parent_id"}:
        return directory.full_name(number) if number in directory.places else ""
    if field == "department_id":
        return directory.departments[number].name if number in directory.departments else ""
    if field == "category_id":
        return directory.categories[number].name if number in directory.categories else ""
    return ""


def _tell_changes(data: dict[str, Any], directory: Directory) -> list[Change]:
    """Return each field that changed; a record without before and after is told as it is."""
    before, after = data.get("before", {}), data.get("after")
    if after is None:
        after = {name: value for name, value in data.items() if name not in {"what", "before"}}
    fields = dict.fromkeys([*before, *after])
    return [
        Change(
            str(FIELDS.get(name, name)),
            _tell_value(name, before[name], directory) if name in before else None,
            _tell_value(name, after[name], directory) if name in after else None,
        )
        for name in fields
    ]


def _tell_value(field: str, value: Any, directory: Directory) -> str:
    text = _name_row(field, value, directory) if isinstance(value, int) else ""
    text = write_time(value) if field in {"opens", "closes"} else text
    text = text or _tell_plain(field, value)
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…"


def _tell_plain(field: str, value: Any) -> str:
    if value in (None, "", [], {}):
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return "; ".join(f"{LANGUAGES.get(key, key)}: {_tell_plain('', each)}" for key, each in value.items())
    if isinstance(value, list):
        return str(len(value))
    return str(NAMED.get(field, {}).get(value, value))
