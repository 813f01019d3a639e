"""What is filled in about reviews: by coordinators, panellists and departments."""

from collections.abc import Collection, Iterable
from typing import Any

from wtforms import (
    DateField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    ValidationError,
)
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import HiddenInput

from portal.communities.directory import Directory
from portal.core.forms import Form, LongText, Needed, ShortText, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext, ngettext
from portal.ideas.rules import DECISIONS
from portal.panels.appraising import FEASIBILITY, tell_feasibility
from portal.panels.assigning import Candidate
from portal.threads.models import Status
from portal.threads.timeline import status_label

MOST_WORDS, SHORT = 3_000, 300  # characters
RELOAD = lazy_gettext("Please load the page again, then repeat.")


def _words(label: Any, **given: Any) -> LongText:
    return LongText(label, [Needed(), no_longer_than(MOST_WORDS)], **given)


def _day(label: Any, **given: Any) -> DateField:
    return DateField(label, [InputRequired(lazy_gettext("Please write the day, as in 2026-03-31."))], **given)


class PeopleForm(Form):
    """Who is asked to sit: those proposed are ticked."""

    people = SelectMultipleField(lazy_gettext("Panellists"), coerce=int, validate_choice=False)  # seat() does

    def offer(self, candidates: Iterable[Candidate]) -> None:
        self.people.choices = [(c.id, c.name or _("Without a name")) for c in candidates]


def tell_candidate(candidate: Candidate) -> str:
    """Return why a panellist stands where they do in the order of proposal."""
    waiting = ngettext(
        "%(num)s review waits for them", "%(num)s reviews wait for them", candidate.open_reviews
    )
    return " · ".join((waiting, _("knows about this"))) if candidate.knows else waiting


class OpenForm(PeopleForm):
    reason = _words(lazy_gettext("Why it is eligible"), description=lazy_gettext("Everybody can read this."))
    last_day = _day(lazy_gettext("The panel has until"))


class RefuseForm(Form):
    reason = _words(
        lazy_gettext("Why it is not eligible"), description=lazy_gettext("Everybody can read this.")
    )


class SeenForm(Form):
    """`seen` is the revision of the review that the page was made from."""

    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired(RELOAD)])


class SeatForm(PeopleForm, SeenForm):
    def validate_people(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(_("Please choose at least one."))


class DayForm(SeenForm):
    last_day = _day(lazy_gettext("The panel has until"))


class AskForm(SeenForm):
    department = SelectField(lazy_gettext("Department"), coerce=int)

    def offer(self, directory: Directory, asked: Collection[int]) -> None:
        self.department.choices = [
            (d.id, d.name) for d in directory.departments.values() if d.id not in asked and not d.is_retired
        ]


class DeclareForm(Form):
    has_interest = RadioField(
        lazy_gettext("Do you have an interest in this idea?"),
        validators=[InputRequired(lazy_gettext("Please choose one of the two."))],
        description=lazy_gettext(
            "For instance: you, your family or your firm would gain or lose by it, or you helped to write it."
        ),
    )
    interest = LongText(
        lazy_gettext("What the interest is"),
        [no_longer_than(MOST_WORDS)],
        description=lazy_gettext("Only if you have one. Coordinators read it, nobody else."),
    )

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.has_interest.choices = [
            ("no", _("No: I can judge it freely")),
            ("yes", _("Yes: somebody else should judge it")),
        ]


class KnowledgeForm(Form):
    categories = SelectMultipleField(lazy_gettext("Knows about"), coerce=str, validate_choice=False)

    def offer(self, directory: Directory) -> None:
        self.categories.choices = [(c.code, c.name) for c in directory.categories_in_use()]


class AppraisalForm(Form):
    department = SelectField(lazy_gettext("For which department"), coerce=int)
    feasibility = RadioField(
        lazy_gettext("How feasible is it?"),
        coerce=int,
        validators=[InputRequired(lazy_gettext("Please say how feasible it is."))],
    )
    cost = ShortText(lazy_gettext("What it costs, roughly"), [Needed(), no_longer_than(SHORT)])
    duration = ShortText(lazy_gettext("How long it takes"), [Needed(), no_longer_than(SHORT)])
    words = LongText(
        lazy_gettext("What else is to be thought of"),
        [no_longer_than(MOST_WORDS)],
        description=lazy_gettext("Everybody can read all of this once it is decided."),
    )

    def offer(self, directory: Directory, departments: Collection[int]) -> None:
        self.department.choices = [(number, directory.departments[number].name) for number in departments]
        self.feasibility.choices = [
            (number, tell_feasibility(number)) for number in range(len(FEASIBILITY), 0, -1)
        ]


class DecideForm(Form):
    """`without` is asked for where the panel's scores are not revealed."""

    choice = RadioField(
        lazy_gettext("Decision"), validators=[InputRequired(lazy_gettext("Please choose a decision."))]
    )
    again_on = DateField(
        lazy_gettext("If later: the day it is looked at again"),
        [Optional()],
        description=lazy_gettext("It comes back to you by itself on that day."),
    )
    reason = _words(lazy_gettext("Reason"), description=lazy_gettext("Everybody can read this."))
    dissent = LongText(
        lazy_gettext("Who saw it otherwise, and why"),
        [no_longer_than(MOST_WORDS)],
        description=lazy_gettext("If somebody did. Everybody can read this; write roles, not names."),
    )
    without = LongText(
        lazy_gettext("Why it is decided without the panel’s scores"),
        [no_longer_than(MOST_WORDS)],
        description=lazy_gettext("Everybody can read this."),
    )

    def __init__(self, status: Status, *, is_revealed: bool, **given: Any) -> None:
        super().__init__(**given)
        self.choice.choices = [(str(d), status_label(d)) for d in DECISIONS if d != status]
        if is_revealed:
            del self.without
