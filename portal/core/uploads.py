"""Bodies larger than a form's, for the few views that take files."""

from collections.abc import Callable
from typing import Any

import structlog
from flask import Flask, current_app, flash, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from portal.core.i18n import gettext as _

MOST_DISCARDED = 300_000_000  # bytes
PART = 64 * 1024

View = Callable[..., Any]
log = structlog.get_logger()


def takes_files(most: int) -> Callable[[View], View]:
    """Let a POST view have bodies of this many bytes. Its own address must also have a page."""

    def mark(view: View) -> View:
        view.most_bytes = most  # type: ignore[attr-defined]
        return view

    return mark


def set_up_uploads(app: Flask) -> None:
    """Read such bodies before anything else looks at the form."""
    app.before_request(receive_body)


def receive_body() -> ResponseReturnValue | None:
    """Read the body of a view that takes files; one that can't be had leads back to its page."""
    view = current_app.view_functions.get(request.endpoint or "")
    most = getattr(view, "most_bytes", None)
    if most is None or request.method != "POST":
        return None
    request.max_content_length = most
    try:
        len(request.form)
    except RequestEntityTooLarge:
        discard_body()
        flash(too_much(), "error")
    except OSError as error:  # no room for what is put aside while it comes in
        log.error("upload.failed", error=error.strerror)
        flash(no_room(), "error")
    else:
        return None
    return redirect(request.path, 303)


def discard_body() -> None:
    """Let the body come in, within reason: a browser that is cut off while it sends sees no answer."""
    left = min(request.content_length or 0, MOST_DISCARDED)
    while left > 0 and (part := request.environ["wsgi.input"].read(min(left, PART))):
        left -= len(part)


def too_much() -> str:
    return _("That was too much at once. Nothing was added, and what you had before is kept.")


def no_room() -> str:
    return _("Photos can't be kept at the moment. You can go on without them.")
