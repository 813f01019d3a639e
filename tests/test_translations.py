"""The catalogues hold every string there is, and say it well."""

import ast
import importlib
import inspect
import pkgutil
import re
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import opencc
import pytest
import wtforms
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from wtforms.fields.core import UnboundField

import portal
from portal.core import forms
from portal.core.i18n import LOCALES

ROOT = Path(__file__).parent.parent
TRANSLATED = sorted(locale for locale in LOCALES.values() if locale.startswith("zh"))
SIMPLIFIED, TRADITIONAL = TRANSLATED

# Characters that both ways of writing share, though a converter would change them.
SHARED = set("里台")
PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")
NUMBERS = {"n", "num", "number", "verified", "percent", "step", "total"}
HAN = r"[\u3400-\u9fff]"
HALF_WIDTH = re.compile(rf"{HAN} ?[,;:?!()'\"]|[,;:?!()'\"] ?{HAN}|{HAN}\.(?:\s|$)")
CRAMPED = re.compile(rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9%]{HAN}")

Key = str | tuple[str, str]


@cache
def source() -> dict[Key, str]:
    """Return each marked string, a pair if it has a plural, and where it first stands."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    keywords = DEFAULT_KEYWORDS | {"lazy_gettext": None}
    found: dict[Key, str] = {}
    for folder in ("portal", "templates"):
        for name, line, key, _comments, _context in extract_from_dir(
            ROOT / folder, methods, options, keywords
        ):
            found.setdefault(key, f"{folder}/{name}:{line}")
    return found


@cache
def catalogue(locale: str) -> Catalog:
    path = ROOT / "portal/translations" / locale / "LC_MESSAGES/messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def entries(locale: str) -> Iterator[Message]:
    return (message for message in catalogue(locale) if message.id)


def texts(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def first(key: Key) -> str:
    return key if isinstance(key, str) else key[0]


def placeholders(text: str) -> list[str]:
    return sorted(found.group() for found in PLACEHOLDER.finditer(text))


def filled(text: str) -> str:
    """Return the text as it may be shown: a digit for a number, a character for a name."""
    return PLACEHOLDER.sub(lambda found: "9" if found.group(1) in NUMBERS else "某", text.replace("%%", "％"))


@pytest.mark.parametrize("locale", TRANSLATED)
def test_every_string_is_translated(locale: str) -> None:
    translated = {m.id for m in entries(locale) if all(texts(m))}
    missing = [f"{where}: {first(key)}" for key, where in source().items() if key not in translated]
    assert not missing, "run `make translations`, then translate what is empty"


@pytest.mark.parametrize("locale", TRANSLATED)
def test_nothing_is_left_over_or_uncertain(locale: str) -> None:
    assert [m.id for m in entries(locale) if m.fuzzy] == []
    assert list(catalogue(locale).obsolete) == []
    assert [m.id for m in entries(locale) if m.id not in source()] == []


@pytest.mark.parametrize("locale", TRANSLATED)
def test_placeholders_are_kept(locale: str) -> None:
    differing = [
        (first(m.id), text)
        for m in entries(locale)
        for text in texts(m)
        if placeholders(text) != placeholders(m.id if isinstance(m.id, str) else m.id[1])
    ]
    assert differing == []
    bare = [text for m in entries(locale) for text in texts(m) if "%" in PLACEHOLDER.sub("", text)]
    assert bare == [], "a percent sign is written %%"


@pytest.mark.parametrize(("locale", "conversion"), [(SIMPLIFIED, "t2s"), (TRADITIONAL, "s2tw")])
def test_each_catalogue_keeps_to_its_characters(locale: str, conversion: str) -> None:
    convert = opencc.OpenCC(conversion).convert
    used = {c for m in entries(locale) for text in texts(m) for c in text} - SHARED
    assert {c for c in used if convert(c) != c} == set()


@pytest.mark.parametrize("locale", TRANSLATED)
@pytest.mark.parametrize("wrong", [HALF_WIDTH, CRAMPED, re.compile("你")], ids=["marks", "spaces", "you"])
def test_chinese_is_set_as_the_style_says(locale: str, wrong: re.Pattern[str]) -> None:
    """Full-width marks, a space between Chinese and Latin letters or digits, and a polite "you"."""
    shown = [filled(text) for m in entries(locale) for text in texts(m)]
    assert [text for text in shown if wrong.search(text)] == []


def form_classes() -> set[type[forms.Form]]:
    for module in pkgutil.walk_packages(portal.__path__, "portal."):
        if module.name.endswith(".forms"):
            importlib.import_module(module.name)
    found: set[type[forms.Form]] = set()
    waiting = [forms.Form]
    while waiting:
        below = waiting.pop().__subclasses__()
        found.update(below)
        waiting.extend(below)
    return found


def parts_of(form: type[forms.Form]) -> Iterator[Any]:
    """Yield the class of each field, and each validator."""
    for name in dir(form):
        field = getattr(form, name)
        if isinstance(field, UnboundField):
            yield field.field_class
            given = field.kwargs.get("validators") or (field.args[1] if len(field.args) > 1 else None)
            yield from given if isinstance(given, (list, tuple)) else ()


def messages_of(part: Any) -> set[str]:
    """Return what WTForms itself may say for a field class, or for a validator without a message."""
    if getattr(part, "message", None):
        return set()
    kind = part if inspect.isclass(part) else type(part)
    return {
        text for cls in kind.__mro__ if cls.__module__.startswith(wtforms.__name__) for text in said_by(cls)
    }


@cache
def said_by(cls: type) -> set[str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    mistakes = [  # made by us, not by who fills in the form
        call
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and "TypeError" in ast.dump(node)
        for call in ast.walk(node)
    ]
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and node not in mistakes
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in ("gettext", "ngettext")
        and isinstance(node.args[0], ast.Constant)
    }


def test_what_wtforms_says_in_our_forms_is_in_the_catalogues() -> None:
    said = {text for form in form_classes() for part in parts_of(form) for text in messages_of(part)}
    assert "Not a valid choice." in said
    assert said - {first(key) for key in source()} == set(), "mark it in portal/core/form_messages.py"
