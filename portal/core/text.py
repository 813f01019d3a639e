"""Text from people: cleaned, masked for the public, shortened, and folded for search."""

import re
import unicodedata
from functools import cache

from opencc import OpenCC

MAX_TEXT = 20_000
MAX_SEARCH_TOKENS = 12_000  # PostgreSQL counts positions up to 16,383

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_BIDI = "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069"
_UNWANTED = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_BIDI}\ufeff\ufffe\uffff\ud800-\udfff]")
_RUN = re.compile(f"[{_HAN}]+|[^\\W_{_HAN}]+")
_WORDLIKE = re.compile(r"[^\W_]")

# A number counts as a mobile, a landline or an identity number only when no digit touches it.
_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    r"\d{17}[0-9Xx]"  # identity number
    r"|(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}"  # mobile
    r"|0\d{2,3}[- ]\d{7,8}"  # landline with area code
    r"|\+\d{1,3}[- ]?\d(?:[- ]?\d){6,12}"  # international
    r")(?![0-9A-Za-z])"
)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def clean_text(text: str) -> str:
    """Return text without NUL, control and direction marks, in NFC, with plain line ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _UNWANTED.sub("", text)).strip()


def has_words(text: str) -> bool:
    """Tell whether there is a letter, a digit or a Chinese character at all."""
    return bool(_WORDLIKE.search(text))


def mask_personal(text: str) -> str:
    """Return text with telephone numbers, identity numbers and e-mail addresses covered."""
    return _ADDRESS.sub("•••@•••", _PERSONAL.sub(_cover, text))


def _cover(match: re.Match[str]) -> str:
    number = match.group()
    return number[:3] + "•" * (len(number) - 5) + number[-2:]


def excerpt(text: str, length: int = 60) -> str:
    """Return the first words on one line, at most `length` characters and an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


@cache
def _simplified() -> dict[int, str]:
    """Traditional to Simplified, character by character, so that both sides fold alike."""
    characters = [chr(c) for c in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    converted = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {ord(a): b for a, b in zip(characters, converted, strict=True) if a != b}


def fold(text: str) -> str:
    """Return text in the form both sides of a search are compared in."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_simplified())


def search_tokens(text: str) -> list[str]:
    """Return words and overlapping pairs in order, then each single character once.

    A Chinese run of several characters is found as its pairs in a row; a lone character is
    its own token. The gap token keeps a phrase from running from one run into the next.
    """
    tokens: list[str] = []
    singles: dict[str, None] = {}
    for match in _RUN.finditer(fold(text)):
        run = match.group()
        if _is_han(run):
            singles.update(dict.fromkeys(run))
            tokens.extend(_pairs(run))
            tokens.append("_")
        else:
            tokens.append(run[:64])
    kept = list(singles)[:MAX_SEARCH_TOKENS]
    return tokens[: MAX_SEARCH_TOKENS - len(kept)] + kept


def query_phrases(query: str, limit: int = 8) -> list[list[str]]:
    """Return what must all be found: each a phrase of tokens as `search_tokens` makes them."""
    phrases: list[list[str]] = []
    for match in _RUN.finditer(fold(query[:200])):
        run = match.group()
        phrases.append(_pairs(run) or [run] if _is_han(run) else [run[:64]])
    return phrases[:limit]


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]


def _is_han(run: str) -> bool:
    return bool(re.match(f"[{_HAN}]", run))
