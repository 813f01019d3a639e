"""Who is let in where: each route tried by nobody, by a resident, and by an officer of elsewhere.

What they try it on is a neighbour's private report. A route that the table leaves out fails.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal.core.db import db
from portal.triage.work import VERBS
from tests.factories import Browse, make_report, person
from tests.triage.moving import FILLED, post

SECRET = "Quagga"  # in the report's words; nobody here may read it

# open: the page itself, or its form; sign-in: sent there; refused: 403; nothing: 404, as if there were none
TABLE = """
                                           anonymous  resident  outsider
GET  /                                     open       open      open
GET  /about                                open       open      open
GET  /privacy                              open       open      open
GET  /healthz                              open       open      open
GET  /readyz                               open       open      open
GET  /static/<filename>                    open       open      open

GET  /<path>/                              open       open      open
GET  /<path>/<step>                        open       open      open
POST /<path>/<step>                        open       open      open
POST /<path>/check                         open       open      open
GET  /<path>/sent                          open       open      open
POST /<path>/discard                       open       open      open

GET  /reports?q=weir                       open       open      open
GET  /reports/<reference>                  nothing    nothing   nothing
POST /reports/<reference>/vote             nothing    nothing   nothing
POST /reports/<reference>/vote/take-back   nothing    nothing   nothing
GET  /ideas?q=weir                         open       open      open
GET  /ideas/<reference>                    nothing    nothing   nothing
POST /ideas/<reference>/vote               nothing    nothing   nothing
POST /ideas/<reference>/vote/take-back     nothing    nothing   nothing

GET  /track/<token>                        nothing    nothing   nothing
POST /track/<token>                        nothing    nothing   nothing
GET  /track/<token>/withdraw               nothing    nothing   nothing
GET  /confirm/<token>                      nothing    nothing   nothing
POST /confirm/<token>                      nothing    nothing   nothing
GET  /reset/<token>                        nothing    nothing   nothing
POST /reset/<token>                        nothing    nothing   nothing
GET  /stop-mail/<token>                    nothing    nothing   nothing
POST /stop-mail/<token>                    nothing    nothing   nothing

GET  /register                             open       open      open
POST /register                             open       open      open
GET  /forgot                               open       open      open
POST /forgot                               open       open      open
GET  /mail-sent/<about>                    open       open      open
GET  /first-sign-in                        open       open      open
POST /first-sign-in                        open       open      open
GET  /sign-in                              open       open      open
POST /sign-in                              open       open      open
POST /sign-out                             open       open      open
GET  /account                              sign-in    open      open
POST /account/details                      refused    open      open
POST /account/password                     refused    open      open
GET  /my-submissions                       sign-in    open      open

GET  /staff                                sign-in    refused   open
GET  /staff/search?q=weir                  sign-in    refused   open
GET  /staff/queue                          sign-in    refused   open
GET  /staff/desk                           sign-in    refused   refused
GET  /staff/ideas                          sign-in    refused   refused
GET  /staff/<reference>                    sign-in    refused   nothing
POST /staff/<reference>/<verb>             refused    refused   nothing
GET  /staff/sorting                        sign-in    refused   refused
GET  /staff/mail                           sign-in    refused   refused
GET  /staff/mail/<name>                    sign-in    refused   refused
POST /staff/mail/<number>/again            refused    refused   refused
"""
VISITORS = ("anonymous", "resident", "outsider")
ROWS = [line.split() for line in TABLE.splitlines()[2:] if line]
GIVEN = {
    "path": "report",
    "step": "words",
    "about": "register",
    "token": "forged",
    "name": "event-1.1",
    "number": "1",
    "filename": "css/base.css",
}


@pytest.fixture
def reference(app: Flask) -> str:
    """The number of a neighbour's private report."""
    with app.app_context():
        author = person(db.session(), "neighbour")
        report = make_report(db.session(), f"{SECRET} at the weir.", author=author, private=True)
        db.session.commit()
        return report.reference


def pattern(rule: Rule) -> str:
    """Return a rule's address as the table writes it: <path:filename> is <filename>."""
    return "".join(f"<{text}>" if is_argument else text for is_argument, text in rule._trace if text != "|")


def routes(app: Flask) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield method, pattern(rule)


def addresses(pattern: str, reference: str) -> Iterator[str]:
    """Give the addresses to try for a row of the table: one, or one for each verb."""
    for verb in VERBS if "<verb>" in pattern else [""]:
        address = pattern
        for name, value in {**GIVEN, "reference": reference, "verb": verb}.items():
            address = address.replace(f"<{name}>", value)
        yield address


def outcome(answer: TestResponse) -> str:
    if urlsplit(answer.headers.get("Location", "")).query.startswith("next="):
        return "sign-in"
    return {403: "refused", 404: "nothing", 400: "no token", 500: "fault"}.get(answer.status_code, "open")


def knock(client: FlaskClient, method: str, address: str) -> TestResponse:
    if method == "GET":
        return client.get(address, buffered=True)
    fields = FILLED.get(address.rpartition("/")[2], {})
    return post(client, address, {"seen": "2", **fields})


def test_the_table_holds_every_route(app: Flask) -> None:
    listed = {(method, address.partition("?")[0]) for method, address, *_ in ROWS}
    assert set(routes(app)) == listed
    assert len(ROWS) == len(listed)


@pytest.mark.parametrize("visitor", VISITORS)
def test_who_is_let_in(browse: Browse, reference: str, visitor: str) -> None:
    wrong = []
    for method, pattern_, *expected in ROWS:
        for address in addresses(pattern_, reference):
            client = browse(None if visitor == "anonymous" else visitor)
            answer = knock(client, method, address)
            wanted, found = expected[VISITORS.index(visitor)], outcome(answer)
            if found != wanted or SECRET in answer.text:
                wrong.append(f"{method} {address}: {found}, not {wanted}")
    assert not wrong


@pytest.mark.parametrize("visitor", VISITORS)
def test_nothing_is_done_without_the_token_of_the_form(browse: Browse, reference: str, visitor: str) -> None:
    client = browse(None if visitor == "anonymous" else visitor)
    for method, pattern_, *_expected in ROWS:
        if method == "POST":
            for address in addresses(pattern_, reference):
                assert outcome(client.post(address, data={"seen": "2"})) == "no token", address
