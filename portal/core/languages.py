"""Texts in three languages as a person types them: a field for each, or one line for all."""

from collections.abc import Mapping
from typing import Any

from wtforms import Field

from portal.core.forms import ShortText, no_longer_than
from portal.core.i18n import DEFAULT, LANGUAGES, Names, lazy_gettext

FIELDS = {"zh-Hans": "hans", "zh-Hant": "hant", "en": "en"}
SEPARATOR = "|"


def language_fields(label: str, *, longest: int, kind: type[Field] = ShortText) -> list[Field]:
    """Return a field for each language; a form calls them `name_hans`, `name_hant`, `name_en`."""
    return [
        kind(
            lazy_gettext("%(what)s (%(language)s)", what=label, language=language),
            [no_longer_than(longest)],
            render_kw={"lang": code},
        )
        for code, language in LANGUAGES.items()
    ]


def to_fields(name: str, texts: Names) -> dict[str, str]:
    """Return what stands in the fields for these texts."""
    return {f"{name}_{short}": texts.get(code, "") for code, short in FIELDS.items()}


def from_fields(name: str, data: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts that stand in the fields, without the empty ones."""
    typed = {code: data[f"{name}_{short}"] or "" for code, short in FIELDS.items()}
    return {code: text for code, text in typed.items() if text}


def to_line(texts: Names) -> str:
    """Return the texts on one line: one that is the same in all languages, else each in its order."""
    every = [texts.get(code) or texts.get(DEFAULT, "") for code in LANGUAGES]
    return every[0] if len(set(every)) == 1 else f" {SEPARATOR} ".join(every)


def from_line(line: str) -> dict[str, str]:
    """Return the texts of a line: one for all languages, or three in their order.

    Raises ValueError for another number of them.
    """
    parts = [part.strip() for part in line.split(SEPARATOR)]
    if len(parts) == 1:
        return dict.fromkeys(LANGUAGES, parts[0]) if parts[0] else {}
    if len(parts) != len(LANGUAGES) or not all(parts):
        raise ValueError(line)
    return dict(zip(LANGUAGES, parts, strict=True))
