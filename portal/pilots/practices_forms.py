"""What coordinators write about a practice, and where they take one up."""

from wtforms import DateField, SelectField
from wtforms.validators import InputRequired

from portal.communities.directory import Directory
from portal.core.forms import LongText, Needed, ShortText, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.ideas.call_forms import SeenForm
from portal.pilots.practices import TEXTS, Practice

LONGEST, SHORT = 5_000, 120  # characters
NONE = 0


class PracticeForm(SeenForm):
    title = ShortText(
        lazy_gettext("Title"), [Needed(lazy_gettext("Please give it a title.")), no_longer_than(SHORT)]
    )
    category = SelectField(lazy_gettext("What it is about"), coerce=int)
    problem = LongText(lazy_gettext("The problem"), [no_longer_than(LONGEST)])
    what = LongText(lazy_gettext("What worked"), [no_longer_than(LONGEST)])
    conditions = LongText(
        lazy_gettext("Under what conditions"),
        [no_longer_than(LONGEST)],
        description=lazy_gettext("Place, people, partners, season: what must be there for it to work."),
    )
    cost = LongText(lazy_gettext("What it costs"), [no_longer_than(LONGEST)])
    side_effects = LongText(lazy_gettext("Side effects"), [no_longer_than(LONGEST)])
    how_to = LongText(
        lazy_gettext("How to repeat it"),
        [no_longer_than(LONGEST)],
        description=lazy_gettext("Step by step, for somebody who was not there."),
    )

    def offer(self, directory: Directory) -> "PracticeForm":
        categories = [(c.id, c.name) for c in directory.categories_in_use()]
        self.category.choices = [(NONE, _("Not said")), *categories]
        return self

    def values(self) -> dict[str, str | int | None]:
        texts = {name: self[name].data or "" for name in ("title", *TEXTS)}
        return {**texts, "category_id": self.category.data or None}

    @staticmethod
    def data_of(practice: Practice) -> dict[str, object]:
        texts = {name: getattr(practice, name) for name in ("title", *TEXTS)}
        return {"seen": practice.revision, "category": practice.category_id or NONE, **texts}


class TakeUpForm(SeenForm):
    place = SelectField(lazy_gettext("Where"), coerce=int)
    starts_on = DateField(
        lazy_gettext("First day"), [InputRequired(lazy_gettext("Please write the day, as in 2026-03-31."))]
    )
    ends_on = DateField(
        lazy_gettext("Last day"), [InputRequired(lazy_gettext("Please write the day, as in 2026-03-31."))]
    )
