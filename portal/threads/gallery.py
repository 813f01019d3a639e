"""Photos as pages show them: their addresses, what can be seen, and where they stand."""

from typing import NamedTuple

from flask import url_for

from portal.core.i18n import gettext as _
from portal.core.text import mask_personal
from portal.core.tokens import sign
from portal.threads.additions import Photo, PhotoState

PASS = "photo"  # noqa: S105  # the purpose of the token in an address that the sender is given
PASS_SECONDS = 24 * 3600
SIZES = ("small", "large")


class Shown(NamedTuple):
    """A photo as templates show it."""

    small: str
    large: str
    alt: str
    width: int
    height: int
    note: str = ""  # where it stands, for those who see more than the public


def tell_public_photo(photo: Photo) -> Shown:
    """Return the photo with its public addresses."""
    small, large = (url_for("photos.show", key=photo.key, size=size) for size in SIZES)
    note = _("Taken after the work") if photo.round else ""
    return Shown(small, large, mask_personal(photo.alt), photo.width, photo.height, note)


def tell_photo_to_sender(photo: Photo) -> Shown:
    """Return the photo with addresses that show it to the sender, for a day, whatever its state."""
    token = sign(PASS, photo.key)
    small, large = (url_for("photos.show", key=photo.key, size=size, token=token) for size in SIZES)
    return Shown(small, large, photo.alt, photo.width, photo.height, tell_state(photo))


def tell_state(photo: Photo) -> str:
    """Return where a photo stands, for those who see more than the public."""
    if photo.round and photo.state == PhotoState.SHOWN:
        return _("Taken after the work")
    return {
        PhotoState.SHOWN: _("As public as the words"),
        PhotoState.FIRST_LOOK: _("Waits for a first look"),
        PhotoState.HIDDEN: _("Hidden from the public"),
    }[photo.state]
