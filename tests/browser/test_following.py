"""Following: with an account and the inbox, and by an address alone, without scripts."""

import re

from playwright.sync_api import expect

from portal.core import clock
from portal.reports.actions import start_work
from portal.threads.actions import lock_thread
from portal.threads.events import Actor
from tests.browser.conftest import Check, Site, follow
from tests.browser.test_journeys import LANGUAGES, sign_in
from tests.factories import make_report, person, thread_by_reference
from tests.threads.publishing import writing

WORDS = "南门的路灯坏了 The lamp by the south gate is dark"


def report(site: Site) -> str:
    with writing(site.app) as session:
        return make_report(session, WORDS, now=clock.now()).reference


def begin_work(site: Site, reference: str) -> None:
    """Let the officer begin, and the worker tell of it."""
    with writing(site.app) as session:
        thread = lock_thread(session, thread_by_reference(session, reference).id)
        start_work(session, thread, by=Actor(person(session, "officer"), "officer"), now=clock.now())
    site.work()


@LANGUAGES
def test_with_an_account_the_inbox_tells_what_happens(site: Site, look: Check, language: str) -> None:
    reference = report(site)
    page = sign_in(site, "neighbour", language, staff=False)
    page.goto(site.address + f"/reports/{reference}")
    look(page, f"report-to-follow-{language}")
    follow(page, page.locator(f"a[href$='/follow/{reference}']"))
    look(page, f"follow-{language}")
    page.check("[name=frequency][value=no_mail]")
    follow(page, page.locator("main form button[type=submit]"))
    expect(page.locator(f"form[action$='/follow/{reference}/stop']")).to_be_visible()

    begin_work(site, reference)
    page.goto(site.address + "/inbox")
    look(page, f"inbox-{language}")
    expect(page.locator(".nav")).to_contain_text("1")
    follow(page, page.locator(".inbox__entry button"))
    expect(page).to_have_url(re.compile(f"/reports/{reference}$"))
    assert not any("/following/stop/" in mail for mail in site.mails())

    page.goto(site.address + "/account/following")
    look(page, f"followed-{language}")
    follow(page, page.locator(".followed button[value=stop]"))
    expect(page.locator(".followed")).to_have_count(0)


@LANGUAGES
def test_an_address_is_asked_and_then_told_until_it_says_stop(site: Site, language: str) -> None:
    page = site.open(language, width=360, scripts=False)
    page.goto(site.address + "/reports?q=lamp")
    follow(page, page.locator("a[href^='/follow?']"))
    follow(page, page.locator("main form button[type=submit]").last)
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    expect(page.locator("[name=query]")).to_have_value("lamp")
    page.fill("[name=email]", "wang@example.net")
    follow(page, page.locator("main form button[type=submit]").last)
    expect(page).to_have_url(re.compile(r"/follow/mailed$"))

    site.work()
    page.goto(link_in(site, "/following/confirm/"))
    follow(page, page.locator("main form button[type=submit]"))
    expect(page.locator(".followed")).to_contain_text("lamp")
    report(site)
    site.work()
    assert any(f"> {WORDS}" in mail and "/following/stop/" in mail for mail in site.mails())
    page.goto(link_in(site, "/following/stop/"))
    follow(page, page.locator("main form button[type=submit]"))
    expect(page.locator(".followed")).to_have_count(0)


def link_in(site: Site, path: str) -> str:
    """Return the first link to such a page in the latest mail that has one."""
    found = [link for mail in site.mails() for link in re.findall(rf"https?://\S+({path}\S+)", mail)[:1]]
    return site.address + str(found[-1])
