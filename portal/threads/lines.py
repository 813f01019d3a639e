"""The lines of public lists in words: what a reader sees of each submission before opening it."""

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from flask import url_for
from sqlalchemy import Row

from portal.communities.directory import Directory
from portal.core.dates import age
from portal.core.i18n import gettext as _
from portal.core.i18n import ngettext
from portal.threads.models import Kind, Visibility
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


def tell_lines(rows: Iterable[Row[Any]], directory: Directory, *, by_change: bool = False) -> list[Line]:
    """Return rows of threads.listing in the language of the request.

    The age is that of the last change in a list sorted `by_change`, else of the submission.
    """
    label = cache(status_label)
    waiting = cache(lambda: _("Waiting for a first look"))
    return [
        Line(
            href=url_for(f"{ROOMS[row.kind]}.show", reference=row.reference),
            title=row.title if row.visibility == Visibility.PUBLIC else waiting(),
            is_readable=row.visibility == Visibility.PUBLIC,
            language=row.language,
            category=category_name(row.category_id, directory),
            place=directory.places[row.place_id].name,
            age=_("changed %(age)s", age=age(row.changed_at)) if by_change else age(row.created_at),
            status=row.status,
            status_label=label(row.status),
            votes=row.votes_total,
            votes_label=votes_label(row.kind, row.votes_total),
        )
        for row in rows
    ]


def category_name(category_id: int | None, directory: Directory) -> str:
    """Return the category's name, or that nobody has sorted it yet."""
    category = directory.categories.get(category_id or 0)
    return category.name if category else _("Not sorted yet")


def votes_label(kind: str, votes: int) -> str:
    """Return how many are affected by a report or support an idea; empty for nobody."""
    if not votes:
        return ""
    if kind == Kind.IDEA:
        return ngettext("%(num)s supports this", "%(num)s support this", votes)
    return ngettext("%(num)s affected", "%(num)s affected", votes)
