"""Closed means fixed, on its whole way: a photo, a no by the link, fixed again, and silence."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from portal.core import clock
from portal.core.db import db
from portal.reports.rules import SILENT_AFTER
from portal.threads.models import Status
from tests import factories
from tests.browser.conftest import Check, Site, follow
from tests.browser.test_journeys import LAMP, LANGUAGES, move, send, sign_in
from tests.pictures import jpeg

NO = {"zh-Hans": "3号灯还是不亮。", "en": "Lamp 3 is still dark."}


def fix_with_photo(officer: Page, words: str) -> None:
    """Close it with a photo of the work and a line."""
    photo = {"name": "after.jpg", "mimeType": "image/jpeg", "buffer": jpeg(mark=9)}
    fold = officer.locator("details#fix")
    fold.locator("summary").click()
    form = officer.locator("form[action*='/fix?']").last
    form.locator("[name=photos]").set_input_files(photo)
    form.locator("[name=done]").fill(words)
    follow(officer, form.locator("button[type=submit]").last)
    expect(officer.locator(".flash--success")).to_be_visible()


def status_of(site: Site, reference: str) -> Status:
    with site.app.app_context():
        return factories.thread_by_reference(db.session(), reference).status


@LANGUAGES
def test_fixed_with_a_photo_denied_by_the_link_fixed_again_and_silent(
    site: Site, look: Check, language: str
) -> None:
    resident = site.open(language, width=360, scripts=False)
    reference, _page = send(resident, "report", LAMP[language], email="lamp@example.net")
    officer = sign_in(site, "officer", language)
    officer.goto(f"{site.address}/staff/{reference}")
    move(officer, "take")
    fix_with_photo(officer, "换了灯泡")
    assert status_of(site, reference) == Status.FIXED

    site.work()
    resident.goto(site.link_in_mail("/track/"))
    look(resident, f"closing-asked-{language}")
    assert resident.locator(".photos img").first.evaluate("p => p.naturalWidth > 0")
    resident.fill("[name=why]", NO[language])
    follow(resident, resident.locator(".verdict button").nth(2))
    assert status_of(site, reference) == Status.REOPENED

    officer.goto(site.address + "/staff/queue")
    follow(officer, officer.locator(f"a[href*='{reference}']").first)
    expect(officer.locator("main")).to_contain_text(NO[language])
    fix_with_photo(officer, "3号灯也换了")
    site.work(clock.now() + SILENT_AFTER + timedelta(days=1))
    assert status_of(site, reference) == Status.SILENT

    stranger = site.open(language)
    stranger.goto(f"{site.address}/reports/{reference}")
    look(stranger, f"closing-silent-{language}")
    words = {"zh-Hans": "14 天内没有人", "en": "nobody said otherwise"}[language]
    expect(stranger.locator("main")).to_contain_text(words)
