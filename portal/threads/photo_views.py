"""The addresses of photos: read through here each time, so that what is hidden is gone at once."""

from flask import Blueprint, Response, make_response, request
from flask.typing import ResponseReturnValue

from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.guards import public
from portal.core.storage import get_store
from portal.core.tokens import unsign
from portal.threads.gallery import PASS, PASS_SECONDS
from portal.threads.photos import file_name, is_key, is_photo, is_shown_to_all

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
