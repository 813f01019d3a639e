"""What somebody wants to hear of: kept, changed, stopped. Who has not signed in is asked by mail first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, delete, select, update
from sqlalchemy.orm import Session

from portal.accounts.actions import send_account_mail
from portal.accounts.identity import new_person
from portal.accounts.models import Person
from portal.accounts.queries import records_of
from portal.communities.directory import Directory
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext as _
from portal.core.text import query_phrases
from portal.notifications.models import ASKED, Subscription
from portal.threads.additions import Follower, Frequency
from portal.threads.followers import follows
from portal.threads.models import Kind, Thread

MOST = 50  # wishes of one person
THREAD, WISH = "thread", "wish"  # what can be stopped
KEEP_UNCONFIRMED = timedelta(days=30)


@dataclass(frozen=True)
class Wish:
    """What to hear of; what is None or empty leaves a thing open. `category` may be a group of them."""

    kind: Kind | None = None
    place: str = ""  # codes
    category: str = ""
    query: str = ""
    radius_m: int | None = None  # around the place, or around the point
    point: tuple[float, float] | None = None


def subscribe(
    session: Session, person: Person, wish: Wish, frequency: Frequency, *, directory: Directory, now: datetime
) -> Subscription:
    """Keep a wish of this person; asked again, only how often changes. Raises Invalid and Conflict."""
    session.execute(select(Person.id).where(Person.id == person.root_id).with_for_update())
    made = _make(wish, directory)
    there = list_subscriptions(session, person)
    found = next((s for s in there if _says(s) == _says(made)), None)
    if found is None:
        if len(there) >= MOST:
            raise Conflict(_("You follow very many things already. Please stop one of them first."))
        made.person_id, made.created_at, found = person.root_id, now, made
        session.add(found)
    found.frequency = frequency
    session.flush()
    return found


def _make(wish: Wish, directory: Directory) -> Subscription:
    if wish.query and not query_phrases(wish.query):
        raise Invalid(_("Please give at least one letter or number to look for."))
    place = directory.place_codes.get(wish.place)
    category = directory.category_codes.get(wish.category)
    made = Subscription(
        kind=wish.kind,
        place_id=place.id if place else None,
        category_id=category.id if category else None,
        category_group="" if category else wish.category,
        query=wish.query,
        radius_m=wish.radius_m,
    )
    if wish.radius_m is not None:
        made.latitude, made.longitude = wish.point or (
            (place.latitude, place.longitude) if place else (None, None)
        )
        if made.latitude is None or made.longitude is None:
            raise Invalid(_("Nobody has said where this place lies on the map. Please take the whole place."))
    return made


def _says(s: Subscription) -> tuple[object, ...]:
    where = (s.place_id, s.latitude, s.longitude, s.radius_m)
    return (s.kind, *where, s.category_id, s.category_group, s.query)


def list_subscriptions(session: Session, person: Person) -> Sequence[Subscription]:
    """Return the wishes of a person, the newest first."""
    own = select(Subscription).where(Subscription.person_id.in_(records_of(person)))
    return session.scalars(own.order_by(Subscription.id.desc())).all()


def ask_address(session: Session, email: str, keep: Callable[[Person], object], *, now: datetime) -> None:
    """Ask by one mail whether the address truly wants what `keep` does; until then nothing is sent.

    What is kept hangs on a person of whom nothing is proven. Whoever follows the mail's link
    becomes the one who holds the address.
    """
    person = new_person(session, now, email=email)
    session.flush()
    keep(person)
    send_account_mail(session, person, ASKED, now)


def list_followed(
    session: Session, person: Person, *, before: int | None = None, limit: int
) -> Sequence[Row[Follower, Thread]]:
    """Return the threads of others that a person follows, the latest first; one more than `limit`."""
    rows = select(Follower, Thread).join(Thread, Thread.id == Follower.thread_id).where(*_is_follower(person))
    if before is not None:
        rows = rows.where(Follower.id < before)
    return session.execute(rows.order_by(Follower.id.desc()).limit(limit + 1)).all()


def change_frequency(session: Session, person: Person, what: str, number: int, frequency: Frequency) -> None:
    """Change how often the person is told of a followed thread or of a wish, by its number."""
    table, wanted = _one(person, what, number)
    session.execute(update(table).where(*wanted).values(frequency=frequency))


def stop_one(session: Session, person: Person, what: str, number: int) -> None:
    """Tell the person no more of a thread, or of what a wish is for; done again, it changes nothing."""
    table, wanted = _one(person, what, number)
    session.execute(delete(table).where(*wanted))


def stop_all(session: Session, person: Person) -> None:
    """Stop everything that the person asked for. Of what they sent they are told as before."""
    session.execute(delete(Follower).where(*_is_follower(person)))
    session.execute(delete(Subscription).where(Subscription.person_id.in_(records_of(person))))


def forget_unconfirmed(session: Session, now: datetime) -> None:
    """Forget what was asked with an address that nobody has confirmed for a month."""
    unproven = select(Person.id).where(
        Person.email_confirmed_at.is_(None),
        Person.same_as_id.is_(None),
        Person.created_at < now - KEEP_UNCONFIRMED,
    )
    for table in (Follower, Subscription):
        session.execute(delete(table).where(table.person_id.in_(unproven)))


def _one(
    person: Person, what: str, number: int
) -> tuple[type[Follower | Subscription], Sequence[ColumnElement[bool]]]:
    if what == THREAD:
        return Follower, [follows(number), *_is_follower(person)]
    return Subscription, [Subscription.id == number, Subscription.person_id.in_(records_of(person))]


def _is_follower(person: Person) -> Sequence[ColumnElement[bool]]:
    """Return the conditions for what a person follows and has not sent: there a row means silence."""
    own = records_of(person)
    sent = select(Thread.id).where(Thread.author_id.in_(own))
    return [Follower.person_id.in_(own), Follower.thread_id.not_in(sent)]
