"""Chromium against a served application: what a person sees and does."""

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread as SystemThread
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright
from pydantic import SecretStr
from werkzeug.serving import BaseWSGIServer, make_server

from portal.core import clock
from portal.core.worker import plan_ahead, run_all
from tests.browser.everything import Everything, make_everything
from tests.conftest import Stage

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CHROMIUM = shutil.which("chromium") or ""
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = (360, 1280)
# What axe looks for hardly depends on the language: in a table of pages each width is asked in one.
AXE_AT = {"zh-Hans": (360,), "en": (1280,), "zh-Hant": ()}
SHOTS = os.environ.get("LINLI_SCREENSHOTS", "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM:
        message = "Chromium is missing: run `sudo apt-get install chromium fonts-noto-cjk`"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


DAY = timedelta(days=1)


@dataclass
class Site:
    """The served application, and the browsers that are open on it."""

    address: str
    app: Flask
    browser: Browser
    port: int = 0
    server: BaseWSGIServer | None = None
    contexts: list[BrowserContext] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def open(self, language: str = "en", *, width: int = 1280, scripts: bool = True, **wishes: Any) -> Page:
        """Return a page of a fresh browser at the start page; `wishes` as color_scheme="dark"."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 800},
            java_script_enabled=scripts,
            locale={"zh-Hans": "zh-CN", "zh-Hant": "zh-TW", "en": "en-GB"}[language],
            **wishes,
        )
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("request", lambda r: self._note_foreign(r.url))
        page.on("console", lambda m: self._note_console(m.type, m.text))
        page.goto(self.address + "/")
        return page

    def start(self) -> None:
        """Serve; after a stop at the same address."""
        self.server = make_server("127.0.0.1", self.port, in_one_piece(self.app), threaded=True)
        self.port = self.server.server_port
        self.address = f"http://127.0.0.1:{self.port}"
        SystemThread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Be out of reach, as where there is no network."""
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def work(self, now: datetime | None = None) -> None:
        """Do what waits in the outbox, as the worker would; at a later moment the work of its night too."""
        with self.app.app_context():
            if now and now > clock.now() + DAY:
                plan_ahead(now - DAY)  # so that the night and the morning before it are there
            run_all(now or clock.now())

    def mails(self) -> list[str]:
        """Return the text of the mails written so far, oldest first."""
        folder: Path = self.app.extensions["linli_settings"].var_dir / "mail"
        files = sorted(folder.glob("*.eml"), key=lambda f: f.stat().st_mtime_ns)
        return [_text(f) for f in files]

    def link_in_mail(self, path: str) -> str:
        """Return the first link to such a page in the latest mail that has one."""
        links = [re.findall(rf"https?://[^/\s]+({path}\S+)", mail)[:1] for mail in self.mails()]
        return self.address + str([found for (found,) in filter(None, links)][-1])

    def _note_foreign(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "about:", "blob:")):
            self.problems.append(f"asked another host: {url}")

    def _note_console(self, kind: str, text: str) -> None:
        if kind == "error" and "Failed to load resource" not in text:
            self.problems.append(f"console: {text}")


def in_one_piece(app: Flask) -> "WSGIApplication":
    """Answer with what was read and closed before anything is sent.

    Werkzeug's server leaves a file open when the browser goes away while it is being sent, as
    browsers do at the end of a test; whichever test runs next would be blamed for it.
    """

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with closing(app(environ, start_response)) as parts:  # type: ignore[type-var]
            return [b"".join(parts)]

    return answer


def follow(page: Page, link_or_button: Locator) -> None:
    """Press what leads to another page and wait until that page is there.

    A click alone returns while the old page still stands, and what is looked for next may be
    found there, or between the two.
    """
    with page.expect_navigation():
        link_or_button.click()


def _text(path: Path) -> str:
    import email
    import email.policy

    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return f"Subject: {message['Subject']}\n\n{message.get_content()}"


@pytest.fixture
def site(app: Flask, chromium: Browser) -> Iterator[Site]:
    site = Site("", app, chromium)
    site.start()
    yield site
    for context in site.contexts:
        context.close()
    site.stop()
    assert not site.problems


class Check(Protocol):
    def __call__(self, page: Page, name: str, axe_at: Sequence[int] = WIDTHS) -> None: ...


# What axe finds that keeps somebody out, as lines to read; the rest of what it knows stays in the page.
# It lets the page breathe by short timers, which stand still where scripts are off: they are not waited for.
SERIOUS = """async () => {
  const timer = window.setTimeout;
  window.setTimeout = (go, ms = 0, ...given) =>
    ms > 100 ? timer(go, ms, ...given) : void Promise.resolve().then(() => go(...given));
  try {
    return (await axe.run(document, {resultTypes: ["violations"]})).violations
      .filter(v => ["serious", "critical"].includes(v.impact))
      .map(v => `${v.id}: ${v.nodes.map(n => n.target.join(" ")).join(", ")}`);
  } finally {
    window.setTimeout = timer;
  }
}"""


@pytest.fixture
def look(stage: Stage) -> Check:
    """Return a check of the page as it stands: nothing overflows and axe finds nothing serious.

    The pages are the same on both engines, so one is looked at. axe is asked at the widths `axe_at`.
    With LINLI_SCREENSHOTS=folder each page checked is also kept as a picture.
    """

    def check(page: Page, name: str, axe_at: Sequence[int] = WIDTHS) -> None:
        if stage.engine != "sqlite":
            return
        if axe_at:
            page.evaluate(AXE_SCRIPT)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} px wide on a screen of {width}"
            serious = page.evaluate(SERIOUS) if width in axe_at else []
            assert not serious, f"{name} at {width}: {serious}"
            if SHOTS:
                Path(SHOTS).mkdir(parents=True, exist_ok=True)
                page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)

    return check


@pytest.fixture
def everything(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Everything:
    made = make_everything(app)
    update = {"hook_url": "http://127.0.0.1:9/", "hook_secret": SecretStr("a shared secret of us")}
    settings = app.extensions["linli_settings"].model_copy(update=update)
    monkeypatch.setitem(app.extensions, "linli_settings", settings)  # so that SMS is offered
    return made


def lines(table: str) -> list[tuple[str, str]]:
    """Return who opens which address."""
    return [(who, address) for who, address in (line.split() for line in table.split("\n") if line.strip())]


def become(page: Page, site: Site, cookies: dict[str, str]) -> None:
    """Let the browser be another person's."""
    page.context.clear_cookies()
    page.context.add_cookies([{"name": n, "value": v, "url": site.address} for n, v in cookies.items()])


def visit_all(
    site: Site, look: Check, language: str, everything: Everything, table: str, **wishes: Any
) -> None:
    """Look at each page; what is wrong with any is said at the end, in one."""
    page, last, wrong = site.open(language, **wishes), "", []
    for who, address in lines(table):
        if who != last:
            become(page, site, everything.cookies[who])
        path, last = address.format(**everything.names), who
        page.goto(site.address + path)
        try:
            assert page.url == site.address + path, f"{who} is led from {address} to {page.url}"
            assert page.locator("html").get_attribute("lang") == language
            look(page, f"{who}{address.replace('/', '-')}-{language}", axe_at=AXE_AT[language])
        except AssertionError as found:
            wrong.append(str(found).partition("\n")[0])
    assert not wrong
