"""Photos on their whole way: added, sent, shown, blacked out, hidden, and added to later."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Check, Site, follow
from tests.browser.test_journeys import LAMP, LANGUAGES, choose, move, sign_in, submit
from tests.pictures import draw, encode, jpeg


@pytest.fixture
def pictures(tmp_path: Path) -> dict[str, Path]:
    """Files as a person has them."""
    files = {
        "lamp.jpg": jpeg(),
        "tall.png": encode(draw(480, 640, mark=3), "PNG"),
        "letter.jpg": b"%PDF-1.7 not a picture",
        "again.jpg": jpeg(mark=6),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in files}


def is_seen(picture: Locator) -> bool:
    """Tell whether the browser got the picture's file."""
    picture.scroll_into_view_if_needed()
    return bool(picture.evaluate("async p => { await p.decode(); return p.naturalWidth > 0 }"))


def choose_files(page: Page, *files: Path) -> None:
    page.set_input_files("[name=photos]", files)
    follow(page, page.locator(".govuk-form-group button"))


def send_with_photos(page: Page, language: str, pictures: dict[str, Path]) -> tuple[str, str]:
    """Write, add photos and send; return the reference and the tracking link."""
    page.fill("[name=text]", LAMP[language])
    submit(page)
    choose_files(page, pictures["lamp.jpg"], pictures["letter.jpg"], pictures["tall.png"])
    expect(page.locator(".govuk-error-summary")).to_contain_text("letter.jpg")
    expect(page.locator(".photo-row")).to_have_count(2)
    page.locator(".photo-row textarea").first.fill("A lamp, not lit")
    submit(page)
    choose(page, "place", "liu-1")
    submit(page)
    page.check("[name=how][value=anonymous]")
    submit(page)
    assert is_seen(page.get_by_alt_text("A lamp, not lit"))
    submit(page)
    found = re.search(r"\d{3}-\d{3}-\d{3}", page.locator("main").inner_text())
    link = page.locator("main a[href*='/track/']").first.get_attribute("href")
    assert found
    assert link
    return found.group(), link


@LANGUAGES
def test_photos_from_the_telephone_to_the_public_page(
    site: Site, look: Check, language: str, pictures: dict[str, Path]
) -> None:
    resident = site.open(language, scripts=False)
    resident.goto(site.address + "/report/words")
    reference, link = send_with_photos(resident, language, pictures)
    public = f"{site.address}/reports/{reference}"
    neighbour = site.open(language)
    neighbour.goto(public)
    expect(neighbour.locator(".photo img")).to_have_count(0)

    officer = sign_in(site, "officer", language)
    officer.goto(f"{site.address}/staff/{reference}")
    look(officer, f"photos-pane-{language}")
    move(officer, "show")
    neighbour.reload()
    expect(neighbour.locator(".photo img")).to_have_count(2)
    look(neighbour, f"photos-public-{language}")
    seen = neighbour.locator(".photo a").first.get_attribute("href") or ""
    assert is_seen(neighbour.locator(".photo img").first)

    black_out_and_hide(officer, look, language)
    assert neighbour.request.get(site.address + seen).status == 404
    neighbour.reload()
    expect(neighbour.locator(".photo img")).to_have_count(1)
    neighbour.goto(site.address + "/reports")
    assert is_seen(neighbour.locator("img.entry__picture"))
    look(neighbour, f"photos-list-{language}")

    add_later(resident, link, pictures)
    expect(resident.locator("main")).to_contain_text(reference)
    neighbour.goto(public)
    expect(neighbour.locator(".photo img")).to_have_count(1)


def black_out_and_hide(officer: Page, look: Check, language: str) -> None:
    """Paint a corner of the first photo black with the keyboard; hide the second."""
    pane = officer.url
    follow(officer, officer.locator(".photo > a:not(:has(img))").first)
    look(officer, f"photos-black-out-{language}")
    officer.locator("#cell-0-0").focus()
    officer.keyboard.press("Space")
    officer.locator("#cell-1-1").check()
    follow(officer, officer.locator("form[action$='/black-out'] button"))
    expect(officer.locator(".flash--success")).to_be_visible()
    assert is_seen(officer.locator(".blackout img"))
    officer.goto(pane)
    follow(officer, officer.locator(".photo > a:not(:has(img))").nth(1))
    officer.fill("[name=reason]", "看得见门牌")
    follow(officer, officer.locator("form[action$='/hide'] button"))
    expect(officer.locator("main")).to_contain_text("看得见门牌")


def add_later(resident: Page, link: str, pictures: dict[str, Path]) -> None:
    """Add one more from the tracking page, and say what it shows."""
    resident.goto(link)
    expect(resident.locator("main")).to_contain_text("看得见门牌")
    follow(resident, resident.locator("main a[href$='/photos']"))
    choose_files(resident, pictures["again.jpg"])
    resident.locator("textarea").last.fill("Still dark")
    follow(resident, resident.locator("main form > button"))
    assert is_seen(resident.get_by_alt_text("Still dark"))


@LANGUAGES
def test_the_pages_for_photos_are_clear_to_all(
    site: Site, look: Check, language: str, pictures: dict[str, Path]
) -> None:
    page = site.open(language, width=360)
    page.goto(site.address + "/report/words")
    page.fill("[name=text]", LAMP[language])
    submit(page)
    look(page, f"photos-none-{language}")
    choose_files(page, pictures["letter.jpg"])
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    look(page, f"photos-wrong-{language}")
    choose_files(page, pictures["lamp.jpg"])
    look(page, f"photos-one-{language}")
    follow(page, page.locator("button[name=remove]"))
    expect(page.locator(".photo-row")).to_have_count(0)
