"""Departments together in a browser: every form open, and a whole case without JavaScript."""

from flask import Flask
from playwright.sync_api import Page

from portal.core import clock
from tests.browser.conftest import Check, Site, follow
from tests.browser.everything import cookies_of
from tests.cases import scenes
from tests.factories import Browse, make_report
from tests.threads.publishing import writing


def sign_in_as(site: Site, app: Flask, name: str, *, scripts: bool = True, width: int = 1280) -> Page:
    page = site.open("en", scripts=scripts, width=width)
    cookies = cookies_of(Browse(app)(name)).items()
    page.context.add_cookies([{"name": key, "value": value, "url": site.address} for key, value in cookies])
    return page


def test_a_full_case_is_sound_with_every_form_open(site: Site, app: Flask, look: Check) -> None:
    with writing(app) as session:
        scenes.add_cast(session)
        report = make_report(session, now=clock.now())
        scenes.fill_case(session, report, now=clock.now())
        reference = report.reference
    for name in ("officer", "helper", "coordinator"):
        page = sign_in_as(site, app, name)
        page.goto(f"{site.address}/staff/{reference}/case")
        look(page, f"case-{name}")
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        look(page, f"case-{name}-open")
        page.goto(f"{site.address}/staff")
        look(page, f"case-home-{name}")
        page.goto(f"{site.address}/staff/between")
        look(page, f"case-between-{name}")
    page.goto(f"{site.address}/reports/{reference}")
    look(page, "case-public")


def test_a_case_is_called_for_and_decided_without_javascript(site: Site, app: Flask) -> None:
    with writing(app) as session:
        scenes.add_cast(session)
        reference = make_report(session, now=clock.now()).reference
    page = sign_in_as(site, app, "officer", scripts=False, width=360)
    page.goto(f"{site.address}/staff/{reference}")
    follow(page, page.get_by_role("link", name="Joint case, whose it is, other levels"))
    page.locator("#call summary").click()
    page.get_by_label("Labour and Social Security").check()
    page.get_by_label("Why it needs them").fill("Wages are owed.")
    follow(page, page.locator("#call button"))
    boss = sign_in_as(site, app, "coordinator", scripts=False, width=360)
    boss.goto(f"{site.address}/staff/{reference}/case")
    boss.locator("#agree summary").click()
    boss.get_by_label("What Labour and Social Security does").fill("Check the contracts.")
    boss.get_by_label("Labour and Social Security: in a line for the public").fill("Looks at the wages.")
    follow(boss, boss.locator("#agree button"))
    boss.goto(f"{site.address}/reports/{reference}")
    assert boss.get_by_text("Looks at the wages.").is_visible()
