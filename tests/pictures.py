"""Pictures to send in tests, drawn anew each time."""

from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from PIL import Image, ImageDraw
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart


def draw(width: int = 640, height: int = 480, *, mark: int = 0) -> Image.Image:
    """Return a picture whose upper left quarter is red; another `mark` makes another picture."""
    image = Image.new("RGB", (width, height), (30, 90, 20 * mark))
    ImageDraw.Draw(image).rectangle((0, 0, width // 2 - 1, height // 2 - 1), fill="red")
    return image


def encode(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(**options: Any) -> bytes:
    return encode(draw(**options))


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def post_files(
    client: FlaskClient, address: str, fields: dict[str, str], files: tuple[tuple[str, bytes], ...]
) -> TestResponse:
    """Send a form with files as a browser does. The client's own way leaves temporary files open."""
    chosen = [FileStorage(BytesIO(content), filename=name) for name, content in files]
    boundary, body = encode_multipart({**fields, "photos": chosen} if chosen else fields)
    return client.post(address, data=body, content_type=f"multipart/form-data; boundary={boundary}")
