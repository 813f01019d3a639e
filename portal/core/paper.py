"""What goes on paper: whole addresses, and the squares that a telephone reads them from."""

import segno
from flask import current_app
from markupsafe import Markup


def whole_link(endpoint: str, **values: str) -> str:
    """Return the address of a page as anybody anywhere types it, whoever asks from where."""
    base: str = current_app.extensions["linli_settings"].base_url
    return base + current_app.url_map.bind("").build(endpoint, values)


def qr_code(address: str) -> Markup:
    """Return the QR code of an address as SVG; a seventh of it may be soiled."""
    drawing = segno.make(address, error="m", micro=False)
    return Markup(drawing.svg_inline(omitsize=True, border=2, svgclass="qr"))  # noqa: S704  # holds no text
