"""What every page gets: transactions by method, headers, errors, language, the viewer."""

import hashlib
import traceback
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import structlog
from flask import Flask, Response, current_app, g, render_template, request, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response as BaseResponse

from portal.core import dates
from portal.core.db import begin_write, db
from portal.core.errors import DomainError
from portal.core.guards import BY_LINK
from portal.core.i18n import COOKIE, LANGUAGES, current_language, listed, translate_templates
from portal.core.links import SECRET_PAGE

# Fields that nobody typed, and those that must not be shown.
NOT_SHOWN_AGAIN = ("csrf_token", "password", "new_password", "again", "seen", "draft", "move")
TEXT_SIZE_COOKIE = "linli_text"
KEYS_COOKIE = "linli_keys"
LONGEST_NUMBER = 16  # digits
YEAR_SECONDS = 365 * 24 * 3600
POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
log = structlog.get_logger()


class RowNumber(IntegerConverter):
    """A number in an address; one that no database can hold leads to no page."""

    def __init__(self, map_: Map) -> None:
        super().__init__(map_, max=10**LONGEST_NUMBER - 1)


def set_up_pages(app: Flask) -> None:
    """Register what happens before and after each request, and what templates may use."""
    app.url_map.converters["int"] = RowNumber
    app.before_request(open_transaction)
    app.after_request(keep_choices)
    app.after_request(add_headers)
    app.context_processor(template_names)
    translate_templates(app)
    for filter_ in (dates.day, dates.date_day, dates.moment, dates.age, listed):
        app.add_template_filter(filter_)
    app.register_error_handler(DomainError, show_domain_error)
    app.register_error_handler(CSRFError, show_expired_form)
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(Exception, show_failure)


def open_transaction() -> None:
    """Begin with the right to write where the method may change something."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method in ("GET", "HEAD", "OPTIONS") or view is None:
        return
    if not getattr(view, "reads_first", False):
        begin_write(db.session())


def keep_choices(response: Response) -> Response:
    """Remember ?lang=, ?text= and ?keys= in cookies that hold nothing else."""
    language, size, keys = (request.args.get(name) for name in ("lang", "text", "keys"))
    if language in LANGUAGES:
        set_choice(response, COOKIE, language)
    if size in ("normal", "large"):
        set_choice(response, TEXT_SIZE_COOKIE, size)
    if keys in ("on", "off"):
        set_choice(response, KEYS_COOKIE, keys)
    return response


def set_choice(response: BaseResponse, name: str, value: str) -> None:
    """Keep a choice in this browser for a year."""
    response.set_cookie(
        name,
        value,
        max_age=YEAR_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )


def add_headers(response: Response) -> Response:
    headers = response.headers
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "guard", "") == BY_LINK:
        headers.update(SECRET_PAGE)
    headers.setdefault("Content-Security-Policy", policy())
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers.setdefault("Strict-Transport-Security", f"max-age={YEAR_SECONDS}")
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store" if "linli_session" in request.cookies else "no-cache")
    elif "v" in request.args:
        headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    return response


def policy() -> str:
    """Return what pages may load: only what is ours, and map tiles where they are set."""
    tiles = current_app.extensions["linli_settings"].tile_host
    return f"{POLICY}; img-src 'self' data: {tiles}" if tiles else POLICY


def template_names() -> dict[str, Any]:
    return {
        "current_language": current_language(),
        "languages": list(LANGUAGES.items()),
        "language_url": language_url,
        "text_size": text_size(),
        "text_size_url": text_size_url,
        "keys_on": keys_on(),
        "viewer": viewer(),
        "asset": asset,
    }


def viewer() -> Any:
    """Return the signed-in person, or None; also when the database has just failed."""
    if g.get("failed"):
        return None
    return current_user._get_current_object() if current_user.is_authenticated else None


def text_size() -> str:
    wanted = request.args.get("text") or request.cookies.get(TEXT_SIZE_COOKIE)
    return "large" if wanted == "large" else "normal"


def keys_on() -> bool:
    """Tell whether single keys do something on the pages of staff: yes, unless switched off."""
    return (request.args.get("keys") or request.cookies.get(KEYS_COOKIE)) != "off"


def language_url(code: str) -> str:
    """Return the present address in another language."""
    return address_with(lang=code)


def text_size_url() -> str:
    """Return the present address with the other size of text."""
    return address_with(text="normal" if text_size() == "large" else "large")


def address_with(**changes: str | None) -> str:
    """Return the present path and query with these arguments set, or removed where None.

    A page that answered a POST has no address of its own: its GET form is taken.
    """
    arguments = {k: v for k, v in request.args.items(multi=True) if k not in changes}
    arguments |= {k: v for k, v in changes.items() if v is not None}
    return f"{request.path}?{urlencode(arguments)}" if arguments else request.path


@cache
def _version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def asset(path: str) -> str:
    """Return the address of a static file, with a version that changes with its content."""
    return _asset(current_app.static_folder or "", request.root_path, path)


@cache
def _asset(folder: str, _mounted_at: str, path: str) -> str:
    return str(url_for("static", filename=path, v=_version(Path(folder) / path)))


ErrorPage = tuple[str, int]


def show_domain_error(error: DomainError) -> ErrorPage:
    db.session.rollback()
    return error_page(error.status, error.message)


def show_expired_form(error: CSRFError) -> ErrorPage:
    """Show the form's own page again with what was typed, or say what to do."""
    db.session.rollback()
    kept = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if value.strip() and name not in NOT_SHOWN_AGAIN
    ]
    return render_template("errors/csrf.html", kept=kept, form_href=page_of_form()), 400


def page_of_form() -> str:
    """Return the address of the page whose form was sent, as far as the browser tells."""
    try:
        came_from = urlsplit(request.referrer or "")
    except ValueError:  # such as http://[
        return request.path
    is_ours = came_from.netloc == request.host and not came_from.path.startswith("//")
    return came_from.path if is_ours else request.path


def row_asked_for(name: str) -> int | None:
    """Return the number of a row that the address asks for, or None if it is none a database can hold."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def show_http_error(error: HTTPException) -> Any:
    db.session.rollback()
    if error.code is None or error.code < 400:
        return error
    if error.code == 405:
        return error_page(404)[0], 405, {"Allow": ", ".join(getattr(error, "valid_methods", None) or [])}
    return error_page(error.code)


def show_failure(error: Exception) -> ErrorPage:
    """Say sorry in three languages without needing the database; log the kind of error only."""
    if current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    g.failed = True  # the page must do without the database
    log.error("request.failed", error=type(error).__name__, at=places_of(error))
    try:
        db.session.rollback()
    except Exception:
        log.error("database.unreachable")
    return error_page(500)


def places_of(error: Exception) -> list[str]:
    """Return where it went wrong, outermost first: no values, which may be people's words."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames]


def error_page(status: int, message: str = "") -> ErrorPage:
    known = (400, 403, 404, 409, 413, 422, 429, 500)
    name = status if status in known else (400 if status < 500 else 500)
    return render_template(f"errors/{name}.html", message=message), status
