"""The verbs that reports and ideas share."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.directory import get_directory
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import gettext as _
from portal.core.outbox import enqueue
from portal.core.positions import Point
from portal.core.references import new_reference
from portal.core.text import excerpt, mask_personal
from portal.core.tokens import digest
from portal.threads.channels import TAKEN_DOWN
from portal.threads.events import APPEARED, Actor, record_event, resident
from portal.threads.models import (
    CLOSED,
    STANDING_STILL,
    Channel,
    EventVisibility,
    Kind,
    Level,
    Status,
    Thread,
    Visibility,
)
from portal.threads.photos import show_waiting_photos
from portal.threads.promises import go_on, start_clocks, stop_clocks
from portal.threads.rules import (
    can_add_words,
    can_ask,
    can_hide_words,
    can_reply,
    can_show_words,
    can_withdraw,
    first_visibility,
)
from portal.threads.scoring import rescore
from portal.threads.words import index_words, keep_original, say

REFERENCE_TRIES = 20
WITHDRAWN_TOPIC = "thread.withdrawn"


@dataclass(frozen=True)
class Submission:
    """What a person sends: their words, where, and how they want to be seen.

    `key` makes it one submission however often it is sent; `token` is the secret of its
    tracking link. `taken_by` is who of the staff took it down for the author, who told it to them.
    """

    key: str
    token: str
    text: str
    author: Person
    place_id: int
    language: str
    title: str = ""
    spot_id: int | None = None
    address: str = ""
    point: Point | None = None  # where the sender set a pin
    private: bool = False
    name_shown: bool = False
    channel: Channel = Channel.WEB
    taken_by: Actor | None = None
    part_of: Thread | None = None  # what staff split it off from, with the same words

    @property
    def is_trusted(self) -> bool:
        """Whether the words may show at once: it is known who wrote them, or staff have."""
        return self.author.is_verified or self.taken_by is not None


def create_thread(session: Session, kind: Kind, submission: Submission, *, now: datetime) -> Thread:
    """Make the thread of a new submission, with its words, and record that it came."""
    s = submission
    thread = Thread(
        reference=_free_reference(session),
        submission_key=s.key,
        tracking_digest=digest(s.token),
        kind=kind,
        visibility=_visibility(s),
        status=Status.RECEIVED,
        place_id=s.place_id,
        spot_id=s.spot_id,
        address=s.address,
        latitude=s.point[0] if s.point else None,
        longitude=s.point[1] if s.point else None,
        author=s.author,
        author_name_shown=s.name_shown,
        language=s.language,
        channel=s.channel,
        title=mask_personal(s.title or excerpt(s.text)),
        given_title="" if s.part_of else s.title,
        created_at=now,
        changed_at=now,
        votes_total=0,
        votes_verified=0,
        last_sequence=0,
        last_digest="",
    )
    start_clocks(thread, get_directory(session), now=now)
    session.add(thread)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(_("This has been sent already.")) from error
    keep_original(session, thread, s.text, s.author, now, part_of=s.part_of)
    event, came = _how_it_came(s)
    record_event(session, thread, event, by=s.taken_by or resident(s.author), now=now, data=came)
    return thread


def _visibility(s: Submission) -> Visibility:
    if s.part_of is not None:
        return s.part_of.visibility
    return first_visibility(private=s.private, trusted=s.is_trusted)


def _how_it_came(s: Submission) -> tuple[str, dict[str, str]]:
    if s.part_of is not None:
        return "thread.split_off", {"other": s.part_of.reference}
    is_taken_down = s.taken_by is not None and s.channel in TAKEN_DOWN
    return "thread.submitted", {"channel": s.channel} if is_taken_down else {}


def find_submission(session: Session, key: str) -> Thread | None:
    """Return the thread that was made from this submission key, if it was sent already."""
    return session.scalar(select(Thread).where(Thread.submission_key == key))


def lock_thread(session: Session, thread_id: int, seen: int | None = None) -> Thread:
    """Return the thread, locked for this transaction.

    `seen` is the last event its reader knew; raises Conflict if there were others since.
    """
    thread = session.scalar(
        select(Thread)
        .where(Thread.id == thread_id)
        .with_for_update(of=Thread)
        .execution_options(populate_existing=True)
    )
    if thread is None:
        raise NotFound()
    if seen is not None and thread.last_sequence != seen:
        raise Conflict(_("Someone else changed this while you were reading it."))
    return thread


def set_status(session: Session, thread: Thread, status: Status, *, now: datetime) -> None:
    """Put the matter into this state; where it stood before waiting is forgotten with the wait.

    Its clocks stand still while nobody here can go on, and then run again.
    """
    if status in STANDING_STILL:
        stop_clocks(thread, now)
    elif status != Status.DUPLICATE:  # which can be undone, and then gives back what was
        go_on(thread, get_directory(session), now)
    thread.status = status
    thread.is_closed = status in CLOSED
    if status != Status.WAITING:
        thread.status_before_waiting = None
    rescore(session, thread, now)


def refuse_unless(allowed: bool) -> None:
    """Raise Conflict when the thread's state no longer permits the move."""
    if not allowed:
        raise Conflict(_("This can't be done any more: the matter has moved on."))


def need_reason(reason: str) -> None:
    """Raise Invalid where a reason is owed and none was given."""
    if not reason:
        raise Invalid(_("Please give a reason."))


def speak(
    session: Session,
    thread: Thread,
    level: Level,
    event: str,
    text: str,
    *,
    by: Actor,
    now: datetime,
    visibility: EventVisibility = EventVisibility.PUBLIC,
) -> None:
    """Keep what somebody says here, and record the event it belongs to."""
    words = say(session, thread, level, text, author=by.person, now=now)
    record_event(session, thread, event, by=by, now=now, visibility=visibility, statement=words)


def ask(session: Session, thread: Thread, text: str, *, by: Actor, now: datetime) -> None:
    """Ask the sender something; the matter waits for them."""
    refuse_unless(can_ask(thread.status))
    thread.status_before_waiting = thread.status
    thread.answered_at = thread.answered_at or now
    set_status(session, thread, Status.WAITING, now=now)
    told = EventVisibility.SENDER
    speak(session, thread, Level.QUESTION, "thread.asked", text, by=by, now=now, visibility=told)


def answer(session: Session, thread: Thread, text: str, *, by: Actor, now: datetime) -> None:
    """Answer a question of staff; the matter goes back to where it waited."""
    refuse_unless(thread.status == Status.WAITING)
    set_status(session, thread, thread.status_before_waiting or Status.RECEIVED, now=now)
    told = EventVisibility.SENDER
    speak(session, thread, Level.ANSWER, "thread.answered", text, by=by, now=now, visibility=told)


def add_words(session: Session, thread: Thread, text: str, *, by: Actor, now: datetime) -> None:
    """Add to what was sent; the original stays as it is."""
    refuse_unless(can_add_words(thread.status))
    told = EventVisibility.SENDER
    speak(session, thread, Level.ADDED, "thread.words_added", text, by=by, now=now, visibility=told)


def withdraw(session: Session, thread: Thread, *, by: Actor, now: datetime) -> None:
    """Take the submission back; it ends, and its words leave the public pages."""
    refuse_unless(can_withdraw(thread.status))
    set_status(session, thread, Status.WITHDRAWN, now=now)
    thread.needs_sorting = False
    if thread.visibility in (Visibility.PUBLIC, Visibility.FIRST_LOOK):
        thread.visibility = Visibility.HIDDEN
    record_event(session, thread, "thread.withdrawn", by=by, now=now)
    index_words(session, thread)
    enqueue(session, WITHDRAWN_TOPIC, {"thread_id": thread.id}, now=now)


def reply(session: Session, thread: Thread, text: str, *, by: Actor, now: datetime) -> None:
    """Answer in public, without changing where the matter stands."""
    refuse_unless(can_reply(thread.kind, thread.status))
    thread.answered_at = thread.answered_at or now
    rescore(session, thread, now)
    speak(session, thread, Level.REPLY, "thread.replied", text, by=by, now=now)


def note(session: Session, thread: Thread, text: str, *, by: Actor, now: datetime) -> None:
    """Write a note that only staff see."""
    told = EventVisibility.STAFF
    speak(session, thread, Level.NOTE, "thread.noted", text, by=by, now=now, visibility=told)


def show_words(session: Session, thread: Thread, *, by: Actor, now: datetime) -> None:
    """Let the public read the words and see the photos. A private submission stays private."""
    refuse_unless(can_show_words(thread.visibility, thread.status))
    thread.visibility = Visibility.PUBLIC
    record_event(session, thread, APPEARED, by=by, now=now, visibility=EventVisibility.STAFF)
    show_waiting_photos(session, thread, by=by, now=now)
    index_words(session, thread)


def hide_words(session: Session, thread: Thread, reason: str, *, by: Actor, now: datetime) -> None:
    """Take the submission from the public; the sender is told why."""
    refuse_unless(can_hide_words(thread.visibility))
    need_reason(reason)
    thread.visibility = Visibility.HIDDEN
    told = EventVisibility.SENDER
    speak(session, thread, Level.TOLD, "thread.words_hidden", reason, by=by, now=now, visibility=told)


def close_with_reason(
    session: Session,
    thread: Thread,
    status: Status,
    event: str,
    reason: str,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """End a matter in `status`, with a reason that everybody may read."""
    need_reason(reason)
    set_status(session, thread, status, now=now)
    thread.needs_sorting = False
    thread.answered_at = thread.answered_at or now
    speak(session, thread, Level.REASON, event, reason, by=by, now=now)


def _free_reference(session: Session) -> str:
    for _try in range(REFERENCE_TRIES):
        reference = new_reference()
        with session.no_autoflush:  # its author is written with the thread
            if session.scalar(select(Thread.id).where(Thread.reference == reference)) is None:
                return reference
    raise RuntimeError("no free reference found")
