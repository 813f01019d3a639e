"""Taking in past messages, by the same actions as the form's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.identity import new_person
from portal.accounts.models import Person
from portal.communities.directory import Directory, PlaceEntry
from portal.communities.models import PlaceKind
from portal.core.text import fold
from portal.core.tokens import new_token
from portal.intake.actions import SUBMIT
from portal.intake.message_file import Message
from portal.routing.advice import Advice
from portal.routing.rules import choose_route
from portal.threads.actions import Submission
from portal.threads.models import Kind, Thread

LONGEST_ADDRESS = 200
TRADITIONAL_SHARE = 0.05  # Simplified text has hardly any characters that folding changes
LATIN_TO_HAN = 4  # an English message may name a few things in Chinese
AUTHOR = "import"


@dataclass(frozen=True)
class Import:
    """One file being taken in: its digest, what its messages are, where they go without a place."""

    digest: str
    wished: Kind
    place: PlaceEntry

    def key(self, message: Message) -> str:
        """Return what the row is known by, so that it is one submission however often it is read."""
        return f"import:{self.digest}:{message.number}"


def find_new(session: Session, source: Import, messages: Sequence[Message]) -> list[Message]:
    """Return the messages that aren't submissions yet."""
    keys = [source.key(message) for message in messages]
    there = set(session.scalars(select(Thread.submission_key).where(Thread.submission_key.in_(keys))))
    return [message for message, key in zip(messages, keys, strict=True) if key not in there]


def import_messages(
    session: Session,
    source: Import,
    advised: Sequence[tuple[Message, Advice]],
    *,
    directory: Directory,
    now: datetime,
) -> list[Thread]:
    """Make submissions of these messages. Raises Conflict if one of them is there already.

    Their author is one person for the whole file, of whom nothing is proven: their words are
    shown to the public only after somebody's first look, and no mail goes out.
    """
    author = find_author(session, source) or new_person(session, now, name=AUTHOR)
    threads = []
    for message, advice in advised:
        submission = submission_of(message, source, author, directory)
        route = choose_route(advice, source.wished, submission.place_id, directory)
        threads.append(SUBMIT[route.kind](session, submission, advice, route, now=now))
    return threads


def find_author(session: Session, source: Import) -> Person | None:
    """Return the person whom earlier messages of this file were given to."""
    prefix = f"import:{source.digest}:"
    return session.scalar(
        select(Person)
        .join(Thread, Thread.author_id == Person.id)
        .where(Thread.submission_key > prefix, Thread.submission_key < prefix + "~")
        .limit(1)
    )


def submission_of(message: Message, source: Import, author: Person, directory: Directory) -> Submission:
    place, spot, address = place_of(message.place, source.place, directory)
    return Submission(
        key=source.key(message),
        token=new_token(),
        text=message.text,
        title=message.title,
        author=author,
        place_id=place.id,
        spot_id=spot.id if spot else None,
        address=address,
        language=guess_language(message.text),
    )


def place_of(
    said: str, otherwise: PlaceEntry, directory: Directory
) -> tuple[PlaceEntry, PlaceEntry | None, str]:
    """Return place, named place and address. What is no name or code of a place is an address."""
    places = directory.places_in_use()
    found = next((p for p in places if said == p.code), None) or next(
        (p for p in places if said and said in p.names.values()), None
    )
    if found is None:
        return otherwise, None, said[:LONGEST_ADDRESS]
    if found.kind == PlaceKind.SPOT:
        return directory.ancestors(found.id)[1], found, ""
    return found, None, ""


def guess_language(text: str) -> str:
    """Return the code of the language a text is written in, by its script."""
    han = "".join(sign for sign in text if "\u3400" <= sign <= "\u9fff")
    latin = sum(sign.isascii() and sign.isalpha() for sign in text)
    if len(han) * LATIN_TO_HAN < latin or not han:
        return "en"
    traditional = sum(a != b for a, b in zip(han, fold(han), strict=True))
    return "zh-Hant" if traditional >= len(han) * TRADITIONAL_SHARE else "zh-Hans"


def asked(message: Message) -> str:
    """Return what the classifier reads of a message."""
    return f"{message.title}\n{message.text}".strip()
