"""Three languages: which one a person reads, and names kept in all of them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import flask_babel
from flask import g, has_request_context, request
from flask_babel import Babel, refresh
from flask_babel.speaklater import LazyString

LANGUAGES = {"zh-Hans": "简体中文", "zh-Hant": "繁體中文", "en": "English"}
LOCALES = {"zh-Hans": "zh_Hans_CN", "zh-Hant": "zh_Hant_TW", "en": "en_GB"}
DEFAULT = "zh-Hans"
COOKIE = "linli_language"
_TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")

Names = Mapping[str, str]
babel = Babel()


def current_language() -> str:
    """Return the code of the language of this request (or of the mail being written)."""
    if "language" not in g:
        g.language = _choose() if has_request_context() else DEFAULT
    return str(g.language)


def use_language(code: str | None) -> None:
    """Write in this language until the application context ends."""
    g.language = code if code in LANGUAGES else DEFAULT
    refresh()


@contextmanager
def in_language(code: str | None) -> Iterator[None]:
    """Write in this language inside the block, then as before."""
    before = g.get("language")
    use_language(code)
    try:
        yield
    finally:
        g.pop("language")
        if before is not None:
            g.language = before
        refresh()


def select_locale() -> str:
    return LOCALES[current_language()]


def localized(names: Names, language: str | None = None) -> str:
    """Return the name in the language, else in the default one, else in any."""
    code = language or current_language()
    return names.get(code) or names.get(DEFAULT) or next(iter(names.values()), "")


def _choose() -> str:
    for code in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if code in LANGUAGES:
            return code
    for wanted, _quality in request.accept_languages:
        code = match_language(wanted)
        if code:
            return code
    return DEFAULT


def match_language(tag: str) -> str | None:
    """Return our code for a browser's language tag: zh-TW and zh-HK read Traditional."""
    tag = tag.lower()
    if tag.startswith(_TRADITIONAL):
        return "zh-Hant"
    if tag == "zh" or tag.startswith("zh-"):
        return "zh-Hans"
    return "en" if tag == "en" or tag.startswith("en-") else None


def gettext(message: str, **values: object) -> str:
    """Return the message in the language of the request, with its values put in."""
    return str(flask_babel.gettext(message, **values))


def ngettext(singular: str, plural: str, number: int, **values: object) -> str:
    """Return the message for this number in the language of the request."""
    return str(flask_babel.ngettext(singular, plural, number, **values))


def lazy_gettext(message: str, **values: object) -> LazyString:
    """Return the message, translated when it is shown."""
    return flask_babel.lazy_gettext(message, **values)
