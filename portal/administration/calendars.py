"""The page of a place's calendar: which days count when an answer is promised."""

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.administration.changes import (
    Values,
    add_row,
    change_row,
    refuse_if_changed,
    remove_row,
    values_of,
)
from portal.administration.pages import edit, run
from portal.administration.places import get_place
from portal.administration.setting_forms import CalendarForm
from portal.administration.visit import Visit, begin_visit, blueprint
from portal.communities.calendars import CLOSES, OPENS, WORKING_WEEK
from portal.communities.directory import PlaceEntry
from portal.communities.models import Calendar
from portal.core.dates import local_time
from portal.core.i18n import gettext as _

PLAIN: Values = {"weekdays": list(WORKING_WEEK), "opens": OPENS, "closes": CLOSES, "days": {}}
FIELDS = ("weekdays", "opens", "closes", "days")
RECORDED = ("place_id", *FIELDS)  # when it is removed, or nothing would say whose it was


@blueprint.route("/places/<int:number>/calendar", methods=["GET", "POST"])
@staff_only(RoleName.ADMINISTRATOR)
def calendar(number: int) -> ResponseReturnValue:
    """A place without a calendar of its own is shown the one it works by, to start from."""
    visit = begin_visit()
    place = get_place(visit, number)
    row = visit.session.scalar(select(Calendar).where(Calendar.place_id == number))
    present = values_of(row, *FIELDS) if row else inherited(visit, place)
    back = url_for(".place", number=number)

    def save(typed: Values, seen: str) -> None:
        if row is not None:
            change_row(visit.session, row, typed, seen=seen, by=visit.actor, now=visit.now)
            return
        refuse_if_changed(present, seen)
        add_row(visit.session, Calendar(place_id=number, **typed), typed, by=visit.actor, now=visit.now)

    return edit(
        CalendarForm(data=CalendarForm.data_of(present)),
        present,
        save,
        done=back,
        back=back,
        title=_("Working days and hours: %(place)s", place=place.name),
        notes=tell_notes(visit, place, is_own=row is not None),
        remove=url_for(".remove_calendar", number=number) if row else None,
    )


@blueprint.post("/places/<int:number>/calendar/remove")
@staff_only(RoleName.ADMINISTRATOR)
def remove_calendar(number: int) -> ResponseReturnValue:
    """Let the place work by the calendar above it; with none to remove, nothing happens."""
    visit = begin_visit()
    get_place(visit, number)
    row = visit.session.scalar(select(Calendar).where(Calendar.place_id == number))

    def change() -> None:
        if row is not None:
            remove_row(visit.session, row, RECORDED, by=visit.actor, now=visit.now)

    return run(change, done=url_for(".place", number=number))


def inherited(visit: Visit, place: PlaceEntry) -> Values:
    """Return what the calendar above says, else a plain working week."""
    above = [p.id for p in visit.directory.ancestors(place.id)]
    rows = {
        c.place_id: c for c in visit.session.scalars(select(Calendar).where(Calendar.place_id.in_(above)))
    }
    nearest = next((rows[number] for number in above if number in rows), None)
    return values_of(nearest, *FIELDS) if nearest else PLAIN


def tell_notes(visit: Visit, place: PlaceEntry, *, is_own: bool) -> list[str]:
    """Return what the administrator should know before changing anything."""
    works_by = visit.directory.calendar_for(place.id)
    notes = [] if is_own else [_("This place has no calendar of its own. Saving this page gives it one.")]
    if works_by is None:
        return [*notes, _("No calendar counts here yet: every day counts, weekends too.")]
    return [*notes, *tell_unknown_years(works_by.years_unknown(local_time(visit.now).date()))]


def tell_unknown_years(years: list[int]) -> list[str]:
    return [
        _("No holidays are entered for %(year)s yet: only the weekly days off count as free.", year=year)
        for year in years
    ]
