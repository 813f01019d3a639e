"""At the committee's counter: entering for somebody, codes for households, posters; and what they lead to."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal.accounts.models import RoleName
from portal.communities.actions import put_place
from portal.communities.directory import raise_version
from portal.communities.models import Place, PlaceKind
from tests.browser.conftest import Check, Site, follow
from tests.browser.test_journeys import LAMP, LANGUAGES, sign_in, submit
from tests.factories import add_person, add_role
from tests.pictures import jpeg
from tests.threads.publishing import writing


def press(page: Page, selector: str) -> None:
    follow(page, page.locator(selector))


@LANGUAGES
@pytest.mark.parametrize("scripts", [True, False])
def test_what_came_by_telephone_goes_home_on_paper(
    site: Site, look: Check, language: str, scripts: bool
) -> None:
    clerk = sign_in(site, "coordinator", language, scripts=scripts)
    press(clerk, ".pills a[href='/staff/enter']")
    look(clerk, f"enter-{language}")
    clerk.fill("[name=text]", LAMP[language])
    clerk.select_option("[name=place]", "liu-1")
    clerk.fill("[name=name]", "王奶奶")
    clerk.fill("[name=phone]", "13800138000")
    press(clerk, ".enter__send button")
    look(clerk, f"enter-error-{language}")
    expect(clerk.locator("[name=text]")).to_have_value(LAMP[language])
    clerk.check("[name=consent]")
    press(clerk, ".enter__send button")
    expect(clerk).to_have_url(re.compile(r"/taken$"))
    look(clerk, f"taken-{language}")
    reference = clerk.locator(".sent__reference").inner_text()
    press(clerk, f"button[name=language][value={language}]")
    look(clerk, f"slip-{language}")
    expect(clerk.locator(".slip__reference")).to_have_text(reference)
    expect(clerk.locator(".qr")).to_be_visible()
    expect(clerk.locator("[data-print]")).to_be_visible(visible=scripts)  # else the browser's own
    link = clerk.locator(".slip__link").inner_text()

    at_home = site.open(language, width=360, scripts=False)
    at_home.goto(site.address + "/track/" + link.rpartition("/")[2])
    expect(at_home.locator("main")).to_contain_text(reference)
    expect(at_home.locator("main")).to_contain_text(LAMP[language])

    clerk.goto(site.address + f"/staff/{reference}")
    clerk.locator("details#count summary").click()
    look(clerk, f"count-{language}")
    clerk.check("details#count [name=channel][value=walk_in]")
    press(clerk, "details#count button")
    expect(clerk.locator(".flash--success")).to_be_visible()


@LANGUAGES
def test_a_grid_worker_takes_down_a_walk_in_with_a_photo(site: Site, language: str) -> None:
    with writing(site.app) as session:
        community = session.scalars(select(Place).where(Place.code == "liu-1")).one()
        names = {"zh-Hans": "第三网格", "en": "Grid 3"}
        grid = put_place(
            session, code="liu-1-3", kind=PlaceKind.GRID, parent=community, names=names, position=9
        )
        add_role(session, add_person(session, "grid-worker"), RoleName.COORDINATOR, grid, None)
        raise_version(session)
    worker = sign_in(site, "grid-worker", language)
    press(worker, ".pills a[href='/staff/enter']")
    worker.check("[name=channel][value=walk_in]")
    worker.select_option("[name=place]", "liu-1")
    worker.set_input_files("[name=photos]", {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    worker.fill("[name=alt]", "A lamp, not lit")
    press(worker, ".enter__send button")
    expect(worker.locator(".govuk-error-summary")).to_be_visible()  # without words; the photo is kept
    worker.fill("[name=text]", LAMP[language])
    press(worker, ".enter__send button")
    reference = worker.locator(".sent__reference").inner_text()
    press(worker, f"button[name=language][value={language}]")
    expect(worker.locator(".slip__reference")).to_have_text(reference)
    link = worker.locator(".slip__link").inner_text()

    at_home = site.open(language, width=360, scripts=False)
    at_home.goto(site.address + "/track/" + link.rpartition("/")[2])
    expect(at_home.locator("main")).to_contain_text(LAMP[language])
    expect(at_home.get_by_alt_text("A lamp, not lit")).to_be_visible()


@LANGUAGES
def test_a_household_shows_where_it_lives(site: Site, look: Check, language: str) -> None:
    clerk = sign_in(site, "coordinator", language)
    press(clerk, ".pills a[href='/staff/households']")
    look(clerk, f"households-none-{language}")
    clerk.select_option("[name=place]", "liu-1")
    clerk.fill("[name=households]", "7号楼301\n7号楼302")
    clerk.check(f"[name=language][value={language}]")
    press(clerk, "main form button[type=submit]")
    look(clerk, f"household-codes-{language}")
    codes = clerk.locator(".code-slip__code").all_inner_texts()
    assert len(set(codes)) == 2
    press(clerk, ".bar a")
    look(clerk, f"households-{language}")

    neighbour = site.open(language, width=360, scripts=False)
    neighbour.goto(site.address + "/account/residency")
    look(neighbour, f"residency-{language}")
    neighbour.fill("[name=code]", "AAAA-AAAA")
    submit(neighbour)
    look(neighbour, f"residency-error-{language}")
    expect(neighbour.locator("[name=code]")).to_have_value("AAAA-AAAA")
    neighbour.fill("[name=code]", codes[0].lower().replace("-", " "))
    submit(neighbour)
    expect(neighbour.locator(".note--jade")).to_be_visible()
    look(neighbour, f"residency-known-{language}")

    press(clerk, ".households__list li:has-text('302') button")
    expect(clerk.locator(".households__list li")).to_have_count(1)
    other = site.open(language, width=360, scripts=False)
    for code, answer in ((codes[1], ".govuk-error-summary"), (codes[0], ".note--jade")):
        other.goto(site.address + "/account/residency")
        other.fill("[name=code]", code)
        submit(other)
        expect(other.locator(answer)).to_be_visible()


@LANGUAGES
def test_a_poster_leads_to_the_form_with_the_place_filled_in(site: Site, look: Check, language: str) -> None:
    clerk = sign_in(site, "officer", language)
    press(clerk, ".pills a[href='/staff/posters']")
    look(clerk, f"posters-{language}")
    clerk.select_option("[name=place]", "liu-1-gate")
    press(clerk, "main form button[type=submit]")
    look(clerk, f"poster-a4-all-{language}")
    address = clerk.locator(".poster__address strong").inner_text()

    clerk.goto(site.address + address[address.index("/") :])
    look(clerk, f"at-{language}")
    passer_by = site.open(language, width=360, scripts=False)
    passer_by.goto(site.address + address[address.index("/") :])
    press(passer_by, "a[href='/report/']")
    passer_by.fill("[name=text]", LAMP[language])
    submit(passer_by)
    passer_by.goto(site.address + "/report/where")
    expect(passer_by.locator("[name=place]:checked, select[name=place]").first).to_have_value("liu-1")
    expect(passer_by.locator("[name=spot]")).to_have_value("liu-1-gate")


@pytest.mark.parametrize(("size", "paper"), [("a4", (595, 842)), ("a6", (298, 420))])
@pytest.mark.parametrize("wanted", ["all", "zh-Hans", "zh-Hant", "en"])
def test_a_poster_is_one_sheet_and_all_of_it_is_on_it(
    site: Site, size: str, paper: tuple[int, int], wanted: str
) -> None:
    clerk = sign_in(site, "officer", "en")
    clerk.goto(site.address + f"/staff/posters/print?place=liu-1-gate&size={size}&language={wanted}")
    clerk.emulate_media(media="print")
    over = "e => Math.round(e.scrollHeight - e.clientHeight)"
    assert clerk.locator(".poster").evaluate(over) == 0
    pdf = clerk.pdf(prefer_css_page_size=True, print_background=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert [tuple(round(float(n)) for n in box) for box in set(boxes)] == [paper]
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1
