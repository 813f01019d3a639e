"""The shape of what staff send on the page of a joint case: one form for each deed."""

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import BooleanField, DateField, Field, IntegerField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from portal.core.dates import today
from portal.core.forms import Form, LongText, Needed, ShortText, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.triage.forms import MAX_WORDS, MoveForm

MOST_DAYS = 60
DAYS = 5  # working days of a task where nothing else is said
OUTSIDE = "outside"  # the choice that no department of ours has it

Choices = Iterable[tuple[str, str]]


def _words(label: Any, hint: Any = "", *, needed: bool = True) -> LongText:
    wanted = [Needed()] if needed else []
    return LongText(label, [*wanted, no_longer_than(MAX_WORDS)], description=hint)


def _days() -> IntegerField:
    message = lazy_gettext("Please give a number of working days from 1 to %(n)s.", n=MOST_DAYS)
    return IntegerField(
        lazy_gettext("Working days"),
        [InputRequired(message), NumberRange(1, MOST_DAYS, message)],
        default=DAYS,
    )


def _day(label: Any) -> DateField:
    return DateField(label, [InputRequired(lazy_gettext("Please choose a day."))])


def _choice(label: Any, missing: Any, hint: Any = "") -> SelectField:
    return SelectField(label, [InputRequired(missing)], default="", description=hint)


ONLY_STAFF = lazy_gettext("Only staff read it.")
EVERYBODY = lazy_gettext("Everybody reads it.")


class CallForm(MoveForm):
    departments = SelectMultipleField(
        lazy_gettext("Which departments should help?"),
        [InputRequired(lazy_gettext("Please choose at least one other department."))],
    )
    reason = _words(lazy_gettext("Why it needs them"), ONLY_STAFF)


class DeclineForm(MoveForm):
    reason = _words(lazy_gettext("Why not"), ONLY_STAFF)


class TaskForm(MoveForm):
    department = _choice(lazy_gettext("Department"), lazy_gettext("Please choose a department."))
    what = _words(lazy_gettext("What it does"), ONLY_STAFF)
    shown = ShortText(
        lazy_gettext("In a line for the public"), [Needed(), no_longer_than(200)], description=EVERYBODY
    )
    days = _days()


class AgreeForm(MoveForm):
    """Who leads; for each department that was asked, `make_agree_form` adds what it does."""

    lead = _choice(lazy_gettext("Who leads?"), lazy_gettext("Please choose a department."))


class NeededWith:
    """Refuses an empty field where its fellow is filled in."""

    def __init__(self, fellow: str) -> None:
        self.fellow = fellow

    def __call__(self, form: Form, field: Field) -> None:
        if form[self.fellow].data and not field.data:
            raise ValidationError(_("Please fill this in too: the task is told to staff and to the public."))


def make_agree_form(departments: Sequence[tuple[int, str]]) -> type[AgreeForm]:
    """Return the form with a task for each of these departments; of several, one left empty gets none."""
    fields: dict[str, Any] = {}
    is_only = len(departments) == 1
    for number, name in departments:
        what, shown = f"what_{number}", f"shown_{number}"
        left_out = _("Only staff read it. Left empty, this department gets no task.")
        fields[what] = LongText(
            _("What %(department)s does", department=name),
            [Needed() if is_only else NeededWith(shown), no_longer_than(MAX_WORDS)],
            description=str(ONLY_STAFF) if is_only else left_out,
        )
        fields[shown] = ShortText(
            _("%(department)s: in a line for the public", department=name),
            [Needed() if is_only else NeededWith(what), no_longer_than(200)],
            description=str(EVERYBODY),
        )
        fields[f"days_{number}"] = IntegerField(
            _("%(department)s: working days", department=name),
            [
                Optional(),
                NumberRange(
                    1, MOST_DAYS, _("Please give a number of working days from 1 to %(n)s.", n=MOST_DAYS)
                ),
            ],
            default=DAYS,
        )
    return type("AgreeForm", (AgreeForm,), fields)


class ResultForm(MoveForm):
    result = _words(lazy_gettext("What was done"), ONLY_STAFF)


class RefuseForm(MoveForm):
    reason = _words(lazy_gettext("Why not"), EVERYBODY)


class MinutesForm(MoveForm):
    held_on = _day(lazy_gettext("Day of the meeting"))
    departments = SelectMultipleField(
        lazy_gettext("Who took part?"), [InputRequired(lazy_gettext("Please choose who took part."))]
    )
    text = _words(lazy_gettext("Minutes"), ONLY_STAFF)

    def validate_held_on(self, field: DateField) -> None:
        if field.data and field.data > today():
            raise ValidationError(_("The meeting can’t be in the future."))


class DecisionForm(MoveForm):
    text = _words(lazy_gettext("What was decided"), ONLY_STAFF)
    owner = _choice(lazy_gettext("Who sees to it?"), lazy_gettext("Please choose who sees to it."))
    due_on = _day(lazy_gettext("Until which day?"))


class OfferForm(MoveForm):
    department = _choice(
        lazy_gettext("Whose is it?"),
        lazy_gettext("Please choose whose it is."),
        lazy_gettext("This department is asked whether it takes it. Until then it stays with you."),
    )
    reason = _words(lazy_gettext("Why"), ONLY_STAFF)


class ReferForm(MoveForm):
    place = _choice(lazy_gettext("To which level?"), lazy_gettext("Please choose a level."))
    restatement = _words(
        lazy_gettext("The matter in your words, and what you ask"),
        lazy_gettext("The resident’s own words go with it, as they are. Only staff read yours."),
    )


class AnswerForm(MoveForm):
    answer = _words(lazy_gettext("Answer or instruction"))
    public = BooleanField(lazy_gettext("Everybody may read it"))


def offer_choices(field: SelectField, choices: Choices, *, first: str = "") -> None:
    """Set what may be chosen; a single choice begins with an empty one named `first`."""
    start = [("", first)] if first else []
    field.choices = [*start, *choices]
