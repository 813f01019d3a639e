"""Files that come in with a form, made into pictures and kept before anything is written."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from portal.core.errors import Invalid
from portal.core.i18n import gettext as _
from portal.core.limits import count_attempts, network
from portal.core.pictures import MAX_BYTES, read_picture
from portal.core.storage import StoreFailed, get_store
from portal.core.text import clean_text
from portal.core.uploads import no_room
from portal.threads.photos import Kept, keep_picture

HOUR = timedelta(hours=1)
UPLOADS_OF_ONE = 60  # an hour, each of up to five files
UPLOADS_FROM_AN_ADDRESS = 300  # an hour; a whole office may share it


@dataclass
class Received:
    """What became of the files chosen: pictures that are kept, and what is wrong with the others."""

    kept: list[Kept] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def files_chosen() -> list[Any]:
    return [file for file in request.files.getlist("photos") if file.filename]


def receive_files(room: int, known: Collection[str]) -> Received:
    """Make pictures of the files chosen and keep them; slow, and without the database.

    `room` is how many may be added, `known` the digests of the files that are there already.
    """
    received, seen = Received(), set(known)
    for file in files_chosen():
        name = clean_text(file.filename)[:80]
        content = file.read(MAX_BYTES + 1)
        source = hashlib.sha256(content).hexdigest()
        if source in seen:
            continue
        if len(received.kept) == room:
            received.problems.append(_("There is no room for “%(name)s”.", name=name))
            continue
        try:
            received.kept.append(keep_picture(get_store(), read_picture(content, name), source))
            seen.add(source)
        except Invalid as error:
            received.problems.append(error.message)
        except StoreFailed:
            received.problems.append(no_room())
            break
    return received


def count_upload(session: Session, subject: str, now: datetime) -> None:
    """Raise TooMany when one sender or one address sends more files than a person or an office would."""
    address = f"address:{network(request.remote_addr)}"
    most = {address: UPLOADS_FROM_AN_ADDRESS, subject: UPLOADS_OF_ONE}
    count_attempts(session, "photos", most, within=HOUR, now=now)
