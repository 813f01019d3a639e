"""What a follower may be told of now: read anew when a mail goes out and when the inbox is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.accounts.models import Person
from portal.accounts.queries import records_of
from portal.communities.directory import Directory
from portal.core.i18n import gettext as _
from portal.core.i18n import ngettext
from portal.core.text import mask_personal
from portal.notifications.models import NEW, Delivery, Subscription
from portal.threads.additions import Comment, Follower
from portal.threads.lines import category_name
from portal.threads.models import Event, Kind, Thread, Visibility
from portal.threads.queries import read_shown
from portal.threads.timeline import tell_timeline

LONGEST_QUOTE = 400  # characters of somebody's words in a mail
Told = Row[Delivery, Event, Thread]


@dataclass(frozen=True)
class News:
    """One thing that happened, as a follower may know it."""

    delivery: Delivery
    thread: Thread
    wish: Subscription | None  # why they are told; without one they follow the thread
    title: str
    sentence: str
    words: str


def read_news(
    session: Session,
    person: Person,
    deliveries: Sequence[Delivery],
    directory: Directory,
    *,
    past: bool = False,
) -> list[News]:
    """Return what of these the public may still see and the person still follows; at most five queries.

    With `past` also what they followed once.
    """
    if not deliveries:
        return []
    rows = session.execute(
        select(Delivery, Event, Thread)
        .join(Event, Event.id == Delivery.event_id)
        .join(Thread, Thread.id == Event.thread_id)
        .where(Delivery.id.in_([d.id for d in deliveries]))
        .order_by(Event.id)
        .options(joinedload(Event.statement))
    ).all()
    known = _read_known(session, person, rows)
    return [
        _tell(delivery, event, thread, known, directory)
        for delivery, event, thread in rows
        if _is_public(delivery, event, thread, known) and (past or _is_followed(delivery, thread, known))
    ]


@dataclass(frozen=True)
class Known:
    """What the person still follows, and what was said as everybody may read it."""

    wishes: Mapping[int, Subscription]
    followed: set[int]  # threads
    comments: Mapping[int, str]
    originals: Mapping[int, str]  # by thread


def _read_known(session: Session, person: Person, rows: Sequence[Told]) -> Known:
    own = records_of(person)
    wishes = select(Subscription).where(
        Subscription.id.in_([d.subscription_id for d, _event, _thread in rows if d.subscription_id]),
        Subscription.person_id.in_(own),
    )
    told = [thread.id for _delivery, _event, thread in rows]
    followed = select(Follower.thread_id, Follower.moved_from_id).where(
        or_(Follower.thread_id.in_(told), Follower.moved_from_id.in_(told)), Follower.person_id.in_(own)
    )
    return Known(
        {wish.id: wish for wish in session.scalars(wishes)},
        {number for row in session.execute(followed) for number in row if number},
        _read_comments(session, rows),
        _read_originals(session, rows),
    )


def _is_public(delivery: Delivery, event: Event, thread: Thread, known: Known) -> bool:
    if "comment" in event.data and event.data["comment"] not in known.comments:
        return False
    return thread.is_listed and (delivery.about != NEW or thread.visibility == Visibility.PUBLIC)


def _is_followed(delivery: Delivery, thread: Thread, known: Known) -> bool:
    return delivery.subscription_id in known.wishes if delivery.about == NEW else thread.id in known.followed


def _read_comments(session: Session, rows: Sequence[Told]) -> Mapping[int, str]:
    """Return the comments that the public may read now."""
    numbers = [event.data["comment"] for _delivery, event, _thread in rows if "comment" in event.data]
    if not numbers:
        return {}
    found = session.scalars(select(Comment).where(Comment.id.in_(numbers)))
    return {comment.id: mask_personal(comment.text) for comment in found if comment.is_public}


def _read_originals(session: Session, rows: Sequence[Told]) -> Mapping[int, str]:
    """Return what was sent, with personal numbers covered, of those that are told as new."""
    new = [t.id for d, _event, t in rows if d.about == NEW and t.visibility == Visibility.PUBLIC]
    return read_shown(session, new) if new else {}


def _title(thread: Thread) -> str:
    return thread.title if thread.visibility == Visibility.PUBLIC else _("Waiting for a first look")


def _tell(delivery: Delivery, event: Event, thread: Thread, known: Known, directory: Directory) -> News:
    """Return what happened in a sentence, with the words that belong to it."""
    wish = known.wishes.get(delivery.subscription_id or 0)
    if delivery.about == NEW:
        sentence, words = _tell_new(thread, directory), known.originals[thread.id]
    else:
        entry = tell_timeline([event], directory, public=True)[0]
        sentence = _("%(who)s: %(what)s", who=entry.role_label, what=entry.sentence)
        words = known.comments.get(event.data.get("comment", 0), entry.words)
    return News(delivery, thread, wish, _title(thread), sentence, _shortened(words))


def _shortened(words: str) -> str:
    return words if len(words) <= LONGEST_QUOTE else words[:LONGEST_QUOTE].rstrip() + "…"


def _tell_new(thread: Thread, directory: Directory) -> str:
    about = {"place": directory.full_name(thread.place_id), "category": category_name(thread, directory)}
    if thread.kind == Kind.IDEA:
        return _("A new idea. %(place)s, %(category)s.", **about)
    return _("A new report. %(place)s, %(category)s.", **about)


def tell_wish(wish: Subscription, directory: Directory, *, unproven: bool = False) -> str:
    """Return in words what a wish is for, part by part.

    To an `unproven` address the words looked for are not repeated: they may be anybody's message.
    """
    kinds = {Kind.REPORT: _("New reports"), Kind.IDEA: _("New ideas")}
    parts = [kinds[Kind(wish.kind)] if wish.kind else _("New reports and ideas")]
    parts += [_tell_where(wish, directory), _tell_category(wish, directory)]
    if wish.query:
        parts.append(_("with the words asked for") if unproven else _("with “%(words)s”", words=wish.query))
    return " · ".join(part for part in parts if part)


def _tell_where(wish: Subscription, directory: Directory) -> str:
    place = directory.places.get(wish.place_id or 0)
    if wish.radius_m is None:
        return directory.full_name(place.id) if place else ""
    around = place.name if place else _("a point on the map")
    return ngettext(
        "up to %(num)s metre from %(place)s",
        "up to %(num)s metres from %(place)s",
        wish.radius_m,
        place=around,
    )


def _tell_category(wish: Subscription, directory: Directory) -> str:
    category = directory.categories.get(wish.category_id or 0)
    if category is not None:
        return category.name
    in_group = (c.group_name for c in directory.categories.values() if c.group == wish.category_group)
    return next(in_group, "")
