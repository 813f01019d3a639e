"""What becomes of the files that people send as pictures."""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO

import pillow_heif
import pytest
from flask import Flask
from PIL import Image

from portal.core import i18n
from portal.core.errors import Invalid
from portal.core.pictures import LARGE, MAX_BYTES, SMALL, black_out, grid_of, read_picture
from tests.pictures import draw, encode, jpeg, opened

ORIENTATION, GPS = 0x0112, 0x8825
RIGHT_TURN = 6  # a telephone held upright writes this
SECRET = b"N39.9042 E116.4074"


@pytest.fixture(autouse=True)
def speaking() -> Iterator[None]:
    """Messages need an application to be written in a language, and no database."""
    app = Flask("portal")
    i18n.babel.init_app(app, locale_selector=i18n.select_locale)
    with app.test_request_context("/?lang=en"):
        yield


def telling_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION] = RIGHT_TURN
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(GPS)[1] = "N"
    return exif


def heic() -> bytes:
    """Return a picture as telephones write it: the turn stands in the container, besides the EXIF."""
    out = BytesIO()
    pillow_heif.from_pillow(draw(640, 480)).save(out, exif=telling_exif().tobytes())
    assert b"irot" in out.getvalue()
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_picture_is_turned_upright_and_tells_nothing_else(kind: str) -> None:
    sent = heic() if kind == "HEIF" else encode(draw(640, 480), kind, exif=telling_exif())
    assert SECRET in sent
    kept = read_picture(sent, "a")
    assert (kept.width, kept.height) == (480, 640)
    for content in (kept.large, kept.small):
        made = opened(content)
        assert made.format == "JPEG"
        assert made.size == (kept.width, kept.height) or max(made.size) == SMALL
        assert SECRET not in content
        assert not made.getexif()
        assert made.getpixel((made.width - 5, 5))[0] > 200  # the red corner has turned along


def test_a_comment_and_a_profile_are_left_behind() -> None:
    sent = encode(draw(), comment=SECRET, icc_profile=SECRET)
    kept = read_picture(sent, "a")
    assert SECRET in sent
    assert SECRET not in kept.large + kept.small


def test_large_pictures_become_smaller() -> None:
    kept = read_picture(jpeg(width=4000, height=1000), "a")
    assert (kept.width, kept.height) == (LARGE, LARGE // 4)
    assert opened(kept.small).size == (SMALL, SMALL // 4)


def test_heic_is_taken() -> None:
    assert read_picture(encode(draw(), "HEIF"), "IMG.HEIC").width == 640


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_way_to_say_colours_is_taken(mode: str) -> None:
    image = Image.new(mode, (60, 40))
    assert read_picture(encode(image, "JPEG" if mode == "CMYK" else "PNG"), "a").width == 60


def test_what_is_transparent_becomes_white() -> None:
    kept = read_picture(encode(Image.new("RGBA", (60, 40), (0, 0, 0, 0)), "PNG"), "a")
    assert opened(kept.large).getpixel((30, 20)) == (255, 255, 255)


def bomb(width: int, height: int) -> bytes:
    """Return a PNG of few bytes that claims this size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(10))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def refusal(content: bytes, name: str = "IMG_1.jpg") -> str:
    with pytest.raises(Invalid) as refused:
        read_picture(content, name)
    assert name in refused.value.message
    return refused.value.message


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    assert "more than 50 million pixels" in refusal(bomb(60_000, 60_000))
    assert "more than 50 million pixels" in refusal(encode(Image.new("1", (10_000, 5_001)), "PNG"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7 not a picture",
        b"\xff\xd8\xff" + bytes(100),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\x00\x00\x00\x18ftypheic" + bytes(50),
        bomb(500, 500),
        encode(draw(), "GIF"),
        encode(draw(), "BMP"),
        encode(draw(), "TIFF"),
        *(encode(draw(), kind)[:-300] for kind in ("JPEG", "PNG", "WEBP", "HEIF")),
    ],
)
def test_what_is_damaged_or_no_picture_is_refused_by_its_content(content: bytes) -> None:
    assert "damaged, or not a JPEG, PNG, WebP or HEIC picture" in refusal(content)


def test_more_than_ten_megabytes_are_refused() -> None:
    assert "larger than 10 MB" in refusal(jpeg() + bytes(MAX_BYTES))


@pytest.mark.parametrize(("size", "grid"), [((640, 480), (16, 12)), ((480, 640), (12, 16))])
def test_marked_cells_become_black_and_nothing_else(size: tuple[int, int], grid: tuple[int, int]) -> None:
    assert grid_of(*size) == grid
    kept = read_picture(encode(draw(*size)), "a")
    dark = black_out(kept.large, [(0, 0), (grid[0] - 1, grid[1] - 1)])
    for before, after in ((kept.large, dark.large), (kept.small, dark.small)):
        old, new = opened(before), opened(after)
        assert new.size == old.size
        right, bottom = new.width - 4, new.height - 4
        for point in ((4, 4), (right, bottom)):
            assert max(new.getpixel(point)) < 10
            assert max(old.getpixel(point)) > 60
        cell = new.width // grid[0]
        assert new.getpixel((cell * 3, 5))[0] > 200
