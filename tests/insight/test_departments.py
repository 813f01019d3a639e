"""What the public may know of each department."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.db import db
from portal.core.outbox import enqueue
from portal.core.worker import run_all
from portal.insight.department_pages import days_text
from portal.insight.figures import LEAST, fold_few
from portal.insight.jobs import YEARS_TOPIC
from portal.insight.models import DepartmentYear
from portal.insight.years import count_years, keep_years, last_months
from portal.reports.actions import close_without_action, mark_fixed
from portal.reports.jobs import settle_silent
from portal.reports.models import Answer
from portal.reports.verdicts import judge
from portal.threads.events import Actor
from tests.factories import NOW, count_queries, directory, make_report, person

DONE = NOW + timedelta(days=1)
LATER = NOW + timedelta(days=20)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({1: [5, 0]}, [[1, 5, 0]]),
        ({1: [3, 1]}, []),
        ({1: [9, 0], 2: [3, 3]}, [[1, 9, 0], [2, 3, 3]]),
        # The one small cell would follow from the total: the smallest shown one is folded in.
        ({1: [9, 0], 2: [3, 3], 3: [1, 0]}, [[1, 9, 0], [None, 4, 3]]),
        ({1: [9, 0], 2: [3, 1], 3: [2, 1]}, [[1, 9, 0], [None, 5, 2]]),
        ({1: [5, 0], 2: [1, 0]}, [[None, 6, 0]]),
        ({1: [5, 0], 2: [0, 0]}, [[1, 5, 0]]),
    ],
)
def test_no_small_number_is_shown_or_can_be_worked_out(
    cells: dict[int, list[int]], expected: list[list[int]]
) -> None:
    found = fold_few(cells)
    assert found == expected
    assert all(sum(counts) >= LEAST for _key, *counts in found)


def make_year(session: Session, answers: int) -> None:
    """One confirmed by silence, one closed without action, one open, and some that their senders judge."""
    officer = Actor(person(session, "officer"), "officer")
    for number in range(answers):
        report = make_report(session, f"Lamp {number} is dark.")
        mark_fixed(session, report, "A new bulb.", by=officer, now=DONE)
        judge(session, report, report.author, Answer.YES, directory=directory(session), now=DONE)
    silent = make_report(session, "The step is loose.")
    mark_fixed(session, silent, "A new step.", by=officer, now=DONE)
    closed = make_report(session, "The wall is grey.")
    close_without_action(session, closed, "It is private.", by=officer, now=DONE)
    make_report(session, "The bin is full.", now=LATER)
    settle_silent(session, {}, LATER)
    session.flush()
    keep_years(session, count_years(session, directory(session), now=LATER), now=LATER)
    session.commit()


def figures(session: Session) -> dict[str, object]:
    number = directory(session).department_codes["construction"].id
    return session.get_one(DepartmentYear, number).figures


def test_no_action_is_never_counted_as_fixed_and_silence_stands_apart(session: Session) -> None:
    make_year(session, 5)
    found = figures(session)
    assert found["states"] == {"confirmed": 5, "silent": 1, "no_action": 1, "with_department": 1}
    assert [sum(column) for column in zip(*found["months"].values(), strict=True)] == [6, 1, 1]  # type: ignore[attr-defined]
    assert found["said_of"][0][1:] == [5, 0, 0]  # type: ignore[index]


def test_the_pages_show_it_and_hide_what_is_too_few(session: Session, client: FlaskClient) -> None:
    make_year(session, 4)
    page = client.get("/departments/construction?lang=en").text
    assert "Confirmed by silence" in page
    assert "Fewer than five have answered" in page
    assert "Save these answers" not in page
    every = client.get("/departments?lang=en").text
    assert "too few to show" in every


def test_a_page_names_the_share_of_those_who_say_yes(session: Session, client: FlaskClient) -> None:
    make_year(session, 6)
    assert "100% of 6 say yes" in client.get("/departments/construction?lang=en").text
    table = client.get("/departments/construction/table.csv?lang=en")
    assert table.mimetype == "text/csv"
    assert "100%" in table.text


def test_a_report_names_its_department_and_leads_to_its_page(session: Session, client: FlaskClient) -> None:
    report = make_report(session)
    session.commit()
    assert 'href="/departments/construction"' in client.get(f"/reports/{report.reference}").text


def test_the_night_counts_them_and_may_do_so_twice(session: Session) -> None:
    make_report(session)
    for _twice in range(2):
        enqueue(session, YEARS_TOPIC, {}, now=NOW)
    session.commit()
    run_all(NOW)
    session.rollback()
    assert len(session.scalars(select(DepartmentYear)).all()) == len(directory(session).departments)


def test_however_much_there_is_a_page_asks_little(app: Flask, session: Session, client: FlaskClient) -> None:
    make_year(session, 6)
    for address in ("/departments", "/departments/construction"):
        client.get(address)
        with count_queries(app) as statements:
            client.get(address)
        assert len([s for s in statements if not s.startswith("BEGIN")]) <= 10
    db.session.rollback()


def test_the_months_of_a_year_end_with_the_present_one(app: Flask) -> None:
    with app.app_context():
        months = last_months(NOW)
    assert (months[0], months[-1], len(months)) == ("2025-03", "2026-03", 13)


def test_a_time_too_short_to_round_is_no_time_of_nought(app: Flask) -> None:
    with app.test_request_context("/?lang=en"):
        told = [days_text(days) for days in (None, 0.0, 0.4, 1.0)]
    assert told == ["too few to show", "less than 0.1 working days", "0.4 working days", "1 working day"]


def test_an_unknown_department_is_not_found(client: FlaskClient) -> None:
    assert client.get("/departments/none").status_code == 404
