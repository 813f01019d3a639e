"""The list of departments, groups and categories that the classifier, the portal and Open311 share."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.errors import DataError

DATA = Path(__file__).parent / "data"
LANGUAGES = ("zh-Hans", "zh-Hant", "en")


@dataclass(frozen=True)
class Department:
    """Who acts; `names` by language."""

    code: str
    names: Mapping[str, str]


@dataclass(frozen=True)
class Group:
    """The upper of the two levels of categories; `names` by language."""

    code: str
    names: Mapping[str, str]


@dataclass(frozen=True)
class Category:
    """What a message is about; answer and fix are promises in days."""

    code: str
    group: str
    department: str
    names: Mapping[str, str]
    hints: Mapping[str, str]
    answer_days: int
    fix_days: int


@dataclass(frozen=True)
class Labels:
    """All departments, groups and categories in the order of the file."""

    departments: tuple[Department, ...]
    groups: tuple[Group, ...]
    categories: tuple[Category, ...]

    def department_of(self) -> dict[str, str]:
        """Return the default department of each category, by code."""
        return {category.code: category.department for category in self.categories}


def load_labels(path: Path = DATA / "categories.toml") -> Labels:
    """Read the label file; DataError names what is missing, unknown or said twice."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        labels = _build(content)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{path}: cannot be read as a label file: {error}") from None
    except KeyError as error:
        raise DataError(f"{path}: an entry has no {error}") from None
    _check(labels, path)
    return labels


def _build(content: Mapping[str, Any]) -> Labels:
    return Labels(
        tuple(Department(entry["code"], _names(entry)) for entry in content["department"]),
        tuple(Group(entry["code"], _names(entry)) for entry in content["group"]),
        tuple(_category(entry) for entry in content["category"]),
    )


def _category(entry: Mapping[str, Any]) -> Category:
    return Category(
        code=entry["code"],
        group=entry["group"],
        department=entry["department"],
        names=_names(entry),
        hints=dict(entry.get("hint", {})),
        answer_days=int(entry["answer_days"]),
        fix_days=int(entry["fix_days"]),
    )


def _names(entry: Mapping[str, Any]) -> dict[str, str]:
    return {language: entry["name"][language] for language in LANGUAGES}


def _check(labels: Labels, path: Path) -> None:
    for kind, entries in (
        ("department", labels.departments),
        ("group", labels.groups),
        ("category", labels.categories),
    ):
        codes = [entry.code for entry in entries]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise DataError(f"{path}: {kind} {twice[0]!r} is there twice")
    departments = {department.code for department in labels.departments}
    groups = {group.code for group in labels.groups}
    for category in labels.categories:
        if category.department not in departments:
            raise DataError(
                f"{path}: category {category.code!r} has the unknown department {category.department!r}"
            )
        if category.group not in groups:
            raise DataError(f"{path}: category {category.code!r} has the unknown group {category.group!r}")
