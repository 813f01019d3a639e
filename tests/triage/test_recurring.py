"""What comes up again at the same place is one chain, with what was tried before."""

from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.worker import run_all
from portal.reports.actions import mark_fixed
from portal.threads.chains import list_chain, tie, untie
from portal.threads.events import Actor
from portal.threads.links import ThreadLink
from portal.threads.models import Thread
from portal.threads.not_same import say_not_same
from portal.triage.recurring import find_earlier, list_chains, read_tries, tie_to_earlier
from tests.factories import NOW, Browse, add_person, directory, make_idea, make_report, person
from tests.triage.moving import post

DARK = "The lamp by the south gate has been dark for a week."
AGAIN = "The lamp at the south gate is dark again since a week."
OTHER = "每天晚上人行道上都停着一辆车。"
GATE = (30.3100, 120.1400)
STEP = (30.3103, 120.1400)  # 33 m north
FAR = (30.3110, 120.1400)  # 111 m north
DAY = timedelta(days=1)


@pytest.fixture
def officer(session: Session) -> Actor:
    return Actor(person(session, "officer"), "officer")


def fixed(session: Session, officer: Actor, text: str = DARK, days: int = 0, **where: object) -> Thread:
    """Make a report that came so many days after the first, and was fixed a day later."""
    report = make_report(session, text, now=NOW + days * DAY, **where)
    mark_fixed(session, report, "A new bulb.", by=officer, now=NOW + (days + 1) * DAY)
    return report


def earlier_of(session: Session, **given: object) -> Thread | None:
    text, days = str(given.pop("text", AGAIN)), int(str(given.pop("days", 30)))
    report = make_report(session, text, now=NOW + days * DAY, **given)
    return find_earlier(session, report, directory(session), NOW + days * DAY)


def test_the_same_named_place_and_category_is_enough(session: Session, officer: Actor) -> None:
    spot = directory(session).place_codes["liu-1-gate"].id
    report = fixed(session, officer, spot_id=spot)
    assert earlier_of(session, text=OTHER, spot_id=spot) == report
    assert earlier_of(session, text=AGAIN, spot_id=spot, category="noise") is None
    assert earlier_of(session, text=AGAIN) is None


def test_near_its_pin_the_words_must_be_alike(session: Session, officer: Actor) -> None:
    report = fixed(session, officer, point=GATE)
    assert earlier_of(session, point=STEP) == report
    assert earlier_of(session, point=FAR) is None
    assert earlier_of(session, text=OTHER, point=STEP) is None


def test_at_its_address_the_words_must_be_alike(session: Session, officer: Actor) -> None:
    report = fixed(session, officer, address="Willow Street 7")
    assert earlier_of(session, address="Willow Street 7") == report
    assert earlier_of(session, address="Willow Street 70") is None
    assert earlier_of(session, text=OTHER, address="Willow Street 7") is None


@pytest.mark.parametrize(("days", "found"), [(91, True), (92, False)])
def test_within_ninety_days_of_its_end(session: Session, officer: Actor, days: int, found: bool) -> None:
    fixed(session, officer, address="Willow Street 7")
    assert (earlier_of(session, days=days, address="Willow Street 7") is not None) is found


def test_what_is_still_open_is_no_earlier_one(session: Session) -> None:
    make_report(session, DARK, address="Willow Street 7")
    assert earlier_of(session, address="Willow Street 7") is None


def test_what_has_come_again_and_is_open_comes_no_third_time(session: Session, officer: Actor) -> None:
    first = fixed(session, officer, address="Willow Street 7")
    again = make_report(session, AGAIN, now=NOW + 30 * DAY, address="Willow Street 7")
    tie(session, again, first, by=officer, now=NOW + 30 * DAY)
    assert earlier_of(session, days=31, address="Willow Street 7") is None
    mark_fixed(session, again, "A new lamp.", by=officer, now=NOW + 32 * DAY)
    assert earlier_of(session, days=33, address="Willow Street 7") == again


def test_what_staff_told_apart_or_untied_stays_so(session: Session, officer: Actor) -> None:
    first = fixed(session, officer, address="Willow Street 7")
    again = make_report(session, AGAIN, now=NOW + 30 * DAY, address="Willow Street 7")
    known = directory(session)
    for _twice in range(2):
        tie_to_earlier(session, again, known, now=NOW + 30 * DAY)
    assert len(session.scalars(select(ThreadLink)).all()) == 1
    untie(session, again, first, by=officer, now=NOW + 31 * DAY)
    tie_to_earlier(session, again, known, now=NOW + 31 * DAY)
    assert list_chain(session, again.id) == [again]
    third = make_report(session, AGAIN, now=NOW + 32 * DAY, address="Willow Street 7")
    say_not_same(session, third, first, by=officer, now=NOW + 32 * DAY)
    tie_to_earlier(session, third, known, now=NOW + 32 * DAY)
    assert list_chain(session, third.id) == [third]


def test_the_worker_ties_them_once_the_category_is_known(session: Session, officer: Actor) -> None:
    first = fixed(session, officer, address="Willow Street 7")
    again = make_report(session, AGAIN, now=NOW + 30 * DAY, address="Willow Street 7")
    session.commit()
    run_all(NOW + 30 * DAY)
    assert list_chain(session, first.id) == [first, again]


def test_a_chain_tells_what_was_tried_and_how_long_it_held(session: Session, officer: Actor) -> None:
    chain = [fixed(session, officer, days=days) for days in (0, 11, 40)]
    last = make_report(session, AGAIN, now=NOW + 45 * DAY)
    for newer, older in zip([*chain[1:], last], chain, strict=True):
        tie(session, newer, older, by=officer, now=NOW + 45 * DAY)
    tries = read_tries(session, chain[1].id)
    assert [one.thread for one in tries] == [*chain, last]
    assert [one.words for one in tries] == ["A new bulb."] * 3 + [""]
    assert [one.held_days for one in tries] == [10, 28, 4, None]
    assert [one.is_tied for one in tries] == [True, False, True, False]


def test_a_chain_that_is_cut_is_two(session: Session, officer: Actor) -> None:
    reports = [fixed(session, officer, days=days) for days in (0, 10, 20, 30)]
    for older, newer in pairwise(reports):
        tie(session, newer, older, by=officer, now=NOW + 40 * DAY)
    untie(session, reports[1], reports[2], by=officer, now=NOW + 40 * DAY)
    chains, _onward = list_chains(session, person(session, "officer"), directory(session))
    assert [(c.newest, c.count, c.since) for c in chains] == [
        (reports[3], 2, reports[2].created_at),
        (reports[1], 2, reports[0].created_at),
    ]


def test_what_can_not_be_tied(session: Session, officer: Actor) -> None:
    first, second = fixed(session, officer), make_report(session, AGAIN, now=NOW + 10 * DAY)
    tie(session, first, second, by=officer, now=NOW + 10 * DAY)
    for one, other in ((second, first), (first, first), (first, make_idea(session))):
        with pytest.raises(Conflict):
            tie(session, one, other, by=officer, now=NOW + 10 * DAY)
    with pytest.raises(Conflict):
        untie(session, first, make_report(session), by=officer, now=NOW)


def test_long_lists_of_chains_come_in_pages_the_longest_first(session: Session, officer: Actor) -> None:
    for n in range(27):
        first = fixed(session, officer, f"Lamp {n}")
        for days in range(10, 40 if n == 5 else 20, 10):
            tie(session, make_report(session, f"Lamp {n}", now=NOW + days * DAY), first, by=officer, now=NOW)
    reader = person(session, "officer")
    chains, onward = list_chains(session, reader, directory(session))
    rest, end = list_chains(session, reader, directory(session), onward)
    assert [c.count for c in chains[:2]] == [4, 2]
    assert (len(chains), len(rest), end) == (25, 2, "")
    assert len({c.newest.id for c in chains + rest}) == 27
    assert list_chains(session, person(session, "outsider"), directory(session)) == ([], "")


# ---------- Pages ----------


@pytest.fixture
def chain(app: Flask) -> tuple[str, str]:
    """Two public reports on one lamp, tied; the first was fixed."""
    with app.app_context():
        session, now = db.session(), clock.now()
        by = Actor(person(session, "officer"), "officer")
        first = make_report(session, DARK, now=now - 20 * DAY)
        mark_fixed(session, first, "A new bulb.", by=by, now=now - 15 * DAY)
        second = make_report(session, AGAIN, now=now)
        tie(session, second, first, by=by, now=now)
        session.commit()
        return first.reference, second.reference


def test_staff_see_the_chain_and_everybody_how_often(browse: Browse, chain: tuple[str, str]) -> None:
    first, second = chain
    officer = browse("officer")
    page = officer.get(f"/staff/{second}?lang=en").text.split('id="recurs-title"')[1]
    assert "It has come up 2 times here" in page
    assert "A new bulb." in page
    assert "held 15 days" in page
    public = browse().get(f"/reports/{second}?lang=en").text
    assert "This has come up 2 times here" in public
    assert f'href="/reports/{first}"' in public
    listed = officer.get("/staff/recurring?lang=en").text
    assert "2 times" in listed
    assert second in listed
    assert second not in browse("outsider").get("/staff/recurring?lang=en").text


def test_staff_untie_and_tie(browse: Browse, chain: tuple[str, str]) -> None:
    first, second = chain
    officer = browse("officer")
    assert post(officer, f"/staff/{second}/recurs/not", {"other": first}).status_code == 303
    assert "Has it come up before?" in officer.get(f"/staff/{second}?lang=en").text
    assert post(officer, f"/staff/{second}/recurs", {"other": first}).status_code == 303
    assert "2 times" in officer.get(f"/staff/{second}?lang=en").text
    assert post(officer, f"/staff/{second}/recurs", {"other": first}).status_code == 409


def test_a_wrong_reference_is_told_and_kept(browse: Browse, chain: tuple[str, str]) -> None:
    officer = browse("officer")
    answer = post(officer, f"/staff/{chain[1]}/recurs?lang=en", {"other": "rubbish"})
    page = officer.get(answer.location).text
    assert 'value="rubbish"' in page
    assert "There is no submission with this reference" in page


def test_a_private_one_is_neither_counted_nor_shown(
    app: Flask, browse: Browse, chain: tuple[str, str]
) -> None:
    with app.app_context():
        session, now = db.session(), clock.now()
        author = add_person(session, "secretive")
        private = make_report(session, "Quagga in my flat", author=author, private=True, now=now)
        second = session.scalars(select(Thread).where(Thread.reference == chain[1])).one()
        by = Actor(person(session, "officer"), "officer")
        tie(session, private, second, by=by, now=now)
        session.commit()
        reference = private.reference
    page = browse("resident").get(f"/reports/{chain[1]}?lang=en").text
    assert "This has come up 2 times here" in page
    assert reference not in page
