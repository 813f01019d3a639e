"""How a person's own rows are asked for, and told in the file of their data."""

from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.core.i18n import localized
from portal.threads.models import Thread


def rows_of(
    whose: InstrumentedAttribute[Any], own: Select[int], *columns: Any, through: tuple[Any, ...] = (Thread,)
) -> Select[Any]:
    """Return the query for the rows that are this person's by the column `whose`, in the order they came.

    Each tells these columns under their labels. `through` are the tables on the way to what it is about;
    where that is a submission its reference stands first, as "on".
    """
    last = table = whose.class_
    if Thread in through:
        columns = (Thread.reference.label("on"), *columns)
    query: Select[Any] = select(*columns).select_from(table)
    for other in through:
        query = query.join(other, last.thread_id == Thread.id) if other is Thread else query.join(other)
        last = other
    return query.where(whose.in_(own)).order_by(*table.__table__.primary_key)


def tell_rows(session: Session, query: Select[Any]) -> list[dict[str, Any]]:
    """Return what a query finds, each row as its columns are called."""
    return [{name: tell(value) for name, value in row.items()} for row in session.execute(query).mappings()]


def tell(value: Any) -> Any:
    """Return a value as JSON has it: moments and days as ISO 8601, names in the language of the request."""
    if isinstance(value, date):
        return value.isoformat()
    return localized(value) if isinstance(value, dict) else value
