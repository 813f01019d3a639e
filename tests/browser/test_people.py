"""Administrators and people, and staff who sign in with a second factor, in the browser."""

import re

import pyotp
from playwright.sync_api import Locator, Page, expect

from portal.accounts.actions import set_password
from portal.accounts.second_factor import new_seed, switch_on
from portal.communities.directory import raise_version
from portal.communities.preferences import put_preference
from portal.core import clock
from portal.core.db import begin_write, db
from tests import factories
from tests.browser.conftest import Check, Site, follow
from tests.browser.test_journeys import LANGUAGES, PASSWORD, sign_in, submit


def button(page: Page, address: str) -> Locator:
    """Return the button of the form that posts to an address with this end."""
    return page.locator(f"form[action$='{address}'] button[type=submit]").first


@LANGUAGES
def test_somebody_is_invited_begins_and_is_blocked(site: Site, look: Check, language: str) -> None:
    administrator = sign_in(site, "administrator", language)
    administrator.goto(site.address + "/staff/admin/people")
    look(administrator, f"people-{language}")
    administrator.goto(site.address + "/staff/admin/people/invite")
    follow(administrator, administrator.locator("main form button[type=submit]").last)
    look(administrator, f"invite-error-{language}")
    administrator.fill("[name=name]", "林美")
    administrator.fill("[name=email]", "lin@example.org")
    administrator.select_option("[name=role]", "coordinator")
    follow(administrator, administrator.locator("main form button[type=submit]").last)
    expect(administrator.locator(".flash--success")).to_be_visible()
    look(administrator, f"person-{language}")
    person_page = administrator.url

    site.work()
    link = re.search(r"/invited/\S+", "\n".join(site.mails()))
    assert link
    lin = site.open(language, scripts=False)
    lin.goto(site.address + link.group())
    look(lin, f"invited-{language}")
    lin.fill("[name=new_password]", PASSWORD)
    lin.fill("[name=again]", PASSWORD)
    submit(lin)
    expect(lin).to_have_url(site.address + "/staff")
    lin.goto(site.address + "/account/sessions")
    look(lin, f"sessions-{language}")

    administrator.goto(person_page)
    administrator.locator("details.unfold summary").last.click()
    follow(administrator, button(administrator, "/block"))
    lin.goto(site.address + "/staff")
    expect(lin).to_have_url(re.compile("/sign-in"))
    administrator.goto(site.address + "/staff/admin/audit?check=1")
    expect(administrator.locator(".audit__entry")).to_have_count(3)
    look(administrator, f"audit-{language}")


@LANGUAGES
def test_a_code_is_printed_for_who_reads_no_mail(site: Site, look: Check, language: str) -> None:
    administrator = sign_in(site, "administrator", language)
    administrator.goto(site.address + "/staff/admin/people/invite")
    administrator.fill("[name=name]", "王伟")
    administrator.fill("[name=email]", "wang@example.org")
    administrator.select_option("[name=role]", "panellist")
    administrator.check("[name=way][value=code]")
    follow(administrator, administrator.locator("main form button[type=submit]").last)
    look(administrator, f"code-{language}")
    code = administrator.locator(".sign-in-code").inner_text()
    wang = site.open(language, scripts=False)
    wang.goto(site.address + "/first-sign-in")
    wang.fill("[name=code]", code)
    wang.fill("[name=new_password]", PASSWORD)
    wang.fill("[name=again]", PASSWORD)
    submit(wang)
    expect(wang).to_have_url(site.address + "/staff")


@LANGUAGES
def test_staff_set_up_a_second_factor_where_it_is_required(site: Site, look: Check, language: str) -> None:
    with site.app.app_context():
        begin_write(db.session())
        put_preference(db.session(), "totp_required", True)
        raise_version(db.session())
        set_password(db.session(), factories.person(db.session(), "officer"), PASSWORD)
        db.session.commit()
    officer = site.open(language, scripts=False)
    officer.goto(site.address + "/sign-in?next=/staff/queue")
    officer.fill("[name=email]", "officer@example.org")
    officer.fill("[name=password]", PASSWORD)
    submit(officer)
    expect(officer).to_have_url(site.address + "/account/second-factor")
    key = officer.locator(".factor-key").inner_text().replace(" ", "")
    phone = pyotp.TOTP(key)
    officer.fill("[name=code]", "000000")
    officer.fill("[name=password]", PASSWORD)
    follow(officer, officer.locator(".factor-steps form button"))
    expect(officer.locator(".govuk-error-summary")).to_be_visible()
    look(officer, f"second-factor-setup-{language}")
    officer.fill("[name=code]", phone.at(clock.now()))
    officer.fill("[name=password]", PASSWORD)
    follow(officer, officer.locator(".factor-steps form button"))
    codes = officer.locator(".recovery-codes li").all_inner_texts()
    assert len(codes) == 10
    look(officer, f"recovery-codes-{language}")
    follow(officer, officer.locator("main a.govuk-button"))
    expect(officer).to_have_url(site.address + "/staff")
    officer.goto(site.address + "/account/second-factor")
    look(officer, f"second-factor-{language}")
    officer.goto(site.address + "/account")
    look(officer, f"account-with-doors-{language}")


@LANGUAGES
def test_a_recovery_code_signs_in_when_the_phone_is_lost(site: Site, look: Check, language: str) -> None:
    with site.app.app_context():
        begin_write(db.session())
        session = db.session()
        who = factories.person(session, "officer")
        set_password(session, who, PASSWORD)
        codes = switch_on(session, who, new_seed(), 1, now=clock.now())
        session.commit()
    page = site.open(language, scripts=False)
    page.goto(site.address + "/sign-in")
    page.fill("[name=email]", "officer@example.org")
    page.fill("[name=password]", PASSWORD)
    submit(page)
    look(page, f"second-step-{language}")
    page.fill("[name=code]", codes[3].lower())
    submit(page)
    expect(page).to_have_url(site.address + "/staff")


@LANGUAGES
def test_a_role_is_given_and_taken_and_a_second_factor_reset(site: Site, language: str) -> None:
    with site.app.app_context():
        session = db.session()
        begin_write(session)
        switch_on(session, factories.person(session, "officer"), new_seed(), 1, now=clock.now())
        officer, resident = (factories.person(session, name).id for name in ("officer", "resident"))
        session.commit()
    administrator = sign_in(site, "administrator", language)
    member = sign_in(site, "resident", language, staff=False)
    administrator.goto(f"{site.address}/staff/admin/people/{resident}")
    administrator.locator("details.unfold summary").first.click()
    administrator.select_option("[name=role]", "panellist")
    administrator.select_option("[name=place]", index=1)
    follow(administrator, button(administrator, "/roles"))
    member.reload()
    expect(member.locator(".staff-bar")).to_be_visible()
    follow(administrator, button(administrator, "/take"))
    member.reload()
    expect(member.locator(".staff-bar")).to_have_count(0)

    administrator.goto(f"{site.address}/staff/admin/people/{officer}")
    follow(administrator, button(administrator, "/reset-second-factor"))
    phone_lost = sign_in(site, "officer", language)  # by the password alone
    expect(phone_lost).to_have_url(site.address + "/staff")
    administrator.goto(site.address + "/staff/admin/audit")
    expect(administrator.locator(".audit__entry")).to_have_count(3)
