"""Tables to take away."""

import csv
import io

import pytest
from flask import Flask

from portal.core import clock, sheets
from portal.core.i18n import use_language
from portal.core.sheets import MOST_ROWS, Cell, csv_response, neutralise, print_page
from tests.factories import NOW


def cells(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    "evil",
    [
        '=HYPERLINK("http://evil.example","x")',
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "  =1+1",
        "＝1+1",
        "＠SUM(A1)",
    ],
)
def test_no_cell_can_act_as_a_formula(app: Flask, evil: str) -> None:
    with app.app_context():
        body = csv_response("x", ["Title"], [[evil]]).get_data()
    assert cells(body)[1][0] == f"'{evil}"


@pytest.mark.parametrize("harmless", ["The lamp = dark", "路灯坏了", "", " ", 5, -3, 0.5, None])
def test_other_cells_stay_as_they_are(harmless: Cell) -> None:
    assert neutralise(harmless) == harmless


def test_a_file_says_its_encoding_its_name_and_its_day(app: Flask) -> None:
    with app.app_context(), clock.frozen(NOW):
        response = csv_response("queue", ["编号", "Title"], [["1", 'Lamp, "dark"\nand wet'], ["2", "灯"]])
    assert response.get_data().startswith(b"\xef\xbb\xbf")
    assert response.headers["Content-Disposition"] == 'attachment; filename="linli-queue-2026-03-02.csv"'
    assert response.content_type == "text/csv; charset=utf-8"
    assert cells(response.get_data()) == [["编号", "Title"], ["1", 'Lamp, "dark"\nand wet'], ["2", "灯"]]


def test_a_table_that_is_cut_says_so(app: Flask) -> None:
    with app.app_context():
        use_language("en")
        whole = cells(csv_response("x", ["Number"], ([n] for n in range(MOST_ROWS))).get_data())
        cut = cells(csv_response("x", ["Number"], ([n] for n in range(MOST_ROWS + 1))).get_data())
    assert len(whole) == MOST_ROWS + 1
    assert len(cut) == MOST_ROWS + 2
    assert cut[-1] == ["There are more. Only the first 10,000 are in this table."]


def test_paper_shows_title_cells_and_the_way_back(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    with app.test_request_context():
        use_language("en")
        page = print_page(
            "My queue", ["Title", "Days"], [["<b>", 3], ["b", 4], ["c", 5]], back="/staff/queue"
        )
    assert "<h1>My queue</h1>" in page
    assert "&lt;b&gt;" in page
    assert 'class="sheet__number">3<' in page
    assert 'href="/staff/queue"' in page
    assert "There are more" in page
