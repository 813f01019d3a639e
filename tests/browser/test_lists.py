"""Lists of staff in a browser: narrowed, saved, many changed at once and put back."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from portal.core import clock
from portal.core.db import db
from tests.browser.conftest import Check, Site, become, follow
from tests.browser.everything import cookies_of
from tests.factories import Browse, add_person, make_report

pytestmark = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)


@pytest.fixture
def page(site: Site) -> Page:
    return open_as_officer(site)


def open_as_officer(site: Site, *, width: int = 1280, scripts: bool = True) -> Page:
    """Return a browser of the officer, with five reports in their queue."""
    with site.app.app_context():
        now = clock.now()
        for n in range(4):
            make_report(db.session(), f"The lamp number {n} at the south gate is dark", now=now)
        unseen = add_person(db.session(), f"passer-by-{width}", verified=False)
        make_report(
            db.session(), "An old smell of gas in the stairwell", author=unseen, now=now - timedelta(days=9)
        )
        db.session.commit()
    page = site.open(width=width, scripts=scripts)
    become(page, site, cookies_of(Browse(site.app)("officer")))
    return page


def test_many_are_ticked_changed_and_put_back(site: Site, page: Page, look: Check) -> None:
    page.goto(f"{site.address}/staff/queue")
    expect(page.locator("[data-picked]")).to_have_text("Ticked: 0")
    page.get_by_role("link", name="Tick all on this page").click()
    expect(page.locator("[data-picked]")).to_have_text("Ticked: 5")
    page.locator(".row a").nth(1).focus()
    page.keyboard.press("x")
    expect(page.locator("[data-picked]")).to_have_text("Ticked: 4")
    look(page, "bulk-ticked")
    page.get_by_label("What to do with those that are ticked").select_option("no-action")
    follow(page, page.get_by_role("button", name="Go on"))
    look(page, "bulk-preview")
    follow(page, page.get_by_role("button", name="Do it to all 4"))
    expect(page.get_by_text("There is a problem")).to_be_visible()
    look(page, "bulk-refused")
    page.get_by_label("Reason").fill("Private ground.")
    follow(page, page.get_by_role("button", name="Do it to all 4"))
    look(page, "bulk-done")
    follow(page, page.get_by_role("link", name="Back to the list").last)
    expect(page.locator(".row")).to_have_count(1)
    look(page, "bulk-list-after")
    follow(page, page.get_by_role("link", name="See it or undo it"))
    follow(page, page.get_by_role("button", name="Undo"))
    look(page, "bulk-undone")
    follow(page, page.get_by_role("link", name="Back to the list").last)
    expect(page.locator(".row")).to_have_count(5)


@pytest.mark.parametrize("width", [360, 1280])
def test_without_scripts_many_are_changed_too(site: Site, width: int) -> None:
    page = open_as_officer(site, width=width, scripts=False)
    page.goto(f"{site.address}/staff/queue")
    follow(page, page.get_by_role("link", name="Tick all on this page"))
    page.get_by_label("What to do with those that are ticked").select_option("take")
    follow(page, page.get_by_role("button", name="Go on"))
    follow(page, page.get_by_role("button", name="Do it to all 5"))
    expect(page.get_by_text("Done to 5 submissions.")).to_be_visible()
    follow(page, page.get_by_role("button", name="Undo"))
    expect(page.get_by_text("5 are as they were before.")).to_be_visible()


def test_a_list_is_narrowed_saved_and_printed(site: Site, page: Page, look: Check) -> None:
    page.goto(f"{site.address}/staff/queue")
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Past its promise").check()
    page.get_by_label("Place").select_option("liu-1")
    look(page, "narrow-open")
    follow(page, page.get_by_role("button", name="Show", exact=True))
    expect(page.locator(".row")).to_have_count(1)
    follow(page, page.get_by_role("link", name="Save this filter"))
    look(page, "filter-new")
    page.get_by_label("Name").fill("Late at First Lane")
    page.get_by_label("Colleagues in the same work see it too").check()
    follow(page, page.get_by_role("button", name="Save"))
    look(page, "narrowed")
    page.goto(f"{site.address}/staff")
    look(page, "home-saved")
    follow(page, page.get_by_role("link", name="Late at First Lane 1"))
    follow(page, page.get_by_role("link", name="To print"))
    look(page, "print")
    page.goto(f"{site.address}/staff/filters")
    look(page, "filters")
