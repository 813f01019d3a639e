"""How staff narrow their lists: what the address says was chosen, and what else there is to choose."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from portal.accounts.access import has_role
from portal.accounts.models import Person, RoleName
from portal.communities.directory import Directory
from portal.core.dates import begin_of, day
from portal.core.i18n import gettext as _
from portal.threads.channels import channel_label
from portal.threads.choices import category_ids, category_options, place_options
from portal.threads.models import Channel, Status
from portal.threads.timeline import status_label
from portal.triage.queries import WEIGHED, Choice

Option = tuple[str, str]  # value, text
Groups = list[tuple[str, list[Option]]]  # each with its name, empty for none
Pair = tuple[str, str]  # an argument of the address, and its value

YEARS = range(2000, 3000)
DAY = timedelta(days=1)
OPEN = (
    Status.RECEIVED,
    Status.WITH_DEPARTMENT,
    Status.IN_PROGRESS,
    Status.WAITING,
    Status.OUTSIDE,
    Status.REOPENED,
)
ENDED = (
    Status.FIXED,
    Status.CONFIRMED,
    Status.SILENT,
    Status.NOT_OURS,
    Status.NO_ACTION,
    Status.DUPLICATE,
    Status.WITHDRAWN,
)
DECIDED = (Status.PILOT, Status.ADOPT, Status.LATER, Status.DECLINE)
STATUSES = {
    "queue": (OPEN, ENDED),
    "ideas": (WEIGHED, DECIDED, (Status.NO_ACTION, Status.COMBINED, Status.WITHDRAWN)),
    "search": ((*OPEN, Status.OPEN), (*ENDED, Status.COMBINED, *DECIDED)),
}
ONLY = ("soon", "late", "urgent", "first-look", "doubted")
# What each list may be narrowed by, beside words.
ALL = ("status", "department", "category", "place", "whose", "channel", "only", "since", "until")
OFFERED = {
    "desk": ("place", "channel", "only", "since", "until"),
    "queue": (*ALL, "sort"),
    "ideas": ("status", "category", "place", "whose", "channel", "only", "since", "until", "sort"),
    "search": ALL,
}


@dataclass(frozen=True)
class Field:
    """One thing to narrow a list by, as a form shows it."""

    name: str
    label: str
    kind: str  # select, boxes or day
    groups: Groups
    chosen: list[str]

    def text_of(self, value: str) -> str:
        """Return a value that can be chosen in words, or nothing for others."""
        if self.kind == "day":
            moment = read_day(value)
            return self.label + _(": ") + day(moment) if moment else ""
        return next((text for _group, options in self.groups for code, text in options if code == value), "")


def read_choice(arguments: MultiDict[str, str], directory: Directory) -> Choice:
    """Return what the address asks for, leaving out what there is not."""
    department = directory.department_codes.get(arguments.get("department", ""))
    place = directory.place_codes.get(arguments.get("place", ""))
    until = read_day(arguments.get("until", ""))
    flags = {*arguments.getlist("only"), arguments.get("whose", "")}  # "late" stood under "whose" once
    channel, whose = arguments.get("channel", ""), arguments.get("whose", "")
    sort = arguments.get("sort", "")
    return Choice(
        words=read_words(arguments),
        statuses=tuple(s for s in Status if s in arguments.getlist("status")),
        department_id=department.id if department else None,
        category_ids=tuple(category_ids(arguments.get("category", ""), directory)),
        place_ids=tuple(directory.within(place.id)) if place else (),
        whose=whose if whose in ("mine", "unassigned") or is_number(whose) else "",
        only=frozenset(ONLY) & flags,
        channel=channel if channel in list(Channel) else "",
        since=read_day(arguments.get("since", "")),
        until=until + DAY if until else None,
        sort=sort if sort in ("supported", "promised") else "",
    )


def taken_by(code: str, arguments: MultiDict[str, str]) -> MultiDict[str, str]:
    """Return those of the arguments that this list knows and that say something."""
    known = ("q", *OFFERED[code])
    return MultiDict((name, value) for name, value in arguments.items(multi=True) if name in known and value)


def read_words(arguments: Mapping[str, str]) -> str:
    return " ".join(arguments.get("q", "").split())[:200]


def is_number(text: str) -> bool:
    """Tell whether this could be the number of a person."""
    return text.isascii() and text.isdecimal() and len(text) <= 16


def read_day(text: str) -> datetime | None:
    """Return when the day begins here, or None if this is no day as in 2026-03-02."""
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return begin_of(found) if found.year in YEARS else None


def tell_wrong_days(arguments: Mapping[str, str]) -> list[str]:
    """Return what is wrong with the days typed, in words."""
    typed = [arguments.get(name, "") for name in ("since", "until")]
    wrong = [
        _("“%(text)s” is no day. Please write it as in 2026-03-02.", text=t[:40])
        for t in typed
        if t.strip() and not read_day(t)
    ]
    since, until = map(read_day, typed)
    if since and until and until < since:
        wrong.append(_("The last day is before the first."))
    return wrong


def list_fields(
    code: str,
    person: Person,
    directory: Directory,
    arguments: MultiDict[str, str],
    colleagues: Iterable[tuple[int, str]],
) -> list[Field]:
    """Return what this list may be narrowed by, with what is chosen now."""
    return [_field(name, code, person, directory, arguments, colleagues) for name in OFFERED[code]]


def _field(  # noqa: PLR0917  # all that a field may be made of
    name: str,
    code: str,
    person: Person,
    directory: Directory,
    arguments: MultiDict[str, str],
    colleagues: Iterable[tuple[int, str]],
) -> Field:
    chosen = [value for value in arguments.getlist(name) if value]
    make: dict[str, Callable[[], tuple[str, str, Groups]]] = {
        "status": lambda: (_("Status"), "boxes", [("", _labelled(group)) for group in STATUSES[code]]),
        "department": lambda: (_("Department"), "select", [("", department_options(person, directory))]),
        "category": lambda: (_("Category"), "select", _categories(directory)),
        "place": lambda: (_("Place"), "select", _places(directory)),
        "whose": lambda: (_("Who has it"), "select", _whose_options(colleagues, chosen)),
        "channel": lambda: (_("How it came"), "select", [("", _channels())]),
        "only": lambda: (_("Only"), "boxes", [("", _only_options())]),
        "since": lambda: (_("Came on or after"), "day", []),
        "until": lambda: (_("Came on or before"), "day", []),
        "sort": lambda: (_("Order"), "select", [("", _orders(code))]),
    }
    label, kind, groups = make[name]()
    return Field(name, label, kind, groups, chosen)


def department_options(person: Person, directory: Directory) -> list[Option]:
    """Return the departments whose reports this person may see."""
    mine = {role.department_id for role in person.roles}
    sees_all = has_role(person, RoleName.COORDINATOR)
    departments = [
        d for d in directory.departments.values() if d.id in mine or (sees_all and not d.is_retired)
    ]
    return [("", _("All departments")), *((d.code, d.name) for d in departments)]


def _labelled(statuses: Iterable[Status]) -> list[Option]:
    return [(str(status), status_label(status)) for status in statuses]


def _categories(directory: Directory) -> Groups:
    groups = [(group[1], [group, *options]) for group, options in category_options(directory)]
    return [("", [("", _("All categories"))]), *groups]


def _places(directory: Directory) -> Groups:
    groups = [(street[1], [street, *communities]) for street, communities in place_options(directory)]
    return [("", [("", _("All places"))]), *groups]


def _whose_options(colleagues: Iterable[tuple[int, str]], chosen: list[str]) -> Groups:
    people = [(str(number), name) for number, name in colleagues]
    known = {number for number, _name in people}
    others = [(value, _("a colleague")) for value in chosen if is_number(value) and value not in known]
    own = [("", _("Everybody")), ("mine", _("Mine")), ("unassigned", _("Nobody has it yet"))]
    return [("", own), (_("Colleagues"), [*people, *others])]


def _channels() -> list[Option]:
    return [("", _("Any way")), *((str(channel), channel_label(channel)) for channel in Channel)]


def _only_options() -> list[Option]:
    return [
        ("soon", _("Due soon")),
        ("late", _("Past its promise")),
        ("urgent", _("Danger")),
        ("first-look", _("Waits for a first look")),
        ("doubted", _("Doubted that it is fixed")),
    ]


def _orders(code: str) -> list[Option]:
    if code == "ideas":
        return [("", _("Newest first")), ("supported", _("Most supported first"))]
    return [("", _("What presses most first")), ("promised", _("What was promised soonest first"))]


def chosen_pairs(words: str, fields: Iterable[Field]) -> list[Pair]:
    """Return what narrows the list, in one order: what is saved, shared and told apart by."""
    pairs = [("q", words)] if words else []
    return pairs + [(f.name, value) for f in fields for value in dict.fromkeys(f.chosen) if f.text_of(value)]


def tell_chosen(words: str, fields: Iterable[Field], address: str) -> list[tuple[str, str]]:
    """Return each thing chosen in words, with the address of the list without it."""
    fields = list(fields)
    pairs = chosen_pairs(words, fields)
    texts = {("q", words): _("“%(words)s”", words=words)}
    texts |= {(f.name, value): f.text_of(value) for f in fields for value in f.chosen}
    return [(texts[pair], join_address(address, [p for p in pairs if p != pair])) for pair in pairs]


def join_address(address: str, pairs: Iterable[Pair]) -> str:
    query = urlencode(list(pairs))
    return f"{address}?{query}" if query else address
