"""The gaps in a reply template that are filled when it is used. No database."""

import re
from collections.abc import Mapping

PLACEHOLDERS = ("reference", "place", "department", "due", "staff")
DUE = "{due}"  # the day until which the first answer is promised
_GAP = re.compile(r"\{([^{}]*)\}")


def unknown_gaps(text: str) -> list[str]:
    """Return what stands in braces and is none of the placeholders, each as it was written."""
    return [f"{{{name}}}" for name in _GAP.findall(text) if name not in PLACEHOLDERS]


def has_lone_brace(text: str) -> bool:
    """Tell whether a brace is opened and not closed, or the other way round."""
    return bool(re.search(r"[{}]", _GAP.sub("", text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its placeholders filled; what the values don't name stays as it is."""
    return _GAP.sub(lambda gap: values.get(gap[1], gap[0]), text)
