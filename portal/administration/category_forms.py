"""What administrators fill in about a category: whose it is, what it promises, how long it is kept."""

from typing import Any

from wtforms import Field, IntegerField, SelectField, ValidationError
from wtforms.validators import NumberRange, Optional

from portal.administration.changes import Values
from portal.administration.clock_fields import time_field
from portal.administration.forms import MOST_MONTHS, CodeField, NamesForm
from portal.communities.directory import Directory
from portal.communities.times import TIMES
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.core.languages import to_fields
from portal.threads.priority import LEAST, MOST


class CategoryForm(NamesForm):
    group = SelectField(lazy_gettext("Group"))
    department = SelectField(lazy_gettext("Department that has it by default"), coerce=int)
    severity = IntegerField(
        lazy_gettext("How bad it usually is"),
        [
            NumberRange(
                LEAST,
                MOST,
                lazy_gettext("Please write a number from %(least)s to %(most)s.", least=LEAST, most=MOST),
            )
        ],
        description=lazy_gettext(
            "From 1, a nuisance, to 5, lives are at risk. It counts in the priority of reports."
        ),
    )
    answer_days = time_field("answer_days")
    fix_days = time_field("fix_days")
    urgent_answer_hours = time_field("urgent_answer_hours")
    urgent_fix_hours = time_field("urgent_fix_hours")
    emergency_answer_hours = time_field("emergency_answer_hours")
    emergency_fix_hours = time_field("emergency_fix_hours")
    keep_months = IntegerField(
        lazy_gettext("Months until personal parts are removed"),
        [
            Optional(),
            NumberRange(
                1, MOST_MONTHS, lazy_gettext("Please write a number from 1 to %(most)s.", most=MOST_MONTHS)
            ),
        ],
        description=lazy_gettext("Counted from the end of a matter. Left empty: as in the settings."),
    )

    def __init__(self, directory: Directory, present: int | None = None, **given: Any) -> None:
        """Offer the departments in use, and the one it has at present."""
        super().__init__(**given)
        self.directory = directory
        self.group.choices = list({c.group: c.group_name for c in directory.categories.values()}.items())
        self.department.choices = [
            (d.id, d.name) for d in directory.departments.values() if not d.is_retired or d.id == present
        ]

    def validate_fix_days(self, field: Field) -> None:
        self._need_no_less(field, self.answer_days)

    def validate_urgent_fix_hours(self, field: Field) -> None:
        self._need_no_less(field, self.urgent_answer_hours)

    def validate_emergency_fix_hours(self, field: Field) -> None:
        self._need_no_less(field, self.emergency_answer_hours)

    @staticmethod
    def _need_no_less(fix: Field, answer: Field) -> None:
        if fix.data and answer.data and fix.data < answer.data:
            raise ValidationError(_("It can't be fixed before it is answered. Please write a larger number."))

    def values(self) -> Values:
        alike = (c for c in self.directory.categories.values() if c.group == self.group.data)
        return {
            "names": self.names(),
            "group": self.group.data,
            "group_names": dict(next(alike).group_names),
            "department_id": self.department.data,
            "severity": self.severity.data,
            **{name: self[name].data for name in TIMES},
            "keep_months": self.keep_months.data,
        }

    @staticmethod
    def data_of(values: Values) -> dict[str, Any]:
        kept = {name: values[name] for name in ("group", "severity", *TIMES, "keep_months")}
        return to_fields("name", values["names"]) | kept | {"department": values["department_id"]}


class AddCategoryForm(CategoryForm):
    leading = ("code",)
    code = CodeField()
