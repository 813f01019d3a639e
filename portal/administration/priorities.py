"""The page of what a priority is made of, with what would come first."""

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel.speaklater import LazyString
from wtforms import IntegerField, ValidationError
from wtforms.validators import InputRequired, NumberRange

from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.administration.changes import Values
from portal.administration.forms import SetUpForm
from portal.administration.pages import edit, show
from portal.administration.settings import keep_preferences
from portal.administration.visit import Visit, begin_visit_everywhere, blueprint
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.core.outbox import enqueue
from portal.threads.jobs import SCORE_TOPIC
from portal.threads.priority import Weights
from portal.threads.scoring import rank_with

PARTS = ("risk", "affected", "age", "recurrence")
NAMES = (*PARTS, "unverified")
SHOWN = 10


def _points(label: LazyString, description: LazyString | str = "") -> IntegerField:
    message = lazy_gettext("Please write a number from 0 to 100.")
    checks = [InputRequired(message), NumberRange(0, 100, message)]
    return IntegerField(label, checks, description=description)


class PriorityForm(SetUpForm):
    risk = _points(
        lazy_gettext("Risk"),
        lazy_gettext("How bad it would be, how likely it is, and how many people could be harmed."),
    )
    affected = _points(
        lazy_gettext("Those affected"), lazy_gettext("Measured by how many voices are usual at that place.")
    )
    age = _points(lazy_gettext("Time waited"), lazy_gettext("Measured by the time that was promised."))
    recurrence = _points(
        lazy_gettext("Coming again"), lazy_gettext("How often the same was reported at that place before.")
    )
    unverified = _points(
        lazy_gettext("An unverified voice, in per cent of a verified one"),
    )

    def validate_risk(self, _field: IntegerField) -> None:
        if not any(self[name].data for name in PARTS):
            raise ValidationError(_("At least one of the four must count."))

    def values(self) -> Values:
        return {f"priority_{name}": self[name].data for name in NAMES}

    @staticmethod
    def data_of(values: Values) -> Values:
        return {name: values[f"priority_{name}"] for name in NAMES}


@blueprint.route("/priority", methods=["GET", "POST"])
@staff_only(RoleName.ADMINISTRATOR)
def priority() -> ResponseReturnValue:
    visit = begin_visit_everywhere()
    present = {f"priority_{n}": getattr(visit.directory.preferences, f"priority_{n}") for n in NAMES}
    form = PriorityForm(data=PriorityForm.data_of(present))
    home = url_for(".home")
    shown = {
        "page": "administration/priority.html",
        "title": _("Priority"),
        "back": home,
        "preview": True,
        "notes": [_("Each part counts by its share of the four. All together they make 100 points.")],
    }
    if "preview" in request.form and form.validate_on_submit():
        return show(form, None, ranked=rank(visit, form), **shown)

    def save(typed: Values, seen: str) -> None:
        if keep_preferences(visit, present, typed, seen):
            enqueue(visit.session, SCORE_TOPIC, {"after": 0}, now=visit.now)

    return edit(form, present, save, done=home, **shown)


def rank(visit: Visit, form: PriorityForm) -> list[tuple[str, str, int, int]]:
    """Return the first of the reports by what stands in the form: reference, title, and both priorities."""
    weights = Weights(**form.data_of(form.values()))
    found = rank_with(visit.session, weights, visit.directory, visit.now)[:SHOWN]
    return [(t.reference, t.given_title or t.title, t.priority, would_be) for would_be, t in found]
