"""Keeping a draft, sending it, and what its sender does afterwards."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts.identity import new_person
from portal.accounts.models import Person
from portal.communities.directory import Directory, PlaceEntry
from portal.communities.models import PlaceKind
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.core.positions import parse_point
from portal.core.tokens import digest
from portal.ideas.actions import describe_idea, say_difference, submit_idea
from portal.ideas.call_actions import enter_call
from portal.ideas.calls import Call
from portal.ideas.changing import change_idea
from portal.ideas.models import PARTS
from portal.ideas.versions import IdeaVersion, Wording
from portal.intake.models import Draft, DraftPhoto
from portal.intake.queries import list_draft_photos, lock_draft
from portal.intake.rules import KEEP_DRAFTS, MOST_SENT, Answers, Filled, fill, with_step
from portal.reports.actions import submit_report
from portal.reports.models import Answer
from portal.reports.verdicts import judge
from portal.routing.advice import Advice, has_danger_words
from portal.routing.rules import Route
from portal.threads.actions import (
    Submission,
    add_words,
    answer,
    find_submission,
    refuse_unless,
    withdraw,
)
from portal.threads.additions import Photo
from portal.threads.events import resident
from portal.threads.models import Kind, Level, Statement, Status, Thread
from portal.threads.not_same import remember_not_same
from portal.threads.photo_work import take_back_photo
from portal.threads.photos import Kept, add_photos, remove_files_later
from portal.threads.rules import can_add_words
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


def discard_draft(session: Session, draft: Draft, *, now: datetime) -> None:
    """Throw a draft away, with its photos."""
    for photo in list_draft_photos(session, draft):
        remove_files_later(session, photo.key, now)
    session.delete(draft)
    session.flush()


def add_draft_photos(session: Session, draft: Draft, pictures: Sequence[Kept]) -> None:
    """Add kept pictures to a draft: each once, and no more than may be sent."""
    if not pictures or lock_draft(session, draft.digest) is None:
        return
    there = [photo.source for photo in list_draft_photos(session, draft)]
    new = [kept for kept in pictures if kept.source not in there]
    for kept in new[: MOST_SENT - len(there)]:
        session.add(DraftPhoto(draft_id=draft.id, **vars(kept)))
    session.flush()


def remove_draft_photo(session: Session, draft: Draft, key: str, *, now: datetime) -> None:
    """Take a photo out of a draft; one that isn't there is no fault."""
    for photo in list_draft_photos(session, draft):
        if photo.key == key:
            session.delete(photo)
            remove_files_later(session, key, now)
    session.flush()


def describe_photos(photos: Sequence[DraftPhoto | Photo], alts: Mapping[str, str]) -> None:
    """Keep what their sender says can be seen, by the photos' keys."""
    for photo in photos:
        photo.alt = alts.get(photo.key, photo.alt)


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
    call: Call | None,
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
    place, spot = places_of(filled.place, filled.spot, directory)
    submission = Submission(
        key=key,
        token=token,
        text=filled.text,
        title=filled.title,
        author=_author(session, filled, signed_in, now),
        place_id=place.id,
        spot_id=spot.id if spot else None,
        address=filled.address,
        point=parse_point(filled.pin),
        private=filled.private,
        name_shown=filled.name_shown and filled.how == "account",
        language=language,
    )
    thread = SUBMIT[route.kind](session, submission, advice, route, now=now)
    passed_by = seen.get("known", {}).get("passed_by", [])
    if thread.kind == Kind.IDEA:
        describe_idea(session, thread, {name: getattr(filled, name) for name in PARTS})
        say_difference(session, thread, filled.difference, passed_by)
        if call is not None:
            enter_call(session, thread, call, now=now)
    take_over_photos(session, draft, thread, now=now)
    remember_not_same(session, thread, passed_by, by=resident(thread.author), now=now)
    session.delete(draft)
    session.flush()
    return thread


def take_over_photos(session: Session, draft: Draft, thread: Thread, *, now: datetime) -> None:
    """Make the photos of a draft those of its submission; their files stay where they are."""
    pictures = [Kept(p.key, p.source, p.width, p.height, p.alt) for p in list_draft_photos(session, draft)]
    by = resident(thread.author)
    add_photos(session, thread, pictures, person=thread.author, by=by, now=now)


def add_photos_later(session: Session, thread: Thread, pictures: Sequence[Kept], *, now: datetime) -> None:
    """The sender adds photos, while words may be added too; the same ones again change nothing."""
    refuse_unless(can_add_words(thread.status))
    by = resident(thread.author)
    add_photos(session, thread, pictures, person=thread.author, by=by, now=now)


def take_photo_back(session: Session, thread: Thread, photo: Photo, *, now: datetime) -> None:
    """The sender takes back a photo of their own, while words may be added."""
    refuse_unless(can_add_words(thread.status))
    take_back_photo(session, thread, photo, by=resident(thread.author), now=now)


def places_of(place: str, spot: str, directory: Directory) -> tuple[PlaceEntry, PlaceEntry | None]:
    """Return the community and the named place of these codes; the latter tells the former by itself."""
    found, named = directory.place_codes[place], directory.place_codes.get(spot)
    if named is not None:
        above = directory.ancestors(named.id)
        found = next((p for p in above if p.kind == PlaceKind.COMMUNITY), found)
    return found, named


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


def change_submission(
    session: Session,
    thread: Thread,
    wording: Wording,
    *,
    is_substance: bool,
    why: str,
    seen: int,
    now: datetime,
) -> IdeaVersion:
    """The sender writes an idea anew; the same words sent again are one version."""
    by = resident(thread.author)
    version = change_idea(
        session, thread, wording, is_substance=is_substance, why=why, seen=seen, by=by, now=now
    )
    _raise_urgency(thread, wording.text)
    return version


def take_back_submission(session: Session, thread: Thread, *, now: datetime) -> None:
    """The sender withdraws; done again, it changes nothing."""
    if thread.status != Status.WITHDRAWN:
        withdraw(session, thread, by=resident(thread.author), now=now)


def say_whether_fixed(
    session: Session, thread: Thread, answer: Answer, why: str, *, directory: Directory, now: datetime
) -> None:
    """The sender says whether it is fixed; said again, it changes nothing."""
    if answer != Answer.YES and thread.status == Status.REOPENED:
        return
    judge(session, thread, thread.author, answer, why, directory=directory, now=now)


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
