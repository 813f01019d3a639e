"""What pilots came to, for a look at every page: effects, opinions, a decision, a practice."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.dates import today
from portal.pilots.effects import Severity
from portal.pilots.effects_actions import Noticed, answer_effect, hide_effect
from portal.pilots.gates import Gate, GateKind, Verdict
from portal.pilots.gates_actions import add_gate
from portal.pilots.models import Pilot
from portal.pilots.practices_actions import change_practice, draft_practice, publish_practice, take_up
from portal.threads.actions import lock_thread
from tests import photos
from tests.factories import add_person, directory
from tests.pilots.piloting import WEEK, coordinator, make_running
from tests.pilots.test_effects import tell
from tests.pilots.test_gates import ask, end_gate, judge, seat, settle


def show_outcomes(session: Session, names: dict[str, str], long: str) -> None:
    """Let people notice things in the pilot that runs; make one that is a practice, and one elsewhere."""
    pilot = session.scalars(select(Pilot).where(Pilot.code == names["pilot"])).one()
    thread, now, by = lock_thread(session, pilot.thread_id), clock.now(), coordinator(session)
    noticed = Noticed(
        is_wanted=False,
        severity=Severity.SEVERE,
        text=long,
        touched=long[:300],
        evidence=long,
        photo_key=photos.keep(11).key,
        photo_alt="A wet crossing 湿的斑马线",
    )
    first = tell(session, thread, pilot, noticed, key="long")
    answer_effect(session, thread, pilot, first, long, by=by, now=now)
    passer = add_person(session, "passer-by", verified=False)
    good = Noticed(is_wanted=True, severity=Severity.SLIGHT, text="Quiet. 安静了。")
    tell(session, thread, pilot, good, key="waits", person=passer)
    hidden = tell(session, thread, pilot, good, key="hidden")
    hide_effect(session, thread, pilot, hidden, "It names somebody.", by=by, now=now)
    add_gate(session, pilot, today() + 2 * WEEK, seen=pilot.revision, now=now)
    held = seat(session, thread, pilot)
    early = session.scalars(select(Gate).where(Gate.kind == GateKind.EARLY)).one()
    judge(session, thread, pilot, early, held, text=long, advice=Verdict.GO_ON)
    settle(session, thread, pilot, early, Verdict.GO_ON, reason=long, dissent=long, unheard="")
    careful = add_person(session, "professor")
    ask(session, thread, pilot, careful, "Road safety 道路安全")
    names |= {"gate": str(end_gate(session, pilot).id), "effect": str(first.id)}
    _make_practice(session, names, long)


def _make_practice(session: Session, names: dict[str, str], long: str) -> None:
    thread, pilot, _one = make_running(session)
    now, by = clock.now(), coordinator(session)
    settle(session, thread, pilot, end_gate(session, pilot), Verdict.SCALE)
    practice = draft_practice(session, thread, pilot, {"problem": long, "what": long}, by=by, now=now)
    assert practice
    texts = {"how_to": long, "conditions": long, "title": long[:120]}
    change_practice(session, practice, texts, seen=practice.revision, now=now)
    publish_practice(session, thread, pilot, practice, by=by, now=now)
    place = directory(session).place_codes["qiao-1"]
    days = {"starts_on": today() + WEEK, "ends_on": today() + 9 * WEEK}
    take_up(session, thread, practice, place, **days, by=by, now=now)
    names["practice"] = practice.code
