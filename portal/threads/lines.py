"""The lines of public lists in words: what a reader sees of each submission before opening it."""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from flask import url_for
from sqlalchemy import Row

from portal.communities.directory import Directory
from portal.core.dates import age
from portal.core.i18n import current_language, ngettext
from portal.core.i18n import gettext as _
from portal.threads.additions import Photo
from portal.threads.gallery import Shown, tell_public_photo
from portal.threads.models import Kind, Thread, Visibility
from portal.threads.timeline import status_label

ROOMS = {Kind.REPORT: "reports", Kind.IDEA: "ideas"}


class Line(NamedTuple):
    href: str
    title: str
    is_readable: bool  # False while the words wait for a first look
    language: str
    category: str
    place: str
    age: str
    status: str
    status_label: str
    votes: int
    votes_label: str
    photo: Shown | None


def tell_lines(
    rows: Iterable[Row[Any]],
    directory: Directory,
    photos: Mapping[int, Photo],
    *,
    by_change: bool = False,
) -> list[Line]:
    """Return rows of threads.listing in the language of the request.

    `photos` are those of photos.first_photos. The age is that of the last change in a list sorted
    `by_change`, else of the submission.
    """
    places, categories = _names(directory, current_language())
    address, state = cache(_address_without_reference), cache(status_label)
    first_look = _("Waiting for a first look")
    return [
        Line(
            href=address(row.kind) + row.reference,
            title=row.title if row.visibility == Visibility.PUBLIC else first_look,
            is_readable=row.visibility == Visibility.PUBLIC,
            language=row.language,
            category=categories[row.category_id or row.kind],
            place=places[row.place_id],
            age=_("changed %(age)s", age=age(row.changed_at)) if by_change else age(row.created_at),
            status=row.status,
            status_label=state(row.status),
            votes=row.votes_total,
            votes_label=votes_label(row.kind, row.votes_total),
            photo=tell_public_photo(photos[row.id]) if row.id in photos else None,
        )
        for row in rows
    ]


def _address_without_reference(kind: str) -> str:
    """Return what the addresses of a kind's pages begin with: building each would cost more."""
    return url_for(f"{ROOMS[Kind(kind)]}.show", reference="0").removesuffix("0")


@lru_cache(64)
def _names(directory: Directory, language: str) -> tuple[dict[int, str], dict[int | str, str]]:
    """Return the names of all places and categories in the language, which must be the present one.

    Beside the categories stands, by kind, what is said where there is none.
    """
    places = {place.id: place.name for place in directory.places.values()}
    categories: dict[int | str, str] = {c.id: c.name for c in directory.categories.values()}
    none = dict.fromkeys(Kind, _("Not sorted yet")) | {Kind.IDEA: _("No category yet")}
    return places, categories | none


def category_name(thread: Thread | Row[Any], directory: Directory) -> str:
    """Return the category's name, or that it has none yet."""
    return _names(directory, current_language())[1][thread.category_id or thread.kind]


def votes_label(kind: str, votes: int) -> str:
    """Return how many are affected by a report or support an idea; empty for nobody."""
    if not votes:
        return ""
    if kind == Kind.IDEA:
        return ngettext("%(num)s supports this", "%(num)s support this", votes)
    return ngettext("%(num)s affected", "%(num)s affected", votes)
