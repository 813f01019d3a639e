"""An administrator sets the neighbourhood up, and residents find it so."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Check, Site, follow
from tests.browser.test_journeys import LANGUAGES, sign_in

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
def test_a_department_and_where_a_category_goes(site: Site, language: str) -> None:
    page = sign_in(site, "administrator", language)
    page.goto(site.address + HOME + "/departments/add")
    page.fill("[name=code]", "canal")
    page.fill("[name=name_hans]", "运河管理处")
    page.fill("[name=name_en]", "Canal Office")
    save(page)
    name = {"en": "Canal Office", "zh-Hans": "运河管理处"}[language]
    expect(page.locator("main")).to_contain_text(name)
    page.goto(site.address + HOME + "/routes/add")
    page.select_option("[name=place]", index=1)
    page.select_option("[name=department]", label=name)
    save(page)
    expect(page.locator(".exceptions li")).to_contain_text(name)
    follow(page, page.locator(".exceptions button"))
    expect(page.locator(".exceptions li")).to_have_count(0)
