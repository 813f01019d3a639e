"""The addresses of photos: read through here each time, so that what is hidden is gone at once."""

from typing import NamedTuple

from flask import Blueprint, Response, make_response, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.guards import public
from portal.core.i18n import gettext as _
from portal.core.storage import get_store
from portal.core.tokens import sign, unsign
from portal.threads.additions import Photo, PhotoState
from portal.threads.photos import file_name, is_key, is_photo, is_shown_to_all

PASS = "photo"  # noqa: S105  # the purpose of the token in an address that the sender is given
PASS_SECONDS = 24 * 3600

blueprint = Blueprint("photos", __name__, url_prefix="/photos")


@blueprint.get("/<key>/<any(large, small):size>")
@public
def show(key: str, size: str) -> ResponseReturnValue:
    """Give a picture that anyone may see now, or one that the address has a pass for."""
    session = db.session()
    if is_key(key) and is_shown_to_all(session, key):
        return send_picture(key, size, is_public=True)
    if unsign(PASS, request.args.get("token", ""), PASS_SECONDS) == key and is_photo(session, key):
        return send_picture(key, size)
    raise NotFound()


def send_picture(key: str, size: str, *, is_public: bool = False) -> Response:
    """Return the file. A browser may keep what is public, but asks each time whether it still is."""
    response = make_response()
    response.mimetype = "image/jpeg"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "private, no-cache" if is_public else "private, no-store"
    if is_public:
        response.set_etag(f"{key}-{size}")
        if request.if_none_match.contains(f"{key}-{size}"):
            response.status_code = 304
            return response
    content = get_store().get(file_name(key, size))
    if content is None:
        raise NotFound()
    response.data = content
    return response


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
    small, large = (url_for("photos.show", key=photo.key, size=size) for size in ("small", "large"))
    return Shown(small, large, photo.alt, photo.width, photo.height)


def tell_photo_to_sender(photo: Photo) -> Shown:
    """Return the photo with addresses that show it to the sender, for a day, whatever its state."""
    token = sign(PASS, photo.key)
    small, large = (
        url_for("photos.show", key=photo.key, size=size, token=token) for size in ("small", "large")
    )
    return Shown(small, large, photo.alt, photo.width, photo.height, tell_state(photo))


def tell_state(photo: Photo) -> str:
    """Return where a photo stands, for those who see more than the public."""
    return {
        PhotoState.SHOWN: _("As public as the words"),
        PhotoState.FIRST_LOOK: _("Waits for a first look"),
        PhotoState.HIDDEN: _("Hidden from the public"),
    }[photo.state]
