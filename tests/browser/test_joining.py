"""Joining at the desk by keys, and splitting on a telephone without scripts."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Site, follow
from tests.browser.test_desk import sit_down
from tests.factories import NOW, make_report, person
from tests.threads.publishing import writing

pytestmark = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)  # pages don't know the engine
LAMP = "The street lamp at the south gate does not work, it is dark and people stumble."
SAME = "The lamp by the south gate has been dark for a week, people stumble there."


def two(site: Site) -> tuple[str, str]:
    with writing(site.app) as session:
        first = make_report(session, LAMP, author=person(session, "neighbour"), now=NOW)
        return first.reference, make_report(session, SAME, now=NOW).reference


def test_joined_with_what_is_similar_by_a_key_and_by_its_reference(site: Site) -> None:
    first, second = two(site)
    page = sit_down(site, "officer")
    page.goto(f"{site.address}/staff/{first}?queue=queue")
    page.keyboard.press("y")
    expect(page.locator("#said")).to_contain_text("Joined. The other one goes on for both")
    expect(page.locator("#pane")).to_contain_text("Choose one in the list")  # the other one rose above it
    page.locator(".desk__list a").first.click()
    expect(page.locator("#pane")).to_have_attribute("data-reference", second)
    expect(page.locator("#joined-title")).to_have_text("1 more was joined with this one")
    page.goto(f"{site.address}/staff/{first}?queue=search")
    page.keyboard.press("m")
    expect(page.locator("#said")).to_contain_text("It goes on by itself again.")
    page.keyboard.press("m")
    expect(page.locator("#merge-other")).to_be_focused()
    page.keyboard.type(second.replace("-", ""))
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Joined.")


def test_split_on_a_telephone_without_scripts(site: Site) -> None:
    first, _second = two(site)
    page = sit_down(site, "coordinator", width=360, scripts=False)
    page.goto(f"{site.address}/staff/{first}/split")
    follow(page, page.get_by_role("button", name="Split it"))
    expect(page.get_by_role("alert")).to_contain_text("Please say what the first part is about.")
    page.locator("#split-about_1").fill("People stumble")
    page.locator("#split-target_1").select_option("noise")
    follow(page, page.get_by_role("button", name="Split it"))
    expect(page.locator("#parts-title")).to_have_text("1 part goes on by itself")
    follow(page, page.get_by_role("button", name="Put them together again"))
    expect(page.locator("#parts-title")).to_have_count(0)
