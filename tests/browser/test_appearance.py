"""Dark screens, more contrast, larger text, less motion: what a device or a person asks for."""

from typing import Any

import pytest

from tests.browser.conftest import Check, Site, visit_all
from tests.browser.everything import Everything

# One page of each look.
TYPICAL = """
    anonymous      /
    anonymous      /sign-in
    anonymous      /reports
    anonymous      /reports/map
    anonymous      /reports/{report}
    anonymous      /ideas/{idea}
    writing        /report/words
    writing        /report/known
    writing        /report/check
    anonymous      /track/{track_asked}
    resident       /account/contacts
    resident       /inbox
    officer        /staff/queue
    officer        /staff/{report}
    officer        /staff/enter
    coordinator    /staff/sorting
    administrator  /staff/admin/categories/1/edit
    administrator  /staff/admin/audit
"""
# How long anything on the page takes to change, in seconds, before and after each thing too.
LONGEST_CHANGE = """() => Math.max(...[...document.querySelectorAll("*")].flatMap(
  e => ["", "::before", "::after"].map(part => getComputedStyle(e, part || null)).flatMap(
    style => [style.transitionDuration, style.animationDuration].join().split(",").map(parseFloat))))"""


@pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "wish",
    [{"color_scheme": "dark"}, {"contrast": "more"}, {"color_scheme": "dark", "contrast": "more"}],
    ids=lambda wish: "-".join(wish.values()),
)
def test_pages_can_be_read_as_the_device_asks(
    site: Site, look: Check, everything: Everything, wish: dict[str, Any]
) -> None:
    visit_all(site, look, "zh-Hans", everything, TYPICAL, **wish)


@pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
def test_pages_hold_larger_text(site: Site, look: Check, everything: Everything) -> None:
    large = {name: cookies | {"linli_text": "large"} for name, cookies in everything.cookies.items()}
    visit_all(site, look, "en", Everything(everything.names, large), TYPICAL)


def test_nothing_moves_for_who_wants_less_motion(site: Site) -> None:
    page = site.open("en", reduced_motion="reduce")
    for path in ("/", "/reports", "/report/words", "/sign-in"):
        page.goto(site.address + path)
        assert page.evaluate(LONGEST_CHANGE) == 0, path
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(LONGEST_CHANGE) > 0  # else this would measure nothing


def test_a_dark_screen_is_dark_and_paper_is_white(site: Site) -> None:
    page = site.open("en", color_scheme="dark")
    ground = "() => getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)"
    assert sum(page.evaluate(ground)) < 150
    page.emulate_media(media="print")
    assert sum(page.evaluate(ground)) > 600 or page.evaluate(ground)[-1] == 0
