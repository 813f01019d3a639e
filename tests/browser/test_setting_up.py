"""An administrator sets the neighbourhood up, and residents find it so."""

import pyotp
from playwright.sync_api import Page, expect

from portal.core import clock
from tests.browser.conftest import Check, Site, follow
from tests.browser.test_journeys import LANGUAGES, PASSWORD, sign_in
from tests.factories import make_report
from tests.threads.publishing import writing

HOME = "/staff/admin"
GOLDEN_WEEK = "2026-10-01..2026-10-07 off 国庆节 | 國慶節 | National Day\n2026-10-10 work 补班"


def save(page: Page) -> None:
    follow(page, page.locator("main .sheet form button[type=submit]").first)


def open_(page: Page, address: str) -> None:
    follow(page, page.locator(f"main a[href$='{address}']").first)


@LANGUAGES
def test_a_place_is_added_put_first_and_retired(site: Site, look: Check, language: str) -> None:
    page = sign_in(site, "administrator", language)
    page.goto(site.address + HOME)
    look(page, f"setting-up-{language}")
    open_(page, "/places")
    look(page, f"places-{language}")
    follow(page, page.get_by_role("link", name={"en": "Willow Street", "zh-Hans": "柳荫街道"}[language]))
    street = page.url
    open_(page, "/add")
    page.fill("[name=code]", "liu 9")
    save(page)
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    look(page, f"place-errors-{language}")
    page.fill("[name=code]", "liu-9")
    page.fill("[name=name_hans]", "柳荫九社区")
    page.fill("[name=name_en]", "Ninth Lane")
    save(page)
    assert page.url == street
    look(page, f"place-{language}")
    name = {"en": "Ninth Lane", "zh-Hans": "柳荫九社区"}[language]
    row = page.locator(".arranged li", has_text=name)
    follow(page, row.locator("button").first)
    follow(page, page.locator(".arranged li", has_text=name).locator("button").first)
    expect(page.locator(".arranged li").first).to_contain_text(name)

    resident = site.open(language)
    expect(resident.locator("main")).to_contain_text(name)
    follow(page, page.get_by_role("link", name=name))
    follow(page, page.locator("form[action$='/retire'] button"))
    resident.reload()
    expect(resident.locator("main")).not_to_contain_text(name)
    look(page, f"place-retired-{language}")
    follow(page, page.locator("form[action$='/bring-back'] button"))
    resident.reload()
    expect(resident.locator("main")).to_contain_text(name)


@LANGUAGES
def test_working_days_texts_and_settings(site: Site, look: Check, language: str) -> None:
    page = sign_in(site, "administrator", language)
    page.goto(site.address + HOME + "/places")
    follow(page, page.locator(".tree__place").first)
    open_(page, "/calendar")
    page.fill("[name=days]", GOLDEN_WEEK + "\nsome day off")
    save(page)
    expect(page.locator("[name=days]")).to_have_value(GOLDEN_WEEK + "\nsome day off")
    page.fill("[name=days]", GOLDEN_WEEK)
    save(page)
    open_(page, "/calendar")
    expect(page.locator("[name=days]")).to_have_value(GOLDEN_WEEK)
    look(page, f"calendar-{language}")
    page.goto(site.address + HOME)
    open_(page, "/texts")
    look(page, f"texts-{language}")
    page.fill("[name=about_hans]", "由运河区社区办管理。")
    page.fill("[name=about_en]", "Run by the community office.")
    save(page)
    open_(page, "/settings")
    look(page, f"settings-{language}")
    page.fill("[name=precision]", "98")
    save(page)
    visitor = site.open(language)
    visitor.goto(site.address + "/about")
    said = {"en": "Run by the community office.", "zh-Hans": "由运河区社区办管理。"}[language]
    expect(visitor.locator("main")).to_contain_text(said)


@LANGUAGES
def test_departments_and_categories_are_added_changed_and_retired(site: Site, language: str) -> None:
    page = sign_in(site, "administrator", language)
    canal = {"en": "Canal Office", "zh-Hans": "运河管理处"}[language]
    page.goto(site.address + HOME + "/departments/add")
    page.fill("[name=code]", "canal")
    page.fill("[name=name_hans]", "运河处")
    page.fill("[name=name_en]", "Canals")
    save(page)
    row = page.locator(".arranged li").last
    follow(page, row.locator("a").first)
    page.fill("[name=name_hans]", "运河管理处")
    page.fill("[name=name_en]", "Canal Office")
    save(page)
    expect(row).to_contain_text(canal)
    follow(page, row.locator("button[formaction$='/later'], form[action$='/earlier'] button").first)
    expect(page.locator(".arranged li").nth(-2)).to_contain_text(canal)

    boats = {"en": "Boats", "zh-Hans": "船只"}[language]
    page.goto(site.address + HOME + "/categories/add")
    page.fill("[name=code]", "boats")
    page.fill("[name=name_hans]", "船只")
    page.fill("[name=name_en]", "Boats")
    page.select_option("[name=group]", index=1)
    page.select_option("[name=department]", label=canal)
    page.fill("[name=answer_days]", "3")
    save(page)
    row = page.locator(".arranged li", has_text=boats)
    expect(row).to_contain_text(canal)
    follow(page, row.locator("form[action$='/earlier'] button").first)
    page.goto(site.address + HOME + "/routes/add")
    page.select_option("[name=place]", index=1)
    page.select_option("[name=department]", label=canal)
    save(page)
    expect(page.locator(".exceptions li")).to_contain_text(canal)
    follow(page, page.locator(".exceptions button"))
    expect(page.locator(".exceptions li")).to_have_count(0)

    visitor = site.open(language, scripts=False)
    visitor.goto(site.address + "/reports")
    offered = visitor.locator("[name=category]")
    expect(offered).to_contain_text(boats)
    page.goto(site.address + HOME + "/categories")
    follow(page, page.locator(".arranged li", has_text=boats).locator("form[action$='/retire'] button"))
    visitor.reload()
    expect(offered).not_to_contain_text(boats)
    page.goto(site.address + HOME + "/departments")
    follow(page, page.locator(".arranged li", has_text=canal).locator("form[action$='/retire'] button"))
    expect(page.locator(".section .arranged")).to_contain_text(canal)  # kept, among the retired


@LANGUAGES
def test_settings_count_at_once_and_stand_on_record(site: Site, language: str) -> None:
    with writing(site.app) as session:
        reference = make_report(session).reference
    page = sign_in(site, "administrator", language)
    visitor = site.open(language, scripts=False)
    visitor.goto(f"{site.address}/reports/{reference}")
    expect(visitor.locator("[name=comment]")).to_be_visible()
    page.goto(site.address + HOME + "/settings")
    before = page.locator("[name=keep_months]").input_value()
    page.fill("[name=keep_months]", "7")
    page.uncheck("[name=comments_on_reports]")
    page.check("[name=totp_required]")
    save(page)
    expect(page).to_have_url(site.address + "/account/second-factor")  # it is asked of them first
    phone = pyotp.TOTP(page.locator(".factor-key").inner_text().replace(" ", ""))
    page.fill("[name=code]", phone.at(clock.now()))
    page.fill("[name=password]", PASSWORD)
    follow(page, page.locator(".factor-steps form button"))

    visitor.reload()
    expect(visitor.locator("[name=comment]")).to_have_count(0)
    page.goto(site.address + HOME + "/audit")
    change = page.locator(".audit__changes li", has_text=f"{before} → 7")
    expect(change).to_be_visible()
    expect(page.locator(".audit__changes li")).to_have_count(3)
