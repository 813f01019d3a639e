"""The squares on paper that a telephone reads an address from."""

import segno
from markupsafe import Markup


def qr_code(address: str) -> Markup:
    """Return the QR code of an address as SVG; a seventh of it may be soiled."""
    drawing = segno.make(address, error="m", micro=False)
    return Markup(drawing.svg_inline(omitsize=True, border=2, svgclass="qr"))  # noqa: S704  # holds no text
