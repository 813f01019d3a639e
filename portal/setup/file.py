"""The setup file: places, departments, promises, routes and people of a neighbourhood, as TOML.

docs/setup-example.toml shows everything that may stand in it. What a file doesn't mention
stays as it is.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
)
from pydantic import model_validator as checked

from portal.accounts.models import OF_DEPARTMENT, RoleName
from portal.communities.drawing import read_drawing
from portal.communities.models import PlaceKind
from portal.communities.times import MOST_DAYS, MOST_HOURS, TIMES
from portal.core.i18n import DEFAULT, LANGUAGES
from portal.core.positions import Box, Point
from portal.setup.calendar_entry import CalendarEntry, Entry

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
Email = Annotated[
    str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254, to_lower=True)
]
Language = Annotated[str, StringConstraints(pattern="^(" + "|".join(LANGUAGES) + ")$")]
Days = Annotated[int | None, Field(ge=1, le=MOST_DAYS)]
Hours = Annotated[int | None, Field(ge=1, le=MOST_HOURS)]
PLACES_OF_OWN = [kind for kind in PlaceKind if kind != PlaceKind.SPOT]
MESSAGES = {"extra_forbidden": "there is no such setting", "missing": "is missing"}


Location = tuple[str | int, ...]  # as in ("place", 0, "name"): the table, which one, the setting
Fault = tuple[Location, str]


class SetupError(Exception):
    """The setup file can't be loaded; each fault has its place in the file."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(what for _at, what in self.faults))

    def tell(self, path: Path) -> str:
        """Return a line for each fault: the file, the line of its table, what is wrong."""
        try:
            text = path.read_text(encoding="utf-8-sig", errors="replace")
        except OSError:
            text = ""
        return "\n".join(f"{path}: {_where(text, at)}{what}" for at, what in self.faults)


def _in_languages(value: object) -> object:
    """A plain string is the text in all languages."""
    if isinstance(value, str):
        return dict.fromkeys(LANGUAGES, value)
    if isinstance(value, dict) and (unknown := sorted(set(value) - set(LANGUAGES))):
        raise ValueError(f"there is no language {unknown[0]!r}, only {', '.join(LANGUAGES)}")
    return value


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Text = Annotated[dict[str, Words], BeforeValidator(_in_languages), Field(min_length=1)]


class EmergencyLine(Entry):
    number: Words
    name: Text


def _on_earth(position: Point) -> Point:
    if not (-90 <= position[0] <= 90 and -180 <= position[1] <= 180):
        raise ValueError("a position is latitude, then longitude, in degrees")
    return position


Position = Annotated[Point, AfterValidator(_on_earth)]


def _read_plan(name: str, info: ValidationInfo) -> str:
    """Return the drawing in the file of this name, looked for where the setup file is."""
    try:
        data = Path(info.context or "", name).read_bytes()
    except OSError as error:
        raise ValueError(f"{name}: {error.strerror}") from None
    return read_drawing(data)


class PlanEntry(Entry):
    """A drawn plan: its SVG, and the part of the map that it shows."""

    svg: Annotated[str, AfterValidator(_read_plan)] = Field(alias="file")
    south: float
    west: float
    north: float
    east: float

    @property
    def bounds(self) -> Box:
        return Box(self.south, self.west, self.north, self.east)

    @checked(mode="after")
    def lies_on_earth(self) -> "PlanEntry":
        if not self.bounds.is_on_earth:
            raise ValueError("south must be less than north, and west less than east, in degrees")
        return self


class Spot(Entry):
    code: Code
    name: Text
    position: Position | None = None


class PlaceEntry(Entry):
    code: Code
    kind: PlaceKind
    name: Text
    within: Code | None = None
    welcome: Text | None = None
    emergency: tuple[EmergencyLine, ...] | None = None
    position: Position | None = None
    plan: PlanEntry | None = None
    calendar: CalendarEntry | None = None
    spots: tuple[Spot, ...] = ()

    @checked(mode="after")
    def has_its_own_table(self) -> "PlaceEntry":
        if self.kind not in PLACES_OF_OWN:
            raise ValueError("a spot stands in `spots` of its community")
        return self


class DepartmentEntry(Entry):
    code: Code
    name: Text


class CategoryEntry(Entry):
    """What differs here from the category as it ships."""

    code: Code
    name: Text | None = None
    department: Code | None = None
    answer_days: Days = None
    fix_days: Days = None
    urgent_answer_hours: Hours = None
    urgent_fix_hours: Hours = None
    emergency_answer_hours: Hours = None
    emergency_fix_hours: Hours = None

    @property
    def times(self) -> dict[str, int | None]:
        return {name: getattr(self, name) for name in TIMES}


class RouteEntry(Entry):
    categories: tuple[Code, ...] = Field(min_length=1)
    place: Code
    department: Code


class RoleEntry(Entry):
    role: RoleName
    place: Code
    department: Code | None = None

    @checked(mode="after")
    def has_a_department_if_officer(self) -> "RoleEntry":
        if (self.role in OF_DEPARTMENT) != (self.department is not None):
            raise ValueError("an officer or a head has a department, and nobody else has")
        return self


class PersonEntry(Entry):
    email: Email
    name: Annotated[Words, StringConstraints(max_length=80)]
    language: Language = DEFAULT
    roles: tuple[RoleEntry, ...] = ()


class SetupFile(Entry):
    """Everything a setup file may hold, each table as often as needed."""

    place: tuple[PlaceEntry, ...] = ()
    department: tuple[DepartmentEntry, ...] = ()
    category: tuple[CategoryEntry, ...] = ()
    route: tuple[RouteEntry, ...] = ()
    person: tuple[PersonEntry, ...] = ()


def read_setup_file(path: Path) -> SetupFile:
    """Read a setup file and check all that can be checked without the database.

    Raises SetupError.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SetupError([((), error.strerror or "can't be read")]) from None
    except UnicodeDecodeError:
        raise SetupError([((), "is not UTF-8; save it as UTF-8 first")]) from None
    except tomllib.TOMLDecodeError as error:
        raise SetupError([((), str(error))]) from None
    try:
        setup = SetupFile.model_validate(content, context=path.parent)
    except ValidationError as error:
        raise SetupError((e["loc"], _message(e)) for e in error.errors()) from None
    if doubles := list(_doubles(setup)):
        raise SetupError(doubles)
    return setup


def _message(error: Mapping[str, Any]) -> str:
    return MESSAGES.get(error["type"]) or str(error["msg"]).removeprefix("Value error, ")


def _doubles(setup: SetupFile) -> Iterator[Fault]:
    """Find what stands twice in the file."""
    tables: dict[str, Sequence[str]] = {
        "place": [place.code for place in setup.place],
        "department": [department.code for department in setup.department],
        "category": [category.code for category in setup.category],
        "person": [person.email for person in setup.person],
    }
    for table, keys in tables.items():
        for number, key in enumerate(keys):
            if key in keys[:number]:
                yield (table, number), f"{key} is there twice"


def find_unknown(
    setup: SetupFile, places: Set[str], departments: Set[str], categories: Set[str]
) -> Iterator[Fault]:
    """Find codes that stand neither in the file nor among these, which exist already."""
    departments = departments | {department.code for department in setup.department}
    known = set(places)
    for number, place in enumerate(setup.place):
        if place.within and place.within not in known:
            yield ("place", number, "within"), f"there is no place {place.within!r} above this one"
        known |= {place.code, *(f"{place.code}-{spot.code}" for spot in place.spots)}
    for location, kind, code in _mentioned(setup):
        there = {"place": known, "department": departments, "category": categories}[kind]
        if code not in there:
            yield location, f"there is no {kind} {code!r}"


def _mentioned(setup: SetupFile) -> Iterator[tuple[Location, str, str]]:
    """Return what categories, routes and people name, as (location, kind, code)."""
    for i, category in enumerate(setup.category):
        yield ("category", i, "code"), "category", category.code
        if category.department:
            yield ("category", i, "department"), "department", category.department
    for i, route in enumerate(setup.route):
        yield from ((("route", i, "categories"), "category", code) for code in route.categories)
        yield ("route", i, "place"), "place", route.place
        yield ("route", i, "department"), "department", route.department
    for i, person in enumerate(setup.person):
        for role in person.roles:
            yield ("person", i, "roles"), "place", role.place
            if role.department:
                yield ("person", i, "roles"), "department", role.department


def _where(text: str, location: Location) -> str:
    """Return the place of a fault for a person: the line of its table, its number, the setting."""
    if not location:
        return ""
    table, *rest = location
    if not rest or not isinstance(rest[0], int):
        return ".".join(map(str, location)) + ": "
    lines = [
        number
        for number, line in enumerate(text.splitlines(), 1)
        if re.match(rf"\s*\[\[\s*{re.escape(str(table))}\s*\]\]", line)
    ]
    line = f"line {lines[rest[0]]}, " if rest[0] < len(lines) else ""
    setting = ".".join(str(part + 1) if isinstance(part, int) else part for part in rest[1:])
    return f"{line}[[{table}]] number {rest[0] + 1}" + (f", {setting}: " if setting else ": ")
