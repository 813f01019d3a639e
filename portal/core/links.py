"""Addresses of pages as anybody anywhere types them, for mails and for paper; and the secret ones."""

from flask import current_app

# The headers of a page whose address or content is a secret: no other site and no search engine hears of
# the address, and no copy is kept.
SECRET_PAGE = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}


def whole_link(endpoint: str, **values: str) -> str:
    """Return the whole address of a page, whoever asks from where, also outside of any request."""
    base: str = current_app.extensions["linli_settings"].base_url
    return base + current_app.url_map.bind("").build(endpoint, values)
