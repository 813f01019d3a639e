"""The panel's lists as files and on paper: for who reads the page of each, and blind as the pages are."""

import csv
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.core import clock
from portal.panels.actions import ask_department
from portal.panels.knowing import set_knowledge
from portal.panels.scoring import save_answers
from tests.factories import Browse, count_queries, directory, person
from tests.panels.scenes import coordinator, decided
from tests.panels.scoring_scene import SOON, make_review, score, seat_of, whole
from tests.threads.publishing import writing

SECRET = "Quokka"
READERS = {
    "reviews": "coordinator",
    "seats": "coordinator",
    "decided": "coordinator",
    "knowledge": "coordinator",
    "my-reviews": "panellist",
    "appraisals": "officer",
}
PAGES = {
    "reviews": "/staff/panels",
    "seats": "/staff/panels",
    "decided": "/staff/panels/decisions",
    "knowledge": "/staff/reviews/knowledge",
    "my-reviews": "/staff/reviews",
    "appraisals": "/staff/appraisals",
}


def fill(session: Session) -> str:
    """Add an idea before the panel on which one has handed in, and one that is decided; return the first."""
    known = directory(session)
    review, other = make_review(session), make_review(session)
    score(session, review, "panellist", 3, SECRET, now=SOON)
    save_answers(
        session, seat_of(session, review, "second"), whole(session, review, 1, SECRET), seen=0, now=SOON
    )
    seat_of(session, review, "third").interest = SECRET
    officer = next(role.department_id for role in person(session, "officer").roles if role.department_id)
    by = coordinator(session)
    ask_department(session, review, review.thread, officer, directory=known, by=by, now=SOON)
    set_knowledge(session, person(session, "panellist"), ["drainage", "lighting"], known)
    decided(session, other.thread, other, reason="=1+1", now=clock.now())
    return review.thread.reference


@pytest.fixture
def reference(app: Flask) -> str:
    with writing(app) as session:
        return fill(session)


def rows_of(client: FlaskClient, code: str) -> list[dict[str, str]]:
    text = client.get(f"/staff/tables/{code}.csv?lang=en").text
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize(("code", "who"), READERS.items())
def test_each_list_is_a_file_a_sheet_and_a_link_on_its_page(
    browse: Browse, reference: str, code: str, who: str
) -> None:
    client = browse(who)
    assert rows_of(client, code)
    assert f'href="{PAGES[code]}"' in client.get(f"/staff/tables/{code}/print").text
    assert f'href="/staff/tables/{code}.csv"' in client.get(PAGES[code]).text


@pytest.mark.parametrize("code", READERS)
@pytest.mark.parametrize("who", ["coordinator", "panellist", "officer", "administrator"])
def test_only_who_reads_the_page_takes_it_and_nobody_a_score(
    browse: Browse, reference: str, code: str, who: str
) -> None:
    may = READERS[code] == who or (code, who) == ("knowledge", "administrator")
    answer = browse(who).get(f"/staff/tables/{code}.csv")
    assert answer.status_code == (200 if may else 403)
    assert SECRET not in answer.text


def test_reviews_and_seats_say_how_far_they_are(browse: Browse, reference: str) -> None:
    client = browse("coordinator")
    reviews = {row["Number"]: row for row in rows_of(client, "reviews")}
    assert (reviews[reference]["Panellists"], reviews[reference]["Handed in"]) == ("3", "1")
    states = {
        row["Panellist"]: row["How it stands"]
        for row in rows_of(client, "seats")
        if row["Number"] == reference
    }
    assert states["panellist"] == "Has handed in"
    assert states["second"] == "Sits, no interest"


def test_a_decision_that_only_its_author_knows_has_no_day_of_telling(browse: Browse, reference: str) -> None:
    (row,) = rows_of(browse("coordinator"), "decided")
    assert (row["Reason"], row["Everybody was told on"]) == ("'=1+1", "")


@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize(("code", "who"), READERS.items())
def test_many_rows_cost_as_many_queries_as_few(app: Flask, browse: Browse, code: str, who: str) -> None:
    client = browse(who)

    def cost() -> int:
        with count_queries(app) as statements:
            client.get(f"/staff/tables/{code}.csv")
        return len(statements)

    few = cost()
    with writing(app) as session:
        for _more in range(2):
            fill(session)
    assert cost() <= few
