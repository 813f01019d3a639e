"""Fills both databases with the same number of submissions, quickly, past the actions."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select

from classifier.rows import read_corpus
from portal.communities.directory import Directory
from portal.core.references import check_digit, format_reference
from portal.core.text import excerpt, search_tokens
from portal.ideas.models import Idea
from portal.reports.models import Report
from portal.routing.models import RoutingDecision
from portal.threads.additions import ThreadWords
from portal.threads.models import Event, Kind, Statement, Status, Thread, Visibility
from tests.bench.bare import Message

BATCH = 2_000
START = datetime(2025, 9, 1, tzinfo=UTC)


def fill_linli(connection: Connection, directory: Directory, author_id: int, size: int) -> None:
    """Add submissions up to number `size`, in the words of the shipped corpus."""
    for numbers in _batches(_next_number(connection, Thread.id), size):
        rows = [_thread(n, directory, author_id) for n in numbers]
        connection.execute(insert(Thread), [row["thread"] for row in rows])
        for table in (Statement, Event, ThreadWords, RoutingDecision):
            connection.execute(insert(table), [row[table.__tablename__] for row in rows])
        threads = [row["thread"] for row in rows]
        ideas = [{"thread_id": t["id"]} for t in threads if t["kind"] == Kind.IDEA]
        connection.execute(insert(Idea), ideas)
        connection.execute(insert(Report), [_report(t) for t in threads if t["kind"] == Kind.REPORT])
        connection.commit()


def _report(thread: dict[str, Any]) -> dict[str, Any]:
    is_fixed = thread["status"] == Status.FIXED
    return {"thread_id": thread["id"], "fixed_at": thread["changed_at"] if is_fixed else None}


def fill_bare(connection: Connection, size: int) -> None:
    """Add rows with the same words to the bare application's table."""
    for numbers in _batches(_next_number(connection, Message.id), size):
        connection.execute(insert(Message), [_message(n) for n in numbers])
        connection.commit()


def _next_number(connection: Connection, column: Any) -> int:
    number = (connection.scalar(select(func.max(column))) or 0) + 1
    connection.rollback()
    return number


def _batches(first: int, last: int) -> Iterator[range]:
    for start in range(first, last + 1, BATCH):
        yield range(start, min(start + BATCH, last + 1))


_CORPUS = [row for row in read_corpus() if row.category]


def _words(number: int) -> tuple[str, str, str]:
    row = _CORPUS[number % len(_CORPUS)]
    return row.text, row.category, row.kind


def _reference(number: int) -> str:
    digits = f"{10_000_000 + number}"
    return format_reference(digits + check_digit(digits))


def _message(number: int) -> dict[str, Any]:
    text, category, _kind = _words(number)
    moment = (START + timedelta(minutes=4 * number)).replace(tzinfo=None)
    return {
        "id": number,
        "title": excerpt(text),
        "text": text,
        "category": category,
        "created_at": moment,
    }


def _thread(number: int, directory: Directory, author_id: int) -> dict[str, dict[str, Any]]:
    text, code, kind_code = _words(number)
    chance = random.Random(number)
    moment = START + timedelta(minutes=4 * number)
    kind = Kind.IDEA if kind_code == "idea" else Kind.REPORT
    place = chance.choice([p for p in directory.places.values() if p.kind == "community"])
    category = directory.category_codes[code]
    department = directory.department_for(category.id, place.id).id
    status = Status.OPEN if kind == Kind.IDEA else chance.choice([Status.WITH_DEPARTMENT, Status.FIXED])
    votes = chance.randrange(40)
    tokens = search_tokens(text)
    common = {"thread_id": number, "created_at": moment}
    return {
        "thread": {
            "id": number,
            "reference": _reference(number),
            "submission_key": f"bench:{number}",
            "tracking_digest": f"bench:{number}",
            "kind": kind,
            "visibility": Visibility.PUBLIC,
            "status": status,
            "is_closed": status == Status.FIXED,
            "needs_sorting": False,
            "is_urgent": False,
            "place_id": place.id,
            "address": "",
            "category_id": category.id,
            "department_id": department if kind == Kind.REPORT else None,
            "author_id": author_id,
            "author_name_shown": False,
            "language": "zh-Hans",
            "title": excerpt(text),
            "given_title": "",
            "votes_total": votes,
            "votes_verified": votes // 2,
            "created_at": moment,
            "changed_at": moment,
            "due_at": moment + timedelta(days=category.answer_days),
            "fix_due_at": moment + timedelta(days=category.fix_days) if kind == Kind.REPORT else None,
            "clock_started_at": moment,
            "last_sequence": 1,
            "last_digest": "",
        },
        "statements": {**common, "level": "original", "author_id": author_id, "text": text},
        "events": {
            "stream": f"thread:{number}",
            "sequence": 1,
            "thread_id": number,
            "kind": "thread.submitted",
            "visibility": "public",
            "actor_id": author_id,
            "actor_role": "resident",
            "data": {},
            "at": moment,
            "previous": "",
            "digest": "",
        },
        "thread_words": {"thread_id": number, "public_words": tokens, "staff_words": tokens},
        "routing_decisions": {
            **common,
            "decided_by": "classifier",
            "kind": kind_code,
            "category_id": category.id,
            "department_id": department,
            "to_desk": False,
            "alternatives": [],
            "words": [],
            "urgency": "routine",
            "urgency_words": [],
            "model": "",
        },
    }
