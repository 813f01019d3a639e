"""The pages of the work with months of work on them, and handing it over without scripts."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from portal.accounts.models import RoleName
from portal.core import clock
from portal.insight.models import Strain, StrainKind, WeekLoad
from portal.insight.noting import WEEK, monday_of
from tests.browser.conftest import Check, Site, become, follow
from tests.browser.everything import cookies_of
from tests.factories import Browse, directory, person
from tests.threads.publishing import writing
from tests.triage.test_handing import add_staff, given_to

pytestmark = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)


def fill(session: Session) -> None:
    """Give two officers some weeks behind them, and one of them too much."""
    officer, found = person(session, "officer"), directory(session)
    lan = add_staff(session, "林澜 Lan", RoleName.OFFICER, "liu", "construction")
    add_staff(session, "head", RoleName.HEAD, "yunhe", "construction")
    now = clock.now()
    monday, place = monday_of(now), found.place_codes["liu-1"].id
    department = found.department_codes["construction"].id
    for back in range(1, 12):
        for who, number in ((officer, 30 - 2 * back), (lan, 8 + back % 3), (None, 4)):
            session.add(
                WeekLoad(
                    week=monday - back * WEEK,
                    place_id=place,
                    department_id=department,
                    person_id=who.id if who else None,
                    open=None if back > 9 else number,
                    late=None if back > 9 else number // 4,
                    incoming=number // 2,
                    done=number // 3,
                    deeds=number,
                    outside=number // 5,
                )
            )
    for week in (monday, monday - WEEK):
        session.add(Strain(week=week, person_id=officer.id, kind=StrainKind.MUCH_OPEN))
    for n in range(12):
        given_to(session, officer, text=f"A lamp is dark, the {n}th 路灯不亮。", now=now - timedelta(days=n))


def test_work_is_seen_and_handed_over(site: Site, browse: Browse, look: Check) -> None:
    with writing(site.app) as session:
        fill(session)
        officer = person(session, "officer").id
    page = site.open(scripts=False)
    become(page, site, cookies_of(browse("head")))
    page.goto(site.address + "/staff/workload")
    expect(page.locator("main")).to_contain_text("officer has much more open than is usual")
    look(page, "workload", ())
    page.goto(site.address + f"/staff/workload/{officer}")
    look(page, "workload-person", ())
    follow(page, page.get_by_role("link", name="Hand over work"))
    page.select_option("#hand-to", label="林澜 Lan")
    page.fill("#hand-most", "5")
    follow(page, page.get_by_role("button", name="Show what would go"))
    expect(page.locator("main")).to_contain_text("12 submissions can go.")
    look(page, "hand-over", ())
    follow(page, page.get_by_role("button", name="Hand over what is ticked"))
    expect(page.locator("main")).to_contain_text("5 submissions are handed over.")
    look(page, "handed-over", ())
    become(page, site, cookies_of(browse("officer")))
    page.goto(site.address + "/staff")
    expect(page.locator("main")).to_contain_text("This may be too much")
    look(page, "home-strain", ())
