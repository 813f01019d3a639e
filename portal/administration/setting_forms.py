"""Forms of calendars, of texts and of what counts for the whole installation."""

from decimal import Decimal
from typing import Any

from wtforms import BooleanField, Field, IntegerField, SelectMultipleField, StringField, ValidationError
from wtforms.validators import NumberRange

from portal.administration.category_forms import MOST_MONTHS
from portal.administration.changes import Values
from portal.administration.clock_fields import ClockField, write_time
from portal.administration.forms import TEXT, SetUpForm, is_number
from portal.communities.calendars import SHORTEST_DAY
from portal.communities.day_lines import DayLineError, read_days, write_days
from portal.core.forms import LongText, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.core.languages import from_fields, language_fields, to_fields

LONGEST_CALENDAR = 20_000  # characters
MOST_CASE_DAYS = 30  # of the clocks between departments and levels
LEAST_PRECISION, MOST_PRECISION = Decimal(50), Decimal("99.9")  # per cent, as in LINLI_ROUTING_PRECISION
# What the settings' fields hold is what is kept; the promise of sorting is told in per cent.
AS_TYPED = (
    "comments_on_reports",
    "comments_on_ideas",
    "totp_required",
    "keep_months",
    "load_percent",
    "outside_percent",
    "call_days",
    "offer_days",
    "referral_days",
)
WEEK = (
    (0, lazy_gettext("Monday")),
    (1, lazy_gettext("Tuesday")),
    (2, lazy_gettext("Wednesday")),
    (3, lazy_gettext("Thursday")),
    (4, lazy_gettext("Friday")),
    (5, lazy_gettext("Saturday")),
    (6, lazy_gettext("Sunday")),
)


class CalendarForm(SetUpForm):
    weekdays = SelectMultipleField(lazy_gettext("Working days of a week"), coerce=int)
    opens = ClockField(lazy_gettext("Work begins"))
    closes = ClockField(lazy_gettext("Work ends"))
    days = LongText(
        lazy_gettext("Days off, and working days made up for"),
        [no_longer_than(LONGEST_CALENDAR)],
        description=lazy_gettext(
            "A line for each: the day, or the first and the last; off or work; a name. "
            "As in 2026-10-01..2026-10-07 off 国庆节 | 國慶節 | National Day, or 2026-10-10 work 补班. "
            "Paste a whole year at once."
        ),
        render_kw={"rows": 14, "spellcheck": "false"},
    )

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.weekdays.choices = [(number, str(name)) for number, name in WEEK]

    def validate_weekdays(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(_("Please choose at least one working day."))

    def validate_closes(self, field: ClockField) -> None:
        if (field.minutes or 0) < (self.opens.minutes or 0) + SHORTEST_DAY:
            raise ValidationError(_("Work must end at least an hour after it begins."))

    def validate_days(self, field: Field) -> None:
        try:
            read_days(field.data or "")
        except DayLineError as error:
            raise ValidationError(str(error)) from None

    def values(self) -> Values:
        return {
            "weekdays": sorted(set(self.weekdays.data or [])),
            "opens": self.opens.minutes,
            "closes": self.closes.minutes,
            "days": read_days(self.days.data or ""),
        }

    @staticmethod
    def data_of(values: Values) -> dict[str, Any]:
        return {
            "weekdays": values["weekdays"],
            "opens": write_time(values["opens"]),
            "closes": write_time(values["closes"]),
            "days": write_days(values["days"]),
        }


class TextsForm(SetUpForm):
    about_hans, about_hant, about_en = language_fields(
        lazy_gettext('Who runs this: said on the page "How Linli works"'), longest=TEXT, kind=LongText
    )
    contact_hans, contact_hant, contact_en = language_fields(
        lazy_gettext('Whom to ask about one\'s data: said on the page "Your words and your data"'),
        longest=TEXT,
        kind=LongText,
    )

    def values(self) -> Values:
        return {
            "about": from_fields("about", self.data),
            "privacy_contact": from_fields("contact", self.data),
        }

    @staticmethod
    def data_of(values: Values) -> dict[str, Any]:
        return to_fields("about", values["about"]) | to_fields("contact", values["privacy_contact"])


def _from_to(least: int, most: int) -> NumberRange:
    text = lazy_gettext("Please write a number from %(least)s to %(most)s.", least=least, most=most)
    return NumberRange(least, most, text)


class SettingsForm(SetUpForm):
    precision = StringField(
        lazy_gettext("Of 100 reports sorted automatically, how many must be right"),
        description=lazy_gettext(
            "The sorting program routes only what it is that sure of; the rest goes to the sorting desk. "
            "A higher number means fewer mistakes and more work there. It counts from the next training on."
        ),
    )
    comments_on_reports = BooleanField(lazy_gettext("Residents may comment on reports"))
    comments_on_ideas = BooleanField(lazy_gettext("Residents may comment on ideas"))
    totp_required = BooleanField(lazy_gettext("Staff must sign in with a code from a second device"))
    keep_months = IntegerField(
        lazy_gettext("Months until personal parts are removed"),
        [_from_to(1, MOST_MONTHS)],
        description=lazy_gettext("Counted from the end of a matter. A category may have its own number."),
    )
    load_percent = IntegerField(
        lazy_gettext("Warn when somebody has more open than this share of what is usual (in %)"),
        [_from_to(110, 500)],
        description=lazy_gettext(
            "Usual is the median of the department. The warning comes only if it has also grown three "
            "weeks in a row. The person, their head of department and their coordinators see it."
        ),
    )
    outside_percent = IntegerField(
        lazy_gettext("Warn when more than this share is done outside working hours (in %)"),
        [_from_to(5, 90)],
        description=lazy_gettext("Two weeks in a row. Seen by the same people."),
    )
    call_days = IntegerField(
        lazy_gettext("Working days to decide about a call for a joint case"), [_from_to(1, MOST_CASE_DAYS)]
    )
    offer_days = IntegerField(
        lazy_gettext("Working days for a department to say whether it takes what another offers"),
        [_from_to(1, MOST_CASE_DAYS)],
        description=lazy_gettext("Without an answer it goes to the coordinator by itself."),
    )
    referral_days = IntegerField(
        lazy_gettext("Working days for another level to answer"),
        [_from_to(1, MOST_CASE_DAYS)],
        description=lazy_gettext("It counts for what is asked from now on."),
    )

    def validate_precision(self, field: Field) -> None:
        if not is_number(field.data or "", float(LEAST_PRECISION), float(MOST_PRECISION)):
            raise ValidationError(
                _(
                    "Please write a number from %(least)s to %(most)s.",
                    least=LEAST_PRECISION,
                    most=MOST_PRECISION,
                )
            )

    def values(self) -> Values:
        return {
            **{name: self[name].data for name in AS_TYPED},
            "routing_precision": float(Decimal(self.precision.data or 0) / 100),
        }

    @staticmethod
    def data_of(values: Values) -> dict[str, Any]:
        precision = Decimal(str(values["routing_precision"])) * 100
        return values | {"precision": f"{precision.normalize():f}"}
