"""What the lists of staff ask for."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.reports.actions import mark_fixed, wait_outside
from portal.threads import clocks
from portal.threads.actions import reply
from portal.threads.events import Actor
from portal.threads.models import Thread
from portal.triage.queries import is_late
from tests.factories import NOW, make_report, person


def test_a_list_says_late_by_both_clocks_and_never_while_they_stand(
    session: Session,
) -> None:
    by = Actor(person(session, "officer"), "officer")
    made = [make_report(session) for _ in range(5)]
    reply(session, made[1], "We know.", by=by, now=NOW)
    wait_outside(session, made[2], "The railway", "Soon.", by=by, now=NOW)
    mark_fixed(session, made[3], "Done.", by=by, now=NOW)
    made[4].fix_due_at = None  # promised before there was a time for it
    reply(session, made[4], "We know.", by=by, now=NOW)
    session.flush()
    for days, expected in ((2, [False] * 5), (4, [True, *[False] * 4]), (16, [True, True, *[False] * 3])):
        now = NOW + timedelta(days=days)
        late = set(session.scalars(select(Thread.id).where(is_late(now))))
        assert [thread.id in late for thread in made] == expected
        assert [clocks.is_late(thread, now) for thread in made] == expected
