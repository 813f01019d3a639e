"""The mails to followers: each thing at once, or the day in one mail, with the ways to stop them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.directory import Directory, get_directory
from portal.core.i18n import in_language
from portal.core.links import whole_link
from portal.core.mail import Letter
from portal.core.tokens import sign
from portal.notifications.digests import list_carried
from portal.notifications.letters import find_first_id, make_letter, name_of, quote
from portal.notifications.models import ASKED, DIGEST, NEW, NEWS, Delivery, Subscription
from portal.notifications.news import News, read_news, tell_wish
from portal.notifications.rules import has_link
from portal.notifications.subscriptions import THREAD, WISH
from portal.threads.additions import Follower
from portal.threads.lines import ROOMS
from portal.threads.models import Thread, Visibility

TO_FOLLOWERS = frozenset({NEW, NEWS, DIGEST, ASKED})
CONFIRM, MANAGE, STOP = "follow.confirm", "follow.manage", "follow.stop"  # purposes of signed links
CONFIRM_SECONDS = 30 * 24 * 3600
ALL = "all"
MOST_SECTIONS = 40  # submissions of one digest; more would not be read


@dataclass(frozen=True)
class Section:
    """What happened to one submission."""

    title: str
    reference: str
    page_link: str
    news: Sequence[News]
    why: str
    stop_link: str


def write_follow_letter(session: Session, person: Person, delivery: Delivery, now: datetime) -> Letter | None:
    """Return the mail of a delivery to a follower, or None if nothing of it is to be told any more.

    What a digest was to carry and no longer may is held back.
    """
    with in_language(person.language):
        directory = get_directory(session)
        if delivery.about == ASKED:
            return _ask(session, person, delivery, directory)
        carried = list_carried(session, delivery) if delivery.about == DIGEST else [delivery]
        news = read_news(session, person, carried, directory) if person.has_confirmed_email else []
        told = {item.delivery.id for item in news}
        for item in carried:
            if item.id not in told:
                item.held_back_at = now
        return _tell(session, person, delivery, _sections(person, news, directory)) if news else None


def _ask(session: Session, person: Person, delivery: Delivery, directory: Directory) -> Letter | None:
    what = tell_asked(session, person, directory)
    if what is None or not person.email:
        return None
    token = sign(CONFIRM, person.id)
    return _letter(
        person, delivery, {"what": what, "confirm_link": whole_link("following.confirm", token=token)}
    )


def _tell(session: Session, person: Person, delivery: Delivery, sections: Sequence[Section]) -> Letter:
    is_digest = delivery.about == DIGEST
    stop_link = link_to_stop(person, ALL, 0) if is_digest else sections[0].stop_link
    values = {
        "sections": sections[:MOST_SECTIONS],
        "others": max(0, len(sections) - MOST_SECTIONS),
        "stop_link": stop_link,
        "stop_all_link": link_to_stop(person, ALL, 0),
        "manage_link": whole_link("following.manage", token=sign(MANAGE, person.id)),
    }
    first_id = "" if is_digest else find_first_id(session, delivery, sections[0].news[0].thread)
    return _letter(person, delivery, values, first_id)


def _letter(person: Person, delivery: Delivery, values: dict[str, Any], first_id: str = "") -> Letter:
    values = {"name": name_of(person), "quote": quote, **values}
    return make_letter(person, delivery, delivery.about, values, first_id=first_id)


def _sections(person: Person, news: Iterable[News], directory: Directory) -> list[Section]:
    """Put together what belongs to one submission, in the order of the first thing told of each."""
    by_thread = sorted(news, key=lambda n: n.thread.id)
    return [
        _section(person, list(together), directory)
        for _id, together in groupby(by_thread, lambda n: n.thread.id)
    ]


def _section(person: Person, news: Sequence[News], directory: Directory) -> Section:
    thread, wish = news[0].thread, news[-1].wish
    what, number = (WISH, wish.id) if wish else (THREAD, thread.id)
    return Section(
        title=news[0].title,
        reference=thread.reference,
        page_link=whole_link(f"{ROOMS[thread.kind]}.show", reference=thread.reference),
        news=news,
        why=tell_wish(wish, directory) if wish else "",
        stop_link=link_to_stop(person, what, number),
    )


def link_to_stop(person: Person, what: str, number: int) -> str:
    """Return the link that stops one thing, or all, for this person."""
    return whole_link("following.stop", token=sign(STOP, [person.id, what, number]))


def tell_asked(session: Session, person: Person, directory: Directory) -> str | None:
    """Return what was asked with this address, in words; None if it is no longer wanted."""
    wish = session.scalars(select(Subscription).where(Subscription.person_id == person.id)).first()
    if wish is not None:
        return tell_wish(wish, directory, unproven=not person.has_confirmed_email)
    followed = select(Thread).join(Follower, Follower.thread_id == Thread.id)
    thread = session.scalars(followed.where(Follower.person_id == person.id)).first()
    return tell_thread(thread) if thread else None


def tell_thread(thread: Thread) -> str:
    """Return the name of a thread for whoever follows it: no words of its sender unless they are public."""
    is_told = thread.visibility == Visibility.PUBLIC and not has_link(thread.title)
    return f"{thread.reference} {thread.title}" if is_told else thread.reference
