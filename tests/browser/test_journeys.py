"""Whole journeys, each through all the people it takes."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.accounts.actions import set_password
from portal.core import clock
from portal.core.db import db
from portal.routing.advice import Advisor
from portal.triage.bulk import UNDO
from tests import factories
from tests.browser.conftest import Check, Site, follow

PASSWORD = "a long enough password"
LAMP = {
    "zh-Hans": "小区南门的路灯坏了半个月,晚上黑漆漆的,老人走路怕摔跤,请尽快派人来修路灯。",
    "en": "The street lamp by the south gate has been dark for two weeks. Please repair the lamp.",
}
HERBS = {
    "zh-Hans": "建议把南门边荒着的花坛交给居民认养,大家一起种花种菜,街道提供工具和水源。",
    "en": "I suggest that residents adopt the empty flower bed by the gate and plant herbs together.",
}
VAGUE = {"zh-Hans": "苹果香蕉西瓜葡萄。", "en": "Hmm, well, apples and pears."}
LANGUAGES = pytest.mark.parametrize("language", ["zh-Hans", "en"])


def send(page: Page, path: str, text: str, *, email: str = "", look: Check | None = None) -> tuple[str, str]:
    """Go through the steps; return the reference and the tracking link."""
    name = f"{path}-{page.locator('html').get_attribute('lang')}"

    def glance(step: str) -> None:
        if look:
            look(page, f"{name}-{step}")

    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + f"/{path}/words")
    glance("words")
    page.fill("[name=text]", text)
    submit(page)
    glance("photos")
    submit(page)
    glance("where")
    choose(page, "place", "liu-1")
    submit(page)
    glance("who")
    page.check(f"[name=how][value={'email' if email else 'anonymous'}]")
    if email:
        page.fill("[name=email]", email)
    submit(page)
    glance("check")
    submit(page)
    expect(page).to_have_url(re.compile(r"/sent$"))
    glance("sent")
    found = re.search(r"\d{3}-\d{3}-\d{3}", page.locator("main").inner_text())
    assert found
    link = page.locator("main a[href*='/track/']").first.get_attribute("href")
    assert link
    return found.group(), link


def submit(page: Page) -> None:
    follow(page, page.locator("main form:not(.afresh) button[type=submit]").last)


def choose(page: Page, name: str, value: str) -> None:
    radio = page.locator(f"input[type=radio][name={name}][value={value}]")
    if radio.count():
        radio.check()
    else:
        page.select_option(f"select[name={name}]", value)


def sign_in(site: Site, name: str, language: str, *, staff: bool = True, scripts: bool = False) -> Page:
    """Open a browser and sign in with the form. What staff do and what is the account's needs no scripts."""
    with site.app.app_context():
        who = factories.person(db.session(), name)
        who.language = language
        set_password(db.session(), who, PASSWORD)
        db.session.commit()
    page = site.open(language, scripts=scripts)
    page.goto(site.address + "/sign-in")
    page.fill("[name=email]", f"{name}@example.org")
    page.fill("[name=password]", PASSWORD)
    submit(page)
    expect(page.locator(".staff-bar")).to_have_count(1 if staff else 0)
    return page


def move(page: Page, verb: str, **fields: str) -> None:
    """Do one of the moves of the reading pane, as its form offers it."""
    fold = page.locator(f"details#{verb}")
    if fold.count():
        fold.locator("summary").click()
    form = page.locator(f"form[action*='/{verb}?']").last
    for name, value in fields.items():
        field = form.locator(f"[name={name}]").first
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        elif field.get_attribute("type") == "radio":
            form.locator(f"[name={name}][value={value}]").check()
        else:
            field.fill(value)
    follow(page, form.locator("button[type=submit]").last)
    expect(page.locator(".flash--success")).to_be_visible()


@LANGUAGES
def test_a_report_is_routed_fixed_and_confirmed(site: Site, look: Check, language: str) -> None:
    resident = site.open(language)
    look(resident, f"start-{language}")
    reference, link = send(resident, "report", LAMP[language], email="lamp@example.net", look=look)
    with site.app.app_context():
        thread = factories.thread_by_reference(db.session(), reference)
        known = factories.directory(db.session())
        assert thread.department_id == known.department_codes["construction"].id

    officer = sign_in(site, "officer", language)
    look(officer, f"staff-home-{language}")
    officer.goto(site.address + "/staff/queue")
    look(officer, f"queue-{language}")
    follow(officer, officer.locator(f"a[href*='{reference}']").first)
    look(officer, f"pane-{language}")
    move(officer, "start")
    move(officer, "ask", question="3号灯还是4号灯?")
    site.work(clock.now() + UNDO)  # until then the move can be taken back
    assert any("3号灯还是4号灯" in mail for mail in site.mails())

    resident.goto(link)
    look(resident, f"track-question-{language}")
    resident.fill("[name=answer]", "3号灯")
    submit_form_of(resident, "answer")
    officer.goto(site.address + f"/staff/{reference}")
    expect(officer.locator("main")).to_contain_text("3号灯")
    move(officer, "show")
    move(officer, "fix", done="换了灯泡和线")

    site.work(clock.now() + UNDO)  # until then the move can be taken back
    resident.goto(link)
    look(resident, f"track-fixed-{language}")
    submit_form_of(resident, "fixed")
    resident.goto(site.address + f"/reports/{reference}")
    look(resident, f"report-page-{language}")
    expect(resident.locator("main")).to_contain_text("换了灯泡和线")
    expect(resident.locator("main")).not_to_contain_text("3号灯还是4号灯")
    site.work(clock.now() + UNDO)  # until then the move can be taken back
    fixed = [mail for mail in site.mails() if "换了灯泡和线" in mail]
    assert len(fixed) == 1
    assert "/track/" in fixed[0]


def submit_form_of(page: Page, name: str) -> None:
    """Send the form of the tracking page that makes this move."""
    one_button = f"form:has(input[name=move][value={name}]) button[type=submit]"
    follow(page, page.locator(f"{one_button}, button[name=move][value={name}]"))
    expect(page.locator(".flash--success")).to_be_visible()


@LANGUAGES
def test_an_idea_is_supported_and_decided(site: Site, look: Check, language: str) -> None:
    resident = site.open(language)
    reference, link = send(resident, "propose", HERBS[language], look=look)
    coordinator = sign_in(site, "coordinator", language)
    coordinator.goto(site.address + "/staff/ideas")
    look(coordinator, f"staff-ideas-{language}")
    follow(coordinator, coordinator.locator(f"a[href*='{reference}']").first)
    move(coordinator, "show")
    move(coordinator, "open")

    neighbour = site.open(language, width=360)
    neighbour.goto(site.address + "/ideas")
    look(neighbour, f"ideas-{language}")
    follow(neighbour, neighbour.locator(f"a[href*='{reference}']").first)
    look(neighbour, f"idea-page-{language}")
    follow(neighbour, neighbour.locator("form[action$='/vote'] button"))
    expect(neighbour.locator("form[action$='/vote/take-back']")).to_be_visible()

    coordinator.reload()
    move(coordinator, "decide", decision="decided_pilot", reason="先在南门试三个月")
    resident.goto(link)
    expect(resident.locator("main")).to_contain_text("先在南门试三个月")
    neighbour.reload()
    expect(neighbour.locator("main")).to_contain_text("先在南门试三个月")
    expect(neighbour.locator("form[action$='/vote']")).to_have_count(0)


@LANGUAGES
def test_what_nobody_is_sure_of_is_sorted_by_a_person(
    site: Site, look: Check, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(site.app.extensions, "linli_advisor", Advisor(tmp_path))  # there is no model
    resident = site.open(language)
    reference, link = send(resident, "tell", VAGUE[language], look=look)
    coordinator = sign_in(site, "coordinator", language)
    coordinator.goto(site.address + "/staff/desk")
    look(coordinator, f"desk-{language}")
    follow(coordinator, coordinator.locator(f"a[href*='{reference}']").first)
    look(coordinator, f"desk-pane-{language}")
    move(coordinator, "sort", category="noise")
    resident.goto(link)
    with site.app.app_context():
        thread = factories.thread_by_reference(db.session(), reference)
        assert thread.kind == "report"
        assert thread.status == "with_department"
    coordinator.goto(site.address + f"/staff/{reference}")  # the desk is clear; this one is with a department
    move(coordinator, "idea", reason="这是一条建议")
    resident.reload()
    with site.app.app_context():
        thread = factories.thread_by_reference(db.session(), reference)
        assert thread.kind == "idea"
    expect(resident.locator("main")).to_contain_text("这是一条建议")


@LANGUAGES
def test_the_path_works_without_scripts_on_a_phone(site: Site, language: str) -> None:
    resident = site.open(language, width=360, scripts=False)
    reference, link = send(resident, "report", LAMP[language])
    resident.goto(link)
    expect(resident.locator("main")).to_contain_text(reference)
    resident.goto(site.address + f"/reports/{reference}")
    follow(resident, resident.locator("form[action$='/vote'] button"))
    expect(resident.locator("form[action$='/vote/take-back']")).to_be_visible()


@LANGUAGES
def test_the_path_works_with_the_keyboard_alone(site: Site, language: str) -> None:
    page = site.open(language)
    page.goto(site.address + "/report/words")
    tab_to(page, "[name=text]")
    page.keyboard.insert_text(LAMP[language])
    tab_to(page, "main form:not(.afresh) button[type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/report/photos$"))
    tab_to(page, "main form:not(.afresh) > button[type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/report/where$"))
    first = page.locator("[name=place]").first
    tab_to(page, "[name=place]")
    if first.get_attribute("type") == "radio":
        page.keyboard.press("Space")
    else:
        page.keyboard.press("ArrowDown")
    tab_to(page, "main form:not(.afresh) button[type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/report/who$"))


def tab_to(page: Page, selector: str, most: int = 60) -> None:
    """Press Tab until the element has the focus, as somebody without a mouse does."""
    for _press in range(most):
        if page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} can't be reached with Tab")


@LANGUAGES
def test_danger_brings_the_emergency_numbers_up_at_once(site: Site, look: Check, language: str) -> None:
    page = site.open(language, width=360)
    page.goto(site.address + "/report/words")
    text = {
        "zh-Hans": "楼道里一股很浓的煤气味,好像管子裂了",
        "en": "Strong smell of gas, the pipe is cracked",
    }
    page.fill("[name=text]", text[language])
    submit(page)
    expect(page.locator("a[href='tel:119']").first).to_be_visible()
    look(page, f"danger-{language}")


@LANGUAGES
def test_nothing_typed_is_lost_by_an_error(site: Site, look: Check, language: str) -> None:
    page = site.open(language)
    page.goto(site.address + "/report/words")
    page.fill("[name=text]", "😀😀😀")
    page.fill("[name=title]", "灯")
    submit(page)
    look(page, f"words-error-{language}")
    expect(page.locator("[name=title]")).to_have_value("灯")
    expect(page.locator("[name=text]")).to_have_value("😀😀😀")
    expect(page.locator(".govuk-error-summary")).to_be_visible()


def test_the_start_page_is_light(site: Site) -> None:
    page = site.open("zh-Hans", service_workers="block")  # it would fetch for later what isn't shown now
    page.wait_for_load_state("networkidle")
    size = page.evaluate("performance.getEntries().reduce((sum, e) => sum + (e.decodedBodySize || 0), 0)")
    assert 0 < size < 150_000
