"""A resident finds that a neighbour has sent it already, joins it, or goes on; nothing is lost."""

import re

import pytest
from playwright.sync_api import Page, expect

from portal.core.db import db
from tests import factories
from tests.browser.conftest import Check, Site, follow
from tests.browser.test_journeys import LANGUAGES, choose, sign_in, submit

NEIGHBOURS = {
    "zh-Hans": "南门外面的路灯一直不亮,天一黑什么都看不见,老人走路怕摔跤。",
    "en": "The street lamp by the south gate does not work. It is dark there at night.",
}
MINE = {
    "zh-Hans": "小区南门的路灯坏了半个月,晚上黑漆漆的,老人怕摔跤。",
    "en": "The street lamp by the south gate has been dark for two weeks. Please repair it.",
}
MORE = {"zh-Hans": "是左边第四根灯杆", "en": "It is the fourth lamp on the left"}


def neighbour_sent(site: Site, text: str) -> str:
    with site.app.app_context():
        author = factories.person(db.session(), "neighbour")
        reference = factories.make_report(db.session(), text, author=author).reference
        db.session.commit()
    return reference


def write(site: Site, page: Page, text: str) -> None:
    """Go from the words to what is known."""
    page.goto(f"{site.address}/report/words")
    page.fill("[name=text]", text)
    submit(page)
    submit(page)  # no photos
    choose(page, "place", "liu-1")
    submit(page)
    expect(page).to_have_url(re.compile(r"/report/known$"))


@LANGUAGES
@pytest.mark.parametrize("scripts", [True, False])
def test_a_resident_joins_what_is_known(site: Site, look: Check, language: str, scripts: bool) -> None:
    reference = neighbour_sent(site, NEIGHBOURS[language])
    page = site.open(language, width=360, scripts=scripts)
    write(site, page, MINE[language])
    expect(page.locator(".similar")).to_have_count(1)
    if scripts:
        look(page, f"known-{language}")
    follow(page, page.locator(f"button[name=join][value='{reference}']"))
    expect(page).to_have_url(re.compile(f"/report/joined/{reference}$"))
    expect(page.locator("[name=words]")).to_have_value(MINE[language])
    if scripts:
        look(page, f"joined-{language}")
    page.fill("[name=words]", MORE[language])
    follow(page, page.locator("main form button[type=submit]").first)
    expect(page).to_have_url(re.compile(f"/reports/{reference}$"))
    expect(page.locator(".flash--success")).to_be_visible()
    expect(page.locator(".vote__number")).to_have_text("1")
    expect(page.locator("main")).not_to_contain_text(MORE[language])

    officer = sign_in(site, "officer", language)
    officer.goto(f"{site.address}/staff/{reference}")
    expect(officer.locator("main")).to_contain_text(MORE[language])


@LANGUAGES
@pytest.mark.parametrize("scripts", [True, False])
def test_none_of_these_goes_on_and_two_stay_apart(
    site: Site, look: Check, language: str, scripts: bool
) -> None:
    reference = neighbour_sent(site, NEIGHBOURS[language])
    page = site.open(language, scripts=scripts)
    write(site, page, MINE[language])
    follow(page, page.locator("main form > button[type=submit]").last)
    expect(page).to_have_url(re.compile(r"/report/who$"))
    page.check("[name=how][value=anonymous]")
    submit(page)
    submit(page)
    expect(page).to_have_url(re.compile(r"/sent$"))

    other = neighbour_sent(site, MINE[language])
    resident = sign_in(site, "resident", language, staff=False, scripts=scripts)
    resident.goto(f"{site.address}/reports/{reference}")
    similar = resident.locator("[data-similar]")
    if scripts:
        similar.scroll_into_view_if_needed()  # they come by themselves
    else:
        follow(resident, similar.locator("[data-similar-link] a"))
    expect(resident.locator(f"#similar a[href='/reports/{other}']")).to_be_visible()
    if scripts:
        look(resident, f"report-with-similar-{language}")
    follow(resident, resident.locator("#similar form[action$='/not-same'] button"))
    expect(resident.locator(".flash--success")).to_be_visible()
    expect(resident.locator("#similar .similar")).to_have_count(0)
