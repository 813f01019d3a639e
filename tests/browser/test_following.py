"""Following: with an account and the inbox, and by an address alone, without scripts."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from portal.core import clock
from portal.reports.actions import start_work
from portal.threads.actions import lock_thread
from portal.threads.events import Actor
from tests.browser.conftest import Check, Site, follow
from tests.browser.test_journeys import LANGUAGES, sign_in
from tests.communities.mapping import GATE, POSITIONS, put_on_map
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
    page.goto(site.link_in_mail("/following/confirm/"))
    follow(page, page.locator("main form button[type=submit]"))
    expect(page.locator(".followed")).to_contain_text("lamp")
    report(site)
    site.work()
    assert any(f"> {WORDS}" in mail and "/following/stop/" in mail for mail in site.mails())
    page.goto(site.link_in_mail("/following/stop/"))
    follow(page, page.locator("main form button[type=submit]"))
    expect(page.locator(".followed")).to_have_count(0)


@LANGUAGES
def test_a_day_near_a_place_is_one_mail_and_its_link_stops_all(site: Site, language: str) -> None:
    with writing(site.app) as session:
        put_on_map(session)
    page = sign_in(site, "neighbour", language, staff=False)
    page.goto(site.address + "/follow?kind=report")
    page.select_option("[name=place]", "liu-1-gate")
    page.select_option("[name=radius]", "500")
    page.check("[name=frequency][value=daily]")
    follow(page, page.locator("main form button[type=submit]").last)
    with writing(site.app) as session:
        for text, point in ((WORDS, GATE), ("A bench is broken 长椅坏了", POSITIONS["liu-2"])):
            make_report(session, text, point=point, now=clock.now())
    site.work()
    assert not any("/following/stop/" in mail for mail in site.mails())
    site.work(clock.now() + timedelta(days=1))
    (digest,) = [mail for mail in site.mails() if "/following/stop/" in mail]
    assert WORDS in digest
    assert "长椅坏了" not in digest

    phone = site.open(language, width=360, scripts=False)
    phone.goto(site.link_in_mail("/following/stop/"))
    follow(phone, phone.locator("main form button[type=submit]"))
    expect(phone.locator(".flash--success")).to_be_visible()
    page.goto(site.address + "/account/following")
    expect(page.locator(".followed")).to_have_count(0)
