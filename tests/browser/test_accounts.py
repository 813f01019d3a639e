"""An account from its beginning: registered, confirmed, its password lost, other browsers signed out."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, follow
from tests.browser.test_journeys import LANGUAGES, PASSWORD, sign_in, submit

NEW = "another quite long password"


def choose_password(page: Page, password: str) -> None:
    page.fill("[name=new_password]", password)
    page.fill("[name=again]", password)
    submit(page)


def give_password(page: Page, site: Site, email: str, password: str) -> None:
    page.goto(site.address + "/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    submit(page)


@LANGUAGES
def test_an_account_is_made_and_its_password_set_anew_by_mailed_links(site: Site, language: str) -> None:
    page = site.open(language, width=360, scripts=False)
    page.goto(site.address + "/register")
    page.fill("[name=email]", "mei@example.net")
    page.fill("[name=name]", "林美")
    choose_password(page, PASSWORD)
    expect(page).to_have_url(re.compile("/mail-sent/register$"))
    give_password(page, site, "mei@example.net", PASSWORD)
    expect(page).to_have_url(re.compile("/sign-in$"))  # not before the address is confirmed
    site.work()
    page.goto(site.link_in_mail("/confirm/"))
    page.fill("[name=password]", PASSWORD)
    submit(page)
    page.goto(site.address + "/account")
    expect(page.locator("[name=name]")).to_have_value("林美")

    other = site.open(language, width=360, scripts=False)
    other.goto(site.address + "/sign-in")
    follow(other, other.locator("main a[href*='/forgot']"))
    other.fill("[name=email]", "mei@example.net")
    submit(other)
    site.work()
    other.goto(site.link_in_mail("/reset/"))
    choose_password(other, NEW)
    page.goto(site.address + "/account")
    expect(page).to_have_url(re.compile("/sign-in"))  # signed out by the change
    give_password(page, site, "mei@example.net", PASSWORD)
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    give_password(page, site, "mei@example.net", NEW)
    page.goto(site.address + "/account")
    expect(page).to_have_url(site.address + "/account")


@LANGUAGES
def test_another_browser_is_signed_out(site: Site, language: str) -> None:
    at_home = sign_in(site, "resident", language, staff=False)
    lost = site.open(language, width=360, scripts=False)
    give_password(lost, site, "resident@example.org", PASSWORD)
    at_home.goto(site.address + "/account/sessions")
    expect(at_home.locator(".sign-in")).to_have_count(2)
    follow(at_home, at_home.locator(".sign-in:not(:has(.chip)) button"))
    expect(at_home.locator(".sign-in")).to_have_count(1)
    lost.goto(site.address + "/account")
    expect(lost).to_have_url(re.compile("/sign-in"))
    at_home.goto(site.address + "/account")
    expect(at_home).to_have_url(site.address + "/account")
