"""Setting a pin and finding things on the map, as a resident does it."""

import re

import pytest
from playwright.sync_api import Page, expect

from portal.communities.plan import plans_in_use
from portal.core.positions import metres_between, parse_point
from tests import factories
from tests.browser.conftest import Check, Site, follow
from tests.browser.test_journeys import LAMP, choose, submit
from tests.communities.mapping import GATE, POSITIONS, put_on_map
from tests.factories import make_report
from tests.threads.publishing import writing

LANGUAGES = pytest.mark.parametrize("language", ["zh-Hans", "en"])


@pytest.fixture(autouse=True)
def mapped(site: Site) -> None:
    with writing(site.app) as session:
        put_on_map(session)
        assert plans_in_use(factories.directory(session))


def at_where(site: Site, page: Page, language: str) -> Page:
    """Write the words and go on to the question where it is."""
    page.goto(site.address + "/report/words")
    page.fill("[name=text]", LAMP[language])
    submit(page)
    page.goto(site.address + "/report/where")
    return page


def pin_of(page: Page) -> tuple[float, float]:
    point = parse_point(page.locator("[name=pin]").input_value())
    assert point
    return point


@LANGUAGES
def test_a_pin_is_pressed_onto_the_map_and_goes_with_the_report(
    site: Site, look: Check, language: str
) -> None:
    page = at_where(site, site.open(language), language)
    choose(page, "place", "liu-1")
    frame = page.locator(".pin .map")
    expect(frame.locator(".leaflet-image-layer")).to_be_visible()
    look(page, f"where-map-{language}")
    frame.click()
    expect(page.locator("[data-state]")).not_to_be_empty()
    assert metres_between(pin_of(page), POSITIONS["liu-1"]) < 50  # the map went to the community
    look(page, f"where-pin-{language}")
    submit(page)
    page.goto(site.address + "/report/where")
    expect(page.locator(".pin .map-pin")).to_be_visible()  # it is kept
    page.locator("[data-remove]").click()
    assert page.locator("[name=pin]").input_value() == ""
    expect(page.locator(".pin .map-pin")).to_have_count(0)


@LANGUAGES
def test_the_pin_is_set_by_the_keyboard_alone(site: Site, language: str) -> None:
    page = at_where(site, site.open(language), language)
    choose(page, "place", "liu-1")
    before = POSITIONS["liu-1"]
    page.locator(".pin .map").focus()
    for _press in range(3):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(400)  # the map moves there
    page.locator("[data-middle]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".pin .map-pin")).to_be_visible()
    latitude, longitude = pin_of(page)
    assert longitude > before[1]
    assert latitude == pytest.approx(before[0], abs=1e-4)


@LANGUAGES
def test_the_pin_is_set_where_the_phone_is(site: Site, language: str) -> None:
    where = {"latitude": GATE[0], "longitude": GATE[1]}
    page = site.open(language, width=360, geolocation=where, permissions=["geolocation"])
    at_where(site, page, language)
    page.locator("[data-here]").click()
    expect(page.locator(".pin .map-pin")).to_be_visible()
    assert pin_of(page) == GATE


@LANGUAGES
def test_a_phone_that_does_not_tell_leaves_the_other_ways(site: Site, language: str) -> None:
    page = at_where(site, site.open(language, width=360), language)
    page.locator("[data-here]").click()
    said = {"zh-Hans": "请直接点地图", "en": "Press on the map instead"}[language]
    expect(page.locator("[data-state]")).to_contain_text(said)


@LANGUAGES
def test_without_scripts_a_press_on_the_plan_sets_the_pin(site: Site, language: str) -> None:
    page = at_where(site, site.open(language, width=360, scripts=False), language)
    choose(page, "place", "liu-1")
    page.fill("[name=address]", "3号灯")
    plan = page.locator("input[type=image]")
    follow_press(page, 75, 142)
    wide, high = (int(plan.get_attribute(side) or 0) for side in ("width", "height"))
    first = pin_of(page)
    assert metres_between(first, (31.310, 120.6105)) < 60
    assert page.locator("[name=address]").input_value() == "3号灯"
    follow_press(page, wide // 2, high // 2)
    assert metres_between(pin_of(page), first) < 5
    page.locator("[name=address]").press("Enter")
    expect(page).to_have_url(re.compile(r"/report/(known|who)$"))


def follow_press(page: Page, x: int, y: int) -> None:
    with page.expect_navigation():
        page.locator("input[type=image]").click(position={"x": x, "y": y})


@LANGUAGES
def test_list_and_map_show_each_other(site: Site, look: Check, language: str) -> None:
    with writing(site.app) as session:
        for point in (GATE, POSITIONS["liu-2"], None):
            make_report(session, LAMP[language], point=point)
    page = site.open(language)
    page.goto(site.address + "/reports")
    follow(page, page.locator(".views a").nth(1))
    expect(page.locator(".map-pin")).to_have_count(2)
    look(page, f"reports-map-{language}")
    page.locator("li[data-number='2'] a").focus()
    expect(page.locator(".map-pin.is-lit")).to_have_text("2")
    page.locator(".map-pin", has_text="3").click()
    expect(page.locator("li[data-number='3'].is-lit a")).to_be_focused()
    page.select_option("[name=near]", "liu-1-gate")
    follow(page, page.locator(".filters__fields button[type=submit]"))
    expect(page.locator(".map-pin")).to_have_count(1)
    look(page, f"reports-near-{language}")


@LANGUAGES
def test_what_is_near_a_named_place_is_found_without_scripts(site: Site, language: str) -> None:
    with writing(site.app) as session:
        near = make_report(session, LAMP[language], point=GATE).reference
        make_report(session, LAMP[language], point=POSITIONS["qiao-1"])
    page = site.open(language, width=360, scripts=False)
    page.goto(site.address + "/reports")
    if page.locator(".filters summary").count():
        page.locator(".filters summary").click()
    page.select_option("[name=near]", "liu-1-gate")
    follow(page, page.locator(".filters__fields button[type=submit]"))
    expect(page.locator(".entry__title a")).to_have_count(1)
    expect(page.locator(".entry__title a")).to_have_attribute("href", f"/reports/{near}")


@LANGUAGES
def test_near_me_asks_the_phone(site: Site, language: str) -> None:
    with writing(site.app) as session:
        near = make_report(session, LAMP[language], point=GATE).reference
        make_report(session, LAMP[language], point=POSITIONS["qiao-1"])
    where = {"latitude": GATE[0] + 0.001, "longitude": GATE[1]}
    page = site.open(language, width=360, geolocation=where, permissions=["geolocation"])
    page.goto(site.address + "/reports")
    follow(page, page.locator("[data-near-me] button"))
    expect(page.locator(".entry__title a")).to_have_count(1)
    expect(page.locator(".entry__title a")).to_have_attribute("href", f"/reports/{near}")


@LANGUAGES
def test_a_report_shows_its_pin(site: Site, look: Check, language: str) -> None:
    with writing(site.app) as session:
        reference = make_report(session, LAMP[language], point=GATE).reference
    page = site.open(language)
    page.goto(site.address + f"/reports/{reference}")
    look(page, f"report-pin-{language}")
    picture = page.locator(".pin-shown img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    assert page.request.get(site.address + (picture.get_attribute("src") or "")).ok
