"""What the pages of a pilot show, for everybody and for staff."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.telling import tell_roles
from portal.communities.directory import Directory
from portal.core.charts import Sheet
from portal.core.i18n import gettext as _
from portal.core.i18n import select_locale
from portal.pilots.drawing import draw_series, ends_of, write_number
from portal.pilots.gates_queries import list_rounds, read_decisions
from portal.pilots.models import Indicator, Pilot, Value
from portal.pilots.queries import (
    list_amendments,
    list_indicators,
    list_spendings,
    read_values,
)
from portal.pilots.series import Measured, measure
from portal.pilots.words import (
    DIRECTIONS,
    state_label,
    tell_amendment,
    tell_counted,
    tell_days,
    tell_findings,
    unit_of,
    with_unit,
)
from portal.threads.models import Thread

# What other parts of this room and rooms above add to the public page of a pilot, and to that of staff: a
# template, and what it shows (nothing: it is left out). It stands in the template as `section`.
Section = Callable[[Session, Pilot, Directory, Person | None], dict[str, Any] | None]
public_sections: dict[str, Section] = {}
desk_sections: dict[str, Section] = {}


@dataclass(frozen=True)
class Told:
    """One indicator as the pages show it."""

    indicator: Indicator
    unit: str
    counted: str
    facts: list[tuple[str, str]]
    findings: list[str]
    picture: Sheet | None
    caption: str
    head: list[str]
    rows: list[list[str]]
    sources: list[str]
    has_beside: bool
    rounds: int  # that began after the first


def tell_pilot(session: Session, pilot: Pilot, directory: Directory) -> dict[str, Any]:
    """Return the context of the page of a pilot."""
    indicators = list_indicators(session, pilot)
    by_indicator: dict[int, list[Value]] = defaultdict(list)
    for value in read_values(session, indicators):
        by_indicator[value.indicator_id].append(value)
    named = {each.id: each for each in indicators}
    spendings = list_spendings(session, pilot)
    rounds = list_rounds(read_decisions(session, [pilot.id])[pilot.id]) if pilot.round > 1 else []
    return {
        "pilot": pilot,
        "thread": session.get_one(Thread, pilot.thread_id),
        "place": directory.full_name(pilot.place_id),
        "state_label": state_label(pilot),
        "days": tell_days(pilot.starts_on, pilot.ends_on),
        "responsible": tell_responsible(session, pilot, directory),
        "indicators": [
            tell_indicator(pilot, each, by_indicator[each.id], directory, rounds) for each in indicators
        ],
        "amendments": [
            tell_amendment(each, named.get(each.indicator_id or 0))
            for each in list_amendments(session, pilot)
        ],
        "spendings": spendings,
        "spent": sum(each.amount for each in spendings),
    }


def tell_sections(
    added: dict[str, Section], session: Session, pilot: Pilot, directory: Directory, person: Person | None
) -> list[tuple[str, dict[str, Any]]]:
    """Return the sections that have something to show."""
    told = ((template, read(session, pilot, directory, person)) for template, read in added.items())
    return [(template, section) for template, section in told if section is not None]


def tell_responsible(session: Session, pilot: Pilot, directory: Directory) -> str:
    """Return who is responsible by their office, not by name."""
    owner = session.get(Person, pilot.owner_id) if pilot.owner_id else None
    lines = tell_roles(owner, directory) if owner else []
    if not lines:
        return ""
    return " · ".join(part for part in lines[0] if part)


def tell_indicator(
    pilot: Pilot,
    indicator: Indicator,
    values: Sequence[Value],
    directory: Directory,
    rounds: Sequence[date] = (),
) -> Told:
    """Return an indicator with its picture, its table, and what they show."""
    measured, unit = measure(pilot, indicator, values, rounds), unit_of(indicator)
    beside = directory.places.get(indicator.comparison_place_id or 0)
    there = beside.name if beside else ""
    return Told(
        indicator=indicator,
        unit=unit,
        counted=tell_counted(indicator, directory),
        facts=_facts(indicator, unit, there),
        findings=tell_findings(indicator, measured, there) if pilot.is_locked else [],
        picture=draw_series(pilot, indicator, measured, _ticks(pilot, measured)) if measured.here else None,
        caption=_("%(name)s, in %(unit)s", name=indicator.name, unit=unit) if unit else indicator.name,
        head=[_("Day"), _("Here"), *([there] if there else []), _("When")],
        rows=_rows(measured, bool(there)),
        sources=sorted({value.source for value in values if value.source}),
        has_beside=bool(measured.there),
        rounds=len(rounds),
    )


def _facts(indicator: Indicator, unit: str, there: str) -> list[tuple[str, str]]:
    facts = [
        (_("Which way is better"), str(DIRECTIONS[indicator.direction])),
        (_("Baseline"), with_unit(indicator.baseline, unit) if indicator.baseline is not None else ""),
        (_("Measured before"), tell_days(indicator.baseline_from, indicator.baseline_until)),
        (_("Target"), with_unit(indicator.target, unit)),
        (_("Stop threshold"), with_unit(indicator.stop_at, unit) if indicator.stop_at is not None else ""),
        (_("Compared with"), there),
    ]
    return [(name, value) for name, value in facts if value]


def _ticks(pilot: Pilot, measured: Measured) -> list[tuple[date, str]]:
    locale = select_locale()
    first, last = ends_of(pilot, measured)
    days = dict.fromkeys((first, last))
    if (pilot.starts_on - first).days * 4 > (last - first).days and pilot.starts_on != last:
        days = dict.fromkeys((first, pilot.starts_on, last))
    return [
        (day, format_date(day, "MMMd" if locale.startswith("zh") else "d MMM", locale=locale)) for day in days
    ]


def _rows(measured: Measured, beside: bool) -> list[list[str]]:
    """Return day, value here, value there, and whether it is of before or since, the latest first."""
    return [
        [
            day.isoformat(),
            _cell(measured.here.get(day)),
            *([_cell(measured.there.get(day))] if beside else []),
            _("before")
            if day in measured.before or day in measured.there_before
            else _("since the start")
            if day in measured.since or day in measured.there_since
            else "",
        ]
        for day in sorted(measured.here.keys() | measured.there.keys(), reverse=True)
    ]


def _cell(value: float | None) -> str:
    return "" if value is None else write_number(value)
