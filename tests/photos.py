"""Short ways to put a photo into a thread."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.core.pictures import read_picture
from portal.core.storage import get_store
from portal.core.tokens import digest
from portal.threads.additions import Photo
from portal.threads.events import resident
from portal.threads.models import Thread
from portal.threads.photos import Kept, add_photos, keep_picture
from tests.factories import NOW
from tests.pictures import jpeg


def keep(mark: int = 0, alt: str = "A dark lamp") -> Kept:
    """Keep a picture in the store; another `mark` makes another one."""
    content = jpeg(mark=mark)
    kept = keep_picture(get_store(), read_picture(content, "a.jpg"), digest(repr(content)))
    return Kept(kept.key, kept.source, kept.width, kept.height, alt)


def add(
    session: Session, thread: Thread, *, person: Person | None = None, mark: int = 0, now: datetime = NOW
) -> Photo:
    """Add one photo, of the thread's author unless somebody else is named."""
    who = person or thread.author
    (photo,) = add_photos(session, thread, [keep(mark)], person=who, by=resident(who), now=now)
    return photo
