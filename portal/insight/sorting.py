"""How well the classifier sorts, put together from counts: for the page of that name."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.communities.directory import Directory
from portal.insight.figures import (
    Band,
    Share,
    chance_index,
    degree_of_change,
    rising,
    stability_index,
)
from portal.insight.queries import (
    WEEK,
    Scope,
    count_agreement,
    count_bands,
    count_confusions,
    count_weeks,
    list_words,
)

WEEKS = 53  # a year and the present week
RECENT, BEFORE = 4, 12  # weeks that are compared with the weeks before them
LEAST_OF_A_WORD = 5
MOST_MOVERS, MOST_RISING = 8, 12


@dataclass(frozen=True)
class Week:
    """One week: what came, where it went at once, and what people made of it."""

    start: datetime
    submissions: int = 0
    sent_on: int = 0
    to_desk: int = 0
    checked: int = 0
    same_category: int = 0

    @property
    def other(self) -> int:
        """Return how many went neither way: ideas whose category was left open."""
        return self.submissions - self.sent_on - self.to_desk

    @property
    def agreement(self) -> Share:
        return Share(self.same_category, self.checked)


@dataclass(frozen=True)
class Agreement:
    """What people made of the classifier's first choice."""

    checked: int
    decided: int
    category: Share
    department: Share
    sent_on: Share  # right ones among those sent on without a person and checked since


@dataclass(frozen=True)
class DepartmentLine:
    """What the classifier named one department for: right of what was sent on, agreement in all."""

    name: str
    sent_on: Share
    category: Share


@dataclass(frozen=True)
class Confusion:
    said: str
    said_department: str
    true: str
    true_department: str
    submissions: int


@dataclass(frozen=True)
class Drift:
    """The last four weeks beside the twelve before; `degree` as figures.degree_of_change.

    `by_chance` is what the index of so many submissions reaches without any change.
    """

    degree: str
    index: float
    by_chance: float
    movers: list[tuple[str, Share, Share]]
    desk_before: Share
    desk_recent: Share
    sureness_before: float
    sureness_recent: float
    words: list[tuple[str, Share, Share]]

    @property
    def is_less_sure(self) -> bool:
        return self.desk_recent.is_surely_above(self.desk_before)


@dataclass(frozen=True)
class Sorting:
    """Everything that the page shows of a year."""

    weeks: list[Week]
    agreement: Agreement
    departments: list[DepartmentLine]
    confusions: list[Confusion]
    bands: list[Band]
    drift: Drift

    @property
    def submissions(self) -> int:
        return sum(week.submissions for week in self.weeks)

    @property
    def sent_on(self) -> Share:
        return Share(sum(week.sent_on for week in self.weeks), self.submissions)

    @property
    def to_desk(self) -> Share:
        return Share(sum(week.to_desk for week in self.weeks), self.submissions)


def read_sorting(
    session: Session, directory: Directory, places: Sequence[int], local_now: datetime
) -> Sorting:
    """Read a year up to now, which is on the clock of the neighbourhood. Always six queries."""
    scope = Scope(places, first_monday(local_now))
    by_category = count_weeks(session, scope)
    by_department = count_agreement(session, scope)
    return Sorting(
        weeks=_weeks(by_category, by_department, scope.start),
        agreement=_agreement(by_department),
        departments=_departments(by_department, directory),
        confusions=[_confusion(row, directory) for row in count_confusions(session, scope)],
        bands=[_band(row) for row in count_bands(session, scope)],
        drift=_drift(by_category, read_words(session, scope, local_now), directory),
    )


def first_monday(local_now: datetime) -> datetime:
    """Return when the first of the weeks began, at midnight on the clock of `local_now`."""
    midnight = local_now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=midnight.weekday()) - (WEEKS - 1) * WEEK


def read_words(session: Session, scope: Scope, now: datetime) -> tuple[list[list[Any]], list[list[Any]]]:
    """Return the words that weighed in submissions of the weeks before, and of the recent weeks."""
    turn = scope.start + (WEEKS - RECENT) * WEEK
    before = list_words(session, scope.places, turn - BEFORE * WEEK, turn)
    return before, list_words(session, scope.places, turn, now)


def _weeks(by_category: Iterable[Any], by_department: Iterable[Any], start: datetime) -> list[Week]:
    totals: list[Counter[str]] = [Counter() for _ in range(WEEKS)]
    for rows, names in (
        (by_category, ("submissions", "sent_on", "to_desk")),
        (by_department, ("checked", "same_category")),
    ):
        for row in rows:
            totals[min(row.week, WEEKS - 1)].update({name: getattr(row, name) for name in names})
    return [Week(start + place * WEEK, **total) for place, total in enumerate(totals)]


def _agreement(rows: Sequence[Any]) -> Agreement:
    def total(name: str) -> int:
        return sum(getattr(row, name) for row in rows)

    checked = total("checked")
    return Agreement(
        checked,
        total("decided"),
        category=Share(total("same_category"), checked),
        department=Share(total("same_department"), checked),
        sent_on=Share(total("sent_on_right"), total("sent_on_checked")),
    )


def _departments(rows: Sequence[Any], directory: Directory) -> list[DepartmentLine]:
    lines = []
    for department in directory.departments.values():
        counted = _agreement([row for row in rows if row.department_id == department.id])
        if counted.checked:
            line = DepartmentLine(department.name, counted.sent_on, counted.category)
            lines.append(line)
    return lines


def _confusion(row: Any, directory: Directory) -> Confusion:
    said, true = directory.categories[row.said_id], directory.categories[row.true_id]
    departments = directory.departments
    return Confusion(
        said.name,
        departments[said.department_id].name,
        true.name,
        departments[true.department_id].name,
        row.submissions,
    )


def _band(row: Any) -> Band:
    return Band(row.band, Share(row.right, row.submissions), row.promised)


def _drift(
    rows: Sequence[Any], words: tuple[list[list[Any]], list[list[Any]]], directory: Directory
) -> Drift:
    turn = WEEKS - RECENT
    recent_rows = [row for row in rows if row.week >= turn]
    before_rows = [row for row in rows if turn - BEFORE <= row.week < turn]
    before, recent = (_by_category(part) for part in (before_rows, recent_rows))
    return Drift(
        degree=degree_of_change(before, recent),
        index=stability_index(before, recent),
        by_chance=chance_index(len(before.keys() | recent.keys()), before.total(), recent.total()),
        movers=_movers(before, recent, directory),
        desk_before=_desk_share(before_rows),
        desk_recent=_desk_share(recent_rows),
        sureness_before=_mean_sureness(before_rows),
        sureness_recent=_mean_sureness(recent_rows),
        words=_rising_words(*words),
    )


def _by_category(rows: Iterable[Any]) -> Counter[int]:
    totals: Counter[int] = Counter()
    for row in rows:
        if row.category_id is not None:
            totals[row.category_id] += row.submissions
    return totals


def _movers(
    before: Mapping[int, int], recent: Mapping[int, int], directory: Directory
) -> list[tuple[str, Share, Share]]:
    """Return the categories whose share changed most, as (name, before, recent)."""
    n, m = sum(before.values()), sum(recent.values())
    lines = [
        (directory.categories[key].name, Share(before.get(key, 0), n), Share(recent.get(key, 0), m))
        for key in sorted(before.keys() | recent.keys())
    ]
    return sorted(lines, key=lambda line: -abs(line[2].value - line[1].value))[:MOST_MOVERS]


def _desk_share(rows: Sequence[Any]) -> Share:
    return Share(sum(row.to_desk for row in rows), sum(row.submissions for row in rows))


def _mean_sureness(rows: Sequence[Any]) -> float:
    known = sum(row.submissions for row in rows if row.category_id is not None)
    return float(sum(row.sureness for row in rows) / known) if known else 0.0


def _rising_words(
    before: Sequence[Sequence[Any]], recent: Sequence[Sequence[Any]]
) -> list[tuple[str, Share, Share]]:
    counted = [
        Counter(word for words in part for word in {pair[0] for pair in words}) for part in (before, recent)
    ]
    return rising(counted[0], counted[1], len(before), len(recent), LEAST_OF_A_WORD)[:MOST_RISING]
