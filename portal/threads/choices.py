"""What a reader of a public list may choose, and what they have chosen, from the page's address."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from portal.communities.directory import Directory
from portal.communities.models import PlaceKind
from portal.core.i18n import gettext as _
from portal.core.text import query_phrases
from portal.threads.listing import Sort, Wish
from portal.threads.models import FIXED, Kind, Status
from portal.threads.near import USUAL_WITHIN, WITHIN, find_near, read_near, tell_near
from portal.threads.timeline import status_label

Option = tuple[str, str]  # value, text

# A group of states has a code with a hyphen, a single state one without.
STATUS_GROUPS: dict[Kind, dict[str, tuple[Status, ...]]] = {
    Kind.REPORT: {
        "not-settled": (
            Status.RECEIVED,
            Status.WITH_DEPARTMENT,
            Status.IN_PROGRESS,
            Status.WAITING,
            Status.OUTSIDE,
            Status.REOPENED,
        ),
        "settled-fixed": FIXED,
        "settled-unfixed": (Status.NOT_OURS, Status.NO_ACTION, Status.DUPLICATE),
    },
    Kind.IDEA: {
        "not-settled": (Status.RECEIVED, Status.OPEN, Status.WAITING),
        "settled-decided": (Status.PILOT, Status.ADOPT, Status.LATER, Status.DECLINE),
        "settled-undecided": (Status.NO_ACTION, Status.COMBINED),
    },
}


@dataclass(frozen=True)
class Choice:
    """The codes chosen; an empty one leaves a thing open. Unknown codes are taken as empty."""

    kind: Kind
    query: str
    category: str  # of a category or of a group of them
    place: str
    status: str  # a single state or a group of them
    near: str  # the code of a place, or latitude and longitude
    within: int  # metres
    sort: Sort

    @property
    def is_narrowed(self) -> bool:
        return bool(self.query or self.category or self.place or self.status or self.near)


def read_choice(kind: Kind, arguments: Mapping[str, str], directory: Directory) -> Choice:
    """Return what the address asks for, leaving out what there is not."""
    category, place = arguments.get("category", ""), arguments.get("place", "")
    status, sort = arguments.get("status", ""), arguments.get("sort", "")
    groups = {c.group for c in directory.categories.values()}
    return Choice(
        kind=kind,
        query=" ".join(arguments.get("q", "").split())[:200],
        category=category if category in directory.category_codes or category in groups else "",
        place=place if place in directory.place_codes else "",
        status=status if _statuses(kind, status) else "",
        near=read_near(arguments.get("near", ""), directory),
        within=next((m for m in WITHIN if str(m) == arguments.get("within")), USUAL_WITHIN),
        sort=Sort(sort) if sort in list(Sort) else Sort.NEW,
    )


def wish_for(choice: Choice, directory: Directory) -> Wish:
    """Return what to read: a street reaches its communities, a group its categories."""
    place = directory.place_codes.get(choice.place)
    return Wish(
        kind=choice.kind,
        phrases=query_phrases(choice.query) if choice.query else None,
        category_ids=category_ids(choice.category, directory) if choice.category else None,
        place_ids=directory.within(place.id) if place and place.parent_id else None,
        statuses=_statuses(choice.kind, choice.status) or None,
        near=find_near(choice.near, choice.within, directory),
        sort=choice.sort,
    )


def category_ids(code: str, directory: Directory) -> list[int]:
    """Return the categories of this code: one, or all of a group."""
    return [c.id for c in directory.categories.values() if code in (c.code, c.group)]


def _statuses(kind: Kind, code: str) -> tuple[Status, ...]:
    groups = STATUS_GROUPS[kind]
    if code in groups:
        return groups[code]
    return tuple(s for group in groups.values() for s in group if s == code)


def category_options(directory: Directory) -> Iterator[tuple[Option, list[Option]]]:
    """Give each group of categories with those in it."""
    groups: dict[str, tuple[Option, list[Option]]] = {}
    for c in directory.categories_in_use():
        group = groups.setdefault(c.group, ((c.group, c.group_name), []))
        group[1].append((c.code, c.name))
    yield from groups.values()


def place_options(directory: Directory) -> Iterator[tuple[Option, list[Option]]]:
    """Give each street with its communities."""
    for street in directory.of_kind(PlaceKind.STREET):
        communities = directory.children(street.id, PlaceKind.COMMUNITY)
        yield (street.code, street.name), [(c.code, c.name) for c in communities]


def status_options(kind: Kind) -> list[tuple[Option, list[Option]]]:
    """Return each group of states with the single ones."""
    return [
        ((code, group_label(kind, code)), [(s, status_label(s)) for s in statuses])
        for code, statuses in STATUS_GROUPS[kind].items()
    ]


def sort_options(kind: Kind) -> list[Option]:
    most = _("Most affected") if kind == Kind.REPORT else _("Most supported")
    return [(Sort.NEW, _("Newest")), (Sort.TOP, most), (Sort.CHANGED, _("Lately changed"))]


def group_label(kind: Kind, code: str) -> str:
    labels = {
        Kind.REPORT: {
            "not-settled": _("Still open"),
            "settled-fixed": _("Fixed"),
            "settled-unfixed": _("Closed without a fix"),
        },
        Kind.IDEA: {
            "not-settled": _("Not decided yet"),
            "settled-decided": _("Decided"),
            "settled-undecided": _("Closed without a decision"),
        },
    }
    return labels[kind][code]


def chosen_labels(choice: Choice, directory: Directory) -> dict[str, str]:
    """Return what narrows the list, each by its argument's name, in words."""
    labels = {"q": choice.query}
    if choice.category:
        labels["category"] = _category_label(choice.category, directory)
    if choice.place:
        labels["place"] = directory.place_codes[choice.place].name
    if choice.status in STATUS_GROUPS[choice.kind]:
        labels["status"] = group_label(choice.kind, choice.status)
    elif choice.status:
        labels["status"] = status_label(Status(choice.status))
    if choice.near:
        labels["near"] = tell_near(choice.near, choice.within, directory)
    return {name: label for name, label in labels.items() if label}


def _category_label(code: str, directory: Directory) -> str:
    category = directory.category_codes.get(code)
    if category:
        return category.name
    return next(c.group_name for c in directory.categories.values() if c.group == code)
