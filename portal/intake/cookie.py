"""What a browser remembers of its drafts: their keys, signed, for a day after the last step."""

from dataclasses import dataclass, field

from flask import Response, current_app, request

from portal.core.tokens import derive, new_token, sign, unsign
from portal.intake.rules import KEEP_DRAFTS

COOKIE = "linli_drafts"
PURPOSE = "drafts"
SECONDS = int(KEEP_DRAFTS.total_seconds())


@dataclass
class DraftKeys:
    """For each path the key of the draft being written and of the one sent last."""

    browser: str
    writing: dict[str, str] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)

    def begin(self, path: str) -> str:
        """Return the key of the draft of this path, a new one if there is none."""
        return self.writing.setdefault(path, new_token())

    def mark_sent(self, path: str) -> None:
        if path in self.writing:
            self.sent[path] = self.writing.pop(path)

    def drop(self, path: str) -> None:
        self.writing.pop(path, None)


def read_keys() -> DraftKeys:
    """Return what this browser's cookie says; a forged or old one says nothing."""
    kept = unsign(PURPOSE, request.cookies.get(COOKIE, ""), max_age=SECONDS)
    if not isinstance(kept, dict):
        return DraftKeys(new_token())
    return DraftKeys(**kept)


def write_keys(response: Response, keys: DraftKeys) -> None:
    """Give the browser its keys, for another day."""
    response.set_cookie(
        COOKIE,
        sign(PURPOSE, vars(keys)),
        max_age=SECONDS,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )


def tracking_token(key: str) -> str:
    """Return the secret of the tracking link that a draft of this key leads to."""
    return derive("tracking", key)
