"""What stands on either side when two submissions are compared."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.accounts.visits import Visit
from portal.communities.directory import Directory
from portal.communities.maps import tell_metres
from portal.core.dates import age
from portal.core.i18n import gettext as _
from portal.core.positions import Point, metres_between
from portal.threads.gallery import Shown
from portal.threads.likeness import common_words, read_features
from portal.threads.lines import category_name
from portal.threads.merge_rules import refusal
from portal.threads.models import Thread
from portal.threads.photos import list_photos
from portal.threads.queries import original_words
from portal.threads.similar import matter_text
from portal.threads.timeline import status_label
from portal.threads.word_shares import get_weights
from portal.triage.access import Desk
from portal.triage.reading import tell_photo_to_staff
from portal.triage.rows import title_of


@dataclass(frozen=True)
class Side:
    """One of the two, as staff may read it."""

    thread: Thread
    desk: Desk
    title: str
    words: str
    status_label: str
    facts: list[tuple[str, str | int]]
    photos: list[Shown]

    def refusal(self, survivor: "Side") -> str:
        """Return why this can't be joined with the other, or nothing."""
        return refusal(self.thread, survivor.thread)


def read_side(v: Visit, thread: Thread, desk: Desk) -> Side:
    department = v.directory.departments.get(thread.department_id or 0)
    facts: list[tuple[str, str | int]] = [
        (_("Day sent"), age(thread.created_at)),
        (_("Category"), category_name(thread, v.directory)),
        (_("Department"), department.name if department else ""),
        (_("Place"), v.directory.full_name(thread.spot_id or thread.place_id)),
        (_("Address"), thread.address),
        (_("Votes"), thread.votes_total),
        (_("Comments"), thread.comments_total),
    ]
    return Side(
        thread,
        desk,
        title_of(thread),
        original_words(v.session, thread.id),
        status_label(thread.status),
        [(name, value) for name, value in facts if value != ""],
        [tell_photo_to_staff(thread, photo) for photo in list_photos(v.session, thread.id)],
    )


def tell_common(session: Session, directory: Directory, first: Side, second: Side) -> list[str]:
    """Return in short sentences what the two have in common."""
    texts = [matter_text(side.title, side.words) for side in (first, second)]
    words = common_words(texts[0], read_features(texts[1]), get_weights(session, directory))
    one, other = first.thread, second.thread
    told = []
    if one.spot_id is not None and one.spot_id == other.spot_id:
        told.append(_("The same place"))
    elif (here := _pin(one)) and (there := _pin(other)):
        told.append(_("%(distance)s apart", distance=tell_metres(metres_between(here, there))))
    if one.category_id is not None and one.category_id == other.category_id:
        told.append(_("About the same thing"))
    return told + ([_("Both say: %(words)s", words=" · ".join(words))] if words else [])


def _pin(thread: Thread) -> Point | None:
    if thread.latitude is None or thread.longitude is None:
        return None
    return thread.latitude, thread.longitude
