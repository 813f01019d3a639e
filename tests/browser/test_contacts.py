"""Being reached otherwise than by mail: SMS by the web hook, a call by staff, and stopping mails."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import expect
from pydantic import SecretStr

from portal.accounts.contacts import note_contact
from portal.accounts.models import ContactChannel
from portal.core import clock
from portal.core.db import begin_write, db
from portal.reports.actions import start_work
from portal.threads.actions import lock_thread
from portal.threads.events import Actor
from tests import factories
from tests.browser.conftest import Check, Site, follow
from tests.browser.test_journeys import LANGUAGES, sign_in
from tests.notifications import hook_server
from tests.notifications.hook_server import HookServer


@pytest.fixture
def hook(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[HookServer]:
    with hook_server.running() as running:
        update = {"hook_url": running.url, "hook_secret": SecretStr("a shared secret of us")}
        settings = app.extensions["linli_settings"].model_copy(update=update)
        monkeypatch.setitem(app.extensions, "linli_settings", settings)
        yield running


@LANGUAGES
def test_a_resident_gets_news_by_sms(site: Site, look: Check, hook: HookServer, language: str) -> None:
    page = sign_in(site, "resident", language, staff=False)
    page.goto(site.address + "/account")
    follow(page, page.locator("a[href='/account/contacts']"))
    look(page, f"contacts-{language}")
    adding = page.locator("form[action='/account/contacts']")
    adding.locator("[name=address]").fill("ring me")
    follow(page, adding.locator("button"))
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    look(page, f"contacts-wrong-{language}")
    adding.locator("[name=channel][value=sms]").check()
    adding.locator("[name=address]").fill("138 0000 0021")
    adding.locator("[name=agreed]").check()
    follow(page, adding.locator("button"))
    site.work()
    (code,) = re.findall(r"\d{6}", hook.messages[-1]["text"])
    page.locator("form[action$='/confirm'] input[type=text]").fill(code)
    look(page, f"contacts-code-{language}")
    follow(page, page.locator("form[action$='/confirm'] button"))
    expect(page.locator("form[action$='/stop']")).to_be_visible()
    look(page, f"contacts-on-{language}")
    with site.app.app_context():
        factories.make_report(db.session(), language=language)
        db.session.commit()
    site.work()
    assert "/track/" in hook.messages[-1]["text"]
    follow(page, page.locator("form[action$='/stop'] button"))
    expect(page.locator("form[action$='/resume']")).to_be_visible()


@LANGUAGES
def test_an_officer_rings_who_asked_for_it(site: Site, look: Check, language: str) -> None:
    with site.app.app_context():
        session = db.session()
        author = factories.add_person(session, "grandma", verified=False)
        officer = factories.person(session, "officer")
        author.email = None
        note_contact(session, author, ContactChannel.PHONE, "13800000021", noted_by=officer, now=clock.now())
        report = factories.make_report(session, author=author, language=language)
        number, reference = report.id, report.reference
        session.commit()
        begin_write(session)
        start_work(session, lock_thread(session, number), by=Actor(officer, "officer"), now=clock.now())
        session.commit()
    site.work()
    page = sign_in(site, "officer", language)
    follow(page, page.locator("a[href='/staff/calls']").first)
    look(page, f"calls-{language}")
    follow(page, page.locator(f"a[href*='{reference}']"))
    look(page, f"pane-call-{language}")
    expect(page.locator("a[href='tel:13800000021']")).to_be_visible()
    follow(page, page.locator("button[value=not_reached]"))
    follow(page, page.locator("button[value=told]"))
    expect(page.locator("a[href='tel:13800000021']")).to_have_count(0)
    page.goto(f"{site.address}/staff/{reference}/told")
    look(page, f"told-{language}")
    boss = sign_in(site, "administrator", language)
    boss.goto(site.address + "/staff/mail?state=sent&channel=phone")
    look(boss, f"messages-{language}")
    expect(boss.locator(".mail-table tbody tr")).to_have_count(1)


@LANGUAGES
def test_mails_are_stopped_from_the_mail_without_scripts(site: Site, language: str) -> None:
    with site.app.app_context():
        factories.make_report(db.session(), language=language)
        db.session.commit()
    site.work()
    found = re.search(r"/stop-mail/\S+", site.mails()[-1])
    assert found
    page = site.open(language, scripts=False)
    page.goto(site.address + found.group())
    follow(page, page.locator("main button"))
    expect(page.locator("button[value=resume]")).to_be_visible()
