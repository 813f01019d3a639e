"""Lines of days and numbers, as spreadsheets write them."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from portal.core.errors import Invalid
from portal.core.i18n import in_language
from portal.pilots.loading import MOST_LINES, decode, read_lines, read_number
from portal.pilots.values import Reading

DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def english(app: Flask) -> Iterator[None]:
    with app.test_request_context(), in_language("en"):
        yield


@pytest.mark.parametrize(
    "line",
    [
        "2026-03-02,12.5",
        "2026/3/2;12.5",
        "2026.03.02\t12.5",
        "２０２６年３月２日，１２．５",
        '"2026-03-02","12.5"',
        " 2026-03-02 , +12.50 ,,",
    ],
)
def test_days_and_numbers_are_read_as_people_write_them(line: str) -> None:
    assert read_lines(line) == [Reading(DAY, 12.5, 1)]


def test_a_heading_and_empty_lines_are_passed_over() -> None:
    assert read_lines("日期,数量\n\n2026-03-02,3\n") == [Reading(DAY, 3, 3)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2026-03-02,3\n2026-02-30,4", "Line 2: “2026-02-30” is no day"),
        ("2026-03-02,many", "Line 1: “many” is no number"),
        ("2026-03-02,nan", "is no number"),
        ("2026-03-02,1e400", "is no number"),
        ("2026-03-02,=1+1", "is no number"),
        ("2026-03-02", "Line 1: it needs a day and a number"),
        ("2026-03-02,1,2", "Line 1: it needs"),
        ("day,number", "no line with a day"),
        ("", "no line with a day"),
        ("2026-03-02,1\n" * (MOST_LINES + 1), "At most"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, says: str) -> None:
    with pytest.raises(Invalid) as error:
        read_lines(text)
    assert says in error.value.message


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234.5", 1234.5),
        ("−3", -3.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("", None),
        ("1 2", None),
        ("9" * 13, None),
    ],
)
def test_numbers(text: str, number: float | None) -> None:
    assert read_number(text) == number


def test_files_are_read_in_both_encodings() -> None:
    assert decode("日期".encode("gb18030")) == decode("日期".encode("utf-8-sig")) == "日期"
    with pytest.raises(Invalid):
        decode(b"\xff\xff\xff")
