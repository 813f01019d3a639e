"""Keeping a draft, sending it, and what its sender does afterwards."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts.identity import new_person
from portal.accounts.models import Person
from portal.communities.directory import Directory, PlaceEntry
from portal.communities.models import PlaceKind
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.core.tokens import digest
from portal.ideas.actions import submit_idea
from portal.intake.models import Draft
from portal.intake.queries import lock_draft
from portal.intake.rules import KEEP_DRAFTS, Answers, Filled, fill, with_step
from portal.reports.actions import confirm_fixed, reopen_as_unfixed, submit_report
from portal.routing.advice import Advice, has_danger_words
from portal.routing.rules import Route
from portal.threads.actions import Submission, add_words, answer, find_submission, withdraw
from portal.threads.events import resident
from portal.threads.models import Kind, Level, Statement, Status, Thread
from portal.triage.actions import submit_undecided

Submit = Callable[..., Thread]
SUBMIT: dict[Kind, Submit] = {
    Kind.REPORT: submit_report,
    Kind.IDEA: submit_idea,
    Kind.UNDECIDED: submit_undecided,
}


def save_step(
    session: Session,
    draft: Draft | None,
    *,
    key: str,
    path: str,
    step: str,
    given: Answers,
    valid: bool,
    now: datetime,
) -> Draft:
    """Keep what was given at a step, also when it is in error; the first one makes the draft."""
    if draft is None:
        draft = Draft(digest=digest(key), path=path, answers={}, changed_at=now)
        session.add(draft)
    draft.answers = with_step(draft.answers, step, given, valid=valid)
    draft.changed_at = now
    session.flush()
    return draft


def discard_draft(session: Session, draft: Draft) -> None:
    session.delete(draft)
    session.flush()


def clear_drafts(session: Session, now: datetime) -> None:
    """Remove drafts that nobody has touched for a day."""
    session.execute(delete(Draft).where(Draft.changed_at < now - KEEP_DRAFTS))


def send_draft(
    session: Session,
    *,
    key: str,
    seen: Answers,
    token: str,
    signed_in: Person | None,
    directory: Directory,
    advice: Advice,
    route: Route,
    language: str,
    now: datetime,
) -> Thread:
    """Make the submission of the draft with this key, once: sent again, it is the one that was made.

    `seen` are the answers that the advice is about; raises Conflict if they have changed.
    """
    draft = lock_draft(session, key)
    if draft is None or draft.answers != seen:
        sent = find_submission(session, key)
        if sent is None:
            raise Conflict(_("This was changed in another window. Please check it once more."))
        return sent
    filled = fill(seen)
    place, spot = places_of(filled, directory)
    submission = Submission(
        key=key,
        token=token,
        text=filled.text,
        title=filled.title,
        author=_author(session, filled, signed_in, now),
        place_id=place.id,
        spot_id=spot.id if spot else None,
        address=filled.address,
        private=filled.private,
        name_shown=filled.name_shown and filled.how == "account",
        language=language,
    )
    thread = SUBMIT[route.kind](session, submission, advice, route, now=now)
    session.delete(draft)
    session.flush()
    return thread


def places_of(filled: Filled, directory: Directory) -> tuple[PlaceEntry, PlaceEntry | None]:
    """Return the community and the named place. A named place tells the community by itself."""
    place, spot = directory.place_codes[filled.place], directory.place_codes.get(filled.spot)
    if spot is not None:
        above = directory.ancestors(spot.id)
        place = next((p for p in above if p.kind == PlaceKind.COMMUNITY), place)
    return place, spot


def _author(session: Session, filled: Filled, signed_in: Person | None, now: datetime) -> Person:
    """Return who sends it. An address that nobody has proven here never leads to an account."""
    if filled.how == "account" and signed_in is not None:
        return signed_in
    return new_person(session, now, email=filled.email if filled.how == "email" else None)


def answer_question(session: Session, thread: Thread, text: str, *, now: datetime) -> None:
    """The sender answers; the same answer sent again changes nothing."""
    if thread.status != Status.WAITING and _said_last(session, thread, Level.ANSWER) == text:
        return
    answer(session, thread, text, by=resident(thread.author), now=now)
    _raise_urgency(thread, text)


def add_to_submission(session: Session, thread: Thread, text: str, *, now: datetime) -> None:
    """The sender adds words; the same words sent again are not added again."""
    if _said_last(session, thread, Level.ADDED) == text:
        return
    add_words(session, thread, text, by=resident(thread.author), now=now)
    _raise_urgency(thread, text)


def take_back_submission(session: Session, thread: Thread, *, now: datetime) -> None:
    """The sender withdraws; done again, it changes nothing."""
    if thread.status != Status.WITHDRAWN:
        withdraw(session, thread, by=resident(thread.author), now=now)


def say_fixed(session: Session, thread: Thread, *, now: datetime) -> None:
    """The sender says that it is fixed; said again, it changes nothing."""
    if thread.status != Status.CONFIRMED:
        confirm_fixed(session, thread, by=resident(thread.author), now=now)


def say_not_fixed(session: Session, thread: Thread, why: str, *, directory: Directory, now: datetime) -> None:
    """The sender says that it isn't fixed; said again, it changes nothing."""
    if thread.status == Status.REOPENED:
        return
    by = resident(thread.author)
    reopen_as_unfixed(session, thread, why, by=by, directory=directory, now=now)
    _raise_urgency(thread, why)


def _said_last(session: Session, thread: Thread, level: Level) -> str | None:
    return session.scalar(
        select(Statement.text)
        .where(Statement.thread_id == thread.id, Statement.level == level)
        .order_by(Statement.id.desc())
        .limit(1)
    )


def _raise_urgency(thread: Thread, text: str) -> None:
    """Words of danger that come later put the matter on top as well; nothing here lowers it."""
    thread.is_urgent = thread.is_urgent or has_danger_words(text)
