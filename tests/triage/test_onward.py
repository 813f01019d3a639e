"""Where a move leads: to the next of the list it was read from, else to the same again."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import NOW, Browse, make_idea, make_report
from tests.threads.publishing import writing
from tests.triage.moving import look_up, post

DAY = timedelta(days=1)


def make(app: Flask, *texts: str, **given: object) -> list[str]:
    """Make a report of each text, each promised a day later than the one before; return their references."""
    with writing(app) as session:
        reports = [make_report(session, text, now=NOW + n * DAY, **given) for n, text in enumerate(texts)]  # type: ignore[arg-type]
        return [report.reference for report in reports]


def move(client: FlaskClient, reference: str, verb: str, query: str, **fields: str) -> TestResponse:
    seen = look_up(client, reference, lambda thread: thread.last_sequence)
    return post(client, f"/staff/{reference}/{verb}?lang=en&{query}", {"seen": str(seen), **fields})


def test_a_move_that_takes_it_out_of_the_list_leads_to_the_next_of_that_very_list(
    app: Flask, browse: Browse
) -> None:
    first, taken, third = make(app, "First", "Second", "Third")
    client = browse("officer")
    move(client, taken, "take", "")
    answer = move(client, first, "take", "queue=queue&whose=unassigned")
    assert answer.location == f"/staff/{third}?queue=queue&whose=unassigned"
    page = client.get(answer.location).text
    assert "You have it now." in page
    assert f'href="/staff/{first}?queue=queue&amp;whose=unassigned"' in page  # back to the one just done


@pytest.mark.parametrize("query", ["queue=queue", "queue=search&q=Second", ""])
def test_a_move_that_leaves_it_in_the_list_shows_it_again(app: Flask, browse: Browse, query: str) -> None:
    _first, second, _third = make(app, "First", "Second", "Third")
    answer = move(browse("officer"), second, "note", query, note="Seen there.")
    assert answer.location == f"/staff/{second}?{query or 'queue=queue'}"


def test_the_last_one_leads_back_to_the_list(app: Flask, browse: Browse) -> None:
    first, last = make(app, "First", "Last", category=None)
    client = browse("coordinator")
    answer = move(client, last, "sort", "queue=desk", category="noise")
    assert answer.location == "/staff/desk"
    page = client.get(answer.location).text
    assert "It is with the department now." in page
    assert f'href="/staff/{first}?queue=desk"' in page  # what was skipped still stands there


def test_what_is_closed_elsewhere_stays_open_after_a_note(app: Flask, browse: Browse) -> None:
    """It stands in no queue before the move nor after it, so it hasn't left any."""
    first, _second = make(app, "First", "Second")
    client = browse("coordinator")
    move(client, first, "no-action", "", reason="Private ground.")
    assert move(client, first, "note", "queue=queue", note="They rang.").location.startswith(
        f"/staff/{first}"
    )


def test_a_script_is_told_what_was_done_and_where_to_go_on(app: Flask, browse: Browse) -> None:
    first, second = make(app, "First <b>", "Second", category=None)
    client = browse("coordinator")
    seen = look_up(client, first, lambda thread: thread.last_sequence)
    told = post_as_script(client, first, seen)
    assert f'data-onward="/staff/{second}?queue=desk"' in told
    assert f'data-left="{first}"' in told
    assert "First &lt;b&gt;" in told
    assert "It is with the department now." in told
    assert '<span id="list-count">1 submission</span>' in told
    assert "It is with the department now." not in client.get("/staff/desk").text  # it is said once


def post_as_script(client: FlaskClient, reference: str, seen: int) -> str:
    client.environ_base["HTTP_X_PANE"] = "1"
    answer = post(
        client, f"/staff/{reference}/sort?queue=desk&lang=en", {"seen": str(seen), "category": "noise"}
    )
    del client.environ_base["HTTP_X_PANE"]
    assert answer.status_code == 200
    return answer.text


def test_the_list_beside_shows_what_stands_around_the_open_one(app: Flask, browse: Browse) -> None:
    references = make(app, *(f"Report {n}" for n in range(40)))
    page = browse("officer").get(f"/staff/{references[10]}?queue=queue&lang=en").text
    shown = re.findall(r'data-reference="([\d-]+)"', page.split('id="side"')[0])
    assert shown == references[5:31]
    assert "40 submissions" in page
    further = re.search(r'class="pager__older" href="([^"]+)"', page)
    assert further
    rest = browse("officer").get(further[1].replace("&amp;", "&")).text
    assert re.findall(r'<li class="row[^>]*data-reference="([\d-]+)"', rest) == references[31:]


def test_a_list_that_is_not_the_persons_is_not_gone_through(app: Flask, browse: Browse) -> None:
    (reference,) = make(app, "First")
    page = browse("officer").get(f"/staff/{reference}?queue=desk").text
    assert 'href="/staff/queue"' in page
    assert "/staff/desk" not in page


@pytest.mark.parametrize(
    "query", ["queue=nothing", "reference=1&verb=2", "_scheme=x&_external=1", "queue=queue&whose=x&q=%00"]
)
def test_a_forged_list_never_fails(app: Flask, browse: Browse, query: str) -> None:
    (reference,) = make(app, "First")
    page = browse("officer").get(f"/staff/{reference}?{query}")
    assert page.status_code == 200
    assert 'action="/staff/' in page.text


def test_ideas_are_gone_through_in_the_order_one_chose(app: Flask, browse: Browse) -> None:
    with writing(app) as session:
        older, newer = make_idea(session, "Older"), make_idea(session, "Newer")
        older.votes_total = 3
        references = older.reference, newer.reference
    client = browse("coordinator")
    page = client.get(f"/staff/{references[0]}?queue=ideas&sort=supported").text
    assert f'href="/staff/{references[1]}?queue=ideas&amp;sort=supported" rel="next"' in page
    assert 'rel="next"' not in client.get(f"/staff/{references[0]}?queue=ideas").text


@pytest.mark.parametrize("way", ["split", "recurs", "similar/not-same"])
def test_the_list_that_one_reads_from_is_not_left(app: Flask, browse: Browse, way: str) -> None:
    """Also on a page of its own, and without scripts."""
    first, second = make(app, "The lamp is dark.", "The lamp is dark again.")
    client, query = browse("coordinator"), "queue=search&q=lamp"
    parts = {"about_1": "Late wages", "target_1": "wages"} if way == "split" else {"other": second}
    answer = move(client, first, way, query, **parts)
    assert answer.status_code == 303
    assert query in answer.location
    page = client.get(f"/staff/{first}?{query}").text
    assert f'/staff/{first}/split?queue=search&amp;q=lamp"' in page
