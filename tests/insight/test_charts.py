"""Pictures: what stands where."""

import pytest

from portal.insight import charts
from portal.insight.figures import Band, Share


@pytest.mark.parametrize(("number", "rounded"), [(0, 2), (3, 4), (10, 10), (11, 20), (61, 80), (4321, 6000)])
def test_the_top_of_a_scale(number: int, rounded: int) -> None:
    assert charts.round_up(number) == rounded


def test_bars_of_a_week_stand_on_each_other() -> None:
    sheet = charts.draw_stacks([(5, 3, 0), (0, 0, 0)], ("sent-on", "to-desk", "other"), [(0, "Jan")])
    assert [rect.look for rect in sheet.rects] == ["sent-on", "to-desk"]
    lower, upper = sheet.rects
    assert upper.y + upper.height == pytest.approx(lower.y)
    assert lower.height / upper.height == pytest.approx(5 / 3)
    assert "Jan" in [label.text for label in sheet.labels]


def test_a_week_of_few_is_hollow_and_an_empty_one_isnt_drawn() -> None:
    sheet = charts.draw_agreement([Share(0, 0), Share(3, 4), Share(45, 50)], [])
    assert [dot.look for dot in sheet.dots] == ["dot--few", "dot"]


def test_a_department_has_bar_interval_and_promise() -> None:
    sheet = charts.draw_departments([("Roads", Share(45, 50)), ("Schools", Share(2, 4))], 0.95)
    assert [rect.look for rect in sheet.rects] == ["ground", "sent-on", "ground", "few"]
    assert {line.look for line in sheet.lines} == {"halo", "interval", "goal"}
    assert [label.text for label in sheet.labels] == ["Roads", "90%", "Schools", "50%"]


def test_what_is_as_sure_as_it_says_lies_on_the_slanting_line() -> None:
    sheet = charts.draw_calibration([Band(5, Share(25, 50), 25.0)])
    even = next(line for line in sheet.lines if line.look == "even")
    (dot,) = sheet.dots
    assert (dot.y - even.y1) / (even.y2 - even.y1) == pytest.approx((dot.x - even.x1) / (even.x2 - even.x1))


def test_nothing_is_drawn_beyond_the_sheet() -> None:
    full = Share(1000, 1000)
    sheets = [
        charts.draw_stacks([(1000, 0, 0)] * 53, ("sent-on", "to-desk", "other"), []),
        charts.draw_pairs([(1000, 1)] * 53, ("came", "done"), []),
        charts.draw_agreement([full] * 53, []),
        charts.draw_calibration([Band(9, full, 1000.0)]),
        charts.draw_change([("A", Share(0, 9), full)]),
        charts.draw_departments([("A", full)], 0.99),
    ]
    for sheet in sheets:
        assert all(rect.x >= 0 and rect.x + rect.width <= sheet.width for rect in sheet.rects)
        assert all(rect.y >= 0 and rect.y + rect.height <= sheet.height for rect in sheet.rects)
        assert all(0 <= dot.x <= sheet.width and 0 <= dot.y <= sheet.height for dot in sheet.dots)
