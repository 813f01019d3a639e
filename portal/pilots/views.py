"""The public pages of pilots: all of them, and one with its figures, on the screen, on paper, as a table."""

from typing import Any

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from portal.accounts.identity import current_person
from portal.communities.directory import get_directory
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.guards import public
from portal.core.i18n import gettext as _
from portal.core.sheets import csv_response
from portal.pilots.models import Pilot, PilotState
from portal.pilots.outcomes import tell_rooms
from portal.pilots.queries import find_public_pilot, list_indicators, list_public_pilots, read_values
from portal.pilots.telling import public_sections, tell_pilot, tell_sections
from portal.pilots.words import state_label, tell_days
from portal.threads.public_files import count_file

blueprint = Blueprint("pilots", __name__, url_prefix="/pilots")


@blueprint.get("")
@public
def index() -> ResponseReturnValue:
    """Show what is tried now, what is to be tried, and what was."""
    session = db.session()
    directory = get_directory(session)
    told = [
        {
            "pilot": pilot,
            "state_label": state_label(pilot),
            "place": directory.full_name(pilot.place_id),
            "days": tell_days(pilot.starts_on, pilot.ends_on),
        }
        for pilot in list_public_pilots(session)
    ]
    groups: dict[str, list[dict[str, Any]]] = {"running": [], "planned": [], "over": []}
    for one in told:
        state = one["pilot"].state  # type: ignore[attr-defined]
        groups[state if state in groups else "over"].append(one)
    return render_template("pilots/index.html", groups=groups, rooms=tell_rooms(session, directory))


def get_pilot(code: str) -> Pilot:
    pilot = find_public_pilot(db.session(), code)
    if pilot is None:
        raise NotFound()
    return pilot


@blueprint.get("/<code>")
@public
def show(code: str) -> ResponseReturnValue:
    return render_template("pilots/show.html", **tell_public(get_pilot(code)))


@blueprint.get("/<code>/print")
@public
def paper(code: str) -> ResponseReturnValue:
    """Show the report of a pilot for paper, complete with its figures."""
    return render_template("pilots/print.html", now=clock.now(), **tell_public(get_pilot(code)))


def tell_public(pilot: Pilot) -> dict[str, Any]:
    """Return what everybody may read of a pilot."""
    session = db.session()
    directory = get_directory(session)
    told = tell_pilot(session, pilot, directory)
    told["sections"] = tell_sections(public_sections, session, pilot, directory, current_person(session))
    told["is_over"] = pilot.state not in (PilotState.PLANNED, PilotState.RUNNING)
    return told


@blueprint.get("/<code>/values.csv")
@public
def table(code: str) -> Response:
    """Give all that was measured, as a file for a spreadsheet."""
    get_pilot(code)  # what there is not costs nobody a file
    count_file()
    session, pilot = db.session(), get_pilot(code)
    directory = get_directory(session)
    indicators = {each.id: each for each in list_indicators(session, pilot)}
    rows = [
        (
            indicators[value.indicator_id].name,
            directory.full_name(
                (indicators[value.indicator_id].comparison_place_id or pilot.place_id)
                if value.is_comparison
                else pilot.place_id
            ),
            value.on_day.isoformat(),
            value.value,
            value.source,
        )
        for value in read_values(session, list(indicators.values()))
    ]
    head = (_("Indicator"), _("Place"), _("Day"), _("Value"), _("Where it is from"))
    return csv_response(f"pilot-{pilot.code}", head, rows)
