"""Similar submissions in words: what each is, and why it is thought similar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.communities.directory import Directory
from portal.core.i18n import gettext as _
from portal.threads.additions import Photo
from portal.threads.lines import Line, tell_lines
from portal.threads.models import Thread
from portal.threads.photos import first_photos
from portal.threads.similar import Matter, Similar, find_similar, matter_text


@dataclass(frozen=True)
class SimilarLine:
    """A line of a list, and why it stands there."""

    line: Line
    title: str  # also where the public may not read it yet
    reference: str
    kind: str
    reasons: list[str]
    common: list[str]  # words that both have


def tell_similar(session: Session, found: Sequence[Similar], directory: Directory) -> list[SimilarLine]:
    """Return what was found as the public may see it; one query for the pictures."""
    rows = [one.row for one in found]
    return tell_similar_with(first_photos(session, rows), found, directory)


def tell_similar_with(
    photos: Mapping[int, Photo], found: Sequence[Similar], directory: Directory
) -> list[SimilarLine]:
    """Return what was found in the language of the request, with these pictures."""
    lines = tell_lines([one.row for one in found], directory, photos)
    return [
        SimilarLine(line, one.row.title, one.row.reference, one.row.kind, _reasons(one), one.common)
        for line, one in zip(lines, found, strict=True)
    ]


def _reasons(one: Similar) -> list[str]:
    reasons = []
    if one.around.same_spot:
        reasons.append(_("The same place"))
    elif one.around.metres is not None:
        reasons.append(_("About %(metres)s m away", metres=round(one.around.metres / 10) * 10))
    if one.same_category:
        reasons.append(_("About the same thing"))
    return reasons


def matter_of(thread: Thread, words: str) -> Matter:
    """Return a submission, with these of its words, as something to find the like of."""
    pin = None
    if thread.latitude is not None and thread.longitude is not None:
        pin = (thread.latitude, thread.longitude)
    return Matter(
        text=matter_text(thread.title, words),
        kind=thread.kind,
        place_id=thread.place_id,
        spot_id=thread.spot_id,
        pin=pin,
        likely={thread.category_id: 1.0} if thread.category_id else {},
        thread_id=thread.id,
    )


def list_similar(
    session: Session, thread: Thread, words: str, directory: Directory, *, now: datetime
) -> list[SimilarLine]:
    """Return what anyone may see that is like an open submission whose words are public."""
    found = find_similar(session, matter_of(thread, words), directory, now=now)
    return tell_similar(session, found, directory)
