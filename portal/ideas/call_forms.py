"""What coordinators fill in about a call for ideas."""

import re
from datetime import date
from typing import Any

from wtforms import BooleanField, DateField, Field, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange, ValidationError
from wtforms.widgets import HiddenInput

from portal.accounts.access import places_reached
from portal.accounts.models import Person, RoleName
from portal.communities.directory import Directory
from portal.communities.models import PlaceKind
from portal.core.forms import Form, LongText, ShortText, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.core.languages import from_fields, language_fields, to_fields
from portal.core.references import parse_reference
from portal.ideas.calls import Call, Criterion

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
NAME, TEXT = 100, 3_000  # characters
TEXTS = ("names", "theme", "why", "incentives", "decides")
DAYS = ("opens_on", "collects_until", "supports_until", "reviews_until", "decides_until")
SCORES = 6  # 0 to 5
MOST_MATTERS = 50


class SeenForm(Form):
    """`seen` is the revision of the row that the page was made from."""

    seen = IntegerField(
        widget=HiddenInput(),
        validators=[InputRequired(lazy_gettext("Please load the page again, then repeat."))],
    )

    @property
    def revision(self) -> int:
        return int(self.seen.data or 0)


def _day(label: Any) -> DateField:
    return DateField(label, [InputRequired(lazy_gettext("Please write the day, as in 2026-03-31."))])


class CallForm(SeenForm):
    """`code` is asked for a new call only: it stands in the call's address."""

    code = ShortText(
        lazy_gettext("Short name for the address"),
        description=lazy_gettext(
            "Small Latin letters, digits and hyphens, as in dry-cellars. It never changes."
        ),
    )
    place = SelectField(
        lazy_gettext("Place"),
        coerce=int,
        description=lazy_gettext("Ideas for this place and for all below it fit."),
    )
    names_hans, names_hant, names_en = language_fields(lazy_gettext("Title"), longest=NAME)
    theme_hans, theme_hant, theme_en = language_fields(
        lazy_gettext("What is asked"), longest=TEXT, kind=LongText
    )
    why_hans, why_hant, why_en = language_fields(lazy_gettext("Why now"), longest=TEXT, kind=LongText)
    incentives_hans, incentives_hant, incentives_en = language_fields(
        lazy_gettext("What there is to gain"), longest=TEXT, kind=LongText
    )
    decides_hans, decides_hant, decides_en = language_fields(
        lazy_gettext("Who decides"), longest=TEXT, kind=LongText
    )
    opens_on = _day(lazy_gettext("First day"))
    collects_until = _day(lazy_gettext("Ideas can be sent until"))
    supports_until = _day(lazy_gettext("They can be supported until"))
    reviews_until = _day(lazy_gettext("The panel reviews until"))
    decides_until = _day(lazy_gettext("The decision comes until"))

    def __init__(self, person: Person, directory: Directory, *, is_new: bool, **given: Any) -> None:
        super().__init__(**given)
        self.is_new = is_new
        reached = places_reached(person, directory, RoleName.COORDINATOR)
        self.place.choices = [
            (p.id, directory.full_name(p.id))
            for p in directory.places_in_use()
            if p.id in reached and p.kind != PlaceKind.SPOT
        ]
        if not is_new:
            del self.code

    def validate_code(self, field: Field) -> None:
        if not CODE.fullmatch(field.data or ""):
            raise ValidationError(_("Please use only small Latin letters, digits and hyphens."))

    def validate_names_hans(self, _field: Field) -> None:
        if not from_fields("names", self.data):
            raise ValidationError(_("Please write a title in at least one language."))

    def validate_theme_hans(self, _field: Field) -> None:
        if not from_fields("theme", self.data):
            raise ValidationError(_("Please write what is asked in at least one language."))

    def texts(self) -> list[tuple[str, list[Field]]]:
        """Return the name of each text with its fields."""
        return [(name, [self[f"{name}_{short}"] for short in ("hans", "hant", "en")]) for name in TEXTS]

    def days(self) -> list[Field]:
        return [self[name] for name in DAYS]

    def values(self) -> dict[str, Any]:
        texts = {name: from_fields(name, self.data) for name in TEXTS}
        return texts | {name: self[name].data for name in DAYS} | {"place_id": self.place.data}

    @staticmethod
    def data_of(call: Call) -> dict[str, Any]:
        """Return what stands in the fields for this call."""
        fields: dict[str, Any] = {"place": call.place_id, "seen": call.revision}
        for name in TEXTS:
            fields |= to_fields(name, getattr(call, name))
        return fields | {name: getattr(call, name) for name in DAYS}


class CriterionForm(SeenForm):
    name_hans, name_hant, name_en = language_fields(lazy_gettext("Criterion"), longest=NAME)
    is_knock_out = BooleanField(lazy_gettext("It must be met: the panel only says yes or no"))
    weight = IntegerField(
        lazy_gettext("Weight"),
        [
            InputRequired(lazy_gettext("Please write a whole number from 1 to 100.")),
            NumberRange(1, 100, lazy_gettext("Please write a whole number from 1 to 100.")),
        ],
        default=10,
        description=lazy_gettext("Beside the weights of the others; 20 counts twice as much as 10."),
    )
    levels_hans, levels_hant, levels_en = language_fields(
        lazy_gettext("What the scores mean"), longest=TEXT, kind=LongText
    )

    def validate_name_hans(self, _field: Field) -> None:
        if not from_fields("name", self.data):
            raise ValidationError(_("Please write a name in at least one language."))

    def validate_levels_hans(self, _field: Field) -> None:
        written = from_fields("levels", self.data).values()
        if not self.is_knock_out.data and not written:
            raise ValidationError(_("Please describe the scores from 0 to 5, a line for each."))
        if any(len(text.splitlines()) != SCORES for text in written):
            raise ValidationError(_("Please write six lines: one for each score from 0 to 5."))

    def values(self) -> dict[str, Any]:
        return {
            "names": from_fields("name", self.data),
            "levels": from_fields("levels", self.data),
            "weight": self.weight.data,
            "is_knock_out": self.is_knock_out.data,
        }

    @staticmethod
    def data_of(criterion: Criterion) -> dict[str, Any]:
        return {
            "weight": criterion.weight,
            "is_knock_out": criterion.is_knock_out,
            **to_fields("name", criterion.names),
            **to_fields("levels", criterion.levels),
        }


class MattersForm(SeenForm):
    references = LongText(
        lazy_gettext("References of the reports"),
        [no_longer_than(TEXT)],
        description=lazy_gettext("Public reports that are the reason for the call, one on each line."),
    )

    def validate_references(self, field: Field) -> None:
        lines = self.lines()
        if len(lines) > MOST_MATTERS:
            raise ValidationError(_("At most %(n)s reports, please.", n=MOST_MATTERS))
        wrong = [line for line in lines if parse_reference(line) is None]
        if wrong:
            raise ValidationError(_("This is no reference: %(line)s", line=wrong[0]))

    def lines(self) -> list[str]:
        return [line.strip() for line in (self.references.data or "").splitlines() if line.strip()]

    def found(self) -> list[str]:
        """Return the references as they are written in addresses, each once."""
        return list(dict.fromkeys(parse_reference(line) or "" for line in self.lines()))


class StopForm(SeenForm):
    reason_hans, reason_hant, reason_en = language_fields(
        lazy_gettext("Why it is stopped"), longest=TEXT, kind=LongText
    )

    def validate_reason_hans(self, _field: Field) -> None:
        if not self.reason():
            raise ValidationError(_("Please give a reason in at least one language."))

    def reason(self) -> dict[str, str]:
        return from_fields("reason", self.data)


def first_days(today: date) -> dict[str, date]:
    """Return the days that a new call begins with: four weeks to collect, and two for each next phase."""
    weeks = {"opens_on": 1, "collects_until": 5, "supports_until": 7, "reviews_until": 9, "decides_until": 11}
    return {name: date.fromordinal(today.toordinal() + 7 * number) for name, number in weeks.items()}
