"""One request to a step: who comes, and the draft as this browser has it."""

from collections.abc import Sequence
from typing import Any

from flask import Response, make_response, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts.identity import signed_in_person
from portal.communities.directory import get_directory
from portal.core import clock
from portal.core.db import begin_write, db
from portal.core.tokens import digest
from portal.intake.cookie import DraftKeys, read_keys, write_keys
from portal.intake.models import Draft, DraftPhoto
from portal.intake.queries import find_draft, list_draft_photos
from portal.intake.rules import fingerprint, first_missing, step_after
from portal.intake.start import remembered_place
from portal.intake.telling import numbers_to_ring
from portal.routing.advice import advisor
from portal.threads.actions import find_submission


class Visit:
    """One request to a step: who, when, and the draft as this browser has it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.session: Session = db.session()
        self.now = clock.now()
        self.keys: DraftKeys = read_keys()
        self.draft: Draft | None = find_draft(self.session, self.keys.writing.get(path), path, self.now)
        self.answers: dict[str, Any] = self.draft.answers if self.draft else {}

    @property
    def draft_name(self) -> str:
        """Return what the page's forms call the draft by."""
        key = self.keys.writing.get(self.path)
        return digest(key) if key and self.draft else ""

    def is_of_sent_one(self, name: str) -> bool:
        """Tell whether a form was shown for the draft that this browser has sent since."""
        sent = self.keys.sent.get(self.path)
        return bool(name and sent and name == digest(sent))

    def has_sent(self) -> bool:
        """Tell whether this browser has no draft here because it has sent it."""
        key = self.keys.writing.get(self.path)
        if self.draft is None and key and find_submission(self.session, digest(key)):
            self.keys.mark_sent(self.path)
        return self.draft is None and self.path in self.keys.sent

    def begin_write(self) -> None:
        """Begin to write; what was slow is done, and the draft is read again."""
        begin_write(self.session)
        self.draft = find_draft(self.session, self.keys.writing.get(self.path), self.path, self.now)
        self.answers = self.draft.answers if self.draft else {}

    def missing(self, before: str) -> str | None:
        return first_missing(self.answers, before, signed_in=signed_in_person() is not None)

    @property
    def photos(self) -> Sequence[DraftPhoto]:
        """Return the photos of the draft as they are now."""
        return list_draft_photos(self.session, self.draft)

    @property
    def seen(self) -> str:
        """Return a short sum of all that would be sent: tells whether a page shows it as it is."""
        return fingerprint({**self.answers, "photos": [[p.key, p.alt] for p in self.photos]})

    def go_on(self, step: str) -> Response:
        """Go from a step that is in order to the next; if all is answered, straight to the last.

        Another place may have other things known.
        """
        is_last = step != "where" and self.missing("check") is None
        return self.go("check" if is_last else step_after(step))

    def go(self, step: str) -> Response:
        return self.remember(redirect(url_for("intake.step", path=self.path, step=step), 303))

    def go_to_sent(self) -> Response:
        return self.remember(redirect(url_for("intake.sent", path=self.path), 303))

    def remember(self, response: ResponseReturnValue) -> Response:
        """Give the browser the keys of its drafts, and keep copies of the page from others."""
        made = make_response(response)
        write_keys(made, self.keys)
        made.headers["Cache-Control"] = "no-store"
        return made


def danger(visit: Visit, step: str) -> dict[str, Any]:
    """Return the numbers to ring where the words tell of present danger."""
    words = visit.answers.get("words", {}) if step in ("photos", "where", "check") else {}
    text = f"{words.get('title', '')}\n{words.get('text', '')}".strip()
    sounds_dangerous = bool(text) and advisor().advise(text).is_danger
    return {"numbers": numbers_here(visit) if sounds_dangerous else []}


def numbers_here(visit: Visit) -> list[tuple[str, str]]:
    """Return the emergency numbers of the place chosen so far."""
    directory = get_directory(visit.session)
    code = visit.answers.get("where", {}).get("place")
    place = directory.place_codes.get(code) or remembered_place(directory)
    return numbers_to_ring(directory, place.id if place else None)
