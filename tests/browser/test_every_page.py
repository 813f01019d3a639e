"""Every page, as the one it is for, in three languages: none is too wide, axe finds nothing serious.

What is looked at doesn't depend on the engine, so SQLite is enough.
"""

from collections.abc import Callable

import pytest
from flask import Flask, abort
from playwright.sync_api import Page, expect

from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from tests.browser.conftest import Check, Site, become, follow, lines, visit_all
from tests.browser.everything import ADMIN, LONG, PASSWORD, Everything, cookies_of
from tests.factories import Browse, directory, thread_by_reference
from tests.test_outsiders import ROWS, pattern
from tests.threads.publishing import writing

pytestmark = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
THREE = pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])

# Who opens what. A room of pages is one test, so that they can be spread over processes.
PAGES = {
    "public": """
        anonymous      /
        anonymous      /about
        anonymous      /privacy
        anonymous      /offline
        anonymous      /at/liu-1-gate
        anonymous      /reports?q=lamp
        anonymous      /reports/map
        anonymous      /reports/{report}
        resident       /reports/{report}
        anonymous      /reports/{fixed}
        neighbour      /reports/{fixed}
        anonymous      /fixed/{verdict}
        anonymous      /departments
        anonymous      /satisfaction
        anonymous      /departments/construction
        anonymous      /reports/{survivor}
        anonymous      /reports/{joint}
        anonymous      /reports/{joined}
        anonymous      /ideas?category=nothing-like-it
        anonymous      /ideas
        anonymous      /ideas/map
        anonymous      /ideas/{idea}
        anonymous      /ideas/needs
        anonymous      /ideas/needs/print
        anonymous      /ideas/needs/roads-paving/liu-1
        anonymous      /reports?category=roads-paving
        neighbour      /ideas/{idea}/aims
        anonymous      /track/{track_idea}/aims
        coordinator    /ideas/needs
        anonymous      /ideas/{onward}
        resident       /ideas/{onward}
        resident       /ideas/{combined}
        neighbour      /ideas/{asked}
        anonymous      /combine/{combine}
        anonymous      /carry/{carry}
        resident       /ideas/{mine}/combine
        neighbour      /ideas/{asked}/combine
        coordinator    /staff/{mine}/combine
        coordinator    /staff/{asked}
        anonymous      /ideas/{changed}
        anonymous      /ideas/{changed}/versions
        resident       /ideas/{changed}
        anonymous      /reports/print
        anonymous      /tables/pilots/print
        anonymous      /tables/practices/print
        anonymous      /tables/decisions/print
        anonymous      /ideas/print
        anonymous      /calls/all/print
        anonymous      /calls/{call}/print
        anonymous      /pilots
        anonymous      /pilots/{pilot}
        anonymous      /pilots/{pilot}/print
        anonymous      /pilots/{planned}
        anonymous      /pilots/{pilot}/effect
        resident       /pilots/{pilot}/effect
        anonymous      /practices
        anonymous      /practices?q=nothing-like-it
        anonymous      /practices/{practice}
        coordinator    /practices/{practice}
        resident       /judging
        anonymous      /ideas/{piloted}
        anonymous      /calls
        anonymous      /calls/{call}
        anonymous      /calls/{call}/decisions
        anonymous      /decisions
        anonymous      /ideas/{reviewed}
        anonymous      /ideas/{settled}
        resident       /calls/{call}
        resident       /ideas/{called}
        anonymous      /similar/{report}
        resident       /similar/{report}
        anonymous      /comments/{comment}/report
    """,
    "steps": """
        writing        /
        writing        /report/words
        writing        /report/photos
        writing        /report/where
        writing        /report/known
        writing        /report/who
        writing        /report/check
        sender         /report/sent
        joiner         /report/joined/{report}
        anonymous      /propose/words
        anonymous      /tell/words
        resident       /report/words
    """,
    "links": """
        anonymous      /track/{track_report}
        anonymous      /track/{track_asked}
        anonymous      /track/{track_fixed}
        anonymous      /track/{track_joint}
        anonymous      /track/{track_idea}
        anonymous      /track/{track_private}
        anonymous      /track/{track_joined}
        anonymous      /track/{track_split}
        anonymous      /track/{track_report}/photos
        anonymous      /track/{track_report}/withdraw
        anonymous      /track/{track_changed}
        anonymous      /track/{track_changed}/change
        anonymous      /supported/{supported}
        anonymous      /track/forged
        anonymous      /confirm/{confirm}
        anonymous      /confirm/forged
        anonymous      /reset/{reset}
        anonymous      /reset/forged
        anonymous      /invited/{invite}
        anonymous      /invited/forged
        anonymous      /stop-mail/{stop_mail}
        anonymous      /stop-mail/forged
        anonymous      /following/confirm/{follow_confirm}
        anonymous      /following/stop/{stop_following}
        anonymous      /following/{manage}
        anonymous      /following/forged
    """,
    "account": """
        anonymous      /sign-in
        anonymous      /register
        anonymous      /forgot
        anonymous      /mail-sent/register
        anonymous      /mail-sent/forgot
        anonymous      /first-sign-in
        halfway        /sign-in/code
        resident       /account
        careful        /account
        resident       /account/sessions
        resident       /account/second-factor
        careful        /account/second-factor
        resident       /account/data
        resident       /account/contacts
        anonymous      /account/residency
        resident       /account/residency
        resident       /account/following
        resident       /inbox
        resident       /my-submissions
        anonymous      /follow?kind=report&place=liu-1-gate&q=lamp
        resident       /follow?kind=report
        anonymous      /follow/mailed
        anonymous      /follow/{report}
        resident       /follow/{report}
    """,
    "staff": """
        officer        /staff
        coordinator    /staff
        officer        /staff/queue
        coordinator    /staff/desk
        coordinator    /staff/ideas
        officer        /staff/search?q=lamp
        officer        /staff/queue?q=lamp&place=liu-1&only=urgent&since=yesterday
        officer        /staff/lists/queue/print
        officer        /staff/filters
        officer        /staff/filters/{filter}
        officer        /staff/filters/save?queue=queue&whose=mine&only=late
        officer        /staff/bulk?queue=queue&verb=reply&pick={report}&pick={rung}&pick={fixed}
        coordinator    /staff/bulk?queue=queue&verb=sort&pick={report}&pick={rung}&pick={fixed}
        officer        /staff/bulk/{bulk}?queue=queue
        officer        /staff/{report}
        officer        /staff/{asked}
        officer        /staff/{fixed}
        officer        /staff/{rung}
        officer        /staff/{private}
        officer        /staff/{survivor}
        officer        /staff/{joined}
        coordinator    /staff/{split}
        coordinator    /staff/{split}/split
        officer        /staff/{survivor}/similar/{alike}
        officer        /staff/recurring
        coordinator    /staff/{desk}
        coordinator    /staff/{idea}
        coordinator    /staff/{changed}
        coordinator    /staff/{changed}/versions
        officer        /staff/votes
        officer        /staff/votes/{vote}
        coordinator    /staff/votes/{vote_over}
        coordinator    /staff/{vote_about}
        officer        /staff/{vote_over_about}
        coordinator    /staff/{asked}/vote
        coordinator    /staff/reply-templates
        coordinator    /staff/reply-templates/add
        coordinator    /staff/reply-templates/1
        officer        /staff/{report}/photos/{photo}
        officer        /staff/{report}/told
        officer        /staff/calls
        officer        /staff/comments
        officer        /staff/comments/hidden
        officer        /staff/enter
        officer        /staff/hand-over?from={officer}&to=department
        coordinator    /staff/hand-over?from=&to=
        officer        /staff/{taken}/taken
        coordinator    /staff/posters
        coordinator    /staff/posters/print?place=liu-1-gate&size=a4&language=all
        coordinator    /staff/posters/print?place=liu-1&size=a6&language=en
        coordinator    /staff/between
        officer        /staff/{joint}
        coordinator    /staff/{joint}/case
        helper         /staff/{joint}/case
        helper         /staff/{joint}/case/files
        officer        /staff/{report}/case
        coordinator    /staff/pilots
        coordinator    /staff/pilots/plan/{to_plan}
        coordinator    /staff/pilots/{pilot}
        coordinator    /staff/pilots/{planned}
        coordinator    /staff/pilots/{pilot}/edit
        coordinator    /staff/pilots/{planned}/edit
        coordinator    /staff/pilots/{planned}/indicators/add
        coordinator    /staff/pilots/{pilot}/indicators/{indicator}
        officer        /staff/pilots/{pilot}/indicators/{indicator}/values
        officer        /staff/pilots/{pilot}/indicators/{indicator}/values/{value}
        coordinator    /staff/{piloted}
        coordinator    /staff/pilots/effects
        coordinator    /staff/pilots/{pilot}/effects
        coordinator    /staff/pilots/{pilot}/review
        coordinator    /staff/pilots/{planned}/review
        coordinator    /staff/pilots/{pilot}/review/{gate}
        administrator  /staff/pilots/room
        coordinator    /staff/posters/pilot/{pilot}?size=a4&language=all
        coordinator    /staff/practices
        coordinator    /staff/practices/{practice}/edit
        coordinator    /staff/practices/{practice}/take-up
        panellist      /judging
        panellist      /judging/{pilot}
        coordinator    /staff/ideas/calls
        coordinator    /staff/panels
        coordinator    /staff/panels/decisions
        coordinator    /staff/panels/{eligible}
        coordinator    /staff/panels/{reviewed}
        coordinator    /staff/panels/{settled}
        coordinator    /staff/panels/{reviewed}/decide
        coordinator    /staff/panels/{held}/decide
        panellist      /staff/reviews
        panellist      /staff/reviews/{reviewed}
        coordinator    /staff/reviews/knowledge
        panellist      /staff/reviews/knowledge/{panellist}
        gardener       /staff/appraisals
        gardener       /staff/appraisals/{reviewed}
        coordinator    /staff/ideas/calls/add
        coordinator    /staff/ideas/calls/{call}
        coordinator    /staff/ideas/calls/{call}/edit
        coordinator    /staff/ideas/calls/{proposed}
        coordinator    /staff/ideas/calls/{proposed}/not-now
        officer        /staff/{survivor}/ask-for-ideas
        coordinator    /staff/{survivor}/ask-for-ideas
        coordinator    /staff/ask-for-ideas/roads-paving/liu-1
        officer        /staff/proposed-calls
        officer        /staff/tables/recurring/print
        coordinator    /staff/tables/votes/print
        coordinator    /staff/ideas/calls/{call}/criteria/add
        coordinator    /staff/ideas/calls/{call}/criteria/{criterion}
        coordinator    /staff/posters/call/{call}?size=a4&language=all
        panellist      /staff/reviews/{scored}/score
        coordinator    /staff/reviews/{scored}/scores
        panellist      /staff/reviews/{scores_seen}/scores
        coordinator    /staff/reviews/{scores_seen}/scores
        panellist      /staff/reviews/{scores_seen}/revise
        coordinator    /staff/households
        coordinator    /staff/sorting
        coordinator    /staff/mode
        coordinator    /staff/workload
        administrator  /staff/workload
        officer        /staff/workload/{officer}
        administrator  /staff/mail
        administrator  /staff/mail/{mail}
    """,
    "administration": """
        administrator  /staff/admin
        administrator  /staff/admin/people
        administrator  /staff/admin/people/invite
        administrator  /staff/admin/people/{careful}
        administrator  /staff/admin/people/{invited}
        administrator  /staff/admin/audit
        administrator  /staff/admin/audit?check=1
        administrator  /staff/admin/places
        administrator  /staff/admin/places/{place_liu}
        administrator  /staff/admin/places/{place_liu_1}
        administrator  /staff/admin/places/{place_liu}/edit
        administrator  /staff/admin/places/{place_yunhe}/edit
        administrator  /staff/admin/places/{place_liu}/add
        administrator  /staff/admin/places/{place_yunhe}/calendar
        administrator  /staff/admin/departments
        administrator  /staff/admin/departments/add
        administrator  /staff/admin/departments/1/edit
        administrator  /staff/admin/categories
        administrator  /staff/admin/categories/add
        administrator  /staff/admin/categories/1/edit
        administrator  /staff/admin/routes
        administrator  /staff/admin/routes/add
        administrator  /staff/admin/texts
        administrator  /staff/admin/settings
        administrator  /staff/admin/priority
    """,
}
# What has nothing to look at.
LEFT_OUT = {
    "/healthz": "for machines",
    "/readyz": "for machines",
    "/sw.js": "a script",
    "/linli.webmanifest": "for browsers",
    "/static/<filename>": "files",
    "/reports.atom": "a feed",
    "/ideas.atom": "a feed",
    "/reports/<reference>.atom": "a feed",
    "/ideas/<reference>.atom": "a feed",
    "/account/data/file": "a file to keep",
    "/pilots/<code>/values.csv": "a file to keep",
    "/pilots/effects/<number>/photo/<size>": "a picture",
    "/departments/table.csv": "a file to keep",
    "/ideas/needs/table.csv": "a file to keep",
    "/ideas/table.csv": "a file to keep",
    "/tables/<code>.csv": "a file to keep",
    "/reports/table.csv": "a file to keep",
    "/calls/all/table.csv": "a file to keep",
    "/calls/<code>.csv": "a file to keep",
    "/calls/<code>.json": "a file to keep",
    "/staff/tables/<code>.csv": "a file to keep",
    "/satisfaction/table.csv": "a file to keep",
    "/departments/<code>/table.csv": "a file to keep",
    "/staff/<reference>/fix": "leads on to the form",
    "/staff/lists/<code>.csv": "a file to keep",
    "/staff/filters/counts": "numbers for a script",
    "/staff/workload/file": "a file to keep",
    "/staff/reviews/<number>/scores.csv": "a file to keep",
    "/plans/<drawing>.svg": "a picture",
    "/plans/<drawing>/<pin>.svg": "a picture",
    "/photos/<key>/<size>": "a picture",
    "/<path>/photos/<key>/<size>": "a picture",
    "/staff/<reference>/photos/<number>/<size>": "a picture",
    "/<path>/": "leads on to the words",
    "/staff/<reference>/case/files/<number>": "a file",
    "/ideas/<reference>/change": "leads on to the sender's page",
    "/staff/<reference>/slip": "leads back; the slip answers a form",
}
# Forms that are sent empty, so that all they can complain of is seen; not the buttons beside them.
TYPED = "input:not([type=hidden]), textarea"
REFUSED = """
        anonymous      /report/words
        anonymous      /sign-in
        anonymous      /register
        anonymous      /forgot
        anonymous      /first-sign-in
        anonymous      /follow?kind=report
        anonymous      /reports/{report}
        anonymous      /account/residency
        halfway        /sign-in/code
        anonymous      /reset/{reset}
        resident       /account/data
        officer        /staff/enter
        coordinator    /staff/households
        coordinator    /staff/ideas/calls/add
        resident       /ideas/{mine}/combine
        coordinator    /staff/pilots/{planned}/indicators/add
        officer        /staff/pilots/{pilot}/indicators/{indicator}/values
        anonymous      /pilots/{pilot}/effect
        coordinator    /staff/pilots/{pilot}/review
        coordinator    /staff/pilots/{pilot}/review/{gate}
        coordinator    /staff/panels/{reviewed}/decide
        gardener       /staff/appraisals/{reviewed}
        panellist      /staff/reviews/{reviewed}
        administrator  /staff/admin/people/invite
        administrator  /staff/admin/places/{place_liu}/add
        administrator  /staff/admin/departments/add
        administrator  /staff/admin/categories/add
"""
# What can go wrong anywhere, and the page that says so.
FAULTS: dict[str, Callable[[], object]] = {
    "400": lambda: abort(400),
    "403": lambda: fail(NotAllowed("You may not do this here.")),
    "404": lambda: fail(NotFound("There is no such thing.")),
    "409": lambda: fail(Conflict("Somebody else was first.")),
    "413": lambda: abort(413),
    "422": lambda: fail(Invalid("This can't be used.")),
    "429": lambda: fail(TooMany("Too many in an hour.")),
    "500": lambda: fail(RuntimeError()),
}
EMPTY = """
        anonymous      /reports
        anonymous      /departments
        anonymous      /satisfaction
        anonymous      /ideas
        anonymous      /calls
        anonymous      /pilots
        anonymous      /practices
        coordinator    /staff/pilots/effects
        coordinator    /staff/practices
        resident       /judging
        coordinator    /staff/ideas/calls
        resident       /inbox
        resident       /account/following
        resident       /account/contacts
        resident       /my-submissions
        coordinator    /staff
        officer        /staff/queue
        coordinator    /staff/desk
        coordinator    /staff/ideas
        coordinator    /staff/search?q=nothing
        coordinator    /staff/comments
        coordinator    /staff/between
        coordinator    /staff/comments/hidden
        coordinator    /staff/calls
        coordinator    /staff/households
        coordinator    /staff/sorting
        administrator  /staff/mail
        administrator  /staff/admin/audit
        administrator  /staff/admin/routes
"""


def test_no_page_is_left_out(app: Flask, everything: Everything) -> None:
    addresses = app.url_map.bind("localhost")
    visited = set()
    for table in PAGES.values():
        for _who, address in lines(table):
            path = address.format(**everything.names).partition("?")[0]
            visited.add(pattern(addresses.match(path, method="GET", return_rule=True)[0]))
    assert not visited & set(LEFT_OUT)
    assert visited | set(LEFT_OUT) == {row[1].partition("?")[0] for row in ROWS if row[0] == "GET"}


@THREE
@pytest.mark.parametrize("room", PAGES)
def test_every_page_is_sound(
    site: Site, look: Check, everything: Everything, room: str, language: str
) -> None:
    visit_all(site, look, language, everything, PAGES[room])


@THREE
def test_pages_with_nothing_to_show_are_sound(site: Site, look: Check, language: str) -> None:
    browse = Browse(site.app)
    people = {who for who, _address in lines(EMPTY)}
    cookies = {who: cookies_of(browse(None if who == "anonymous" else who)) for who in people}
    empty = Everything({}, cookies)
    visit_all(site, look, language, empty, EMPTY)


@THREE
def test_forms_that_complain_are_sound(
    site: Site, look: Check, everything: Everything, language: str
) -> None:
    page = site.open(language)
    for who, address in lines(REFUSED):
        become(page, site, everything.cookies[who])
        page.goto(site.address + address.format(**everything.names))
        follow(page, page.locator(f"main form:has({TYPED}) button[type=submit]").last)
        assert page.locator(".govuk-error-summary").count(), f"{address} does not complain"
        look(page, f"refused{address.replace('/', '-')}-{language}")


def fail(error: Exception) -> object:
    raise error


@THREE
def test_pages_that_say_what_went_wrong_are_sound(
    site: Site, look: Check, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = site.open(language)
    for status, fault in FAULTS.items():
        monkeypatch.setitem(site.app.view_functions, "about.about", fault)
        answer = page.goto(site.address + "/about")
        assert answer
        assert answer.status == int(status)
        look(page, f"fault-{status}-{language}")
    page.goto(site.address + "/report/words")
    page.fill("[name=text]", LONG)
    page.context.clear_cookies()
    follow(page, page.locator("main form button[type=submit]").last)
    expect(page.locator("main textarea").first).to_have_value(LONG)
    look(page, f"fault-too-long-open-{language}")


@THREE
def test_pages_that_answer_a_form_are_sound(
    site: Site, look: Check, everything: Everything, language: str
) -> None:
    """What is printed, shown once, or says that somebody else was first."""
    page, names = site.open(language), everything.names

    def press(who: str, address: str, button: str, name: str) -> None:
        become(page, site, everything.cookies[who])
        page.goto(site.address + address.format(**names))
        fill_in(page, names["recovery"])
        follow(page, page.locator(button).first)
        look(page, f"{name}-{language}")

    press("officer", "/staff/{taken}/taken", f"button[name=language][value={language}]", "slip")
    press("coordinator", "/staff/households", "main form button[type=submit]", "household-codes")
    press("administrator", ADMIN + "/people/{invited}", "form[action$='/code'] button", "code")
    press("careful", "/account/second-factor", "button[value=codes]", "recovery-codes")
    press("resident", "/account/contacts", "form[action='/account/contacts'] button", "contacts-error")
    press("officer", "/report/where", "main form button[type=submit]", "where-error")


def fill_in(page: Page, recovery_code: str) -> None:
    """Write what these forms need."""
    given = {"households": "7号楼303", "password": PASSWORD, "code": recovery_code}
    for name, text in given.items():
        for field in page.locator(f"main [name={name}]").all():
            field.fill(text)
    for choice in page.locator("main select[name=place]:visible").all():
        choice.select_option(index=1)


@THREE
def test_pages_for_staff_who_came_too_late_are_sound(
    site: Site, look: Check, everything: Everything, language: str
) -> None:
    """Somebody else was first, or the submission has gone elsewhere, while they typed."""
    first, second = site.open(language), site.open(language)
    for page in (first, second):
        become(page, site, everything.cookies["officer"])
        page.goto(site.address + f"/staff/{everything.names['fixed']}")
    write_note(first, "Seen there.")
    expect(first.locator("#said .flash--success")).to_be_visible()
    write_note(second, LONG)
    expect(second.locator("[role=alert]")).to_be_visible()
    look(second, f"somebody-was-first-{language}")
    second.goto(site.address + f"/staff/{everything.names['report']}")
    with writing(site.app) as session:
        elsewhere = directory(session).department_codes["health"].id
        thread_by_reference(session, everything.names["report"]).department_id = elsewhere
    write_note(second, LONG)
    expect(second.locator("#kept-1")).to_have_value(LONG)
    look(second, f"gone-elsewhere-{language}")


def write_note(page: Page, text: str) -> None:
    page.locator("details#note summary").click()
    page.locator("#note [name=note]").fill(text)
    page.locator("#note button[type=submit]").click()
