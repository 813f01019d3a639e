"""Where a submission goes, from what the classifier and the sender say. No database."""

from dataclasses import dataclass

from portal.communities.directory import CategoryEntry, Directory
from portal.routing.advice import Advice
from portal.threads.models import Kind

SURE_OF_KIND = 0.8  # under this, "not sure" stays for a person to sort


@dataclass(frozen=True)
class Route:
    """The kind, the category and the department, or `to_desk` where a person must decide."""

    kind: Kind
    category: CategoryEntry | None
    department_id: int | None
    to_desk: bool


def choose_route(advice: Advice, wished: Kind, place_id: int, directory: Directory) -> Route:
    """Decide the route. What the sender said of the kind always stands.

    An idea goes to the innovation queue even if its category is unsure; a report whose
    category is unsure, unknown here or retired goes to the sorting desk; so does a submission of
    undecided kind unless the classifier is sure of both.
    """
    said = advice.said
    kind = _kind(advice, wished)
    category = None
    if said is not None and not said.abstain:
        category = _in_use(directory.category_codes.get(said.category))
    if kind == Kind.IDEA:
        return Route(kind, category, None, to_desk=False)
    if kind == Kind.UNDECIDED or category is None:
        return Route(kind, category, None, to_desk=True)
    department = directory.department_for(category.id, place_id)
    if department.is_retired:
        return Route(kind, category, None, to_desk=True)
    return Route(kind, category, department.id, to_desk=False)


def _in_use(category: CategoryEntry | None) -> CategoryEntry | None:
    return None if category is None or category.is_retired else category


def _kind(advice: Advice, wished: Kind) -> Kind:
    said = advice.said
    if wished != Kind.UNDECIDED or said is None:
        return wished
    if said.abstain or said.kind_probability < SURE_OF_KIND:
        return Kind.UNDECIDED
    # A question is answered by the department it concerns, on a report's path.
    return Kind.IDEA if said.kind == "idea" else Kind.REPORT
