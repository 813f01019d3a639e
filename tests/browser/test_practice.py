"""From a call for ideas to a practice that others take up, and to a trial that is stopped, in Chinese."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from portal.accounts.actions import set_password
from portal.accounts.models import RoleName
from portal.communities.models import Place
from portal.core import clock
from portal.core.dates import today
from portal.core.db import db
from portal.ideas.actions import decide_idea
from portal.threads.events import Actor
from portal.threads.models import Status
from tests import factories
from tests.browser.conftest import Check, Site, follow
from tests.browser.test_journeys import PASSWORD, choose, sign_in, submit

LANGUAGE = "zh-Hans"
IDEA = "在南门口装一排电动车充电柜,楼道里不再飞线充电,晚上由物业看着。"
LEVELS = "没用\n用处小\n有点用\n有用\n很有用\n非常有用"
PEOPLE = {  # besides those who stand in every test
    "second": (RoleName.PANELLIST, "yunhe"),
    "warden": (RoleName.COORDINATOR, "qiao"),
    "expert": None,
}


@dataclass
class Town:
    """The people of the journey, each at a browser of their own, and the one idea that it is about."""

    site: Site
    look: Check
    pages: dict[str, Page] = field(default_factory=dict)
    reference: str = ""
    pilot: str = ""

    def be(self, name: str, *, path: str = "") -> Page:
        """Return the page of a person who has signed in, at this path."""
        if name not in self.pages:
            is_staff = name in ("coordinator", "panellist", "second", "officer", "warden")
            self.pages[name] = sign_in(self.site, name, LANGUAGE, staff=is_staff)
        if path:
            self.pages[name].goto(self.site.address + path)
        return self.pages[name]

    def stranger(self, path: str, name: str = "") -> Page:
        """Return the page of somebody without an account, on a telephone and without scripts."""
        if name not in self.pages:
            self.pages[name] = self.site.open(LANGUAGE, width=360, scripts=False)
        self.pages[name].goto(self.site.address + path)
        return self.pages[name]

    def day(self, number: int) -> str:
        """Return the day so many days from today, as forms take it."""
        with self.site.app.app_context():
            return (today() + timedelta(days=number)).isoformat()

    def let_phase_be(self, **days: int) -> None:
        """Move the days of the call by its form: each is so many days from today."""
        page = self.be("coordinator", path="/staff/ideas/calls/charging/edit")
        fill(page, "/edit", **{name: self.day(number) for name, number in days.items()})


def fill(page: Page, end: str, press: str = "", **fields: str | list[str]) -> None:
    """Fill in the form whose address ends so, send it, and see that nothing is wrong."""
    form = page.locator(f"main form[action$='{end}']") if end else page.locator("main form")
    if end and not form.count():
        form = page.locator("main form:not([action])")
    form = form.last
    fold = form.locator("xpath=ancestor::details[not(@open)]")
    if fold.count():
        fold.first.locator("summary").first.click()
    for name, value in fields.items():
        wanted = form.locator(f"[name='{name}'], [name$='-{name}']")
        kind = wanted.first.evaluate("e => e.tagName == 'INPUT' ? e.type : e.tagName")
        if kind == "SELECT":
            wanted.first.select_option(value)
        elif kind in ("radio", "checkbox"):
            for one in [value] if isinstance(value, str) else value:
                form.locator(f"[name$='{name}'][value='{one}']").check()
        else:
            wanted.first.fill(str(value))
    button = (
        form.locator(f"button[value={press}]")
        if press
        else form.locator("button[type=submit], button:not([type])")
    )
    follow(page, button.last)
    assert page.locator(".govuk-error-summary, .flash--error").all_inner_texts() == []


@pytest.fixture
def town(site: Site, look: Check) -> Town:
    with site.app.app_context():
        session = db.session()
        places = {place.code: place for place in session.query(Place)}
        for name, role in PEOPLE.items():
            person = factories.add_person(session, name)
            set_password(session, person, PASSWORD)  # or the night forgets them
            if role:
                factories.add_role(session, person, role[0], places[role[1]], None)
        session.commit()
    return Town(site, look)


def number_of(site: Site, name: str) -> str:
    with site.app.app_context():
        return str(factories.person(db.session(), name).id)


def call_for_ideas(town: Town) -> None:
    page = town.be("coordinator", path="/staff/ideas/calls/add")
    liu = page.locator("select[name=place] option", has_text="柳荫街道").first.get_attribute("value")
    assert liu
    fill(
        page,
        "/add",
        code="charging",
        place=liu,
        names_hans="让充电更安全",
        theme_hans="电动车怎么充电又方便又安全?",
        why_hans="一年里冒过三次烟。",
        incentives_hans="入选的想法,街道出钱试。",
        decides_hans="街道和评议员。",
        opens_on=town.day(0),
        collects_until=town.day(6),
        supports_until=town.day(12),
        reviews_until=town.day(18),
        decides_until=town.day(24),
    )
    page.goto(f"{town.site.address}/staff/ideas/calls/charging/criteria/add")
    fill(page, "/add", name_hans="安全", weight="20", levels_hans=LEVELS)
    page.goto(f"{town.site.address}/staff/ideas/calls/charging/criteria/add")
    fill(page, "/add", name_hans="方便", weight="10", levels_hans=LEVELS)
    page.goto(f"{town.site.address}/staff/ideas/calls/charging")
    fill(page, "/publish")


def propose(town: Town) -> None:
    page = town.be("resident", path="/calls/charging")
    town.look(page, "practice-call")
    follow(page, page.locator("a[href*='call=charging']").first)
    while not page.locator("[name=text]").count():
        submit(page)
    page.fill("[name=title]", "南门充电柜")
    page.fill("[name=text]", IDEA)
    while not page.url.endswith("/sent"):
        submit(page)
        if page.locator("[name=place]").count():
            choose(page, "place", "liu-1")
    found = re.search(r"\d{3}-\d{3}-\d{3}", page.locator("main").inner_text())
    assert found
    town.reference = found.group()


def support(town: Town) -> None:
    page = town.be("neighbour", path="/calls/charging")
    follow(page, page.locator(f"a[href*='{town.reference}']").first)
    town.look(page, "practice-idea")
    follow(page, page.locator("form[action$='/vote'] button"))
    expect(page.locator("form[action$='/vote/take-back']")).to_be_visible()


def put_to_the_panel(town: Town) -> None:
    town.let_phase_be(opens_on=-4, collects_until=-3, supports_until=-1, reviews_until=9, decides_until=12)
    page = town.be("coordinator", path=f"/staff/panels/{town.reference}")
    town.look(page, "practice-panel")
    members = [number_of(town.site, name) for name in ("panellist", "second")]
    fill(page, "/open", reason="方案清楚,地方合适。", last_day=town.day(7), people=members)
    option = page.locator("select[name=department] option", has_text="住房").first
    fill(page, "/departments", department=str(option.get_attribute("value")))
    town.site.work()


def appraise(town: Town) -> None:
    page = town.be("officer", path=f"/staff/appraisals/{town.reference}")
    fill(page, f"/{town.reference}", feasibility="4", cost="约 3 万元", duration="两个月")


def score(town: Town, name: str, *marks: str) -> None:
    page = town.be(name, path="/staff/reviews")
    follow(page, page.locator(f"main a[href*='{town.reference}']").first)
    fill(page, "/interest", has_interest="no")
    if not page.url.endswith("/score"):
        follow(page, page.locator("main a[href$='/score']").first)
    expect(page.locator("main")).not_to_contain_text("resident")  # whose idea it is
    town.look(page, f"practice-score-{name}")
    names = page.locator("main input[type=radio]").evaluate_all("all => [...new Set(all.map(e => e.name))]")
    fields = dict(zip(names, marks, strict=True))
    reasons = {one.replace("choice", "reason"): f"{name}给了{mark}分" for one, mark in fields.items()}
    fill(page, "/score", press="hand_in", **fields, **reasons)


def decide(town: Town) -> None:
    page = town.be("coordinator", path=f"/staff/panels/{town.reference}")
    follow(page, page.locator("a[href$='/scores']"))
    town.look(page, "practice-scores")
    expect(page.locator("main")).to_contain_text("second给了1分")
    town.let_phase_be(reviews_until=-1)
    page.goto(f"{town.site.address}/staff/panels/{town.reference}/decide")
    fill(page, "/decide", choice="decided_pilot", reason="先在一个社区试三个月。", dissent="有人担心占道。")
    stranger = town.stranger(f"/ideas/{town.reference}")
    expect(stranger.locator("main")).not_to_contain_text("先在一个社区试三个月")
    town.site.work()
    assert any("先在一个社区试三个月" in mail for mail in town.site.mails())
    town.site.work(clock.now() + timedelta(hours=25))
    page = town.stranger(f"/ideas/{town.reference}")
    town.look(page, "practice-decided")
    expect(page.locator("main")).to_contain_text("先在一个社区试三个月")
    expect(page.locator("main")).to_contain_text("有人担心占道")


def start_pilot(town: Town, reference: str, title: str) -> None:
    """Plan it, say what is measured, measure before, and let it begin."""
    page = town.be("coordinator", path=f"/staff/pilots/plan/{reference}")
    place = page.locator("select[name=place] option", has_text="柳荫一社区").first.get_attribute("value")
    town.look(page, "practice-plan")
    fill(
        page,
        f"/{reference}",
        title=title,
        if_we="在南门装充电柜",
        then="楼道里的飞线会变少",
        because="有了安全又近的地方",
        place=str(place),
        starts_on=town.day(0),
        ends_on=town.day(60),
        owner=number_of(town.site, "officer"),
        partners="南门物业",
        budget="30000",
    )
    found = re.search(r"/staff/pilots/([^/?#]+)", page.url)
    assert found
    town.pilot = found.group(1)
    page.goto(f"{town.site.address}/staff/pilots/{town.pilot}/indicators/add")
    fill(
        page,
        "/add",
        indicator_name="楼道飞线",
        filled="entered",
        unit="处",
        direction="down",
        baseline_from=town.day(-28),
        baseline_until=town.day(-1),
        target="3",
        stop_at="20",
    )
    values = [f"{town.day(-7 * week)},{number}" for week, number in ((4, 11), (3, 12), (2, 10), (1, 13))]
    enter_values(town, "coordinator", values)
    page.goto(f"{town.site.address}/staff/pilots/{town.pilot}")
    fill(page, "/start")
    enter_values(town, "officer", [f"{town.day(0)},4"])
    town.site.work()


def enter_values(town: Town, name: str, lines: list[str]) -> None:
    page = town.be(name, path=f"/staff/pilots/{town.pilot}")
    follow(page, page.locator("a[href$='/values']").first)
    fill(page, "/lines", lines="\n".join(lines), source="楼长每周数一次")


def tell_effect(town: Town, nature: str, severity: str, text: str) -> None:
    """Somebody without an account tells what they noticed; staff look at it first."""
    page = town.stranger(f"/pilots/{town.pilot}/effect", "witness")
    town.look(page, "practice-effect")
    fill(page, "/effect", nature=nature, severity=severity, text=text, touched="二号楼的住户")
    page = town.stranger(f"/pilots/{town.pilot}")
    expect(page.locator("main")).not_to_contain_text(text)
    staff = town.be("coordinator", path=f"/staff/pilots/{town.pilot}/effects")
    fill(staff, "/show")
    page = town.stranger(f"/pilots/{town.pilot}")
    expect(page.locator("main")).to_contain_text(text)


def review(town: Town, advice: str, opinion: str) -> Page:
    """Ask an expert, who declares that they have no part in it and judges; return the form to decide."""
    page = town.be("coordinator", path=f"/staff/pilots/{town.pilot}/review")
    fill(page, "/judges", email="expert@example.org", body="消防研究所")
    town.site.work()
    expert = town.be("expert", path=f"/judging/{town.pilot}")
    fill(expert, "/declare", part="free")
    form = expert.locator("main form[action*='/judging/']").last.get_attribute("action")
    fill(expert, str(form), advice=advice, text=opinion)
    page.goto(f"{town.site.address}/staff/pilots/{town.pilot}/review")
    town.look(page, "practice-review")
    follow(page, page.locator("main a[href*='/review/']").last)
    return page


def scale(town: Town) -> None:
    page = review(town, "scale", "飞线少了三分之二,没看到新的风险。")
    fill(page, "", verdict="scale", reason="达到目标,可以推广。")
    town.site.work()
    page.goto(f"{town.site.address}/staff/practices")
    follow(page, page.locator("main .card a").first)
    fill(
        page,
        "/edit",
        problem="电动车在楼道里飞线充电",
        what="小区门口装充电柜",
        conditions="门口有电,有人看管",
        cost="三万元",
        side_effects="晚上有点声音",
        how_to="先选地方,再接电,再装柜",
    )


def take_up(town: Town) -> None:
    page = town.be("warden", path="/practices?q=飞线")
    town.look(page, "practice-library")
    follow(page, page.locator("main .card a, main .cards a").first)
    town.look(page, "practice-page")
    practice = page.url
    follow(page, page.locator("a[href$='/take-up']"))
    place = page.locator("select[name=place] option", has_text="石桥一社区").first.get_attribute("value")
    fill(page, "/take-up", place=str(place), starts_on=town.day(7), ends_on=town.day(90))
    expect(page.locator("main")).to_contain_text("在南门装充电柜")
    stranger = town.stranger(practice.removeprefix(town.site.address))
    for place_name in ("柳荫一社区", "石桥一社区"):
        expect(stranger.locator("#results")).to_contain_text(place_name)


def test_from_a_call_to_a_practice_that_others_take_up(town: Town) -> None:
    call_for_ideas(town)
    propose(town)
    support(town)
    put_to_the_panel(town)
    appraise(town)
    score(town, "panellist", "5", "4")
    score(town, "second", "1", "4")
    decide(town)
    start_pilot(town, town.reference, "南门充电柜试点")
    tell_effect(town, "wanted", "notable", "楼道干净了,半夜不怕着火。")
    scale(town)
    take_up(town)


def test_a_trial_that_does_harm_is_stopped_with_thanks(town: Town) -> None:
    with town.site.app.app_context():
        session = db.session()
        idea = factories.make_idea(session, IDEA, now=clock.now())
        by = Actor(factories.person(session, "coordinator"), "coordinator")
        decide_idea(session, idea, Status.PILOT, "先试试。", by=by, now=clock.now())
        session.commit()
        reference = idea.reference
    start_pilot(town, reference, "充电柜试点")
    tell_effect(town, "unwanted", "severe", "充电柜冒烟,大家都吓坏了。")
    town.site.work()
    page = review(town, "stop", "不能再试:柜子散热不够。")
    fill(
        page, "", verdict="stop", reason="安全第一。", lessons="先验散热,再装。", dissent="物业想换一种再试。"
    )
    town.site.work()
    assert any("先验散热" in mail for mail in town.site.mails())
    stranger = town.stranger(f"/pilots/{town.pilot}")
    town.look(stranger, "practice-stopped")
    for words in ("先验散热,再装。", "物业想换一种再试。", "充电柜冒烟"):
        expect(stranger.locator("main")).to_contain_text(words)
