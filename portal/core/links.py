"""Addresses of pages as anybody anywhere types them, for mails and for paper; and the secret ones."""

from flask import Response, current_app


def whole_link(endpoint: str, **values: str) -> str:
    """Return the whole address of a page, whoever asks from where, also outside of any request."""
    base: str = current_app.extensions["linli_settings"].base_url
    return base + current_app.url_map.bind("").build(endpoint, values)


def keep_link_secret(response: Response) -> Response:
    """Tell no other site and no search engine of the link, and keep no copy of the page."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response
