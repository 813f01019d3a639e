"""Fields for the six times of a category, and for the hours of a working day."""

import re
from typing import Any

from wtforms import IntegerField, StringField, ValidationError
from wtforms.validators import NumberRange

from portal.communities.times import MOST_DAYS, MOST_HOURS
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext

TIME_NAMES = {
    "answer_days": lazy_gettext("Days until an answer"),
    "fix_days": lazy_gettext("Days until it is fixed"),
    "urgent_answer_hours": lazy_gettext("Danger: hours until an answer"),
    "urgent_fix_hours": lazy_gettext("Danger: hours until it is fixed"),
    "emergency_answer_hours": lazy_gettext("Emergency mode: hours until an answer"),
    "emergency_fix_hours": lazy_gettext("Emergency mode: hours until it is fixed"),
}
CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)|(24):(00)")


def time_field(name: str) -> IntegerField:
    """Return the field of one of the six times."""
    most = MOST_DAYS if name.endswith("days") else MOST_HOURS
    by_day = lazy_gettext("Working days, where the place has a calendar.")
    round_the_clock = lazy_gettext("Counted day and night.")
    return IntegerField(
        TIME_NAMES[name],
        [NumberRange(1, most, lazy_gettext("Please write a number from 1 to %(most)s.", most=most))],
        description=by_day if name.endswith("days") else round_the_clock,
    )


class ClockField(StringField):
    """A time of day as in 08:30; `minutes` after midnight."""

    def __init__(self, label: Any, **given: Any) -> None:
        super().__init__(label, description=lazy_gettext("As in 08:30."), **given)

    @property
    def minutes(self) -> int | None:
        found = CLOCK.fullmatch((self.data or "").strip().replace("：", ":"))
        hours, minutes = [part for part in found.groups() if part is not None] if found else ("", "")
        return int(hours) * 60 + int(minutes) if found else None

    def pre_validate(self, form: Any) -> None:
        if self.minutes is None:
            raise ValidationError(_("Please write a time of day as in 08:30."))


def write_time(minutes: int) -> str:
    """Return what a ClockField reads as so many minutes after midnight."""
    return f"{minutes // 60:02}:{minutes % 60:02}"
