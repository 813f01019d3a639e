"""Filters saved under a name: a person's own, and those that colleagues in the same work share."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session, joinedload
from werkzeug.datastructures import MultiDict

from portal.accounts.access import has_role
from portal.accounts.models import OF_DEPARTMENT, Person, Role
from portal.accounts.visits import Visit
from portal.communities.directory import Directory
from portal.core.errors import Invalid, NotFound
from portal.core.i18n import gettext as _
from portal.triage.choices import Pair
from portal.triage.lists import OPENED_BY, Listing, open_list
from portal.triage.models import SavedFilter
from portal.triage.queries import count_each

MOST_OF_A_PERSON = 30
COUNTED = 100  # in one query


@dataclass(frozen=True)
class Saved:
    """A saved filter as it stands for one person now."""

    row: SavedFilter
    listing: Listing
    count: int
    is_mine: bool


def list_saved(v: Visit, code: str | None = None) -> list[Saved]:
    """Return the filters that this person sees, of one list or of all: their own first, then by name.

    Two queries, and one more for each hundred filters.
    """
    rows = [row for row in _read(v, code) if has_role(v.person, *OPENED_BY[row.list_code])]
    listings = [open_list(v, row.list_code, arguments_of(row)) for row in rows]
    counts: list[int] = []
    for start in range(0, len(listings), COUNTED):
        counts += count_each(v.session, [one.queue for one in listings[start : start + COUNTED]])
    return [
        Saved(row, listing, count, row.person_id == v.person.id)
        for row, listing, count in zip(rows, listings, counts, strict=True)
    ]


def arguments_of(row: SavedFilter) -> MultiDict[str, str]:
    return MultiDict(parse_qsl(row.query))


def _read(v: Visit, code: str | None) -> Sequence[SavedFilter]:
    mine = SavedFilter.person_id == v.person.id
    shared = SavedFilter.is_shared & SavedFilter.person_id.in_(
        select(Role.person_id).where(or_(false(), *_same_work(v.person, v.directory)))
    )
    found = select(SavedFilter).where(or_(mine, shared)).options(joinedload(SavedFilter.person))
    if code is not None:
        found = found.where(SavedFilter.list_code == code)
    return v.session.scalars(found.order_by(mine.desc(), SavedFilter.name, SavedFilter.id)).all()


def _same_work(person: Person, directory: Directory) -> list[ColumnElement[bool]]:
    """Return for each role of the person the condition of holding such a role there, above or below."""
    return [
        and_(
            Role.name.in_(OF_DEPARTMENT if role.name in OF_DEPARTMENT else (role.name,)),
            Role.department_id == role.department_id if role.department_id else Role.department_id.is_(None),
            Role.place_id.in_(
                [p.id for p in directory.ancestors(role.place_id)] + directory.within(role.place_id)
            ),
        )
        for role in person.roles
    ]


def save_filter(
    v: Visit, listing: Listing, pairs: Sequence[Pair], name: str, *, is_shared: bool
) -> SavedFilter:
    """Keep what narrows the list under a name of the person's own."""
    if not pairs:
        raise Invalid(_("Nothing narrows the list, so there is nothing to save."))
    mine = select(func.count()).where(SavedFilter.person_id == v.person.id)
    if (v.session.scalar(mine) or 0) >= MOST_OF_A_PERSON:
        raise Invalid(
            _(
                "You have saved %(number)s filters, and that is the most. Remove one first.",
                number=MOST_OF_A_PERSON,
            )
        )
    row = SavedFilter(
        person_id=v.person.id,
        list_code=listing.code,
        name=name,
        query=urlencode(pairs),
        is_shared=is_shared,
        created_at=v.now,
    )
    _refuse_name(v.session, row)
    v.session.add(row)
    v.session.flush()
    return row


def change_filter(v: Visit, number: int, name: str, *, is_shared: bool) -> None:
    """Give a filter of the person's own another name, and share it or not."""
    row = get_own(v, number)
    row.name, row.is_shared = name, is_shared
    _refuse_name(v.session, row)
    v.session.flush()


def remove_filter(v: Visit, number: int) -> None:
    """Forget a filter of the person's own."""
    v.session.delete(get_own(v, number))


def get_own(v: Visit, number: int) -> SavedFilter:
    row = v.session.get(SavedFilter, number, with_for_update=True)
    if row is None or row.person_id != v.person.id:
        raise NotFound()
    return row


def _refuse_name(session: Session, row: SavedFilter) -> None:
    """Raise Invalid where the person has another filter of this name."""
    others = select(SavedFilter.id).where(
        SavedFilter.person_id == row.person_id,
        SavedFilter.name == row.name,
        SavedFilter.id.is_distinct_from(row.id),
    )
    with session.no_autoflush:
        if session.scalar(others) is not None:
            raise Invalid(_("You have a filter of this name. Please choose another."))
