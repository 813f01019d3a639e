"""What the public page of an idea says besides the proposal itself."""

from collections.abc import Sequence
from typing import Any, Protocol

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.directory import Directory
from portal.core import clock
from portal.core.i18n import gettext as _
from portal.core.text import mask_personal
from portal.ideas.calls import Call
from portal.ideas.choosing import has_passed
from portal.ideas.models import Idea
from portal.threads.models import Kind, Thread, Visibility
from portal.threads.queries import Published
from portal.threads.votes import votes_are_open

TEMPLATE = "ideas/_about.html"


def tell_idea(
    session: Session, found: Published, _directory: Directory, person: Person | None
) -> dict[str, Any] | None:
    """Return what its sender said of problem, gains, harms and cost, and the call it stands in."""
    if found.thread.kind != Kind.IDEA:
        return None
    thread = found.thread
    idea, call = session.execute(
        select(Idea, Call).outerjoin(Call, Call.id == Idea.call_id).where(Idea.thread_id == thread.id)
    ).one()
    return {
        "parts": [(heading, mask_personal(words)) for heading, words in tell_parts(idea)]
        if found.is_readable
        else [],
        "similar": _list_similar(session, idea) if found.is_readable else (),
        "call": (call.name, url_for("calls.show", code=call.code)) if call else None,
        "may_pass": call is not None and votes_are_open(thread, clock.now()),
        "passed": call is not None and has_passed(session, thread.id, person),
        "passes": idea.passes_total,
    }


def _list_similar(session: Session, idea: Idea) -> Sequence[Thread]:
    """Return the ideas that it is said to be different from, as far as everybody may read them."""
    if not (idea.difference and idea.differs_from):
        return ()
    public = (Thread.kind == Kind.IDEA) & (Thread.visibility == Visibility.PUBLIC)
    others = select(Thread).where(Thread.id.in_(idea.differs_from), public)
    return session.scalars(others.order_by(Thread.id)).all()


class Described(Protocol):
    """An idea, or the draft of one."""

    @property
    def problem(self) -> str: ...
    @property
    def gains(self) -> str: ...
    @property
    def harms(self) -> str: ...
    @property
    def cost(self) -> str: ...
    @property
    def difference(self) -> str: ...


def tell_parts(idea: Described) -> list[tuple[str, str]]:
    """Return heading and words of each part that was filled in, as they were written."""
    parts = {
        _("The problem it would solve"): idea.problem,
        _("Who gains"): idea.gains,
        _("Who could be harmed"): idea.harms,
        _("Roughly what it costs"): idea.cost,
        _("What is different from similar ideas"): idea.difference,
    }
    return [(heading, words) for heading, words in parts.items() if words]
