"""The one form in which the classifier reads text: capped, Simplified, lower case, same length."""

from functools import lru_cache

import opencc

MAX_CHARS = 5000
_IDEOGRAPHIC_SPACE = 0x3000
# Full-width forms to ASCII one for one, so that positions in the folded text are positions in the original.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {_IDEOGRAPHIC_SPACE: 0x20}
# Half a surrogate pair cannot be encoded; it comes from broken clients and says nothing.
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
_TABLE = _HALF_WIDTH | _SURROGATES


def cap(text: str) -> str:
    """Return at most MAX_CHARS characters of `text`, without the white space around it."""
    return text[:MAX_CHARS].strip()


def fold(text: str) -> str:
    """Return `text` capped, Traditional characters as Simplified, full-width forms as ASCII, in lower case.

    The result has the length of `cap(text)` except where a phrase has no Simplified form of its own length.
    """
    return _to_simplified(_lower(cap(text).translate(_TABLE)))


def _lower(text: str) -> str:
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def _to_simplified(text: str) -> str:
    if text.isascii():
        return text
    converted: str = _converter().convert(text)
    return converted


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")
