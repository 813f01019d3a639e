"""Three languages: which one a person reads, and names kept in all of them."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from gettext import NullTranslations

import flask_babel
from flask import Flask, g, has_request_context, request
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
    _forget_catalogue()


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
        _forget_catalogue()


def _forget_catalogue() -> None:
    g.pop("catalogue", None)
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


def catalogue() -> NullTranslations:
    """Return the messages of the present language, looked up once for each request."""
    found = g.get("catalogue") if g else NullTranslations()
    if found is None:
        found = g.catalogue = flask_babel.get_translations()
    return found


def translate_templates(app: Flask) -> None:
    """Let templates use the catalogue as kept here, which a page asks nearly a hundred times."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda message: catalogue().gettext(message),
        ngettext=lambda singular, plural, n: catalogue().ngettext(singular, plural, n),
        newstyle=True,
    )


def gettext(message: str, **values: object) -> str:
    """Return the message in the language of the request, with its values put in."""
    text = catalogue().gettext(message)
    return text % values if values else text


def ngettext(singular: str, plural: str, number: int, **values: object) -> str:
    """Return the message for this number in the language of the request."""
    return catalogue().ngettext(singular, plural, number) % {"num": number, **values}


def listed(names: Iterable[str]) -> str:
    """Return the names in a row, as the language puts them: "lamps, gates", "路灯、大门"."""
    # For translators: between names or references in a row.
    return gettext(", ").join(names)


def lazy_gettext(message: str, **values: object) -> LazyString:
    """Return the message, translated when it is shown."""
    return LazyString(gettext, message, **values)
