"""Dark screens and more contrast: what a device asks for."""

from typing import Any

import pytest

from portal.core.db import db
from tests import factories
from tests.browser.conftest import Check, Site


@pytest.mark.parametrize("wish", [{"color_scheme": "dark"}, {"contrast": "more"}])
def test_pages_can_be_read_as_the_device_asks(site: Site, look: Check, wish: dict[str, Any]) -> None:
    with site.app.app_context():
        neighbour = factories.person(db.session(), "neighbour")
        reference = factories.make_report(db.session(), "The lamp is dark.", author=neighbour).reference
        db.session.commit()
    page = site.open("en", **wish)
    name = "-".join(wish.values())
    for path in ("/", "/reports", f"/reports/{reference}", "/report/words", "/sign-in"):
        page.goto(site.address + path)
        look(page, f"{name}{path.replace('/', '-')}")


def test_a_dark_screen_is_dark_and_paper_is_white(site: Site) -> None:
    page = site.open("en", color_scheme="dark")
    ground = "() => getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)"
    assert sum(page.evaluate(ground)) < 150
    page.emulate_media(media="print")
    assert sum(page.evaluate(ground)) > 600 or page.evaluate(ground)[-1] == 0
