"""What staff fill in about a pilot."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import DateField, Field, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError
from wtforms.widgets import TextInput

from portal.communities.directory import Directory
from portal.communities.models import PlaceKind
from portal.core.forms import LongText, Needed, ShortText, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.ideas.call_forms import SeenForm
from portal.pilots.loading import read_number
from portal.pilots.models import Filled, Indicator, Pilot
from portal.pilots.words import DIRECTIONS, FILLED

TITLE, TEXT, LINES = 120, 3_000, 100_000  # characters
MOST_MONEY = 10**12
WRITE_A_DAY = lazy_gettext("Please write the day, as in 2026-03-31.")
WRITE_A_NUMBER = lazy_gettext("Please write a number, as in 12.5.")


class Number(Field):
    """A number as people type it; what is none is kept as it was typed."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        self.data = read_number(valuelist[0])
        if self.data is None:
            raise ValueError(str(WRITE_A_NUMBER))

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:.12g}"


class PilotForm(SeenForm):
    """Several of these stand on one page, so each field's id begins with the name of the form."""

    def __init__(self, *, name: str = "pilot", **given: Any) -> None:
        super().__init__(**given)
        for field in self:
            field.id = f"{name}-{field.id}"


def _day(label: Any, **more: Any) -> DateField:
    return DateField(label, [InputRequired(WRITE_A_DAY)], **more)


def _number(label: Any, **more: Any) -> Number:
    return Number(label, [InputRequired(WRITE_A_NUMBER)], **more)


def _reason() -> LongText:
    return LongText(
        lazy_gettext("Why it is changed"),
        [no_longer_than(TEXT)],
        description=lazy_gettext("The pilot runs: everybody can read what was changed, and why."),
    )


class PlanForm(PilotForm):
    """Place and first day stay as they are once it runs; then a reason is asked for."""

    title = ShortText(
        lazy_gettext("Title"), [Needed(lazy_gettext("Please write a title.")), no_longer_than(TITLE)]
    )
    if_we = LongText(lazy_gettext("If we …"), [no_longer_than(TEXT)])
    then = LongText(lazy_gettext("then …"), [no_longer_than(TEXT)])
    because = LongText(lazy_gettext("because …"), [no_longer_than(TEXT)])
    place = SelectField(lazy_gettext("Place"), coerce=int)
    starts_on = _day(lazy_gettext("First day"))
    ends_on = _day(lazy_gettext("Last day"))
    owner = SelectField(lazy_gettext("Who is responsible"), coerce=int)
    partners = LongText(
        lazy_gettext("Partners"),
        [no_longer_than(TEXT)],
        description=lazy_gettext("Who takes part: firms, schools, associations, neighbours."),
    )
    budget = IntegerField(
        lazy_gettext("Budget"),
        [InputRequired(WRITE_A_NUMBER), NumberRange(0, MOST_MONEY, WRITE_A_NUMBER)],
        default=0,
        description=lazy_gettext("In whole yuan; 0 if it costs nothing."),
    )
    reason = _reason()

    def __init__(
        self, places: Mapping[int, str], people: Mapping[int, str], *, is_locked: bool, **given: Any
    ) -> None:
        super().__init__(**given)
        self.place.choices = list(places.items())
        self.owner.choices = [(0, _("Nobody yet")), *people.items()]
        for name in ("place", "starts_on") if is_locked else ("reason",):
            del self[name]

    def values(self) -> dict[str, Any]:
        names = ("title", "if_we", "then", "because", "ends_on", "partners", "budget")
        values = {name: self[name].data for name in names} | {"owner_id": self.owner.data or None}
        if "place" in self:
            values |= {"place_id": self.place.data, "starts_on": self.starts_on.data}
        return values

    @staticmethod
    def data_of(pilot: Pilot) -> dict[str, Any]:
        names = ("title", "if_we", "then", "because", "starts_on", "ends_on", "partners", "budget")
        fields = {name: getattr(pilot, name) for name in names}
        return fields | {"place": pilot.place_id, "owner": pilot.owner_id or 0, "seen": pilot.revision}


class IndicatorForm(PilotForm):
    """What is counted stays as it is once the pilot runs; then a reason is asked for."""

    indicator_name = ShortText(
        lazy_gettext("What is counted or measured"),
        [Needed(lazy_gettext("Please write what is measured.")), no_longer_than(TITLE)],
    )
    filled = RadioField(
        lazy_gettext("Where the values come from"),
        choices=lambda: {str(filled): str(label) for filled, label in FILLED.items()},
        default=str(Filled.ENTERED),
    )
    category = SelectField(
        lazy_gettext("Category of the reports"),
        coerce=int,
        description=lazy_gettext("Only for what Linli counts by itself."),
    )
    unit = ShortText(
        lazy_gettext("Unit"),
        [no_longer_than(40)],
        description=lazy_gettext("Such as cars a day, or decibels. Of what Linli counts, it knows the unit."),
    )
    direction = RadioField(
        lazy_gettext("Which way is better"),
        choices=lambda: {side: str(label) for side, label in DIRECTIONS.items()},
        default="down",
    )
    baseline_from = _day(lazy_gettext("Measured before: from"))
    baseline_until = _day(lazy_gettext("Measured before: until"))
    target = _number(lazy_gettext("Target"))
    stop_at = Number(
        lazy_gettext("Stop threshold"),
        [Optional()],
        description=lazy_gettext("A value at which it does harm. You are told as soon as one is reached."),
    )
    comparison = SelectField(
        lazy_gettext("Compared with"),
        coerce=int,
        description=lazy_gettext(
            "A place like this one where nothing is tried. It shows what would have come anyway."
        ),
    )
    reason = _reason()

    def __init__(self, pilot: Pilot, directory: Directory, **given: Any) -> None:
        super().__init__(**given)
        self.category.choices = [(0, _("Any category"))]
        self.category.choices += [(c.id, c.name) for c in directory.categories_in_use()]
        self.comparison.choices = [(0, _("No other place"))]
        self.comparison.choices += [
            (place.id, directory.full_name(place.id))
            for place in directory.places_in_use()
            if place.kind != PlaceKind.SPOT and not _overlap(place.id, pilot.place_id, directory)
        ]
        if not pilot.is_locked:
            del self["reason"]

    def validate_stop_at(self, field: Field) -> None:
        if field.data is None or self.target.data is None:
            return
        rises = self.direction.data == "up"
        if (field.data >= self.target.data) if rises else (field.data <= self.target.data):
            raise ValidationError(_("The threshold lies on the other side, away from the target."))

    def values(self) -> dict[str, Any]:
        is_entered = self.filled.data == Filled.ENTERED
        names = ("unit", "direction", "baseline_from", "baseline_until", "target", "stop_at")
        return {name: self[name].data for name in names} | {
            "name": self.indicator_name.data,
            "filled": Filled(self.filled.data),
            "category_id": None if is_entered else self.category.data or None,
            "comparison_place_id": self.comparison.data or None,
        }

    @staticmethod
    def data_of(indicator: Indicator, pilot: Pilot) -> dict[str, Any]:
        names = ("filled", "unit", "direction", "baseline_from", "baseline_until", "target", "stop_at")
        return {name: getattr(indicator, name) for name in names} | {
            "indicator_name": indicator.name,
            "category": indicator.category_id or 0,
            "comparison": indicator.comparison_place_id or 0,
            "seen": pilot.revision,
        }


def _overlap(one: int, other: int, directory: Directory) -> bool:
    paths = directory.places[one].path, directory.places[other].path
    return paths[0].startswith(paths[1]) or paths[1].startswith(paths[0])


class MeasuredForm(PilotForm):
    """What the forms for one value and for a file have in common."""

    where = RadioField(lazy_gettext("Where it was measured"), default="here")
    source = ShortText(
        lazy_gettext("Who measured it, and how"),
        [Needed(lazy_gettext("Please say where the values come from.")), no_longer_than(200)],
        description=lazy_gettext("Everybody can read it. Don’t name residents."),
    )

    def __init__(self, places: Sequence[tuple[str, str]], **given: Any) -> None:
        super().__init__(**given)
        self.where.choices = list(places)
        if len(places) == 1:
            del self["where"]

    @property
    def is_comparison(self) -> bool:
        return "where" in self and self.where.data == "there"


class ValueForm(MeasuredForm):
    on_day = _day(lazy_gettext("Day"))
    value = _number(lazy_gettext("Value"))

    @property
    def reading(self) -> tuple[Any, Any]:
        """Return the day and the number of a form that is valid."""
        return self.on_day.data, self.value.data


class LinesForm(MeasuredForm):
    lines = LongText(
        lazy_gettext("Lines"),
        [no_longer_than(LINES)],
        description=lazy_gettext("A day and a number on each, as in 2026-03-02,12.5"),
    )


class CorrectForm(PilotForm):
    right = Number(
        lazy_gettext("The right value"),
        [Optional()],
        description=lazy_gettext("Leave it empty to take the value out."),
    )
    reason = LongText(
        lazy_gettext("Why"), [Needed(lazy_gettext("Please give a reason.")), no_longer_than(TEXT)]
    )


class GiveUpForm(PilotForm):
    words = LongText(
        lazy_gettext("Why the plan is given up"),
        [Needed(lazy_gettext("Please give a reason.")), no_longer_than(TEXT)],
    )


class SpendForm(PilotForm):
    on_day = _day(lazy_gettext("Day"))
    amount = IntegerField(
        lazy_gettext("Amount"),
        [InputRequired(WRITE_A_NUMBER), NumberRange(-MOST_MONEY, MOST_MONEY, WRITE_A_NUMBER)],
        description=lazy_gettext("In whole yuan. With a minus it takes back what was noted wrongly."),
    )
    what = ShortText(
        lazy_gettext("What for"), [Needed(lazy_gettext("Please say what for.")), no_longer_than(200)]
    )

    def values(self) -> dict[str, Any]:
        return {"on_day": self.on_day.data, "amount": self.amount.data, "what": self.what.data}
