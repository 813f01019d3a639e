"""Whatever is done, in whatever order: nothing of a plan that runs changes without being written down."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.core.dates import today
from portal.core.errors import DomainError
from portal.pilots.actions import change_pilot, put_indicator, remove_indicator, spend, start_pilot
from portal.pilots.amending import write_kept
from portal.pilots.filling import fill_pilot
from portal.pilots.gates import Verdict
from portal.pilots.gates_actions import Decided, decide
from portal.pilots.models import Indicator, Pilot
from portal.pilots.queries import list_amendments, list_indicators, read_values
from portal.pilots.values import Reading, correct_value, enter_values
from portal.threads.models import Thread
from tests.factories import NOW, directory
from tests.pilots import piloting
from tests.pilots.piloting import DAY, WEEK, coordinator, make_running
from tests.pilots.test_gates import end_gate

PLAN = (
    "title",
    "if_we",
    "then",
    "because",
    "starts_on",
    "ends_on",
    "place_id",
    "owner_id",
    "partners",
    "budget",
    "round",
)
INDICATOR = (
    "name", "filled", "category_id", "unit", "direction", "baseline_from", "baseline_until",
    "baseline", "target", "stop_at", "comparison_place_id",
)  # fmt: skip
Snapshot = dict[tuple[int | None, str], str]


def snapshot(session: Session, pilot: Pilot) -> Snapshot:
    """Return each thing that is locked, as it is now."""
    session.expire_all()
    rows: list[tuple[int | None, Any, tuple[str, ...]]] = [(None, pilot, PLAN)]
    rows += [(each.id, each, INDICATOR) for each in list_indicators(session, pilot)]
    found = {(number, name): write_kept(getattr(row, name)) for number, row, names in rows for name in names}
    for value in read_values(session, list_indicators(session, pilot)):
        if value.on_day < pilot.starts_on:
            where = "comparison_value" if value.is_comparison else "value"
            found[value.indicator_id, f"{where} {value.on_day.isoformat()}"] = write_kept(value.value)
    return found


class Staff:
    """Somebody who does anything at all with one pilot."""

    def __init__(self, session: Session, thread: Thread, pilot: Pilot, seed: int) -> None:
        self.session, self.thread, self.pilot, self.chance = session, thread, pilot, Random(seed)
        self.stamp = {"by": coordinator(session), "now": NOW}
        self.verbs: list[Callable[[], object]] = [
            self.change, self.change_indicator, self.add, self.remove, self.start, self.enter, self.correct,
            self.fill, self.spend, self.decide,
        ]  # fmt: skip

    def act(self) -> None:
        """Do one thing, as a request does it: what is refused leaves nothing behind."""
        verb = self.chance.choice(self.verbs)
        try:
            with self.session.begin_nested():
                verb()
        except DomainError:
            self.session.expire_all()

    @property
    def reason(self) -> str:
        return self.chance.choice(["", "It rained.", "The school asked."])

    def indicator(self) -> Indicator:
        return self.chance.choice(list_indicators(self.session, self.pilot))

    def change(self) -> None:
        new = piloting.plan(
            self.session,
            title=self.chance.choice(["A", "B"]),
            because=self.chance.choice(["", "we hope so"]),
            budget=self.chance.randrange(3),
            starts_on=today() + self.chance.randrange(-9, 9) * DAY,
            ends_on=today() + self.chance.randrange(-9, 99) * DAY,
        )
        change_pilot(
            self.session,
            self.thread,
            self.pilot,
            new,
            seen=self.pilot.revision,
            reason=self.reason,
            **self.stamp,
        )

    def change_indicator(self, row: Indicator | None = None, *, new: bool = False) -> None:
        values = piloting.indicator(
            target=float(self.chance.randrange(3)),
            stop_at=self.chance.choice([None, 3.0]),
            direction=self.chance.choice(["up", "down"]),
            filled=self.chance.choice(["entered", "entered", "reports"]),
            unit=self.chance.choice(["", "cars"]),
            baseline_from=today() - self.chance.choice([6, 7]) * WEEK,
        )
        row = None if new else self.indicator()
        put_indicator(
            self.session, self.thread, self.pilot, row, values,
            seen=self.pilot.revision, reason=self.reason, **self.stamp,
        )  # fmt: skip

    def add(self) -> None:
        self.change_indicator(new=True)

    def remove(self) -> None:
        remove_indicator(self.session, self.pilot, self.indicator(), seen=self.pilot.revision)

    def start(self) -> None:
        start_pilot(
            self.session, self.thread, self.pilot, today=today(), seen=self.pilot.revision, **self.stamp
        )

    def enter(self) -> None:
        day = today() + self.chance.randrange(-50, 50) * DAY
        enter_values(
            self.session, self.thread, self.pilot, self.indicator(),
            [Reading(day, float(self.chance.randrange(20)))],
            source="me", is_comparison=self.chance.random() < 0.3, today=day, **self.stamp,
        )  # fmt: skip

    def correct(self) -> None:
        values = read_values(self.session, list_indicators(self.session, self.pilot))
        right = self.chance.choice([None, 3.0, 4.0])
        correct_value(
            self.session, self.thread, self.pilot, self.chance.choice(values), right,
            reason=self.reason, **self.stamp,
        )  # fmt: skip

    def fill(self) -> None:
        later = NOW + self.chance.randrange(90) * DAY
        fill_pilot(self.session, self.thread, self.pilot, directory(self.session), now=later)

    def decide(self) -> None:
        gate = end_gate(self.session, self.pilot)
        said = Decided(
            verdict=self.chance.choice([Verdict.ADJUST, Verdict.EXTEND]),
            reason=self.chance.choice(["", "It was too thin."]),
            unheard="So.",
            ends_on=self.pilot.ends_on + self.chance.randrange(-9, 30) * DAY,
        )
        decide(self.session, self.thread, self.pilot, gate, said, seen=self.pilot.revision, **self.stamp)

    def spend(self) -> None:
        paid = {"on_day": today(), "amount": 3, "what": "Paint"}
        spend(self.session, self.pilot, paid, seen=self.pilot.revision, **self.stamp)


@pytest.mark.parametrize("seed", range(12))
def test_no_sequence_of_actions_changes_what_is_locked_without_an_amendment(
    session: Session, seed: int
) -> None:
    thread, pilot, _one = make_running(session)
    before, staff = snapshot(session, pilot), Staff(session, thread, pilot, seed)
    for _act in range(40):
        staff.act()
    session.flush()
    replayed = dict(before)
    for a in list_amendments(session, pilot):
        if a.field == "added":
            continue
        key = (a.indicator_id, a.field)
        if key in replayed:
            assert replayed[key] == a.before
        assert a.reason
        replayed[key] = a.after
    now = snapshot(session, pilot)
    joined = {a.indicator_id for a in list_amendments(session, pilot) if a.field == "added"}
    for key, value in before.items():
        assert now.get(key, "") == replayed[key], (key, value)
    assert {number for number, name in now if (number, name) not in before} <= joined
    assert {number for number, _name in before} <= {number for number, _name in now}
