"""The shape of what people say about what they follow."""

from collections.abc import Iterator
from typing import Any

from wtforms import HiddenField, RadioField, SelectField
from wtforms.validators import ValidationError

from portal.communities.directory import Directory
from portal.communities.models import PlaceKind
from portal.core.forms import EmailText, Form, Needed, ShortText, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext, ngettext
from portal.notifications.subscriptions import Wish
from portal.threads.additions import Frequency
from portal.threads.choices import category_options, place_options
from portal.threads.models import Kind

RADII = (200, 500, 1000, 2000)  # metres
BOTH = "both"


class FollowForm(Form):
    """How often; the address is asked of whoever has not signed in."""

    frequency = RadioField(lazy_gettext("How do you want to hear of it?"), default=Frequency.AT_ONCE)
    email = EmailText(
        lazy_gettext("E-mail address"), [Needed(lazy_gettext("Please write your e-mail address."))]
    )

    def __init__(self, *args: Any, signed_in: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.frequency.choices = frequency_choices(with_inbox=signed_in)
        if signed_in:
            del self.email


class WishForm(FollowForm):
    """What to hear of, and how often."""

    kind = SelectField(lazy_gettext("Kind"))
    place = SelectField(lazy_gettext("Place"))
    radius = SelectField(lazy_gettext("How far around"))
    category = SelectField(lazy_gettext("Category"))
    query = ShortText(lazy_gettext("Only with these words"), [no_longer_than(200)])
    point = HiddenField()

    def __init__(self, *args: Any, directory: Directory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [
            (BOTH, _("Reports and ideas")),
            (Kind.REPORT, _("Reports")),
            (Kind.IDEA, _("Ideas")),
        ]
        self.place.choices = dict(_place_groups(directory))
        self.radius.choices = [("", _("The whole place, with all in it")), *_radius_choices()]
        self.category.choices = dict(_category_groups(directory))

    def validate_radius(self, field: SelectField) -> None:
        if field.data and not (self.place.data or read_point(self.point.data)):
            raise ValidationError(_("Please choose the place that you mean, or the whole of all places."))

    def wish(self) -> Wish:
        """Return what was asked for."""
        return Wish(
            kind=None if self.kind.data == BOTH else Kind(self.kind.data),
            place=self.place.data,
            category=self.category.data,
            query=self.query.data or "",
            radius_m=int(self.radius.data) if self.radius.data else None,
            point=read_point(self.point.data) if self.radius.data else None,
        )


def frequency_choices(*, with_inbox: bool) -> list[tuple[str, str]]:
    """Return how somebody may be told; the inbox is for those with an account."""
    mails = [
        (Frequency.AT_ONCE, _("By e-mail, at once")),
        (Frequency.DAILY, _("By e-mail, once a day")),
    ]
    return [*mails, (Frequency.NO_MAIL, _("Only in the inbox here"))] if with_inbox else list(mails)


def read_point(text: str | None) -> tuple[float, float] | None:
    """Return latitude and longitude as in "31.29,120.61", or None if it is no point on earth."""
    try:
        latitude, longitude = [float(number) for number in (text or "").split(",")]
    except ValueError:
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _radius_choices() -> list[tuple[str, str]]:
    return [(str(m), ngettext("%(num)s metre around it", "%(num)s metres around it", m)) for m in RADII]


def _place_groups(directory: Directory) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Give all places, each street with its communities, each community with its named places."""
    yield "", [("", _("All places"))]
    for street, communities in place_options(directory):
        yield street[1], [(street[0], _("%(group)s: all", group=street[1])), *communities]
    for community in directory.of_kind(PlaceKind.COMMUNITY):
        spots = directory.children(community.id, PlaceKind.SPOT)
        if spots:
            yield directory.full_name(community.id), [(spot.code, spot.name) for spot in spots]


def _category_groups(directory: Directory) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    yield "", [("", _("All categories"))]
    for group, categories in category_options(directory):
        if len(categories) == 1:
            yield group[1], categories
        else:
            yield group[1], [(group[0], _("%(group)s: all", group=group[1])), *categories]
