"""Which kind of place may stand below which. No database."""

from portal.communities.models import PlaceKind

LEVELS = (PlaceKind.DISTRICT, PlaceKind.STREET, PlaceKind.COMMUNITY, PlaceKind.GRID)


def kinds_below(kind: PlaceKind) -> list[PlaceKind]:
    """Return the kinds of place that may be added below one of this kind.

    Residents choose a named place together with its community, so it stands right below one.
    """
    if kind not in LEVELS:
        return []
    lower = list(LEVELS[LEVELS.index(kind) + 1 :])
    return [*lower, PlaceKind.SPOT] if kind == PlaceKind.COMMUNITY else lower


def moved(order: list[int], number: int, step: int) -> list[int]:
    """Return the order with this number one place earlier (-1) or later (1); at an end, as it was."""
    at = order.index(number)
    to = at + step
    if not 0 <= to < len(order):
        return order
    changed = list(order)
    changed[at], changed[to] = changed[to], changed[at]
    return changed
