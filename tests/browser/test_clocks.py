"""The clocks as people meet them: a wait, what it does to the promise, and emergency mode."""

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.browser.conftest import Check, Site, become, follow
from tests.browser.everything import cookies_of
from tests.factories import Browse, make_report
from tests.threads.publishing import writing

pytestmark = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)


def test_a_wait_and_an_emergency_are_said_to_everybody(
    app: Flask, browse: Browse, site: Site, look: Check
) -> None:
    with writing(app) as session:
        reference = make_report(session, token="token-of-the-sender").reference
    staff = site.open(width=360)
    become(staff, site, cookies_of(browse("coordinator")))
    staff.goto(f"{site.address}/staff/mode")
    staff.get_by_label("Place").select_option("liu")
    staff.get_by_label("What has happened").fill("The canal is over its banks at the weir.")
    look(staff, "mode-form")
    follow(staff, staff.get_by_role("button", name="Switch it on"))
    expect(staff.get_by_text("Emergency mode is on: Willow Street.")).to_be_visible()
    look(staff, "mode-on")
    staff.goto(f"{site.address}/staff/{reference}")
    staff.get_by_text("It waits for an outside body").click()
    staff.get_by_role("button", name="Let it wait").click()
    expect(staff.get_by_role("alert")).to_contain_text("There is a problem")
    staff.locator("#outside-body").fill("The power company")
    staff.locator("#outside-reason").fill("They must switch off the line, on Monday.")
    look(staff, "outside-form")
    staff.get_by_role("button", name="Let it wait").click()
    expect(staff.get_by_text("It waits, and the clock stands still.")).to_be_visible()
    staff.goto(f"{site.address}/staff/{reference}")
    staff.get_by_text("How the time is counted").click()
    look(staff, "outside-staff")
    reader = site.open()
    expect(reader.get_by_text("The canal is over its banks")).to_be_visible()
    look(reader, "start-emergency")
    for name, address in (("sender", "/track/token-of-the-sender"), ("public", f"/reports/{reference}")):
        reader.goto(site.address + address)
        expect(reader.get_by_text("The power company: They must switch off the line").first).to_be_visible()
        reader.get_by_text("How the time is counted").click()
        expect(reader.get_by_text("It has stood still since")).to_be_visible()
        look(reader, f"outside-{name}")
    staff.get_by_role("button", name="The wait is over: go on").click()
    expect(staff.get_by_text("It goes on, and the clock runs again.")).to_be_visible()
    become(staff, site, cookies_of(browse("administrator")))
    staff.goto(f"{site.address}/staff/admin/categories")
    follow(staff, staff.get_by_role("link", name="Streets, paving and lights").first)
    look(staff, "category-times")
