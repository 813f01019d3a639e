"""What administrators fill in. Each form can say what it holds as values, and hold what values say."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import Field, HiddenField, SelectField, StringField, ValidationError

from portal.administration.changes import Values
from portal.communities.directory import Directory, PlaceEntry
from portal.communities.models import PlaceKind
from portal.core.forms import Form, LongText, Needed, ShortText, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.core.languages import from_fields, from_line, language_fields, to_fields, to_line

NAME, TEXT = 80, 2_000  # characters
CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
NUMBER = re.compile(r"[0-9+*#-]{2,20}")  # as a telephone dials it
MOST_MONTHS = 600
KINDS = {
    PlaceKind.DISTRICT: lazy_gettext("District"),
    PlaceKind.STREET: lazy_gettext("Street"),
    PlaceKind.COMMUNITY: lazy_gettext("Community"),
    PlaceKind.GRID: lazy_gettext("Grid"),
    PlaceKind.SPOT: lazy_gettext("Named place"),
}


class SetUpForm(Form):
    """`seen` is the mark of what stood there when the page was shown."""

    seen = HiddenField()
    leading: tuple[str, ...] = ()  # what stands first on the page

    def shown(self) -> list[Field]:
        """Return the fields that a person sees, in order."""
        fields = [f for f in self if f.type not in ("CSRFTokenField", "HiddenField")]
        return sorted(fields, key=lambda field: field.name not in self.leading)

    def values(self) -> Values:
        raise NotImplementedError

    @staticmethod
    def data_of(values: Values) -> dict[str, Any]:
        """Return what stands in the fields for these values."""
        raise NotImplementedError


class NamesForm(SetUpForm):
    name_hans, name_hant, name_en = language_fields(lazy_gettext("Name"), longest=NAME)

    def validate_name_hans(self, _field: Field) -> None:
        if not self.names():
            raise ValidationError(_("Please write a name in at least one language."))

    def names(self) -> dict[str, str]:
        return from_fields("name", self.data)


class CodeField(ShortText):
    """What a thing is called in addresses and files; it never changes."""

    def __init__(self, **given: Any) -> None:
        super().__init__(
            lazy_gettext("Short name for addresses and files"),
            [Needed()],
            description=lazy_gettext(
                "Small Latin letters, digits and hyphens, as in east-gate. It never changes."
            ),
            **given,
        )

    def pre_validate(self, form: Any) -> None:
        if self.data and not CODE.fullmatch(self.data):
            raise ValidationError(_("Please use only small Latin letters, digits and hyphens."))


class DegreesField(StringField):
    """A latitude or longitude in degrees, or nothing."""

    def __init__(self, label: Any, most: int, example: str, **given: Any) -> None:
        description = lazy_gettext("In degrees, as in %(example)s.", example=example)
        super().__init__(label, description=description, **given)
        self.most = most

    @property
    def degrees(self) -> float | None:
        return float(self.data) if self.data else None

    def pre_validate(self, form: Any) -> None:
        self.data = (self.data or "").strip()
        if self.data and not is_number(self.data, -self.most, self.most):
            raise ValidationError(_("Please write a number from -%(most)s to %(most)s.", most=self.most))


def is_number(text: str, least: float, most: float) -> bool:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return False
    return number.is_finite() and least <= number <= most


class SpotForm(NamesForm):
    """A named place; and what every place has."""

    latitude = DegreesField(lazy_gettext("Latitude"), 90, "30.2741")
    longitude = DegreesField(lazy_gettext("Longitude"), 180, "120.1551")

    def validate_longitude(self, field: DegreesField) -> None:
        if bool(field.data) != bool(self.latitude.data):
            raise ValidationError(_("A position needs latitude and longitude, or neither."))

    def values(self) -> Values:
        return {
            "names": self.names(),
            "latitude": self.latitude.degrees,
            "longitude": self.longitude.degrees,
        }

    @staticmethod
    def data_of(values: Values) -> dict[str, Any]:
        position = {name: values[name] for name in ("latitude", "longitude")}
        return to_fields("name", values["names"]) | {
            name: "" if degrees is None else str(degrees) for name, degrees in position.items()
        }


class PlaceForm(SpotForm):
    welcome_hans, welcome_hant, welcome_en = language_fields(
        lazy_gettext("Welcome on the start page"), longest=300, kind=LongText
    )
    emergency = LongText(
        lazy_gettext("Numbers to ring in danger"),
        [no_longer_than(TEXT)],
        description=lazy_gettext(
            "A line for each: the number, then its name in each language, as in 119 | 火警 | 火警 | Fire. "
            "Without any, those of the place above it are shown."
        ),
    )

    def validate_emergency(self, field: Field) -> None:
        try:
            self.lines()
        except ValueError as error:
            raise ValidationError(_("Can't be read: %(line)s", line=error)) from None

    def lines(self) -> list[dict[str, Any]]:
        return [emergency_line(line) for line in (self.emergency.data or "").splitlines() if line.strip()]

    def values(self) -> Values:
        return super().values() | {
            "welcome": from_fields("welcome", self.data),
            "emergency": self.lines(),
        }

    @staticmethod
    def data_of(values: Values) -> dict[str, Any]:
        lines = [f"{line['number']} | {to_line(line['names'])}" for line in values["emergency"]]
        welcome = to_fields("welcome", values["welcome"])
        return SpotForm.data_of(values) | welcome | {"emergency": "\n".join(lines)}


def emergency_line(line: str) -> dict[str, Any]:
    """Read one number with its names. ValueError if it is none."""
    number, _bar, names = line.partition("|")
    texts = from_line(names)
    if not NUMBER.fullmatch(number.strip()) or not texts:
        raise ValueError(line)
    return {"number": number.strip(), "names": texts}


class AddPlaceForm(SpotForm):
    """A new place; its kind is one that may stand below the one above it."""

    leading = ("kind", "code")
    kind = SelectField(lazy_gettext("Kind"))
    code = CodeField()

    def __init__(self, kinds: list[PlaceKind], **given: Any) -> None:
        super().__init__(**given)
        self.kind.choices = [(str(kind), str(KINDS[kind])) for kind in kinds]


class DepartmentForm(NamesForm):
    def values(self) -> Values:
        return {"names": self.names()}

    @staticmethod
    def data_of(values: Values) -> dict[str, Any]:
        return to_fields("name", values["names"])


class AddDepartmentForm(DepartmentForm):
    leading = ("code",)
    code = CodeField()


class RouteForm(SetUpForm):
    """One category, in one place and below, to another department."""

    category = SelectField(lazy_gettext("Category"), coerce=int)
    place = SelectField(
        lazy_gettext("Place"),
        coerce=int,
        description=lazy_gettext("It counts there and in all that lies below."),
    )
    department = SelectField(lazy_gettext("Department"), coerce=int)

    def __init__(self, directory: Directory, places: list[PlaceEntry], **given: Any) -> None:
        super().__init__(**given)
        groups: dict[str, list[tuple[int, str]]] = {}
        for c in directory.categories_in_use():
            groups.setdefault(c.group_name, []).append((c.id, c.name))
        self.category.choices = groups
        self.place.choices = [(p.id, directory.full_name(p.id)) for p in places]
        self.department.choices = [(d.id, d.name) for d in directory.departments_in_use()]

    def values(self) -> Values:
        return {f"{name}_id": self[name].data for name in ("category", "place", "department")}
