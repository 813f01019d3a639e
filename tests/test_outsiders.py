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

from portal.accounts.models import RoleName
from portal.communities.models import Place
from portal.core.db import db
from portal.triage.work import VERBS
from tests.factories import Browse, add_person, add_role, directory, make_report, person
from tests.triage.moving import FILLED, post

SECRET = "Quagga"  # in the report's words; nobody here may read it

# open: the page itself, or its form; sign-in: sent there; refused: 403; nothing: 404, as if there were none
TABLE = """
                                           anonymous  resident  outsider
GET  /                                     open       open      open
GET  /about                                open       open      open
GET  /privacy                              open       open      open
GET  /offline                              open       open      open
GET  /sw.js                                open       open      open
GET  /linli.webmanifest                    open       open      open
GET  /at/<code>                            open       open      open
GET  /healthz                              open       open      open
GET  /readyz                               open       open      open
GET  /static/<filename>                    open       open      open

GET  /<path>/                              open       open      open
GET  /<path>/<step>                        open       open      open
POST /<path>/<step>                        open       open      open
GET  /<path>/photos                        open       open      open
POST /<path>/photos                        open       open      open
GET  /<path>/photos/<key>/<size>           nothing    nothing   nothing
POST /<path>/similar                       open       open      open
GET  /<path>/sent                          open       open      open
POST /<path>/discard                       open       open      open
GET  /<path>/joined/<reference>            nothing    nothing   nothing
POST /<path>/joined/<reference>            nothing    nothing   nothing

GET  /photos/<key>/<size>                  nothing    nothing   nothing
GET  /reports?q=weir                       open       open      open
GET  /reports/map                          open       open      open
GET  /reports/<reference>                  nothing    nothing   nothing
POST /reports/<reference>/vote             nothing    nothing   nothing
POST /reports/<reference>/verdict          refused    nothing   nothing
POST /reports/<reference>/vote/take-back   nothing    nothing   nothing
GET  /ideas?q=weir                         open       open      open
GET  /ideas/map                            open       open      open
GET  /ideas/<reference>                    nothing    nothing   nothing
POST /ideas/<reference>/vote               nothing    nothing   nothing
POST /ideas/<reference>/vote/take-back     nothing    nothing   nothing
POST /ideas/<reference>/pass               nothing    nothing   nothing
POST /ideas/<reference>/arguments          nothing    nothing   nothing
GET  /ideas/<reference>/combine            nothing    nothing   nothing
POST /ideas/<reference>/combine            nothing    nothing   nothing
POST /ideas/<reference>/combine/withdraw   nothing    nothing   nothing
POST /ideas/<reference>/carry              nothing    nothing   nothing
GET  /combine/<token>                      nothing    nothing   nothing
POST /combine/<token>                      nothing    nothing   nothing
GET  /carry/<token>                        nothing    nothing   nothing
POST /carry/<token>                        nothing    nothing   nothing
GET  /staff/<reference>/combine            sign-in    refused   refused
POST /staff/<reference>/combine            refused    refused   refused
POST /staff/<reference>/combine/withdraw   refused    refused   refused
POST /staff/<reference>/combine/answer     refused    refused   refused
POST /ideas/arguments/<number>/helpful     nothing    nothing   nothing
GET  /ideas/<reference>/aims               nothing    nothing   nothing
POST /ideas/<reference>/aims               nothing    nothing   nothing
GET  /ideas/needs                          open       open      open
GET  /ideas/needs/table.csv                open       open      open
GET  /ideas/needs/print                    open       open      open
GET  /ideas/needs/<category>/<place>       nothing    nothing   nothing
GET  /ideas/<reference>/versions           nothing    nothing   nothing
POST /ideas/<reference>/keep               nothing    nothing   nothing
GET  /ideas/<reference>/change             sign-in    nothing   nothing
GET  /supported/<token>                    nothing    nothing   nothing
POST /supported/<token>                    nothing    nothing   nothing
GET  /staff/<reference>/versions           sign-in    refused   refused
POST /staff/<reference>/versions/<number>/show  refused  refused  refused
POST /staff/<reference>/versions/<number>/refuse  refused  refused  refused
POST /staff/<reference>/versions/<number>/substance  refused  refused  refused
GET  /track/<token>/change                 nothing    nothing   nothing
POST /track/<token>/change                 nothing    nothing   nothing
GET  /calls                                open       open      open
GET  /calls/<code>                         nothing    nothing   nothing
GET  /calls/all/table.csv                  open       open      open
GET  /calls/all/print                      open       open      open
GET  /calls/<code>.csv                     nothing    nothing   nothing
GET  /calls/<code>.json                    nothing    nothing   nothing
GET  /calls/<code>/print                   nothing    nothing   nothing
GET  /tables/<code>.csv                    nothing    nothing   nothing
GET  /tables/<code>/print                  nothing    nothing   nothing
GET  /reports/table.csv                    open       open      open
GET  /reports/print                        open       open      open
GET  /ideas/table.csv                      open       open      open
GET  /ideas/print                          open       open      open
GET  /staff/ideas/calls                    sign-in    refused   refused
GET  /staff/ideas/calls/add                sign-in    refused   refused
POST /staff/ideas/calls/add                refused    refused   refused
GET  /staff/ideas/calls/<code>             sign-in    refused   refused
GET  /staff/ideas/calls/<code>/edit        sign-in    refused   refused
POST /staff/ideas/calls/<code>/edit        refused    refused   refused
POST /staff/ideas/calls/<code>/publish     refused    refused   refused
POST /staff/ideas/calls/<code>/matters     refused    refused   refused
POST /staff/ideas/calls/<code>/stop        refused    refused   refused
GET  /staff/ideas/calls/<code>/criteria/add  sign-in  refused   refused
POST /staff/ideas/calls/<code>/criteria/add  refused  refused   refused
GET  /staff/ideas/calls/<code>/criteria/<number>  sign-in  refused  refused
POST /staff/ideas/calls/<code>/criteria/<number>  refused  refused  refused
POST /staff/ideas/calls/<code>/criteria/<number>/remove  refused  refused  refused
GET  /staff/ideas/calls/<code>/not-now     sign-in    refused   refused
POST /staff/ideas/calls/<code>/not-now     refused    refused   refused
GET  /staff/<reference>/ask-for-ideas      sign-in    refused   nothing
POST /staff/<reference>/ask-for-ideas      refused    refused   nothing
GET  /staff/ask-for-ideas/<category>/<place>  sign-in  refused  nothing
POST /staff/ask-for-ideas/<category>/<place>  refused  refused  nothing
GET  /staff/proposed-calls                 sign-in    refused   open
GET  /staff/posters/call/<code>            sign-in    refused   nothing
GET  /staff/posters/pilot/<code>           sign-in    refused   nothing
GET  /pilots/<code>/effect                 nothing    nothing   nothing
POST /pilots/<code>/effect                 nothing    nothing   nothing
GET  /pilots/effects/<number>/photo/<size>  nothing   nothing   nothing
GET  /practices                            open       open      open
GET  /practices/<code>                     nothing    nothing   nothing
GET  /judging                              sign-in    open      open
GET  /judging/<code>                       sign-in    nothing   nothing
POST /judging/<code>/declare               refused    nothing   nothing
POST /judging/<code>/<number>              refused    nothing   nothing
GET  /staff/pilots/effects                 sign-in    refused   refused
POST /staff/pilots/effects/<number>/<choice>  refused  refused  refused
GET  /staff/pilots/<code>/effects          sign-in    refused   refused
GET  /staff/pilots/<code>/review           sign-in    refused   refused
POST /staff/pilots/<code>/review/day       refused    refused   refused
POST /staff/pilots/<code>/review/judges    refused    refused   refused
GET  /staff/pilots/<code>/review/<number>  sign-in    refused   refused
POST /staff/pilots/<code>/review/<number>  refused    refused   refused
GET  /staff/pilots/room                    sign-in    refused   refused
POST /staff/pilots/room                    refused    refused   refused
GET  /staff/practices                      sign-in    refused   refused
GET  /staff/practices/<code>/edit          sign-in    refused   refused
POST /staff/practices/<code>/edit          refused    refused   refused
GET  /staff/practices/<code>/take-up       sign-in    refused   refused
POST /staff/practices/<code>/take-up       refused    refused   refused

GET  /pilots                               open       open      open
GET  /pilots/<code>                        nothing    nothing   nothing
GET  /pilots/<code>/print                  nothing    nothing   nothing
GET  /pilots/<code>/values.csv             nothing    nothing   nothing
GET  /staff/pilots                         sign-in    refused   open
GET  /staff/pilots/plan/<reference>        sign-in    refused   refused
POST /staff/pilots/plan/<reference>        refused    refused   refused
GET  /staff/pilots/<code>                  sign-in    refused   nothing
GET  /staff/pilots/<code>/edit             sign-in    refused   refused
POST /staff/pilots/<code>/edit             refused    refused   refused
POST /staff/pilots/<code>/<deed>           refused    refused   nothing
GET  /staff/pilots/<code>/indicators/add   sign-in    refused   refused
POST /staff/pilots/<code>/indicators/add   refused    refused   refused
GET  /staff/pilots/<code>/indicators/<number>         sign-in  refused  refused
POST /staff/pilots/<code>/indicators/<number>         refused  refused  refused
POST /staff/pilots/<code>/indicators/<number>/remove  refused  refused  refused
GET  /staff/pilots/<code>/indicators/<number>/values  sign-in  refused  nothing
POST /staff/pilots/<code>/indicators/<number>/values/<how>    refused  refused  nothing
GET  /staff/pilots/<code>/indicators/<number>/values/<value>  sign-in  refused  nothing
POST /staff/pilots/<code>/indicators/<number>/values/<value>  refused  refused  nothing

GET  /reports.atom?q=weir                  open       open      open
GET  /ideas.atom?q=weir                    open       open      open
GET  /reports/<reference>.atom             nothing    nothing   nothing
GET  /ideas/<reference>.atom               nothing    nothing   nothing

GET  /follow                               open       open      open
POST /follow                               open       open      open
GET  /follow/mailed                        open       open      open
GET  /follow/<reference>                   nothing    nothing   nothing
POST /follow/<reference>                   nothing    nothing   nothing
POST /follow/<reference>/stop              refused    nothing   nothing
GET  /following/<token>                    nothing    nothing   nothing
POST /following/<token>                    nothing    nothing   nothing
GET  /following/confirm/<token>            nothing    nothing   nothing
POST /following/confirm/<token>            nothing    nothing   nothing
GET  /following/stop/<token>               nothing    nothing   nothing
POST /following/stop/<token>               nothing    nothing   nothing
GET  /account/following                    sign-in    open      open
POST /account/following                    refused    open      open
GET  /inbox                                sign-in    open      open
POST /inbox/<number>/open                  refused    nothing   nothing
POST /inbox/read                           refused    open      open

GET  /plans/<drawing>.svg                  nothing    nothing   nothing
GET  /plans/<drawing>/<pin>.svg            nothing    nothing   nothing

GET  /similar/<reference>                  nothing    nothing   nothing
POST /similar/<reference>/not-same         refused    nothing   nothing
POST /comments/on/<reference>              nothing    nothing   nothing
POST /comments/<number>/take-back          nothing    nothing   nothing
GET  /comments/<number>/report             nothing    nothing   nothing
POST /comments/<number>/report             nothing    nothing   nothing

GET  /satisfaction                         open       open      open
GET  /satisfaction/table.csv               open       open      open
GET  /departments                          open       open      open
GET  /departments/table.csv                open       open      open
GET  /departments/<code>                   nothing    nothing   nothing
GET  /departments/<code>/table.csv         nothing    nothing   nothing

GET  /fixed/<token>                        nothing    nothing   nothing
POST /fixed/<token>                        nothing    nothing   nothing
GET  /track/<token>                        nothing    nothing   nothing
POST /track/<token>                        nothing    nothing   nothing
GET  /track/<token>/photos                 nothing    nothing   nothing
POST /track/<token>/photos                 nothing    nothing   nothing
GET  /track/<token>/aims                   nothing    nothing   nothing
POST /track/<token>/aims                   nothing    nothing   nothing
GET  /track/<token>/withdraw               nothing    nothing   nothing
GET  /confirm/<token>                      nothing    nothing   nothing
POST /confirm/<token>                      nothing    nothing   nothing
GET  /reset/<token>                        nothing    nothing   nothing
POST /reset/<token>                        nothing    nothing   nothing
GET  /invited/<token>                      nothing    nothing   nothing
POST /invited/<token>                      nothing    nothing   nothing
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
GET  /sign-in/code                         open       open      open
POST /sign-in/code                         open       open      open
POST /sign-out                             open       open      open
GET  /account                              sign-in    open      open
POST /account/details                      refused    open      open
POST /account/password                     refused    open      open
GET  /account/sessions                     sign-in    open      open
POST /account/sessions/<number>/end        refused    open      open
POST /account/sessions/end-others          refused    open      open
GET  /account/second-factor                sign-in    open      open
POST /account/second-factor                refused    open      open
POST /account/second-factor/change         refused    open      open
GET  /account/data                         sign-in    open      open
GET  /account/data/file                    sign-in    open      open
POST /account/data/delete                  refused    open      open
GET  /account/contacts                     sign-in    open      open
POST /account/contacts                     refused    open      open
POST /account/contacts/mail                refused    open      open
POST /account/contacts/<number>/confirm    refused    open      open
POST /account/contacts/<number>/<move>     refused    nothing   nothing
GET  /account/residency                    open       open      open
POST /account/residency                    open       open      open
GET  /my-submissions                       sign-in    open      open

GET  /staff                                sign-in    refused   open
GET  /staff/search?q=weir                  sign-in    refused   open
GET  /staff/queue                          sign-in    refused   open
GET  /staff/desk                           sign-in    refused   refused
GET  /staff/lists/<code>.csv               sign-in    refused   nothing
GET  /staff/lists/<code>/print             sign-in    refused   nothing
GET  /staff/tables/<code>.csv              sign-in    refused   nothing
GET  /staff/tables/<code>/print            sign-in    refused   nothing
GET  /staff/filters                        sign-in    refused   open
GET  /staff/filters/counts                 sign-in    refused   open
GET  /staff/filters/save                   sign-in    refused   nothing
POST /staff/filters/save                   refused    refused   nothing
GET  /staff/filters/<number>               sign-in    refused   nothing
POST /staff/filters/<number>               refused    refused   nothing
POST /staff/filters/<number>/remove        refused    refused   nothing
GET  /staff/bulk                           sign-in    refused   open
POST /staff/bulk                           refused    refused   open
GET  /staff/bulk/<number>                  sign-in    refused   nothing
POST /staff/bulk/<number>/undo             refused    refused   nothing
GET  /staff/enter                          sign-in    refused   open
POST /staff/enter                          refused    refused   open
GET  /staff/<reference>/taken              sign-in    refused   nothing
GET  /staff/<reference>/slip               sign-in    refused   nothing
POST /staff/<reference>/slip               refused    refused   nothing
GET  /staff/posters                        sign-in    refused   open
GET  /staff/posters/print                  sign-in    refused   nothing
GET  /staff/households                     sign-in    refused   refused
POST /staff/households                     refused    refused   refused
POST /staff/households/<number>/withdraw   refused    refused   refused
GET  /staff/reply-templates                sign-in    refused   refused
GET  /staff/reply-templates/add            sign-in    refused   refused
POST /staff/reply-templates/add            refused    refused   refused
GET  /staff/reply-templates/<number>       sign-in    refused   refused
POST /staff/reply-templates/<number>       refused    refused   refused
POST /staff/reply-templates/<number>/retire     refused  refused  refused
POST /staff/reply-templates/<number>/bring-back refused  refused  refused
GET  /staff/comments                       sign-in    refused   open
GET  /staff/comments/hidden                sign-in    refused   open
POST /staff/comments/<number>/<choice>     refused    refused   nothing
GET  /staff/hand-over                      sign-in    refused   open
POST /staff/hand-over                      refused    refused   open
GET  /staff/mode                           sign-in    refused   refused
POST /staff/mode                           refused    refused   refused
POST /staff/mode/<code>/end                refused    refused   refused
GET  /staff/ideas                          sign-in    refused   refused
GET  /staff/<reference>                    sign-in    refused   nothing
GET  /staff/<reference>/fix                sign-in    refused   nothing
POST /staff/<reference>/fix                refused    refused   nothing
POST /staff/<reference>/<verb>             refused    refused   nothing
GET  /staff/votes                          sign-in    refused   open
GET  /staff/votes/<number>                 sign-in    refused   nothing
POST /staff/votes/<number>                 refused    refused   nothing
GET  /decisions                            open       open      open
GET  /calls/<code>/decisions               nothing    nothing   nothing
GET  /staff/panels                         sign-in    refused   refused
GET  /staff/panels/decisions               sign-in    refused   refused
GET  /staff/panels/<reference>             sign-in    refused   refused
POST /staff/panels/<reference>/open        refused    refused   refused
POST /staff/panels/<reference>/refuse      refused    refused   refused
POST /staff/panels/<reference>/seats       refused    refused   refused
POST /staff/panels/<reference>/seats/<number>/release  refused  refused  refused
POST /staff/panels/<reference>/day         refused    refused   refused
POST /staff/panels/<reference>/departments refused    refused   refused
GET  /staff/panels/<reference>/decide      sign-in    refused   refused
POST /staff/panels/<reference>/decide      refused    refused   refused
GET  /staff/reviews                        sign-in    refused   refused
GET  /staff/reviews/<reference>            sign-in    refused   refused
POST /staff/reviews/<reference>/interest   refused    refused   refused
GET  /staff/reviews/knowledge              sign-in    refused   refused
GET  /staff/reviews/knowledge/<number>     sign-in    refused   refused
POST /staff/reviews/knowledge/<number>     refused    refused   refused
GET  /staff/appraisals                     sign-in    refused   open
GET  /staff/appraisals/<reference>         sign-in    refused   nothing
POST /staff/appraisals/<reference>         refused    refused   nothing
GET  /staff/reviews/<number>/score         sign-in    refused   refused
POST /staff/reviews/<number>/score         refused    refused   refused
GET  /staff/reviews/<number>/revise        sign-in    refused   refused
POST /staff/reviews/<number>/revise        refused    refused   refused
GET  /staff/reviews/<number>/scores        sign-in    refused   refused
GET  /staff/reviews/<number>/scores.csv    sign-in    refused   refused
POST /staff/reviews/<number>/remarks/<criterion>  refused  refused  refused
POST /staff/reviews/<number>/reveal        refused    refused   refused
GET  /staff/<reference>/vote               sign-in    refused   refused
POST /staff/<reference>/vote               refused    refused   refused
GET  /staff/<reference>/photos/<number>    sign-in    refused   nothing
GET  /staff/<reference>/photos/<number>/<size> sign-in refused  nothing
POST /staff/<reference>/photos/<number>/show refused  refused   nothing
POST /staff/<reference>/photos/<number>/hide refused  refused   nothing
POST /staff/<reference>/photos/<number>/black-out refused refused nothing
POST /staff/<reference>/similar/not-same   refused    refused   nothing
GET  /staff/<reference>/similar/<other>    sign-in    refused   nothing
GET  /staff/between                        sign-in    refused   open
GET  /staff/<reference>/case               sign-in    refused   nothing
POST /staff/<reference>/case/<name>        refused    refused   nothing
GET  /staff/<reference>/case/files         sign-in    refused   nothing
POST /staff/<reference>/case/files         refused    refused   nothing
GET  /staff/<reference>/case/files/<number> sign-in   refused   nothing
GET  /staff/<reference>/split              sign-in    refused   refused
POST /staff/<reference>/split              refused    refused   refused
POST /staff/<reference>/split/undo         refused    refused   refused
GET  /staff/recurring                      sign-in    refused   open
POST /staff/<reference>/recurs             refused    refused   nothing
POST /staff/<reference>/recurs/not         refused    refused   nothing
GET  /staff/sorting                        sign-in    refused   refused
GET  /staff/workload                       sign-in    refused   refused
GET  /staff/workload/<number>              sign-in    refused   nothing
GET  /staff/workload/file                  sign-in    refused   refused
GET  /staff/calls                          sign-in    refused   open
GET  /staff/<reference>/told               sign-in    refused   nothing
POST /staff/<reference>/call               refused    refused   nothing
POST /staff/<reference>/telephone          refused    refused   nothing
GET  /staff/mail                           sign-in    refused   refused
POST /staff/mail/again                     refused    refused   refused
GET  /staff/mail/<name>                    sign-in    refused   refused
POST /staff/mail/<number>/again            refused    refused   refused
GET  /staff/admin                          sign-in    refused   refused
GET  /staff/admin/people                   sign-in    refused   refused
GET  /staff/admin/people/invite            sign-in    refused   refused
POST /staff/admin/people/invite            refused    refused   refused
GET  /staff/admin/people/<number>          sign-in    refused   refused
POST /staff/admin/people/<number>/roles    refused    refused   refused
POST /staff/admin/people/<number>/roles/<role>/take refused refused refused
POST /staff/admin/people/<number>/<move>   refused    refused   refused
POST /staff/admin/people/<number>/mark     refused    refused   refused
POST /staff/admin/people/<number>/code     refused    refused   refused
GET  /staff/admin/audit                    sign-in    refused   refused
GET  /staff/admin/places                   sign-in    refused   refused
GET  /staff/admin/places/<number>          sign-in    refused   refused
GET  /staff/admin/places/<number>/edit     sign-in    refused   refused
POST /staff/admin/places/<number>/edit     refused    refused   refused
GET  /staff/admin/places/<number>/add      sign-in    refused   refused
POST /staff/admin/places/<number>/add      refused    refused   refused
GET  /staff/admin/places/<number>/calendar         sign-in    refused   refused
POST /staff/admin/places/<number>/calendar         refused    refused   refused
POST /staff/admin/places/<number>/calendar/remove  refused    refused   refused
GET  /staff/admin/departments              sign-in    refused   refused
GET  /staff/admin/departments/add          sign-in    refused   refused
POST /staff/admin/departments/add          refused    refused   refused
GET  /staff/admin/departments/<number>/edit  sign-in  refused   refused
POST /staff/admin/departments/<number>/edit  refused  refused   refused
GET  /staff/admin/categories               sign-in    refused   refused
GET  /staff/admin/categories/add           sign-in    refused   refused
POST /staff/admin/categories/add           refused    refused   refused
GET  /staff/admin/categories/<number>/edit   sign-in  refused   refused
POST /staff/admin/categories/<number>/edit   refused  refused   refused
POST /staff/admin/<kind>/<number>/<where>    refused  refused   refused
POST /staff/admin/<kind>/<number>/retire     refused  refused   refused
POST /staff/admin/<kind>/<number>/bring-back refused  refused   refused
GET  /staff/admin/routes                   sign-in    refused   refused
GET  /staff/admin/routes/add               sign-in    refused   refused
POST /staff/admin/routes/add               refused    refused   refused
POST /staff/admin/routes/<number>/remove   refused    refused   refused
GET  /staff/admin/texts                    sign-in    refused   refused
POST /staff/admin/texts                    refused    refused   refused
GET  /staff/admin/priority                 sign-in    refused   refused
POST /staff/admin/priority                 refused    refused   refused
GET  /staff/admin/settings                 sign-in    refused   refused
POST /staff/admin/settings                 refused    refused   refused
"""
# Mail programs post there; the link must be right.
ONE_CLICK = {"/stop-mail/<token>", "/following/stop/<token>"}
# Pages of what counts everywhere.
OF_THE_WHOLE = (
    "/staff/mail",
    "/staff/admin/audit",
    "/staff/admin/departments",
    "/staff/admin/categories",
    "/staff/admin/texts",
    "/staff/admin/settings",
    "/staff/admin/priority",
)
VISITORS = ("anonymous", "resident", "outsider")
ROWS = [line.split() for line in TABLE.splitlines()[2:] if line]
GIVEN = {
    "path": "report",
    "step": "words",
    "about": "register",
    "token": "forged",
    "code": "liu-1-gate",
    "name": "event-1.1",
    "number": "1",
    "criterion": "1",
    "choice": "show",
    "role": "1",
    "move": "block",
    "kind": "places",
    "where": "earlier",
    "key": "0" * 32,
    "size": "large",
    "drawing": "0" * 64,
    "pin": "31.3,120.6",
    "filename": "css/base.css",
    "deed": "start",
    "how": "lines",
    "value": "1",
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
        for name, value in {**GIVEN, "reference": reference, "other": reference, "verb": verb}.items():
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
            if found != wanted or SECRET.encode() in answer.data:
                wrong.append(f"{method} {address}: {found}, not {wanted}")
    assert not wrong


def test_an_administrator_of_a_community_is_kept_from_what_counts_everywhere(
    app: Flask, browse: Browse, reference: str
) -> None:
    with app.app_context():
        session = db.session()
        place = session.get_one(Place, directory(session).place_codes["liu-1"].id)
        add_role(session, add_person(session, "local"), RoleName.ADMINISTRATOR, place, None)
        session.commit()
    client = browse("local")
    found = {
        f"{method} {address}": outcome(knock(client, method, address))
        for method, pattern_, *_expected in ROWS
        if pattern_.startswith(OF_THE_WHOLE)
        for address in addresses(pattern_, reference)
    }
    assert found == dict.fromkeys(found, "refused")
    assert "GET /staff/mail" in found
    page = client.get("/staff/admin").text
    assert [link for link in OF_THE_WHOLE if f'href="{link}"' in page] == []


@pytest.mark.parametrize("visitor", VISITORS)
def test_nothing_is_done_without_the_token_of_the_form(browse: Browse, reference: str, visitor: str) -> None:
    client = browse(None if visitor == "anonymous" else visitor)
    for method, pattern_, *_expected in ROWS:
        if method == "POST":
            for address in addresses(pattern_, reference):
                refused = "nothing" if pattern_ in ONE_CLICK else "no token"
                assert outcome(client.post(address, data={"seen": "2"})) == refused, address
