"""In which order panellists are proposed for a review. No database."""

from collections.abc import Iterable
from dataclasses import dataclass

KNOWING = 2  # knowing the matter counts as much as having so many reviews fewer
USUAL_SEATS = 5


@dataclass(frozen=True)
class Candidate:
    """A panellist who could sit: how many reviews wait for them, and whether they know the matter."""

    id: int
    name: str
    open_reviews: int
    knows: bool


def in_order(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return them in the order of proposal: fewest open reviews first, those who know the matter favoured.

    Knowing it stands for KNOWING reviews fewer, so that experts come first but are not worn out.
    Who is equal stands in the order of the numbers, whatever the order given.
    """
    return sorted(candidates, key=lambda c: (c.open_reviews - KNOWING * c.knows, not c.knows, c.id))


def count_free(asked_first: int, seated: int) -> int:
    """Return how many seats are free: of those asked when the review began, or the usual number."""
    return max(0, (asked_first or USUAL_SEATS) - seated)


def propose(candidates: Iterable[Candidate], seats: int) -> list[Candidate]:
    """Return who is proposed for so many seats; fewer where there are not enough."""
    return in_order(candidates)[: max(0, seats)]
