"""The page "How well is it sorting?"."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from babel.dates import format_date
from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from portal.accounts.access import places_reached
from portal.accounts.identity import me, staff_only
from portal.accounts.models import RoleName
from portal.communities.directory import get_directory
from portal.config import Settings
from portal.core import clock
from portal.core.charts import Sheet
from portal.core.dates import day, local_time
from portal.core.db import db
from portal.core.i18n import select_locale
from portal.insight import charts
from portal.insight.figures import calibration_error
from portal.insight.queries import list_trainings
from portal.insight.sorting import Sorting, Week, read_sorting
from portal.insight.telling import interval, percent, tell_verdict, tell_warnings
from portal.routing.comparison import share_right
from portal.routing.models import ModelTraining
from portal.routing.promise import promised_precision
from portal.routing.versions import Version, is_held, list_kept

blueprint = Blueprint("insight", __name__, url_prefix="/staff")
STEERING = (RoleName.COORDINATOR, RoleName.ADMINISTRATOR)
TICK_EVERY = 2  # months


@blueprint.get("/sorting")
@staff_only(*STEERING)
def sorting() -> ResponseReturnValue:
    person = me()
    session = db.session()
    directory, promise = get_directory(session), promised_precision(session)
    places = places_reached(person, directory, *STEERING)
    found = read_sorting(session, directory, places, local_time(clock.now()))
    return render_template(
        "insight/sorting.html",
        found=found,
        promise=promise,
        warnings=tell_warnings(found, promise),
        error=calibration_error(found.bands),
        pictures=draw(found, promise),
        trainings=[training_row(training) for training in list_trainings(session)],
        versions=[version_row(version) for version in list_kept(_settings().model_dir)],
        held=is_held(session),
        percent=percent,
        interval=interval,
    )


def draw(found: Sorting, promise: float) -> dict[str, Sheet]:
    """Return the pictures of the page by name."""
    ticks = month_ticks(found.weeks)
    lines = [(line.name, line.sent_on) for line in found.departments if line.sent_on.whole]
    return {
        "flow": charts.draw_stacks(
            [(w.sent_on, w.to_desk, w.other) for w in found.weeks], ("sent-on", "to-desk", "other"), ticks
        ),
        "agreement": charts.draw_agreement([w.agreement for w in found.weeks], ticks),
        "departments": charts.draw_departments(lines, promise),
        "calibration": charts.draw_calibration(found.bands),
        "change": charts.draw_change(found.drift.movers),
    }


def month_ticks(weeks: Sequence[Week]) -> list[tuple[int, str]]:
    """Return the weeks in which every other month begins, with its short name."""
    locale = select_locale()
    ticks = []
    for place, (before, week) in enumerate(pairwise(weeks), 1):
        month = week.start.month
        if month != before.start.month and month % TICK_EVERY and place < len(weeks) - TICK_EVERY:
            ticks.append((place, format_date(week.start, "MMM", locale=locale)))
    return ticks


def training_row(training: ModelTraining) -> list[Any]:
    """Return one line of the history: when, from how many corrections, how it compared, what came of it."""
    tallies = training.figures.get("tallies", [])
    return [
        day(training.at),
        training.corrections,
        *(_before_and_after(tallies, name) for name in ("frozen", "latest")),
        tell_verdict(training),
        training.version,
    ]


def _before_and_after(tallies: list[dict[str, Any]], messages_of: str) -> str:
    before, after = (share_right(tallies, messages_of, when) for when in ("before", "after"))
    if before is None or after is None:
        return "–"
    return f"{before * 100:.1f}% → {after * 100:.1f}%"


def version_row(version: Version) -> tuple[str, str, int, bool]:
    """Return name, day of making, number of corrections, and whether it is in use."""
    made = day(datetime.fromisoformat(version.created))
    return version.name, made, version.corrections, version.is_in_use


def _settings() -> Settings:
    settings: Settings = current_app.extensions["linli_settings"]
    return settings
