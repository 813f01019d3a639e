"""The desk that staff live in: lists beside what is open, keys, the next one at once."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete
from sqlalchemy.orm import Session

from classifier.rows import read_corpus
from portal.accounts.models import SignIn
from portal.core.db import db
from portal.threads.actions import note
from portal.threads.events import Actor
from tests.browser.clearing import Clearing, clear_desk, put_on_desk
from tests.browser.conftest import Check, Site, become, follow
from tests.browser.everything import Everything, cookies_of
from tests.communities.mapping import put_on_map
from tests.factories import NOW, Browse, make_report, person, thread_by_reference
from tests.threads.publishing import writing

pytestmark = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)  # pages don't know the engine
FORTY = [row.text for row in read_corpus() if len(row.text) >= 30][::97][:40]


def sit_down(site: Site, name: str, language: str = "en", **wishes: object) -> Page:
    """Open a browser in which this person has signed in."""
    page = site.open(language, **wishes)
    become(page, site, cookies_of(Browse(site.app)(name)))
    return page


def test_forty_mixed_submissions_are_cleared_by_keys_alone(site: Site) -> None:
    advisor = site.app.extensions["linli_advisor"]
    with writing(site.app) as session:
        references = [t.reference for t in put_on_desk(session, FORTY, advisor.advise_many(FORTY))]
    sitting = Clearing(sit_down(site, "coordinator", "zh-Hans"))
    clear_desk(sitting, site.address + "/staff/desk", len(FORTY))
    assert len(references) == 40
    assert len(sitting.waits) >= 40
    with site.app.app_context():
        left = [r for r in references if thread_by_reference(db.session(), r).needs_sorting]
    assert not left


@pytest.fixture
def three(site: Site) -> list[str]:
    """Three that wait at the desk, in its order."""
    with writing(site.app) as session:
        texts = ("First of all", "Then this one", "At last")
        return [make_report(session, text, category=None).reference for text in texts]


def open_first(site: Site, page: Page, reference: str) -> None:
    page.goto(site.address + "/staff/desk")
    page.keyboard.press("j")
    expect(page.locator("#pane")).to_have_attribute("data-reference", reference)


def test_a_line_opens_beside_the_list_and_back_closes_it(site: Site, look: Check, three: list[str]) -> None:
    page = sit_down(site, "coordinator")
    page.goto(site.address + "/staff/desk")
    page.evaluate("window.isSame = true")
    page.locator(f".row[data-reference='{three[1]}'] a").click()
    expect(page.locator("#pane")).to_have_attribute("data-reference", three[1])
    expect(page).to_have_url(re.compile(f"/staff/{three[1]}\\?queue=desk$"))
    expect(page).to_have_title(re.compile("^Then this one"))
    expect(page.locator("h1#pane-title")).to_be_focused()
    assert page.locator(".row--open").get_attribute("data-reference") == three[1]
    assert page.locator(".row a[aria-current]").count() == 1
    assert page.evaluate("window.isSame")  # nothing was loaded anew
    look(page, "desk-open-in-place")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.keyboard.press("k")
    expect(page.locator("#pane")).to_have_attribute("data-reference", three[0])
    page.go_back()
    expect(page.locator("#pane")).to_have_attribute("data-reference", three[1])
    page.go_back()
    expect(page.locator("#pane[data-reference]")).to_have_count(0)
    expect(page).to_have_url(re.compile("/staff/desk$"))


def test_what_was_done_is_said_and_the_list_follows(site: Site, three: list[str]) -> None:
    page = sit_down(site, "coordinator")
    open_first(site, page, three[0])
    page.keyboard.press("s")
    expect(page.locator("#sort-category")).to_be_focused()
    page.locator("#sort-category").select_option("noise")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#pane")).to_have_attribute("data-reference", three[1])
    said = page.locator("#said")
    expect(said).to_contain_text("First of all: It is with the department now.")
    expect(said.locator("a")).to_have_attribute("href", f"/staff/{three[0]}?queue=desk")
    shown = [row.get_attribute("data-reference") for row in page.locator("#list .row").all()]
    assert shown == three[1:]
    expect(page.locator("#list-count")).to_have_text("2 submissions")


def test_after_the_last_one_the_desk_is_clear(site: Site, three: list[str]) -> None:
    page = sit_down(site, "coordinator")
    open_first(site, page, three[0])
    for n in range(3):
        expect(page.locator("#pane")).to_have_attribute("data-reference", three[n])
        page.keyboard.press("c")
        page.keyboard.type("A test.")
        page.keyboard.press("Control+Enter")
    expect(page.locator("main")).to_contain_text("The desk is clear")
    expect(page.locator("#said")).to_contain_text("At last: Closed without action.")
    expect(page).to_have_url(re.compile("/staff/desk$"))


def test_what_was_typed_is_never_lost(site: Site, three: list[str]) -> None:
    """Not by an error, nor by going on, nor by somebody else's move, nor without a network."""
    page = sit_down(site, "coordinator")
    open_first(site, page, three[0])
    page.keyboard.press("n")
    page.keyboard.type("Ring them first")
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.keyboard.press("Control+Enter")  # a reason is missing
    expect(page.locator("#pane .govuk-error-summary")).to_be_focused()
    expect(page.locator("#note-note")).to_have_value("Ring them first")

    page.keyboard.press("j")
    expect(page.locator("#pane")).to_have_attribute("data-reference", three[1])
    page.keyboard.press("k")
    expect(page.locator("#pane")).to_have_attribute("data-reference", three[0])
    expect(page.locator("#note-note")).to_have_value("Ring them first")

    site.stop()
    page.locator("#note-note").press("Control+Enter")
    expect(page.locator("#said")).to_contain_text("What you typed is still here")
    expect(page.locator("#note-note")).to_have_value("Ring them first")
    site.start()

    with writing(site.app) as session:
        note(session, thread_by_reference(session, three[0]), "I did.", by=coordinator(session), now=NOW)
    page.locator("#note-note").press("Control+Enter")
    expect(page.locator("#pane [role=alert]")).to_contain_text("I did.")
    expect(page.locator("#note-note")).to_have_value("Ring them first")
    page.keyboard.press("j")
    expect(page.locator("#pane")).to_have_attribute("data-reference", three[1])
    page.keyboard.press("k")
    expect(page.locator("#note-note")).to_have_value("Ring them first")

    with writing(site.app) as session:
        session.execute(delete(SignIn))
    page.locator("#note-note").press("Control+Enter")
    expect(page.locator("#said")).to_contain_text("you are signed out")
    expect(page.locator("#note-note")).to_have_value("Ring them first")


def coordinator(session: Session) -> Actor:
    return Actor(person(session, "coordinator"), "coordinator")


def test_ticks_stay_while_one_reads_and_moves(site: Site, three: list[str]) -> None:
    page = sit_down(site, "coordinator")
    open_first(site, page, three[0])
    page.locator(f".row[data-reference='{three[2]}'] a").focus()
    page.keyboard.press("x")
    box = page.locator(f"input[name=pick][value='{three[2]}']")
    expect(box).to_be_checked()
    page.keyboard.press("c")
    page.keyboard.type("A test.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#pane")).to_have_attribute("data-reference", three[1])
    expect(box).to_be_checked()
    page.keyboard.press("j")
    expect(page.locator("#pane")).to_have_attribute("data-reference", three[2])
    expect(box).to_be_checked()


def test_keys_do_nothing_where_they_should_not(site: Site, three: list[str]) -> None:
    page = sit_down(site, "coordinator")
    open_first(site, page, three[0])
    for keys in ("Control+j", "Alt+j", "Meta+j", "Shift+j"):
        page.keyboard.press(keys)
    page.evaluate("""() => {
      for (const how of [{isComposing: true}, {keyCode: 229}, {repeat: true}])
        document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "j", bubbles: true, ...how}));
    }""")
    page.keyboard.press("n")
    page.keyboard.type("just jot it down?")
    expect(page.locator("#note-note")).to_have_value("just jot it down?")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#note summary")).to_be_focused()
    expect(page.locator("#note-note")).to_be_hidden()
    page.wait_for_timeout(100)
    expect(page.locator("#pane")).to_have_attribute("data-reference", three[0])


def test_a_key_pressed_twice_by_a_slip_decides_once(site: Site) -> None:
    with writing(site.app) as session:
        made = put_on_desk(session, FORTY[:3], site.app.extensions["linli_advisor"].advise_many(FORTY[:3]))
        references = [t.reference for t in sorted(made, key=lambda t: (not t.is_urgent, t.id))]
    page = sit_down(site, "coordinator")
    open_first(site, page, references[0])
    page.keyboard.press("1")
    page.keyboard.press("1")
    expect(page.locator("#pane")).to_have_attribute("data-reference", references[1])
    page.keyboard.press("1")
    page.wait_for_timeout(400)
    with site.app.app_context():
        assert thread_by_reference(db.session(), references[2]).needs_sorting


def test_the_keys_of_the_page_are_shown_and_can_be_switched_off(
    site: Site, look: Check, three: list[str]
) -> None:
    page = sit_down(site, "coordinator")
    open_first(site, page, three[0])
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    look(page, "desk-keys")
    listed = page.locator("#keys [data-keys] kbd").all_inner_texts()
    offered = {e.get_attribute("data-key") for e in page.locator("[data-key]").all() if e.is_visible()}
    assert set(listed) == offered
    assert len(listed) == len(set(listed))
    follow(page, page.locator("[data-keys-off]"))
    expect(page.locator("#pane")).to_have_attribute("data-reference", three[0])
    page.keyboard.press("j")
    page.keyboard.press("?")
    page.goto(site.address + "/staff")
    expect(page.locator("dialog")).to_have_count(0)
    follow(page, page.get_by_role("button", name="Switch the keys on"))
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()


def test_no_two_moves_have_the_same_key(site: Site, everything: Everything) -> None:
    for who in ("coordinator", "officer"):
        page = sit_down(site, who)
        for name in ("report", "fixed", "asked", "idea", "desk"):
            page.goto(site.address + f"/staff/{everything.names[name]}")
            keys = [
                e.get_attribute("data-key") for e in page.locator("#pane [data-key]").all() if e.is_visible()
            ]
            assert len(keys) == len(set(keys)), f"{who} {name}: {sorted(keys)}"


def test_the_desk_is_cleared_on_a_phone_without_scripts(site: Site, three: list[str]) -> None:
    page = sit_down(site, "coordinator", width=360, scripts=False)
    page.goto(site.address + "/staff/desk")
    follow(page, page.get_by_role("link", name="Begin with the first"))
    for n in range(3):
        expect(page.locator("#pane")).to_have_attribute("data-reference", three[n])
        expect(page.locator("#list")).to_be_hidden()
        page.locator("details#sort summary").click()
        page.locator("#sort-category").select_option("noise")
        follow(page, page.locator("form[action*='/sort'] button[type=submit]").last)
        expect(page.locator(".flash--success")).to_contain_text("It is with the department now.")
    expect(page.locator("main")).to_contain_text("The desk is clear")


def test_a_map_is_drawn_in_what_is_opened_in_place(site: Site) -> None:
    """On a page that came without the script for maps; and again in the one after."""
    with writing(site.app) as session:
        put_on_map(session)
        reports = [make_report(session, text, category=None) for text in ("First", "Second")]
        for report in reports:
            report.latitude, report.longitude = 31.4, 120.7  # beyond the plan, so a map shows it
        references = [report.reference for report in reports]
    page = sit_down(site, "coordinator")
    open_first(site, page, references[0])
    expect(page.locator("#pane .map .map-pin")).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator("#pane")).to_have_attribute("data-reference", references[1])
    expect(page.locator("#pane .map .map-pin")).to_be_visible()
