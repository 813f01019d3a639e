"""Pictures as people send them: looked at by content, turned upright, made anew without what they hide.

What is kept is always our own JPEG: no EXIF, no place, no comment, nothing that the sender's file
could carry besides what is seen.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO

import pillow_heif
from PIL import Image, ImageDraw, ImageOps

from portal.core.errors import Invalid
from portal.core.i18n import gettext as _

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
LARGE, SMALL = 2048, 480  # pixels of the longest side
QUALITY = 82
TAKEN = ("JPEG", "PNG", "WEBP", "HEIF")

# Fifty million pixels are 200 MB while they are decoded: one picture at a time in each process.
_decoding = threading.Lock()

pillow_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = None  # ours is the stricter limit

Cell = tuple[int, int]  # column, row


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept: two JPEG files, and the size of the large one in pixels."""

    large: bytes
    small: bytes
    width: int
    height: int


def read_picture(content: bytes, name: str) -> Picture:
    """Return what to keep of a file. Raises Invalid, naming the file, where it can't be taken."""
    if len(content) > MAX_BYTES:
        raise Invalid(too_large(name))
    with _decoding:
        return make_picture(_decode(content, name))


def too_large(name: str) -> str:
    return _("“%(name)s” is larger than 10 MB. Please choose a smaller picture.", name=name)


def _decode(content: bytes, name: str) -> Image.Image:
    """Return the picture upright, no larger than is kept, on white where it is transparent."""
    try:
        image = Image.open(BytesIO(content), formats=TAKEN)
        if image.width * image.height <= MAX_PIXELS:
            image.draft("RGB", (LARGE, LARGE))
            image.load()
            image.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS)
            return _flat(ImageOps.exif_transpose(image))
    except Exception:  # a decoder may raise anything at bytes made to hurt it
        raise Invalid(
            _("“%(name)s” can't be used: it is damaged, or not a JPEG, PNG, WebP or HEIC picture.", name=name)
        ) from None
    raise Invalid(
        _("“%(name)s” has more than 50 million pixels. Please choose a smaller picture.", name=name)
    )


def _flat(image: Image.Image) -> Image.Image:
    """Return the pixels alone, as RGB on white: what else the file said is left behind."""
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 256).convert("L")
    seen = image.convert("RGBA")
    flat = Image.new("RGB", seen.size, "white")
    flat.paste(seen, mask=seen.getchannel("A"))
    return flat


def make_picture(image: Image.Image) -> Picture:
    """Return an RGB image, no larger than LARGE, as it is kept."""
    small = image.copy()
    small.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    return Picture(_jpeg(image), _jpeg(small), image.width, image.height)


def _jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=QUALITY, progressive=True, optimize=True)
    return out.getvalue()


def grid_of(width: int, height: int) -> tuple[int, int]:
    """Return how many columns and rows of cells lie over a picture of this size."""
    return (16, 12) if width >= height else (12, 16)


def black_out(large: bytes, cells: Iterable[Cell]) -> Picture:
    """Return one of our pictures with these cells of its grid painted black."""
    with _decoding:
        image = Image.open(BytesIO(large), formats=("JPEG",))
        image.load()
        columns, rows = grid_of(*image.size)
        draw = ImageDraw.Draw(image)
        for column, row in cells:
            left, right = (edge * image.width // columns for edge in (column, column + 1))
            top, bottom = (edge * image.height // rows for edge in (row, row + 1))
            draw.rectangle((left, top, right, bottom), fill="black")
        return make_picture(image)
