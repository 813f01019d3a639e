"""What is said of a pin beside the community that was chosen."""

from portal.communities.directory import Directory, PlaceEntry
from portal.communities.models import PlaceKind
from portal.communities.plan import community_at
from portal.core.i18n import gettext as _
from portal.core.positions import Point


def note_pin(point: Point | None, chosen: PlaceEntry | None, directory: Directory) -> str:
    """Return a gentle word where the pin seems to lie elsewhere; the sender knows better."""
    if point is None or chosen is None:
        return ""
    community = community_at(directory, point)
    if community is None:
        return _("The pin is far from every place we know here. Is it right?")
    if chosen.parent_id is None:
        return _("The pin seems to be in %(place)s. If it is, choose that community.", place=community.name)
    if chosen.kind == PlaceKind.COMMUNITY and chosen.id != community.id:
        return _(
            "The pin seems to be in %(community)s, and you chose %(chosen)s. If that is right, leave it.",
            community=community.name,
            chosen=chosen.name,
        )
    return ""
