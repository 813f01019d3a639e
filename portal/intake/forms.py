"""The shape of what the steps and the tracking page take in."""

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField
from wtforms.validators import ValidationError

from portal.communities.directory import Directory, PlaceEntry
from portal.communities.models import PlaceKind
from portal.communities.plan import community_at
from portal.core.forms import EmailText, Form, LongText, Needed, ShortText, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.core.positions import Point, parse_point, write_point
from portal.core.text import MAX_TEXT, clean_text

FEW = 9
KEPT_CHARACTERS = 100_000  # what is too long is kept to be shortened, within reason


class StepForm(Form):
    """One step; `given` is what the draft keeps of it."""

    def given(self) -> dict[str, Any]:
        return {f.short_name: _kept(f.data) for f in self if f.type != "CSRFTokenField"}


def _kept(value: Any) -> Any:
    return value if isinstance(value, bool) else clean_text(value or "")[:KEPT_CHARACTERS]


class WordsForm(StepForm):
    text = LongText(
        lazy_gettext("Your words"),
        [Needed(lazy_gettext("Please write in words what it is about.")), no_longer_than(MAX_TEXT)],
    )
    title = ShortText(lazy_gettext("Title"), [no_longer_than(100)])


MAX_PART = 3_000  # characters


class ProposalForm(WordsForm):
    """Words for an idea: only the proposal itself is needed."""

    call = SelectField(lazy_gettext("Which call is it for?"), validate_choice=False)
    problem = LongText(lazy_gettext("The problem it would solve"), [no_longer_than(MAX_PART)])
    gains = LongText(lazy_gettext("Who gains"), [no_longer_than(MAX_PART)])
    harms = LongText(lazy_gettext("Who could be harmed"), [no_longer_than(MAX_PART)])
    cost = LongText(lazy_gettext("Roughly what it costs"), [no_longer_than(MAX_PART)])

    def __init__(self, calls: Iterable[tuple[str, str]], **given: Any) -> None:
        """Offer these calls, of code and name, beside the open box."""
        super().__init__(**given)
        self.calls = [("", _("No call: the open box")), *calls]
        self.call.choices = self.calls
        self.call.data = self.call.data or ""

    @property
    def more(self) -> list[Field]:
        """Return what may be left empty."""
        return [self.problem, self.gains, self.harms, self.cost]

    def validate_call(self, field: Field) -> None:
        if field.data not in [code for code, _name in self.calls]:
            raise ValidationError(
                _("This call takes no ideas any more. Please choose another, or the open box.")
            )


def _tidy_pin(text: str | None) -> str:
    """Keep what is a point on earth; what a script sent wrongly is no pin."""
    point = parse_point(text)
    return write_point(point) if point else ""


class WhereForm(StepForm):
    place = SelectField(lazy_gettext("Community"), validate_choice=False)
    spot = SelectField(lazy_gettext("Named place"), validate_choice=False)
    address = ShortText(lazy_gettext("Address or description of the place"), [no_longer_than(200)])
    pin = HiddenField(filters=[_tidy_pin])

    def __init__(self, directory: Directory, **given: Any) -> None:
        super().__init__(**given)
        self.directory = directory
        self.places = place_choices(directory)
        self.place.choices = self.places
        self.spot.choices = {"": [("", _("None of these"))], **spot_choices(directory)}
        self.place.data, self.spot.data = self.place.data or "", self.spot.data or ""

    @property
    def has_few_places(self) -> bool:
        """Tell whether the places can all stand on the page side by side."""
        return sum(map(len, self.places.values())) <= FEW

    @property
    def point(self) -> Point | None:
        """Return where the pin is, if there is one."""
        return parse_point(self.pin.data)

    def validate_place(self, field: Field) -> None:
        """A pin tells the community by itself, if none is chosen."""
        if not field.data and self.point:
            community = community_at(self.directory, self.point)
            field.data = community.code if community else ""
        codes = [code for group in self.places.values() for code, _name in group]
        if field.data not in codes:
            raise ValidationError(_("Please choose a community, or the whole district."))

    def validate_spot(self, field: Field) -> None:
        """A named place must lie in the chosen community; of the whole district any will do."""
        if not field.data:
            return
        spot = self.directory.place_codes.get(field.data)
        if spot is None or spot.is_retired or spot.kind != PlaceKind.SPOT:
            raise ValidationError(_("Please choose a place from the list."))
        place = self.directory.place_codes.get(self.place.data)
        if place is not None and not spot.path.startswith(place.path):
            raise ValidationError(
                _("%(spot)s is not in %(community)s.", spot=spot.name, community=place.name)
            )


def place_choices(directory: Directory) -> dict[str, list[tuple[str, str]]]:
    """Return the communities under the name of what they belong to, the whole district last."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for place in directory.of_kind(PlaceKind.COMMUNITY):
        groups.setdefault(_name_of_parent(directory, place), []).append((place.code, place.name))
    for root in directory.children(None):
        whole = _("The whole of %(district)s, or I am not sure", district=root.name)
        groups.setdefault("", []).append((root.code, whole))
    return groups


def spot_choices(directory: Directory) -> dict[str, list[tuple[str, str]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for spot in directory.of_kind(PlaceKind.SPOT):
        groups.setdefault(_name_of_parent(directory, spot), []).append((spot.code, spot.name))
    return groups


def _name_of_parent(directory: Directory, place: PlaceEntry) -> str:
    return directory.places[place.parent_id].name if place.parent_id else ""


class WhoForm(StepForm):
    how = RadioField(lazy_gettext("How do you want to send it?"), validate_choice=False)
    email = EmailText(lazy_gettext("Your e-mail address"))
    name_shown = BooleanField(lazy_gettext("Show my name beside my words"))
    private = BooleanField(lazy_gettext("Keep it private: only staff may read it"))

    def __init__(self, *, signed_in: bool, **given: Any) -> None:
        super().__init__(**given)
        ways = [
            ("email", _("With my e-mail address")),
            ("anonymous", _("Without my name or address")),
        ]
        self.ways = [("account", _("With my account")), *ways] if signed_in else ways
        self.how.choices = self.ways

    def validate(self, extra_validators: Any = None) -> bool:
        """Check it; an address counts only for who wants to send with it."""
        if self.how.data != "email":
            self.email.data = ""
        return bool(super().validate(extra_validators))

    def validate_how(self, field: Field) -> None:
        if field.data not in [value for value, _text in self.ways]:
            raise ValidationError(_("Please choose how you want to send it."))

    def validate_email(self, field: Field) -> None:
        if self.how.data == "email" and not field.data:
            raise ValidationError(_("Please write your e-mail address."))


class AnswerForm(Form):
    answer = LongText(
        lazy_gettext("Your answer"),
        [Needed(lazy_gettext("Please write your answer in words.")), no_longer_than(MAX_TEXT)],
    )


class MoreForm(Form):
    words = LongText(
        lazy_gettext("What you want to add"),
        [Needed(lazy_gettext("Please write in words what you want to add.")), no_longer_than(MAX_TEXT)],
    )


class DifferenceForm(Form):
    difference = LongText(lazy_gettext("What is different about yours?"), [no_longer_than(1_000)])


class JoinedForm(Form):
    words = LongText(lazy_gettext("What you want to add"), [no_longer_than(MAX_TEXT)])
