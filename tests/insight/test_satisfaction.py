"""How satisfied people are, for everybody to read: with counts, and without small numbers."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.insight.models import DepartmentYear
from portal.insight.satisfaction_pages import add_up, community_of, name_lines
from portal.insight.years import keep_years
from portal.threads.models import Status
from tests.factories import NOW, count_queries, directory
from tests.insight.test_departments import make_year


def figures(of: list[list[object]], within: list[list[object]] | None = None) -> dict[str, object]:
    return {"states": {Status.SILENT: 2}, "months": {}, "said_of": of, "said_in": within or []}


def keep(session: Session, **by_code: dict[str, object]) -> None:
    codes = directory(session).department_codes
    keep_years(session, {codes[code].id: found for code, found in by_code.items()}, now=NOW)
    session.commit()


def test_everybody_reads_it_by_department_category_and_community(
    session: Session, client: FlaskClient
) -> None:
    make_year(session, 6)
    page = client.get("/satisfaction?lang=en").text
    for text in ("Is it truly fixed?", "By department", "By category", "By community", "100%"):
        assert text in page
    table = client.get("/satisfaction/table.csv?lang=en")
    assert table.mimetype == "text/csv"
    assert {line.partition(",")[0] for line in table.text.splitlines()[1:]} == {
        "Department",
        "Category",
        "Community",
    }


def test_what_few_said_is_not_shown(session: Session, client: FlaskClient) -> None:
    make_year(session, 4)
    page = client.get("/satisfaction?lang=en").text
    assert "too few to show" in page
    assert "By category" not in page


def test_answers_of_departments_are_added_up_but_nothing_that_they_hide(
    session: Session, client: FlaskClient
) -> None:
    noise = directory(session).category_codes["noise"].id
    keep(
        session,
        construction=figures([[noise, 5, 1, 0], [None, 4, 2, 1]]),
        labour=figures([[noise, 0, 0, 6]]),
    )
    rows = client.get("/satisfaction/table.csv?lang=en").text
    by_category = [line for line in rows.splitlines() if line.startswith("Category")]
    assert [line.split(",")[2] for line in by_category] == ["12", "7"]
    assert "All others together" in by_category[1]


def test_places_below_a_community_count_as_it(session: Session) -> None:
    places = directory(session)
    community = places.place_codes["liu-1"]
    below = places.within(community.id)
    assert {community_of(number, places) for number in below} == {community.id}
    assert community_of(None, places) is None
    yunhe = places.place_codes["yunhe"].id
    assert community_of(yunhe, places) == yunhe


def test_adding_up_keeps_every_answer_and_what_is_together_comes_last(app: Flask) -> None:
    cells = [[1, 5, 0, 0], [None, 9, 9, 9], [2, 3, 3, 3], [1, 1, 1, 1]]
    sums = add_up(cells)
    assert sums == {1: [6, 1, 1], None: [9, 9, 9], 2: [3, 3, 3]}
    with app.test_request_context():
        assert [line.name for line in name_lines(sums, {1: "A", 2: "B"})][:2] == ["B", "A"]


def test_before_the_first_night_it_says_so(session: Session, client: FlaskClient) -> None:
    assert session.get(DepartmentYear, 1) is None
    assert "Nothing to show yet" in client.get("/satisfaction?lang=en").text


def test_however_much_there_is_the_page_asks_little(
    app: Flask, session: Session, client: FlaskClient
) -> None:
    make_year(session, 6)
    client.get("/satisfaction")
    with count_queries(app) as statements:
        client.get("/satisfaction")
    assert len([s for s in statements if not s.startswith("BEGIN")]) <= 8
