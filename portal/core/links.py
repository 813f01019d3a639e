"""Addresses of pages as anybody anywhere types them: for mails and for paper."""

from flask import current_app


def whole_link(endpoint: str, **values: str) -> str:
    """Return the whole address of a page, whoever asks from where, also outside of any request."""
    base: str = current_app.extensions["linli_settings"].base_url
    return base + current_app.url_map.bind("").build(endpoint, values)
