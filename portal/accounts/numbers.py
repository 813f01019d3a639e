"""Telephone numbers and chat names as people write them."""

import re
import unicodedata

SHORTEST_NUMBER, LONGEST_NUMBER = 5, 15  # digits; the longest is that of E.164
LONGEST_AT_HOME = 11  # digits of a number within China
LONGEST_NAME = 120
_BETWEEN = re.compile(r"[\s().·–—-]+")
_NUMBER = re.compile(rf"\+?\d{{{SHORTEST_NUMBER},{LONGEST_NUMBER}}}", re.A)


def read_number(text: str) -> str:
    """Return the digits of a telephone number, after a + if there is one; "" if it is none."""
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", text[:LONGEST_NAME]))
    return plain if _NUMBER.fullmatch(plain) else ""


def bare_number(number: str) -> str:
    """Return the number without what is dialled before it, so that 0086… and +86… are the one here."""
    digits = number.lstrip("+0")
    return digits.removeprefix("86") if len(digits) > LONGEST_AT_HOME else digits


def read_chat_name(text: str) -> str:
    """Return the name or number of somebody in a chat; "" if it can't be one."""
    name = unicodedata.normalize("NFKC", text.strip())
    fits = 2 <= len(name) <= LONGEST_NAME and name.isprintable() and " " not in name
    return name if fits else ""
