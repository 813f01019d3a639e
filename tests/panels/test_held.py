"""What is decided stays with the author and staff until it is announced, on every page."""

import pytest
from flask import Flask

from portal.core import clock
from portal.panels.decisions import announce, find_held
from tests.factories import Browse, thread_by_reference
from tests.panels.scenes import call_under_review, decided, open_idea, review_of
from tests.threads.publishing import writing

SECRET = "Quokka"


@pytest.fixture
def held(app: Flask) -> dict[str, str]:
    """An idea on which something is decided that only its author and staff may know."""
    with writing(app) as session:
        call, _idea = call_under_review(session)
        idea = open_idea(session, "Let us plant herbs by the gate.")
        review = review_of(session, idea)
        decided(
            session, idea, review, reason=f"{SECRET} one", dissent=f"{SECRET} two", without=f"{SECRET} three"
        )
        return {"reference": idea.reference, "code": call.code}


def pages(app: Flask, names: dict[str, str]) -> list[str]:
    """Return the addresses of all pages that can be made with these names."""
    address = app.url_map.bind("localhost")
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and set(rule.arguments) <= set(names)
    ]
    return sorted({address.build(r.endpoint, {k: names[k] for k in r.arguments}) for r in rules})


@pytest.mark.parametrize("who", [None, "neighbour", "officer"])
def test_nobody_else_reads_a_decision_that_is_held(
    app: Flask, browse: Browse, held: dict[str, str], who: str | None
) -> None:
    client, addresses = browse(who), pages(app, held)
    assert len(addresses) > 60
    told = [page for page in addresses if SECRET.encode() in client.get(page).data]
    assert told == []


def test_everybody_reads_it_once_it_is_announced(app: Flask, browse: Browse, held: dict[str, str]) -> None:
    with writing(app) as session:
        thread = thread_by_reference(session, held["reference"])
        found = find_held(session, thread.id)
        assert found is not None
        announce(session, found, thread, now=clock.now())
    told = [page for page in pages(app, held) if SECRET.encode() in browse().get(page).data]
    assert {f"/ideas/{held['reference']}", "/decisions"} <= set(told)
