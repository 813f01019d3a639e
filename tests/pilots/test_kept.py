"""What of effects is kept, for how long, and what leads to their form."""

from flask import Flask
from sqlalchemy.orm import Session

from portal.intake.jobs import find_named
from portal.pilots.effects import Severity
from portal.pilots.effects_actions import Noticed, hide_effect
from portal.pilots.gates import NOT_SAID
from portal.pilots.gates_actions import declare, find_seat
from portal.privacy.erasure import erase_person
from portal.privacy.retention import remove_personal_parts
from portal.threads.events import Actor
from tests.factories import NOW, Browse, add_person, directory
from tests.pilots.piloting import coordinator, make_running
from tests.pilots.test_effects import tell
from tests.pilots.test_gates import ask
from tests.threads.publishing import writing

KEY = "a" * 32
NUMBERED = Noticed(
    is_wanted=False,
    severity=Severity.SLIGHT,
    text="It is loud. Ring 13800138000.",
    evidence="wang@example.org has a film.",
    photo_key=KEY,
)


def test_a_photo_of_an_effect_is_not_swept_away(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    tell(session, thread, pilot, NUMBERED)
    assert find_named(session, {KEY, "b" * 32}) == {KEY}


def test_in_time_nobody_knows_who_noticed_it_and_numbers_are_covered(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    effect = tell(session, thread, pilot, NUMBERED)
    hide_effect(session, thread, pilot, effect, "It names somebody.", by=coordinator(session), now=NOW)
    remove_personal_parts(session, thread.id, now=NOW)
    assert effect.person_id is None
    assert "13800138000" not in effect.text
    assert "wang" not in effect.evidence
    assert effect.photo_key is None  # hidden from the public, so nobody needs it


def test_which_part_an_evaluator_has_goes_with_them_and_in_time(session: Session) -> None:
    """That there was one stays: who stepped back does not judge after all."""
    for forget in ("person", "thread"):
        thread, pilot, _one = make_running(session)
        judge = add_person(session, f"{forget} judge")
        ask(session, thread, pilot, judge, "Roads")
        seat = find_seat(session, pilot, judge)
        assert seat
        by = Actor(judge, "evaluator")
        declare(session, thread, pilot, seat, "My firm.", directory=directory(session), by=by, now=NOW)
        if forget == "person":
            erase_person(session, judge, now=NOW)
        else:
            remove_personal_parts(session, thread.id, now=NOW)
        session.refresh(seat)
        assert (seat.interest, seat.sits) == (NOT_SAID, False)


def test_a_poster_leads_to_the_form(app: Flask, browse: Browse) -> None:
    with writing(app) as session:
        _thread, pilot, _one = make_running(session)
        code = pilot.code
    address = f"/staff/posters/pilot/{code}?size=a4&language=all"
    page = browse("coordinator").get(address).text
    assert f"/<wbr>{code}/<wbr>effect" in page
    assert "这里正在做试点" in page
    assert "Something is being tried here" in page
    assert browse("officer").get(address).text == page  # who is responsible puts it up
    assert address.replace("&", "&amp;") in browse("officer").get(f"/staff/pilots/{code}").text
    for name in ("outsider", "panellist"):
        assert browse(name).get(address).status_code == 404
    assert browse("coordinator").get(address.replace("a4", "a3")).status_code == 404
