"""Removing the personal parts of what has ended long enough ago, by the calendar."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.cases.models import CaseFile
from portal.communities.directory import Directory
from portal.core.text import mask_personal
from portal.ideas.aims import Aim
from portal.ideas.combinations import Combination, CombinationPart
from portal.ideas.models import PARTS, Idea
from portal.ideas.versions import IdeaVersion
from portal.notifications.models import Delivery, DueWarning
from portal.panels.models import Review, Seat
from portal.panels.scores import Mark, Remark, Yardstick
from portal.pilots.effects import Effect
from portal.pilots.gates import NOT_SAID, Evaluator
from portal.pilots.models import Pilot
from portal.privacy.rules import ends_before
from portal.threads.actions import lock_thread
from portal.threads.additions import Comment, CommentFlag, Follower, NotSame, Photo, PhotoState
from portal.threads.events import SYSTEM, record_event
from portal.threads.models import Event, EventVisibility, Level, Statement, Thread
from portal.threads.photos import remove_files_later
from portal.threads.words import index_words

BATCH = 200  # submissions of one night's transaction
SAID_BY_RESIDENTS = (
    Level.ORIGINAL,
    Level.VERSION,
    Level.HELD,
    Level.ADDED,
    Level.ANSWER,
    Level.JOINED,
)


def find_due(session: Session, directory: Directory, now: datetime) -> Sequence[int]:
    """Return the next submissions whose personal parts are no longer to be kept, the oldest first.

    Each has ended, nothing has happened since for the months that its category is kept, and nothing
    has come to it since it was last cut.
    """
    default = directory.preferences.keep_months
    months = {c.id: c.keep_months or default for c in directory.categories.values()}
    due = [
        (Thread.category_id == number) & (Thread.changed_at < ends_before(now, kept))
        for number, kept in months.items()
    ]
    due.append(Thread.category_id.is_(None) & (Thread.changed_at < ends_before(now, default)))
    is_whole = Thread.made_impersonal_at.is_(None) | (Thread.made_impersonal_at < Thread.changed_at)
    wanted = select(Thread.id).where(Thread.is_closed, is_whole, or_(*due))
    return session.scalars(wanted.order_by(Thread.id).limit(BATCH)).all()


def remove_personal_parts(session: Session, number: int, *, now: datetime) -> None:
    """Cut a submission from its sender, and cover what in its words is personal. What happened stays."""
    thread = lock_thread(session, number)
    gap = Person(name="", language=thread.language, created_at=now, erased_at=now)
    session.add(gap)
    session.flush()
    thread.author, thread.author_name_shown = gap, False
    thread.given_title, thread.address = mask_personal(thread.given_title), mask_personal(thread.address)
    if not thread.is_listed:  # of a public one the place stays as public as it was
        thread.address, thread.latitude, thread.longitude = "", None, None
    _cover_words(session, thread, gap)
    _cover_parts(session, thread)
    _cover_comments(session, thread)
    _cover_effects(session, thread, now)
    _cover_scores(session, thread)
    _cut_photos(session, thread, now)
    # Papers name people; the night sweeps away the files that no row names.
    session.execute(delete(CaseFile).where(CaseFile.thread_id == thread.id))
    _forget_who_was_told(session, thread)
    record_event(
        session, thread, "thread.made_impersonal", by=SYSTEM, now=now, visibility=EventVisibility.STAFF
    )
    thread.made_impersonal_at = now
    index_words(session, thread)


def _cover_words(session: Session, thread: Thread, gap: Person) -> None:
    for words in session.scalars(select(Statement).where(Statement.thread_id == thread.id)):
        words.text = mask_personal(words.text)
        if words.level in SAID_BY_RESIDENTS:
            words.author_id = gap.id


def _cover_parts(session: Session, thread: Thread) -> None:
    """Cover numbers in what was said of an idea besides the proposal, and of combining it with others."""
    idea = session.get(Idea, thread.id)
    for name in (*PARTS, "difference") if idea else ():
        setattr(idea, name, mask_personal(getattr(idea, name)))
    about = select(CombinationPart.combination_id).where(CombinationPart.thread_id == thread.id)
    for made in session.scalars(select(Combination).where(Combination.id.in_(about))):
        made.why, made.joint_text = mask_personal(made.why), mask_personal(made.joint_text)
        made.joint_title = mask_personal(made.joint_title)
    for version in session.scalars(select(IdeaVersion).where(IdeaVersion.thread_id == thread.id)):
        for name in ("title", "why", *PARTS):
            setattr(version, name, mask_personal(getattr(version, name)))


def _cover_comments(session: Session, thread: Thread) -> None:
    """Cover numbers in comments and in what was said against them; no name stands with them any more."""
    for comment in session.scalars(select(Comment).where(Comment.thread_id == thread.id)):
        comment.text, comment.name_shown = mask_personal(comment.text), False
        comment.hidden_reason = mask_personal(comment.hidden_reason)
    flags = select(CommentFlag).join(Comment, Comment.id == CommentFlag.comment_id)
    for flag in session.scalars(flags.where(Comment.thread_id == thread.id)):
        flag.why = mask_personal(flag.why)


def _cover_effects(session: Session, thread: Thread, now: datetime) -> None:
    """Cover numbers in what people noticed of its pilots; nobody knows who it was, hidden photos go.

    What part an evaluator has in one is forgotten, and that there is one stays.
    """
    pilots = select(Pilot.id).where(Pilot.thread_id == thread.id)
    judged = Evaluator.pilot_id.in_(pilots) & (Evaluator.interest != "")
    session.execute(update(Evaluator).where(judged).values(interest=NOT_SAID))
    of_it = select(Effect).where(Effect.pilot_id.in_(pilots))
    for effect in session.scalars(of_it).all():
        effect.person_id = None
        for name in ("text", "touched", "evidence", "photo_alt", "done", "hidden_reason"):
            setattr(effect, name, mask_personal(getattr(effect, name)))
        if effect.photo_key and not effect.is_shown:
            remove_files_later(session, effect.photo_key, now)
            effect.photo_key = None


def _cover_scores(session: Session, thread: Thread) -> None:
    """Cover numbers in what the panel said of an idea; what interests stood against it is forgotten."""
    seats = select(Seat).join(Review, Review.id == Seat.review_id).where(Review.thread_id == thread.id)
    for seat in session.scalars(seats):
        seat.interest = ""
    of_it = select(Review.id).where(Review.thread_id == thread.id).scalar_subquery()
    yardsticks = select(Yardstick.id).where(Yardstick.review_id == of_it)
    for mark in session.scalars(select(Mark).where(Mark.yardstick_id.in_(yardsticks))):
        mark.reason = mask_personal(mark.reason)
    for remark in session.scalars(select(Remark).where(Remark.yardstick_id.in_(yardsticks))):
        remark.text = mask_personal(remark.text)


def _cut_photos(session: Session, thread: Thread, now: datetime) -> None:
    """Remove the photos that the public doesn't see; of the others nobody knows who added them."""
    for photo in session.scalars(select(Photo).where(Photo.thread_id == thread.id)).all():
        photo.person_id, photo.alt = None, mask_personal(photo.alt)
        if photo.state != PhotoState.SHOWN:
            remove_files_later(session, photo.key, now)
            session.delete(photo)


def _forget_who_was_told(session: Session, thread: Thread) -> None:
    told = select(Event.id).where(Event.thread_id == thread.id)
    session.execute(delete(Delivery).where(Delivery.event_id.in_(told)))
    for table in (Follower, DueWarning):
        session.execute(delete(table).where(table.thread_id == thread.id))
    session.execute(update(Aim).where(Aim.thread_id == thread.id).values(decided_by_id=None))
    # The sender's own marks name the submission together with the sender.
    about = (NotSame.first_id == thread.id) | (NotSame.second_id == thread.id)
    session.execute(update(NotSame).where(about).values(person_id=None))
