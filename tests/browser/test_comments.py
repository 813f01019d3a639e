"""Comments and one's own data, as their people meet them."""

import json
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from portal.communities.directory import raise_version
from portal.communities.preferences import put_preference
from portal.core.db import db
from tests import factories
from tests.browser.conftest import Check, Site, follow
from tests.browser.test_journeys import LANGUAGES, PASSWORD, sign_in

WORDS = {"zh-Hans": "公交站那边也是黑的。", "en": "It is dark at the bus stop as well."}


@pytest.fixture
def reference(site: Site) -> str:
    with site.app.app_context():
        author = factories.person(db.session(), "neighbour")
        made = factories.make_report(db.session(), "南门的路灯坏了。", author=author)
        db.session.commit()
        return made.reference


@LANGUAGES
def test_a_strangers_comment_is_looked_at_and_shown(
    site: Site, look: Check, reference: str, language: str
) -> None:
    stranger = site.open(language, width=360, scripts=False)
    stranger.goto(f"{site.address}/reports/{reference}")
    stranger.fill("[name=comment]", WORDS[language])
    follow(stranger, stranger.locator(".comment-form button"))
    expect(stranger.locator(".flash--success")).to_be_visible()
    expect(stranger.locator(".comment__state")).to_be_visible()
    neighbour = site.open(language)
    neighbour.goto(f"{site.address}/reports/{reference}")
    expect(neighbour.locator(".comment")).to_have_count(0)

    coordinator = sign_in(site, "coordinator", language)
    coordinator.goto(site.address + "/staff/comments")
    look(coordinator, f"comments-desk-{language}")
    follow(coordinator, coordinator.locator("form[action$='/show'] button"))
    coordinator.goto(f"{site.address}/reports/{reference}")
    coordinator.fill("[name=comment]", "周五来修。")
    follow(coordinator, coordinator.locator(".comment-form button"))
    look(coordinator, f"comments-{language}")

    stranger.reload()
    expect(stranger.locator(".comment").first).to_contain_text(WORDS[language])
    expect(stranger.locator(".comment--staff")).to_contain_text("周五来修。")
    neighbour.reload()
    follow(neighbour, neighbour.locator(".comment a").first)
    follow(neighbour, neighbour.locator("main form button"))
    coordinator.goto(site.address + "/comments/1/report")
    look(coordinator, f"report-comment-{language}")
    coordinator.goto(site.address + "/staff/comments")
    coordinator.fill("[name=reason]", "广告")
    follow(coordinator, coordinator.locator("form[action$='/hide'] button"))
    coordinator.goto(site.address + "/staff/comments/hidden")
    look(coordinator, f"comments-hidden-{language}")
    neighbour.goto(f"{site.address}/reports/{reference}")
    expect(neighbour.locator("main")).not_to_contain_text(WORDS[language])
    stranger.goto(f"{site.address}/reports/{reference}")
    expect(stranger.locator(".comment__state")).to_contain_text("广告")
    stranger.locator(".comment summary").click()
    look(stranger, f"comment-hidden-{language}")
    follow(stranger, stranger.locator("form[action$='/take-back'] button"))
    expect(stranger.locator("main")).not_to_contain_text(WORDS[language])


@LANGUAGES
@pytest.mark.parametrize("kind", ["report", "idea"])
def test_where_comments_are_switched_off_nobody_is_asked_for_one(
    site: Site, reference: str, language: str, kind: str
) -> None:
    with site.app.app_context():
        author = factories.person(db.session(), "neighbour")
        idea = factories.make_idea(db.session(), author=author).reference
        put_preference(db.session(), f"comments_on_{kind}s", False)
        raise_version(db.session())
        db.session.commit()
    pages = {"report": f"/reports/{reference}", "idea": f"/ideas/{idea}"}
    page = site.open(language, width=360, scripts=False)
    for name, address in pages.items():
        page.goto(site.address + address)
        expect(page.locator(".comment-form")).to_have_count(0 if name == kind else 1)


@LANGUAGES
def test_somebody_takes_their_data_and_deletes_the_account(
    site: Site, look: Check, reference: str, language: str
) -> None:
    page = sign_in(site, "neighbour", language, staff=False)
    page.goto(site.address + "/account/data")
    look(page, f"my-data-{language}")
    with page.expect_download() as download:
        page.locator("a[href$='/account/data/file']").click()
    data = json.loads(ZipFile(download.value.path()).read("data.json"))
    assert [s["reference"] for s in data["submissions"]] == [reference]
    page.fill("[name=password]", PASSWORD)
    follow(page, page.locator("form[action$='/data/delete'] button"))
    expect(page.locator(".flash--success")).to_be_visible()
    page.goto(site.address + "/account")
    assert "/sign-in" in page.url
