"""Text from people: cleaned, masked for the public, shortened, and folded for search."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache

from opencc import OpenCC

MAX_TEXT = 20_000
MAX_SEARCH_TOKENS = 12_000  # PostgreSQL counts positions up to 16,383
LONGEST_TOKEN = 64
MAX_SEARCHED = 200_000  # characters; more than so many tokens ever need
MOST_MARKS = 30  # on one letter, as in the Stream-Safe Text Format of UAX 15
LAST_MARK = 0x1E95F  # the blocks that have marks end before

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_BIDI = "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069"
_UNWANTED = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_BIDI}\ufeff\ufffe\uffff\ud800-\udfff]")
_RUN = re.compile(f"[{_HAN}]+|[^\\W_{_HAN}]+")
_WORDLIKE = re.compile(r"[^\W_]")

# A number counts as a mobile, a landline or an identity number only when no digit touches it.
_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    r"\d{17}[0-9Xx]"  # identity number
    r"|(?:\+?86[-. ]?)?1[3-9]\d(?:[-. ]?\d{4}){2}"  # mobile
    r"|0\d{2,4}[)]?[- ]?\d{6,8}"  # landline with area code
    r"|\+\d{1,3}[- ]?\d(?:[- ]?\d){6,12}"  # international
    r")(?![0-9A-Za-z])"
)
# The lengths are those of RFC 5321. Without them a long text with no "@" takes time by its square.
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")

# Full-width signs as a Chinese keyboard types them, one for one with the plain ones.
_PLAIN = dict(zip(map(ord, "０１２３４５６７８９＋－（）．＠　–—"), "0123456789+-().@ --", strict=True))


def clean_text(text: str) -> str:
    """Return text without NUL, control and direction marks, in NFC, with plain line ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return thin_marks(unicodedata.normalize("NFC", thin_marks(_UNWANTED.sub("", text)))).strip()


def thin_marks(text: str) -> str:
    """Return text with at most 30 marks on one letter.

    Normalizing sorts the marks of a letter, in time by the square of their number: some hundred
    thousand would keep a process busy for minutes. No script needs more than a few.
    """
    return text if text.isascii() else _too_many_marks().sub(r"\1", text)


@cache
def _too_many_marks() -> re.Pattern[str]:
    """Return what matches the marks on one letter from the first one too many on."""
    code_points = range(0x300, LAST_MARK)
    marks = (chr(c) for c in code_points if unicodedata.combining(unicodedata.normalize("NFKD", chr(c))[0]))
    some = "".join(map(re.escape, marks))
    return re.compile(f"([{some}]{{{MOST_MARKS}}})[{some}]+")


def has_words(text: str) -> bool:
    """Tell whether there is a letter, a digit or a Chinese character at all."""
    return bool(_WORDLIKE.search(text))


def mask_personal(text: str) -> str:
    """Return text with telephone numbers, identity numbers and e-mail addresses covered."""
    return _cover_all(_ADDRESS, lambda _address: "•••@•••", _cover_all(_PERSONAL, _cover, text))


def _cover_all(pattern: re.Pattern[str], cover: Callable[[str], str], text: str) -> str:
    """Return text with every place covered that would match if it were typed in plain signs."""
    parts, end = [], 0
    for match in pattern.finditer(text.translate(_PLAIN)):
        parts += [text[end : match.start()], cover(match.group())]
        end = match.end()
    return "".join(parts) + text[end:]


def _cover(number: str) -> str:
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
    return unicodedata.normalize("NFKC", thin_marks(text)).casefold().translate(_simplified())


def search_tokens(text: str) -> list[str]:
    """Return words and overlapping pairs in order, then each single character once.

    A Chinese run of several characters is found as its pairs in a row; a lone character is
    its own token. The gap token keeps a phrase from running from one run into the next.
    """
    tokens: list[str] = []
    singles: dict[str, None] = {}
    for run in runs(fold(text[:MAX_SEARCHED])):
        if is_han(run):
            singles.update(dict.fromkeys(run))
            tokens.extend(pairs(run))
            tokens.append("_")
        else:
            tokens.append(run[:LONGEST_TOKEN])
    kept = list(singles)[:MAX_SEARCH_TOKENS]
    return tokens[: MAX_SEARCH_TOKENS - len(kept)] + kept


def query_phrases(query: str, limit: int = 8) -> list[list[str]]:
    """Return what must all be found: each a phrase of tokens as `search_tokens` makes them."""
    phrases: list[list[str]] = []
    for run in runs(fold(query[:200])):
        phrases.append(pairs(run) or [run] if is_han(run) else [run[:LONGEST_TOKEN]])
    return phrases[:limit]


def runs(folded: str) -> Iterator[str]:
    """Give each stretch of Chinese characters, and each word or number, in order."""
    return (match.group() for match in _RUN.finditer(folded))


def pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]


def is_han(run: str) -> bool:
    """Tell whether a run is of Chinese characters."""
    return bool(re.match(f"[{_HAN}]", run))
