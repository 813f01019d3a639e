"""The lists of staff: which there are, who opens them, and which one a submission is being read from.

The address of a submission names its list and what narrows it, so that the next one is the next of
that very list: /staff/123-456-789?queue=queue&whose=late.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from portal.accounts.access import has_role
from portal.accounts.models import OF_DEPARTMENT, RoleName
from portal.accounts.visits import Visit
from portal.core.i18n import lazy_gettext, ngettext
from portal.threads.models import Kind, Thread
from portal.triage.access import Desk
from portal.triage.choices import read_choice, taken_by
from portal.triage.queries import (
    PAGE_SIZE,
    Choice,
    Queue,
    count_rows,
    found_by,
    idea_queue,
    keys_of,
    make_cursor,
    narrowing,
    read_after,
    read_before,
    report_queue,
    sorting_desk,
    with_words,
)

READERS = (*OF_DEPARTMENT, RoleName.COORDINATOR, RoleName.PANELLIST)
OPENED_BY: dict[str, tuple[RoleName, ...]] = {
    "desk": (RoleName.COORDINATOR,),
    "queue": (*OF_DEPARTMENT, RoleName.COORDINATOR),
    "ideas": (RoleName.COORDINATOR, RoleName.PANELLIST),
    "search": READERS,
}
NAMES = {
    "desk": lazy_gettext("Sorting desk"),
    "queue": lazy_gettext("Queue"),
    "ideas": lazy_gettext("Ideas to weigh"),
    "search": lazy_gettext("Search"),
}
BEFORE = 5  # how many of the list stand above the one that is open


@dataclass(frozen=True)
class Listing:
    """A list as its address asks for it: its name, what narrows it, and its threads in order."""

    code: str
    narrowed: dict[str, Any]  # each argument with its values
    queue: Queue

    @property
    def arguments(self) -> dict[str, Any]:
        """What the address of a submission read from this list carries."""
        return {"queue": self.code, **self.narrowed}

    @property
    def name(self) -> str:
        return str(NAMES[self.code])

    @property
    def bare_address(self) -> str:
        """The address of the whole list."""
        return url_for(f"triage.{self.code}")

    def address(self, after: str | None = None) -> str:
        return url_for(f"triage.{self.code}", **self.narrowed, after=after)

    def address_of(self, thread: Thread, **more: Any) -> str:
        """Return the address of this submission, read from this list."""
        return url_for("triage.show", reference=thread.reference, **self.arguments, **more)


@dataclass(frozen=True)
class Around:
    """The part of a list that stands around the submission that is open."""

    before: Sequence[Thread]
    after: Sequence[Thread]
    count: int
    onward: str | None  # the address of the list from there on, if there is more


def open_list(v: Visit, code: str, arguments: MultiDict[str, str]) -> Listing:
    """Return the list of this name, narrowed as the address asks."""
    own = taken_by(code, arguments)
    choice = read_choice(own, v.directory)
    queue = with_words(v.session, _queue(v, code, choice), choice.words)
    return Listing(code, own.to_dict(flat=False), queue)


def _queue(v: Visit, code: str, choice: Choice) -> Queue:
    if code == "desk":
        return sorting_desk(v.person, v.directory).only(*narrowing(choice, v.person, v.directory, v.now))
    narrow = {"search": found_by, "ideas": idea_queue, "queue": report_queue}[code]
    return narrow(v.person, v.directory, choice, v.now)


def back_to(thread: Thread, arguments: MultiDict[str, str], anchor: str | None = None) -> str:
    """Return the address of this submission, read from the same list as the page it was sent from."""
    return url_for("triage.show", reference=thread.reference, **listed(arguments), _anchor=anchor)


def listed(arguments: MultiDict[str, str]) -> dict[str, Any]:
    """Return those of the arguments that say which list a submission is read from."""
    code = arguments.get("queue", "")
    return {"queue": code, **taken_by(code, arguments).to_dict(flat=False)} if code in OPENED_BY else {}


def list_of(v: Visit, thread: Thread, desk: Desk, arguments: MultiDict[str, str]) -> Listing:
    """Return the list the person comes from, else the one in which this stands."""
    wanted = arguments.get("queue", "")
    if wanted in OPENED_BY and has_role(v.person, *OPENED_BY[wanted]):
        return open_list(v, wanted, arguments)
    return open_list(v, _own_list(thread, desk), MultiDict())


def _own_list(thread: Thread, desk: Desk) -> str:
    if thread.kind == Kind.IDEA:
        return "ideas"
    return "desk" if thread.needs_sorting and desk.sorts else "queue"


def tell_count(listing: Listing, count: int) -> str:
    if listing.code == "search":
        return ngettext("%(num)s found", "%(num)s found", count)
    return ngettext("%(num)s submission", "%(num)s submissions", count)


def place_in(session: Session, queue: Queue, thread: Thread) -> list[Any] | None:
    """Return where the thread stands in the queue, or None if it doesn't."""
    stands = select(Thread.id).where(queue.condition, Thread.id == thread.id)
    return keys_of(queue, thread) if session.scalar(stands) else None


def read_around(session: Session, listing: Listing, thread: Thread) -> Around:
    """Return what stands around this thread in the list, whether or not it still stands there itself."""
    queue, keys, most = listing.queue, keys_of(listing.queue, thread), PAGE_SIZE - BEFORE
    after = read_after(session, queue, keys, most + 1)
    onward = listing.address(make_cursor(queue, after[most - 1])) if len(after) > most else None
    return Around(read_before(session, queue, keys, BEFORE), after[:most], count_rows(session, queue), onward)
