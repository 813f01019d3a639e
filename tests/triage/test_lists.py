"""Overview, sorting desk, queues and search."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.db import db
from portal.core.outbox import Job, beat
from portal.ideas.actions import decide_idea, open_for_support
from portal.reports.actions import mark_fixed, reopen_as_unfixed
from portal.routing.advice import Advisor
from portal.threads.actions import note
from portal.threads.events import Actor, resident
from portal.threads.models import Status, Thread
from portal.threads.votes import cast_vote
from portal.triage.actions import take
from portal.triage.models import SavedFilter
from portal.triage.queries import Choice, parse_cursor, read_page, report_queue, sorting_desk
from tests.factories import (
    NOW,
    Browse,
    add_person,
    count_queries,
    directory,
    make_idea,
    make_report,
    make_undecided,
    person,
)
from tests.triage.moving import officer, titles

DAY = timedelta(days=1)
GAS = "A strong smell of gas in the stairwell"


def read(browse: Browse, name: str, address: str, at: datetime = NOW + DAY) -> str:
    with clock.frozen(at):
        mark = "&" if "?" in address else "?"
        answer = browse(name).get(f"{address}{mark}lang=en")
    assert answer.status_code == 200
    return answer.text


def test_the_desk_shows_danger_first_then_the_oldest(app: Flask, browse: Browse) -> None:
    with app.app_context():
        session = db.session()
        make_report(session, "An old matter", category=None)
        make_undecided(session, "A newer matter", now=NOW + timedelta(hours=1))
        make_report(session, GAS, category=None, now=NOW + timedelta(hours=2))
        make_report(session, "Already with a department")
        session.commit()
    assert titles(read(browse, "coordinator", "/staff/desk")) == [GAS, "An old matter", "A newer matter"]


def test_an_empty_desk_says_so(browse: Browse) -> None:
    assert "The desk is clear" in read(browse, "coordinator", "/staff/desk")


def test_the_queue_has_danger_first_then_what_presses_most_or_was_promised_soonest(
    app: Flask, browse: Browse
) -> None:
    with app.app_context():
        session = db.session()
        make_report(session, "Ten days", category="housing-delivery")
        make_report(session, "Three days", category="roads-paving")
        make_report(session, GAS, category="housing-delivery")
        make_report(session, "Of another department", category="wages")
        make_report(session, "On another street", place_id=directory(session).place_codes["qiao-2"].id)
        session.commit()
    assert titles(read(browse, "officer", "/staff/queue")) == [GAS, "Ten days", "Three days"]  # older first
    by_promise = read(browse, "officer", "/staff/queue?sort=promised")
    assert titles(by_promise) == [GAS, "Three days", "Ten days"]
    assert titles(read(browse, "outsider", "/staff/queue")) == ["On another street"]
    assert len(titles(read(browse, "coordinator", "/staff/queue"))) == 5
    assert titles(read(browse, "coordinator", "/staff/queue?department=labour")) == ["Of another department"]


def test_of_the_ended_the_newest_come_first(app: Flask, browse: Browse) -> None:
    with app.app_context():
        session = db.session()
        for title, category in (
            ("Earlier", "roads-paving"),
            ("Later", "housing-delivery"),
            (GAS, "roads-paving"),
        ):
            report = make_report(session, title, category=category)
            mark_fixed(session, report, "Done.", by=officer(session), now=NOW)
        session.commit()
    assert titles(read(browse, "officer", "/staff/queue?status=fixed")) == [GAS, "Later", "Earlier"]
    assert titles(read(browse, "officer", "/staff/queue?status=fixed&status=confirmed"))[0] == GAS


def test_the_queue_is_narrowed_by_who_has_it_what_is_late_and_what_waits_for_a_look(
    app: Flask, browse: Browse
) -> None:
    with app.app_context():
        session = db.session()
        take(session, make_report(session, "Mine"), by=officer(session), now=NOW)
        make_report(session, "Old", now=NOW - 5 * DAY)
        make_report(session, "Unseen", author=add_person(session, "passer-by", verified=False))
        mark_fixed(session, make_report(session, "Mended"), "Done.", by=officer(session), now=NOW)
        session.commit()

    def shown(query: str) -> list[str]:
        return titles(read(browse, "officer", f"/staff/queue?{query}"))

    assert shown("whose=mine") == ["Mine"]
    assert shown("whose=unassigned") == ["Old", "Unseen"]
    assert shown("whose=late") == ["Old"]
    assert shown("whose=first-look") == ["Unseen"]
    assert shown("status=fixed") == ["Mended"]
    assert shown("status=nonsense&whose=nonsense&department=nonsense") == ["Mine", "Old", "Unseen"]


def test_lines_say_what_is_late_and_what_is_promised(app: Flask, browse: Browse) -> None:
    with app.app_context():
        session = db.session()
        take(session, make_report(session, "Old", now=NOW - 5 * DAY), by=officer(session), now=NOW)
        make_report(session, "New")
        session.commit()
    page = read(browse, "officer", "/staff/queue", NOW + timedelta(hours=1))
    assert "2 days past its promise" in page
    assert "answer promised within 3 days" in page  # 71 hours
    assert "with officer" in page


def test_what_was_answered_is_not_late(app: Flask, browse: Browse) -> None:
    with app.app_context():
        session = db.session()
        report = make_report(session, "Old", now=NOW - 5 * DAY)
        report.answered_at = NOW - 4 * DAY
        session.commit()
    assert "past its promise" not in read(browse, "officer", "/staff/queue?whose=mine&whose=")
    assert titles(read(browse, "officer", "/staff/queue?whose=late")) == []


def test_ideas_are_listed_newest_or_most_supported_first_and_by_status(app: Flask, browse: Browse) -> None:
    with app.app_context():
        session = db.session()
        by = Actor(person(session, "coordinator"), "coordinator")
        liked = make_idea(session, "Liked")
        cast_vote(session, liked, person(session, "neighbour"), now=NOW)
        open_for_support(session, make_idea(session, "Opened"), by=by, now=NOW)
        decide_idea(session, make_idea(session, "Put off"), Status.LATER, "Next year.", by=by, now=NOW)
        make_report(session, "No idea")
        session.commit()
    for name in ("coordinator", "panellist"):
        assert titles(read(browse, name, "/staff/ideas")) == ["Opened", "Liked"]
        assert titles(read(browse, name, "/staff/ideas?sort=supported")) == ["Liked", "Opened"]
        assert titles(read(browse, name, "/staff/ideas?status=decided_later")) == ["Put off"]


def test_each_list_is_paged_by_key_and_shows_everything_once(app: Flask, browse: Browse) -> None:
    with app.app_context():
        session = db.session()
        for n in range(31):
            make_report(session, GAS if n % 9 == 0 else f"Lamp {n}", now=NOW + n % 4 * DAY)
            make_report(session, f"Desk {n}", category=None)
            make_idea(session, f"Idea {n}")
        session.commit()
    addresses = {"/staff/queue": 31, "/staff/desk": 31, "/staff/ideas": 31, "/staff/ideas?sort=supported": 31}
    for address, number in (addresses | {"/staff/search?q=lamp": 27}).items():
        first = read(browse, "coordinator", address)
        onward = re.search(r'class="pager__older" href="([^"]+)"', first)
        assert onward, address
        assert f"{number} submissions" in first or f"{number} found" in first
        second = read(browse, "coordinator", onward[1].replace("&amp;", "&"))
        hrefs = [
            re.findall(r'<li class="row.*?href="/staff/([\d-]+)', page, re.S) for page in (first, second)
        ]
        assert len(hrefs[0]) == 25
        assert len({*hrefs[0], *hrefs[1]}) == number
        assert "To the start" in second
        assert "pager__older" not in second


@pytest.mark.parametrize(
    "cursor", ["1", "1.2", "x.y.z", "1.99999999999999999999.3", "٣.٣.٣", "..", "0." * 2 + "1"]
)
def test_a_forged_cursor_never_fails(app: Flask, browse: Browse, cursor: str) -> None:
    for address in ("/staff/desk", "/staff/queue", "/staff/ideas", "/staff/search?q=a"):
        read(browse, "coordinator", f"{address}{'&' if '?' in address else '?'}after={cursor}")


def test_a_cursor_goes_on_after_its_thread(session: Session) -> None:
    for n in range(26):
        make_report(session, f"Desk {n}", category=None)
    queue = sorting_desk(person(session, "coordinator"), directory(session))
    page = read_page(session, queue)
    assert page.next
    assert parse_cursor(queue, page.next) == [False, page.rows[-1].id]
    assert len(read_page(session, queue, page.next).rows) == 1


def test_search_finds_all_that_this_person_may_read_and_nothing_else(app: Flask, browse: Browse) -> None:
    with app.app_context():
        session = db.session()
        make_report(session, "路燈壞了，晚上很黑", language="zh-Hant")
        noted = make_report(session, "The drain smells")
        note(session, noted, "Ask the plumber Zhang", by=officer(session), now=NOW)
        make_report(session, "路灯坏了", private=True)
        make_report(session, "别的部门也有路灯", category="wages")
        make_idea(session, "路灯画上花")
        session.commit()

    def found(name: str, words: str) -> int:
        page = read(browse, name, f"/staff/search?q={words}")
        return len(titles(page))

    assert found("officer", "路灯") == found("officer", "路燈") == 2
    assert found("officer", "灯") == 2
    assert found("coordinator", "路灯") == 4
    assert found("panellist", "路灯") == 1
    assert found("outsider", "路灯") == 0
    assert found("officer", "plumber zhang") == 1
    assert found("officer", "路灯 plumber") == 0
    assert found("officer", "") == 0
    assert found("officer", "。，!?") == 0


def test_search_takes_a_reference_to_its_page(app: Flask, browse: Browse) -> None:
    with app.app_context():
        report = make_report(db.session())
        db.session.commit()
        reference = report.reference
    for written in (reference, reference.replace("-", ""), reference.replace("-", " ")):
        answer = browse("officer").get("/staff/search", query_string={"q": written})
        assert answer.location == f"/staff/{reference}"
    assert "Nothing found" in read(browse, "outsider", f"/staff/search?q={reference}")


def test_the_overview_counts_what_waits(app: Flask, browse: Browse) -> None:
    with app.app_context():
        session = db.session()
        make_report(session, "At the desk", category=None)
        make_report(session, "Late", now=NOW - 5 * DAY)
        back = make_report(session, "Came back here")
        mark_fixed(session, back, "Done.", by=officer(session), now=NOW)
        reopen_as_unfixed(
            session, back, "No.", by=resident(back.author), directory=directory(session), now=NOW + DAY
        )
        make_idea(session, "An idea to weigh")
        session.commit()

    def counts(name: str) -> dict[str, int]:
        found = re.findall(
            r'stat__number">(\d+)</span><span class="stat__label">([^<]+)', read(browse, name, "/staff")
        )
        return {label: int(number) for number, label in found}

    assert counts("coordinator") == {
        "Unsorted": 1,
        "My queue": 1,
        "Due soon": 0,
        "Past its promise": 1,
        "Came back": 1,
        "Doubted that it is fixed": 0,
        "Ideas to weigh": 1,
    } | {"My queue": 0}
    assert counts("officer") == {
        "My queue": 2,
        "Due soon": 0,
        "Past its promise": 1,
        "Came back": 1,
        "Doubted that it is fixed": 0,
    }
    assert counts("panellist") == {"Ideas to weigh": 1}
    assert counts("administrator") == {}


def test_the_overview_leads_where_its_counts_come_from(app: Flask, browse: Browse) -> None:
    with app.app_context():
        session = db.session()
        for n in range(6):
            make_report(session, f"Late {n}", now=NOW - 5 * DAY)
        session.commit()
    page = read(browse, "officer", "/staff")
    assert "See all 6" in page
    assert len(titles(read(browse, "officer", "/staff/queue?whose=late"))) == 6


def test_troubles_of_the_machinery_are_said(app: Flask, browse: Browse, tmp_path: Path) -> None:
    advisor = app.extensions["linli_advisor"]
    with app.app_context():
        beat(db.session(), "test", NOW + DAY)
    assert "Something needs looking after" not in read(browse, "officer", "/staff")
    with app.app_context():
        db.session.add(Job(topic="x", payload={}, created_at=NOW, run_at=NOW, dead_at=NOW))
        db.session.commit()
    app.extensions["linli_advisor"] = Advisor(tmp_path)
    try:
        page = read(browse, "officer", "/staff", NOW + 2 * DAY)
    finally:
        app.extensions["linli_advisor"] = advisor
    assert "comes to the sorting desk" in page
    assert "the worker is not running" in page
    assert "1 mail or other job failed for good" in page


def fill(app: Flask, number: int) -> str:
    """Make so many of everything; return the reference of a report."""
    with app.app_context():
        session = db.session()
        report = make_report(session, "The lamp is dark")
        for n in range(number):
            take(session, make_report(session, f"Lamp {n}"), by=officer(session), now=NOW)
            make_report(session, f"Desk {n}", category=None)
            make_idea(session, f"Idea {n}")
            save(session, "queue", f"whose=mine&q=lamp{n % 20}")
        session.commit()
        return report.reference


def save(session: Session, code: str, query: str, name: str = "coordinator") -> None:
    number = session.scalar(select(func.count()).select_from(SavedFilter))
    session.add(
        SavedFilter(
            person_id=person(session, name).id,
            list_code=code,
            name=f"Filter {number}",
            query=query,
            is_shared=False,
            created_at=NOW,
        )
    )
    session.flush()


def test_each_page_costs_the_same_whatever_the_rows(app: Flask, browse: Browse) -> None:
    costs = []
    for number in (2, 57):
        reference = fill(app, number)
        pages = ["/staff", "/staff/desk", "/staff/queue", "/staff/ideas", "/staff/search?q=lamp"]
        cost = {}
        for page in [*pages, f"/staff/{reference}"]:
            client = browse("coordinator")
            client.get(page)
            with count_queries(app) as queries:
                assert client.get(page).status_code == 200
            cost[re.sub(r"[\d-]+", "", page)] = len(queries)
        costs.append(cost)
    assert costs[0] == costs[1]
    thread_page = costs[0].pop("/staff/")
    # Words, photos, similar ones with their pictures, what was joined, split off or has come up before,
    # the votes of the committee, texts to reply with, who was told, the list around it and its count,
    # what can be undone.
    assert thread_page <= 34
    # The list and its count, who could have it, saved filters and their counts, what can be undone.
    assert max(cost for page, cost in costs[0].items() if page != "/staff") <= 13


def test_a_queue_is_read_by_whom_it_belongs_to(session: Session) -> None:
    make_report(session)
    for name, number in (("officer", 1), ("outsider", 0), ("coordinator", 1)):
        queue = report_queue(person(session, name), directory(session), Choice(), NOW)
        rows: list[Thread] = list(read_page(session, queue).rows)
        assert len(rows) == number
