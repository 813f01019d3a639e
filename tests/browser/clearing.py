"""A coordinator who clears the sorting desk by keys alone, and how long each wait was."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from portal.reports.actions import submit_report
from portal.routing.advice import Advice
from portal.routing.rules import Route
from portal.threads.models import Kind, Thread
from portal.triage.actions import submit_undecided
from tests.factories import NOW, submission

# What the browser notes: the time from the last key to the first picture with another submission.
WATCH = """() => {
  let pressed = 0;
  let open = document.querySelector("#pane")?.dataset.reference;
  window.waits = [];
  addEventListener("keydown", () => { pressed = performance.now(); }, true);
  new MutationObserver(() => {
    const now = document.querySelector("#pane")?.dataset.reference;
    if (now === open) return;
    open = now;
    if (!now) return;
    const since = pressed;
    requestAnimationFrame(() => setTimeout(() => window.waits.push(performance.now() - since)));
  }).observe(document.documentElement, { childList: true, subtree: true });
}"""


@dataclass
class Clearing:
    """One sitting at the desk: the keys pressed, and the milliseconds from a key to the next one shown."""

    page: Page
    pause: int = 320  # ms to read each; the same key sooner counts as one
    keys: int = 0
    waits: list[float] = field(default_factory=list)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def write(self, text: str) -> None:
        """Type into the field that has the focus, and send it."""
        assert self.page.evaluate("document.activeElement.matches('textarea')")
        self.page.keyboard.type(text)
        self.keys += len(text)
        self.press("Control+Enter")


def put_on_desk(session: Session, texts: Sequence[str], advice: Sequence[Advice]) -> list[Thread]:
    """Send in each text; all stand at the desk, every fifth as "not sure"."""
    made = []
    for n, (text, said) in enumerate(zip(texts, advice, strict=True)):
        sent = submission(session, text, language="zh-Hans")
        if n % 5 == 4:
            route = Route(Kind.UNDECIDED, None, None, to_desk=True)
            made.append(submit_undecided(session, sent, said, route, now=NOW))
        else:
            route = Route(Kind.REPORT, None, None, to_desk=True)
            made.append(submit_report(session, sent, said, route, now=NOW))
    return made


def clear_desk(sitting: Clearing, desk: str, number: int) -> None:
    """Sort, ask, note, close so many in turn, touching nothing but keys."""
    page = sitting.page
    page.goto(desk)
    page.evaluate(WATCH)
    page.wait_for_timeout(sitting.pause)
    sitting.press("j")
    reference = ""
    for n in range(number):
        reference = wait_for_another(page, reference)
        page.wait_for_timeout(sitting.pause)
        deal_with(sitting, n)
    expect(page.locator("#pane[data-reference]")).to_have_count(0)
    sitting.waits = page.evaluate("window.waits")


def wait_for_another(page: Page, reference: str) -> str:
    """Return the submission that is shown once it is not this one."""
    page.wait_for_function(
        "(last) => (document.querySelector('#pane')?.dataset.reference ?? last) !== last", arg=reference
    )
    shown = page.locator("#pane").get_attribute("data-reference")
    assert shown
    return shown


def deal_with(sitting: Clearing, n: int) -> None:
    """Do with the submission what a coordinator might, by turns."""
    page = sitting.page
    has_proposals = page.locator("#pane [data-key='1']").count() > 0
    turn = n % 8
    if turn == 1:
        sitting.press("c")
        sitting.write("同一件事已经答复过")
    elif turn == 3 or not has_proposals:
        sitting.press("s", "ArrowDown", "ArrowDown", "Control+Enter")
    elif turn == 5:
        sitting.press("e", "Control+Enter")
    elif turn == 6:
        sitting.press("n")
        sitting.write("请先打电话")
        expect(page.locator("#pane:not([aria-busy])")).to_be_visible()
        sitting.press("1")
    elif turn == 7 and page.locator("#pane [data-key='2']").count():
        sitting.press("2")
    else:
        sitting.press("1")
