"""Writing where there is no network: kept, said plainly, sent only when the person sends it."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from portal.core.db import db
from portal.intake.models import Draft, DraftPhoto
from portal.threads.models import Thread
from tests.browser.conftest import Check, Site
from tests.pictures import jpeg

TEXT = {"zh-Hans": "小区南门的路灯坏了半个月。", "en": "The lamp by the south gate is dark."}


def wait_for_worker(page: Page) -> None:
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    page.wait_for_function("() => navigator.serviceWorker.controller")
    page.wait_for_function("async () => (await caches.match('/offline-language')) !== undefined")


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_a_draft_with_a_photo_is_kept_and_handed_over(site: Site, look: Check, language: str) -> None:
    page = site.open(language, width=360)
    wait_for_worker(page)
    site.stop()
    page.goto(site.address + "/report/words")
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.fill("[name=text]", TEXT[language])
    page.set_input_files("[name=chosen]", {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    expect(page.locator("[data-photos] li")).to_have_count(1)
    expect(page.locator("[data-note=kept]")).to_be_visible()
    look(page, f"offline-{language}")
    page.locator("[data-offline-form] button[type=submit]").click()
    expect(page.locator("[data-note=failed]")).to_be_visible()
    page.goto(site.address + "/")
    expect(page.locator("[name=text]")).to_have_value(TEXT[language])
    expect(page.locator("[data-photos] li")).to_have_count(1)

    site.start()
    page.locator("[data-offline-form] button[type=submit]").click()
    page.wait_for_url("**/report/photos")
    with site.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(DraftPhoto)) == 1
        draft = db.session.scalars(select(Draft)).one()
        assert draft.answers["words"]["text"] == TEXT[language]
        assert db.session.scalar(select(func.count()).select_from(Thread)) == 0
    page.goto(site.address + "/offline")
    expect(page.locator("[name=text]")).to_have_value("")


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_a_photo_that_is_refused_stays_on_the_device(site: Site, look: Check, language: str) -> None:
    page = site.open(language, width=360)
    page.goto(site.address + "/offline")
    page.fill("[name=text]", TEXT[language])
    for name, content in (("lamp.jpg", jpeg()), ("broken.jpg", b"no picture")):
        page.set_input_files("[name=chosen]", {"name": name, "mimeType": "image/jpeg", "buffer": content})
    expect(page.locator("[data-photos] li")).to_have_count(2)
    page.locator("[data-offline-form] button[type=submit]").click()
    expect(page.locator("[data-note=refused]")).to_be_visible()
    expect(page.locator("[data-refused] li")).to_contain_text("broken.jpg")
    look(page, f"offline-refused-{language}")
    page.goto(site.address + "/offline")
    expect(page.locator("[name=text]")).to_have_value(TEXT[language])
    expect(page.locator("[data-photos] li")).to_have_count(1)
    page.locator("[data-photos] button").click()
    page.locator("[data-offline-form] button[type=submit]").click()
    page.wait_for_url("**/report/photos")
    expect(page.locator(".photo-row")).to_have_count(1)


def test_pages_of_people_are_not_kept_on_the_device(site: Site) -> None:
    page = site.open("en")
    wait_for_worker(page)
    page.goto(site.address + "/reports")
    kept = page.evaluate(
        """async () => {
          const all = [];
          for (const name of await caches.keys())
            for (const r of await (await caches.open(name)).keys()) all.push(new URL(r.url).pathname);
          return all;
        }"""
    )
    assert {path for path in kept if not path.startswith("/static/")} == {"/offline", "/offline-language"}
