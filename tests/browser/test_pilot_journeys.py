"""What becomes of pilots, in Chinese, by plain forms: one is taken up elsewhere, one is stopped."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal.accounts.models import RoleName
from portal.communities.models import Place
from tests.browser.conftest import Check, Site, follow
from tests.browser.test_journeys import sign_in
from tests.factories import add_person, add_role
from tests.pilots.piloting import make_running
from tests.threads.publishing import writing

ZH = "zh-Hans"


@pytest.fixture
def code(site: Site) -> str:
    """The code of a pilot that runs in Willow First Lane; the bridge's community has its own coordinator."""
    with writing(site.app) as session:
        place = session.scalars(select(Place).where(Place.code == "qiao-1")).one()
        add_role(session, add_person(session, "bridge"), RoleName.COORDINATOR, place, None)
        _thread, pilot, _one = make_running(session)
        return pilot.code


def press(page: Page, form: str, button: str = "button[type=submit]") -> None:
    """Send the form whose address ends so."""
    follow(page, page.locator(f"form[action$='{form}'] {button}").first)


def send(page: Page, button: str = "main form button[type=submit]") -> None:
    follow(page, page.locator(button).first)


def notice(page: Page, site: Site, code: str, text: str, *, good: bool, severity: str) -> None:
    page.goto(f"{site.address}/pilots/{code}/effect")
    page.check(f"[name=nature][value={'wanted' if good else 'unwanted'}]")
    page.fill("[name=text]", text)
    page.check(f"[name=severity][value={severity}]")
    send(page)
    expect(page.locator(".flash--success")).to_be_visible()


def ask_to_judge(coordinator: Page, site: Site, code: str) -> None:
    coordinator.goto(f"{site.address}/staff/pilots/{code}/review")
    coordinator.fill("[name=email]", "panellist@example.org")
    coordinator.fill("[name=body]", "道路安全研究所")
    press(coordinator, "/review/judges")


def give_opinion(expert: Page, site: Site, code: str, advice: str, text: str, *, at: int = 0) -> None:
    expert.goto(f"{site.address}/judging/{code}")
    if expert.locator("[name=part]").count():
        expert.check("[name=part][value=free]")
        press(expert, "/declare")
    form = expert.locator("form:has(textarea[name$='-text'])").nth(at)
    form.locator(f"[name$='-advice'][value={advice}]").check()
    form.locator("[name$='-text']").fill(text)
    follow(expert, form.locator("button[type=submit]"))


def test_what_worked_is_taken_up_by_another_community(site: Site, look: Check, code: str) -> None:
    neighbour = site.open(ZH, width=360, scripts=False)
    notice(neighbour, site, code, "车真的不停在斑马线上了。", good=True, severity="notable")
    coordinator = sign_in(site, "coordinator", ZH)
    coordinator.goto(f"{site.address}/staff/pilots/effects")
    look(coordinator, "effects-waiting")
    press(coordinator, "/show")
    ask_to_judge(coordinator, site, code)
    expert = sign_in(site, "panellist", ZH)
    give_opinion(expert, site, code, "scale", "六周里停车少了一半。")
    coordinator.reload()
    follow(coordinator, coordinator.locator("a.govuk-button[href*='/review/']").first)
    coordinator.check("[name=verdict][value=scale]")
    coordinator.fill("[name=reason]", "花钱少，看得见。")
    send(coordinator)
    expect(coordinator).to_have_url(re.compile(r"/staff/practices/.*/edit$"))
    coordinator.fill("[name=problem]", "车停在斑马线上，孩子看不见路。")
    coordinator.fill("[name=how_to]", "一、借黄漆。二、周末画。")
    look(coordinator, "practice-form")
    follow(coordinator, coordinator.locator("button[name=publish]"))

    bridge = sign_in(site, "bridge", ZH)
    bridge.goto(f"{site.address}/practices?q=斑马线")
    follow(bridge, bridge.locator("main a[href*='/practices/']").first)
    look(bridge, "practice")
    follow(bridge, bridge.locator("a[href$='/take-up']"))
    send(bridge)
    expect(bridge.locator("main")).to_contain_text("A painted crossing")
    bridge.goto(f"{site.address}/practices/{code}")
    expect(bridge.locator("#results article")).to_have_count(2)
    expect(bridge.locator("#results")).to_contain_text("正在做计划")
    site.work()
    assert any("花钱少，看得见" in mail for mail in site.mails())


def test_a_pilot_that_does_harm_is_stopped_with_its_lessons(site: Site, look: Check, code: str) -> None:
    neighbour = site.open(ZH, width=360, scripts=False)
    notice(neighbour, site, code, "下雨天孩子在黄漆上滑倒了。", good=False, severity="severe")
    site.work()
    alarms = [mail for mail in site.mails() if "/review" in mail or "/pilots/" in mail]
    assert alarms
    assert not any("滑倒" in mail for mail in alarms)
    coordinator = sign_in(site, "coordinator", ZH)
    ask_to_judge(coordinator, site, code)
    expert = sign_in(site, "panellist", ZH)
    give_opinion(expert, site, code, "stop", "湿漆太滑，先停。")
    coordinator.goto(f"{site.address}/staff/pilots/{code}/effects")
    press(coordinator, "/show")
    coordinator.goto(f"{site.address}/staff/pilots/{code}/review")
    look(coordinator, "review")
    follow(coordinator, coordinator.locator("a.govuk-button[href*='/review/']").first)
    coordinator.check("[name=verdict][value=stop]")
    coordinator.fill("[name=reason]", "孩子会滑倒。")
    send(coordinator)
    expect(coordinator.locator(".govuk-error-summary")).to_be_visible()
    coordinator.fill("[name=lessons]", "要用防滑漆，先在一小块上试。")
    send(coordinator)
    neighbour.goto(f"{site.address}/pilots/{code}")
    look(neighbour, "stopped")
    for said in ("停止试点", "要用防滑漆", "湿漆太滑", "下雨天孩子在黄漆上滑倒了"):
        expect(neighbour.locator("main")).to_contain_text(said)
    site.work()
    assert any("要用防滑漆" in mail for mail in site.mails())
