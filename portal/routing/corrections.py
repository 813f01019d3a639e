"""What people decided, as examples to learn from: their decision beside what the classifier said."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from portal.communities.directory import Directory
from portal.core.text import has_words
from portal.routing.models import DecidedBy, RoutingDecision
from portal.threads.models import Kind, Level, Statement, Status, Thread

MOST_CORRECTIONS = 10_000  # the newest; training on so many stays under a minute
HELD_BACK_ONE_IN = 5


@dataclass(frozen=True)
class Judged:
    """A submission that a person sorted: its words, what they decided, what was said first.

    `category` is a code, empty where the person left it open. `kind` is empty where the decision
    does not tell it: a question goes a report's way, so "report" says nothing against a question.
    """

    decision_id: int
    reference: str
    text: str
    category: str
    kind: str
    at: datetime
    said_category: str
    said_kind: str

    @property
    def is_held_back(self) -> bool:
        """Tell whether no model ever learns from it: every fifth submission, by its reference."""
        return crc32(self.reference.encode()) % HELD_BACK_ONE_IN == 0


def list_judged(session: Session, directory: Directory) -> list[Judged]:
    """Return the newest submissions whose routing a person decided last, oldest first.

    Withdrawn ones and those without words any more are left out, and what a department has sent
    back to the desk until it is sorted anew. Private ones are in: a model keeps weights of hashed
    pieces of one to four characters or two words, never a vocabulary or a text, so nothing that
    was said can be read from it; and without them it would learn least where people are shyest.
    """
    codes = {category.id: category.code for category in directory.categories.values()}
    rows = session.execute(_newest_by_people()).all()
    judged = [_judged(row, codes) for row in reversed(rows)]
    return [one for one in judged if has_words(one.text) and (one.category or one.kind)]


def newest_decision_id(judged: Iterable[Judged]) -> int:
    """Return the number of the latest decision, or 0: what is beyond it is new."""
    return max((one.decision_id for one in judged), default=0)


Found = tuple[RoutingDecision, RoutingDecision, str, str, str]


def _newest_by_people() -> "Select[*Found]":
    decision, first = aliased(RoutingDecision, name="decision"), aliased(RoutingDecision, name="first")
    newest = select(func.max(RoutingDecision.id)).group_by(RoutingDecision.thread_id)
    return (
        select(decision, first, Thread.reference, Thread.given_title, Statement.text)
        .join(Thread, Thread.id == decision.thread_id)
        .join(Statement, (Statement.thread_id == Thread.id) & (Statement.level == Level.ORIGINAL))
        .outerjoin(first, (first.thread_id == Thread.id) & first.corrects_id.is_(None))
        .where(
            decision.id.in_(newest),
            decision.decided_by == DecidedBy.PERSON,
            Thread.status != Status.WITHDRAWN,
            Thread.needs_sorting.is_(False),
        )
        .order_by(decision.id.desc())
        .limit(MOST_CORRECTIONS)
    )


def _judged(row: "Row[*Found]", codes: dict[int, str]) -> Judged:
    said_category, said_kind = _said(row.first)
    return Judged(
        decision_id=row.decision.id,
        reference=row.reference,
        text=f"{row.given_title}\n{row.text}" if row.given_title else row.text,
        category=codes.get(row.decision.category_id or 0, ""),
        kind=_kind_told(row.decision.kind, said_kind),
        at=row.decision.created_at,
        said_category=said_category,
        said_kind=said_kind,
    )


def _said(first: RoutingDecision | None) -> tuple[str, str]:
    """Return the category and the kind that the classifier named at first, empty if it wasn't asked."""
    if first is None or first.decided_by != DecidedBy.CLASSIFIER:
        return "", ""
    return (str(first.alternatives[0][0]) if first.alternatives else ""), first.kind


def _kind_told(decided: str, said: str) -> str:
    if decided == Kind.IDEA or said in (Kind.REPORT, Kind.IDEA):
        return decided
    return ""
