"""From what comes up again to an idea that would prevent it, without JavaScript, in two clicks."""

import json
from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask
from playwright.sync_api import expect

from portal.core import clock
from portal.ideas.call_queries import find_call
from portal.threads.chains import tie
from portal.threads.events import SYSTEM
from tests.browser.conftest import Site, follow
from tests.browser.test_cases import sign_in_as
from tests.factories import make_report, person
from tests.ideas.calling import make_idea_in
from tests.threads.publishing import writing

pytestmark = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
CODE = "roads-paving-liu-1-1"


def test_a_chain_becomes_a_call_in_two_clicks_and_an_idea_answers_it(site: Site, app: Flask) -> None:
    with writing(app) as session:
        now = clock.now()
        days = [timedelta(days=9 * n) for n in range(6, 0, -1)]
        reports = [make_report(session, "Dark again.", now=now - ago) for ago in days]
        for earlier, later in pairwise(reports):
            tie(session, later, earlier, by=SYSTEM, now=now)
    page = sign_in_as(site, app, "coordinator", scripts=False, width=360)
    page.goto(f"{site.address}/staff/recurring")
    follow(page, page.get_by_role("link", name="Ask for ideas").first)
    follow(page, page.get_by_role("button", name="Show it to everybody").first)
    expect(page.get_by_text("Everybody can see the call now.")).to_be_visible()
    with writing(app) as session:
        call = find_call(session, CODE)
        assert call is not None
        idea = make_idea_in(session, call, "Lamps with their own sun.", author=person(session, "neighbour"))
        reference = idea.reference
    sender = sign_in_as(site, app, "neighbour", scripts=False, width=360)
    sender.goto(f"{site.address}/ideas/{reference}")
    follow(sender, sender.get_by_role("link", name="Say what it would prevent"))
    chain = sender.locator(".aims--asked li", has_text="It has come up 6 times since")
    follow(sender, chain.get_by_role("button", name="Yes, this"))
    expect(sender.get_by_text("Noted: it would prevent this.")).to_be_visible()
    sender.goto(f"{site.address}/ideas/needs")
    follow(sender, sender.get_by_role("link", name="1 idea answers 6 such reports"))
    expect(sender.get_by_role("link", name="Lamps with their own sun.")).to_be_visible()
    told = json.loads(sender.request.get(f"{site.address}/calls/{CODE}.json").body())
    (told_idea,) = told["ideas"]
    assert told_idea["would_prevent"] == [{"category": "roads-paving", "place": "liu-1"}]
