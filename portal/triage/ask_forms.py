"""What staff fill in to ask for ideas: a call, filled in already from what was reported."""

from collections.abc import Mapping
from typing import Any

from portal.accounts.access import places_reached
from portal.accounts.models import Person, RoleName
from portal.communities.directory import Directory
from portal.communities.models import PlaceKind
from portal.core.forms import LongText, no_longer_than
from portal.core.i18n import lazy_gettext
from portal.ideas.call_forms import TEXT, CallForm, MattersForm


class AskForm(CallForm, MattersForm):
    """A call with the reports that are its reason; `place_id` may be chosen by whoever made it from there."""

    references = LongText(
        lazy_gettext("References of the reports"),
        [no_longer_than(TEXT)],
        description=lazy_gettext("Public reports that are the reason for the call, one on each line."),
    )

    def __init__(self, person: Person, directory: Directory, place_id: int, data: Mapping[str, Any]) -> None:
        super().__init__(person, directory, is_new=True, data=data)
        reached = places_reached(person, directory, RoleName.COORDINATOR)
        chosen = (p.id for p in directory.places_in_use() if p.id in reached and p.kind != PlaceKind.SPOT)
        numbers = dict.fromkeys([place_id, *chosen])
        self.place.choices = [(number, directory.full_name(number)) for number in numbers]
