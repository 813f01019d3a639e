"""Scoring in a browser: the draft that saves itself, the same without JavaScript, and the pages after it.

What is looked at doesn't depend on the engine, so SQLite is enough.
"""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from portal.core import clock
from portal.panels.models import Decision, Review
from portal.panels.rubric import list_yardsticks
from portal.panels.scores import Sheet
from portal.panels.scoring import revise, say_remark
from portal.threads.models import Status
from tests.browser.conftest import Check, Site, become, follow
from tests.browser.everything import LONG, cookies_of
from tests.factories import Browse, make_idea, person
from tests.ideas.calling import coordinator
from tests.panels.scoring_scene import make_review, score, seat_of, whole
from tests.threads.publishing import writing

pytestmark = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)


def keep(app: Flask, *, is_decided: bool = False, others: bool = False) -> tuple[int, str]:
    """Keep a review; with `others` all but one have handed in; decided, all have, and have talked."""
    with writing(app) as session:
        now = clock.now()
        idea = make_idea(session, LONG, author=person(session, "neighbour"), now=now)
        review = make_review(session, idea, now=now)
        if others or is_decided:
            score(session, review, "second", 0, LONG, now=now)
            score(session, review, "third", 4, "没有人会来。", now=now)
        if is_decided:
            score(session, review, "panellist", 5, LONG, now=now)
            revise(
                session, seat_of(session, review, "second"), whole(session, review, 3, LONG), seen=1, now=now
            )
            by = coordinator(session)
            say_remark(session, review, list_yardsticks(session, review)[0], LONG, by=by, now=now)
            said = {"choice": Status.PILOT, "reason": "Let us try.", "dissent": "", "without": "", "at": now}
            session.add(Decision(thread_id=idea.id, review_id=review.id, announced_at=now, **said))
        return review.id, str(idea.reference)


def sit(site: Site, app: Flask, name: str, language: str = "en", *, scripts: bool = True) -> Page:
    page = site.open(language, scripts=scripts)
    become(page, site, cookies_of(Browse(app)(name)))
    return page


def fill(page: Page, value: str, why: str) -> None:
    """Answer each criterion."""
    for group in page.locator("main form fieldset").all():
        wanted = group.locator(f"input[value='{value}']")
        (wanted if wanted.count() else group.locator("input[value='1']")).check()
    for field in page.locator("main form textarea").all():
        field.fill(why)


def test_a_draft_saves_itself_and_is_there_in_another_browser(site: Site, app: Flask) -> None:
    number, _reference = keep(app)
    address = f"{site.address}/staff/reviews/{number}/score"
    page = sit(site, app, "panellist")
    page.goto(address)
    page.locator("main textarea").first.fill("Everybody asks for it.")
    expect(page.locator("[data-saved]")).to_contain_text("Saved ", timeout=8_000)
    page.locator("main input[type=radio]").first.check()
    expect(page.locator("[name=seen]")).to_have_value("2", timeout=8_000)
    other = sit(site, app, "panellist")
    other.goto(address)
    expect(other.locator("main textarea").first).to_have_value("Everybody asks for it.")
    expect(other.locator("main input[type=radio]").first).to_be_checked()
    site.stop()
    page.locator("main textarea").nth(1).fill("Without a network.")
    expect(page.locator("[data-saved]")).to_contain_text("Not saved", timeout=8_000)
    site.start()
    page.locator("main textarea").nth(1).fill("With a network.")
    expect(page.locator("[name=seen]")).to_have_value("3", timeout=8_000)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_the_last_one_hands_in_and_sees_what_the_others_gave(site: Site, app: Flask, scripts: bool) -> None:
    number, _reference = keep(app, others=True)
    page = sit(site, app, "panellist", scripts=scripts)
    page.goto(f"{site.address}/staff/reviews/{number}/score")
    fill(page, "5", "Everybody asks for it.")
    follow(page, page.locator("button[value=hand_in]"))
    expect(page.locator("h2").filter(has_text="It solves a real problem")).to_be_visible()
    expect(page.get_by_text("没有人会来。").first).to_be_visible()
    follow(page, page.get_by_role("link", name="Score it anew"))
    fill(page, "4", "Now I see the stairs.")
    follow(page, page.locator("main form button[type=submit]"))
    expect(page.get_by_text("Now I see the stairs.").first).to_be_visible()


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_the_pages_are_sound(site: Site, app: Flask, look: Check, language: str) -> None:
    (open_, _), (decided, reference) = keep(app, others=True), keep(app, is_decided=True)
    with writing(app) as session:
        assert session.get_one(Review, decided).revealed_at
        assert session.query(Sheet).count() == 5
    for who, path in (
        ("panellist", f"/staff/reviews/{open_}/score"),
        ("third", f"/staff/reviews/{open_}/score"),
        ("coordinator", f"/staff/reviews/{open_}/scores"),
        ("coordinator", f"/staff/reviews/{decided}/scores"),
        ("resident", f"/ideas/{reference}"),
    ):
        page = sit(site, app, who, language)
        page.goto(site.address + path)
        look(page, f"scoring-{who}{path.replace('/', '-')}-{language}")
