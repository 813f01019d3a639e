"""The public list of reports, a report's page, and "I am affected too"."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.communities.directory import get_directory
from portal.core import clock
from portal.core.db import db
from portal.reports.actions import close_as_not_ours, mark_fixed, reopen_as_unfixed, start_work
from portal.threads import pages
from portal.threads.actions import add_words, answer, ask, hide_words, note, reply, withdraw
from portal.threads.events import Actor, resident
from portal.threads.listing import PAGE_SIZE
from portal.threads.models import Thread
from tests.factories import (
    NOW,
    Browse,
    add_person,
    count_queries,
    directory,
    make_idea,
    make_report,
    make_undecided,
    person,
)
from tests.threads.publishing import link, press, titles, writing

EN = "lang=en"
LAMP = "南门的路灯坏了一个星期"


def publish(app: Flask, text: str = LAMP, **given: object) -> str:
    """Make a report and return its reference."""
    with writing(app) as session:
        return make_report(session, text, **given).reference  # type: ignore[arg-type]


# The list


def test_the_newest_reports_stand_first_in_pages_of_25(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        for i in range(PAGE_SIZE + 2):
            make_report(session, f"Lamp number {i} is dark.")
    first = client.get(f"/reports?{EN}").text
    assert titles(first) == [f"Lamp number {i} is dark." for i in range(PAGE_SIZE + 1, 1, -1)]
    assert link(first, "prev") is None
    second = client.get(link(first, "next") or "").text
    assert titles(second) == ["Lamp number 1 is dark.", "Lamp number 0 is dark."]
    assert link(second, "next") is None
    assert titles(client.get(link(second, "prev") or "").text) == titles(first)


def test_a_line_tells_what_it_is_about_where_when_and_how_far(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        report = make_report(session, now=NOW - timedelta(days=3))
        report.votes_total = 12
    with clock.frozen(NOW):
        html = client.get(f"/reports?{EN}").text
    for words in (
        "Streets, paving and lights",
        "Willow First Lane",
        "3 days ago",
        "With department",
        "12 affected",
    ):
        assert words in html


def test_what_waits_for_a_first_look_is_listed_without_its_words(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        passer_by = add_person(session, "passer-by", verified=False)
        waiting = make_report(session, "The lamp is dark.", author=passer_by, title="My lamp")
        reference = waiting.reference
    html = client.get(f"/reports?{EN}").text
    assert titles(html) == ["Waiting for a first look"]
    assert "Streets, paving and lights" in html
    page = client.get(f"/reports/{reference}?{EN}").text
    for text in (html, page, client.get(f"/reports?{EN}&q=lamp").text):
        assert "lamp is dark" not in text
        assert "My lamp" not in text
    assert "Staff look at the words first" in page


def test_chinese_words_are_found_in_either_script(app: Flask, client: FlaskClient) -> None:
    publish(app)
    publish(app, "學校門口的路燈壞了，南門也一樣，一個星期了")
    publish(app, "电梯停了")
    for words in ("路灯", "路燈", "灯", "燈", "路灯坏", "南门 星期"):
        html = client.get("/reports", query_string={"q": words, "lang": "en"}).text
        assert len(titles(html)) == 2
        assert "2 reports" in html


def test_latin_words_are_found_whole_and_in_any_case(app: Flask, client: FlaskClient) -> None:
    publish(app, "The LAMP by block 4 is dark.")
    assert len(titles(client.get(f"/reports?{EN}&q=lamp+block").text)) == 1
    nothing = client.get(f"/reports?{EN}&q=lam").text
    assert "Nothing found" in nothing
    assert 'value="lam"' in nothing


def test_public_answers_are_found_and_notes_are_not(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        officer = Actor(person(session, "officer"), "officer")
        report = make_report(session)
        reply(session, report, "明天换灯泡", by=officer, now=NOW)
        note(session, report, "同事去过", by=officer, now=NOW)
        add_words(session, report, "还有一盏也坏了", by=resident(report.author), now=NOW)
    assert len(titles(client.get("/reports?q=灯泡").text)) == 1
    assert titles(client.get("/reports?q=同事").text) == []
    assert titles(client.get("/reports?q=一盏").text) == []


def test_a_reference_typed_in_the_search_opens_its_page(app: Flask, client: FlaskClient) -> None:
    reference = publish(app)
    for typed in (reference, reference.replace("-", ""), f" {reference.replace('-', ' ')} "):
        answer_ = client.get("/reports", query_string={"q": typed})
        assert (answer_.status_code, answer_.location) == (303, f"/reports/{reference}")
    with writing(app) as session:
        idea, private = make_idea(session).reference, make_report(session, private=True).reference
    assert client.get("/reports", query_string={"q": idea}).location == f"/ideas/{idea}"
    assert client.get("/reports", query_string={"q": private}).status_code == 200


def test_filters_narrow_and_can_be_taken_off_one_by_one(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        places = directory(session).place_codes
        make_report(session, "Near and noisy", category="noise")
        make_report(session, "Near and dark")
        make_report(session, "Far and noisy", category="noise", place_id=places["qiao-1"].id)
    both = client.get(f"/reports?{EN}&place=liu&category=surroundings").text
    assert titles(both) == ["Near and noisy"]
    assert "1 report<" in both
    assert titles(client.get(f"/reports?{EN}&category=noise").text) == ["Far and noisy", "Near and noisy"]
    assert titles(client.get(f"/reports?{EN}&place=liu-1").text) == ["Near and dark", "Near and noisy"]
    assert 'href="/reports?lang=en&amp;place=liu"' in both
    assert 'href="/reports?lang=en&amp;category=surroundings"' in both


def test_states_are_chosen_by_group_or_singly(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        officer = Actor(person(session, "officer"), "officer")
        make_report(session, "Just sent")
        fixed, ended = make_report(session, "Mended"), make_report(session, "Elsewhere")
        mark_fixed(session, fixed, "New lamp.", by=officer, now=NOW)
        close_as_not_ours(session, ended, "The county's.", by=officer, now=NOW)
    for status, expected in {
        "not-settled": ["Just sent"],
        "settled-fixed": ["Mended"],
        "settled-unfixed": ["Elsewhere"],
        "not_ours": ["Elsewhere"],
        "with_department": ["Just sent"],
    }.items():
        assert titles(client.get(f"/reports?{EN}&status={status}").text) == expected


def test_most_affected_and_lately_changed_come_first_when_wanted(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        first, second, _third = (make_report(session, f"Number {i}") for i in (1, 2, 3))
        second.votes_total = 5
        reply(
            session,
            first,
            "We look.",
            by=Actor(person(session, "officer"), "officer"),
            now=NOW + timedelta(days=1),
        )
    assert titles(client.get(f"/reports?{EN}&sort=top").text) == ["Number 2", "Number 3", "Number 1"]
    assert titles(client.get(f"/reports?{EN}&sort=changed").text) == ["Number 1", "Number 3", "Number 2"]


@pytest.mark.parametrize(
    "query",
    [
        "category=nowhere&place=%00&status=open&sort=worst",
        "after=x&before=-1&sort=top",
        "q=%22%20OR%20*%20NEAR(",
        "q=%F0%9F%99%82",
        "q=" + "长" * 5000,
        "q=%ED%A0%80",
        "after=999999999999999999999999",
    ],
)
def test_a_made_up_address_shows_a_list_all_the_same(app: Flask, client: FlaskClient, query: str) -> None:
    publish(app)
    assert client.get(f"/reports?{query}").status_code == 200


def test_an_empty_list_says_so_and_leads_on(client: FlaskClient) -> None:
    html = client.get(f"/reports?{EN}").text
    assert "No reports yet" in html
    assert 'href="/report/"' in html


def test_a_list_costs_the_same_number_of_queries_whatever_the_rows(app: Flask, client: FlaskClient) -> None:
    numbers = []
    for rows in (3, 30):
        with writing(app) as session:
            for _row in range(rows):
                make_report(session)
        client.get("/reports")
        with count_queries(app) as statements:
            client.get("/reports")
            client.get("/reports?q=lamp&place=liu&sort=top")
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]
    assert numbers[0] <= 5 + 2  # version and lines; version, count and lines; SQLite's BEGINs


# One report


def test_a_report_page_tells_what_the_public_may_know(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        officer = Actor(person(session, "officer"), "officer")
        report = make_report(
            session,
            "南门的路灯坏了，我的电话是13812345678",
            spot_id=directory(session).place_codes["liu-1-gate"].id,
            address="3号楼, 13812345678",
            now=NOW - timedelta(days=1),
        )
        start_work(session, report, by=officer, now=NOW)
        mark_fixed(session, report, "换了灯泡。", by=officer, now=NOW)
        reference = report.reference
    html = client.get(f"/reports/{reference}?{EN}").text
    for words in (
        "138••••••78",
        "Streets, paving and lights",
        "Willow Street › Willow First Lane",
        "South Gate",
        "3号楼",
        "Housing and Urban Construction",
        "Fixed, says the department.",
        "换了灯泡。",
        reference,
    ):
        assert words in html
    assert "13812345678" not in html
    assert "Sent by" not in html


def test_the_name_is_shown_only_if_the_sender_wants_it(app: Flask, client: FlaskClient) -> None:
    named = publish(app, name_shown=True)
    assert "Sent by resident" in client.get(f"/reports/{named}?{EN}").text
    with writing(app) as session:
        author = add_person(session, "passer-by", verified=False)
        waiting = make_report(session, author=author, name_shown=True, address="3号楼").reference
    html = client.get(f"/reports/{waiting}?{EN}").text
    assert "passer-by" not in html
    assert "3号楼" not in html


def test_what_passes_between_sender_and_staff_stays_between_them(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        officer, sender = Actor(person(session, "officer"), "officer"), resident(person(session, "resident"))
        report = make_report(session)
        ask(session, report, "Which lamp exactly?", by=officer, now=NOW)
        answer(session, report, "The left one.", by=sender, now=NOW)
        add_words(session, report, "It flickers too.", by=sender, now=NOW)
        note(session, report, "Known to us.", by=officer, now=NOW)
        mark_fixed(session, report, "A new bulb.", by=officer, now=NOW)
        reopen_as_unfixed(
            session, report, "Dark again.", by=sender, directory=get_directory(session), now=NOW
        )
        reference = report.reference
    html = client.get(f"/reports/{reference}?{EN}").text
    for words in ("Which lamp", "left one", "flickers", "Known to us", "Dark again"):
        assert words not in html
    assert "A new bulb." in html
    assert "Opened again: the sender says" in html


def test_a_promise_is_shown_until_it_is_kept_and_named_when_late(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        report = make_report(session)
        due, reference, number = report.due_at, report.reference, report.id
    with clock.frozen(due - timedelta(hours=1)):
        assert "(late)" not in client.get(f"/reports/{reference}?{EN}").text
    with clock.frozen(due + timedelta(hours=1)):
        assert "(late)" in client.get(f"/reports/{reference}?{EN}").text
    with writing(app) as session:
        officer = Actor(person(session, "officer"), "officer")
        reply(session, session.get_one(Thread, number), "We look.", by=officer, now=due)
    with clock.frozen(due + timedelta(hours=1)):
        html = client.get(f"/reports/{reference}?{EN}").text
    assert "(late)" not in html
    assert "First answer" in html


def test_what_is_not_for_the_public_is_not_found(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        coordinator = Actor(person(session, "coordinator"), "coordinator")
        private = make_report(session, private=True)
        undecided = make_undecided(session)
        hidden, gone = make_report(session), make_report(session)
        hide_words(session, hidden, "It names a child.", by=coordinator, now=NOW)
        withdraw(session, gone, by=resident(gone.author), now=NOW)
        references = [t.reference for t in (private, undecided, hidden, gone)]
    for reference in [*references, "123-456-789", "x", "%00", "482613905482613905"]:
        assert client.get(f"/reports/{reference}").status_code == 404


def test_a_reference_written_otherwise_leads_to_the_one_address(app: Flask, client: FlaskClient) -> None:
    reference = publish(app)
    for written in (reference.replace("-", ""), reference.replace("-", "%20")):
        moved = client.get(f"/reports/{written}")
        assert (moved.status_code, moved.location) == (301, f"/reports/{reference}")
    moved = client.get(f"/ideas/{reference}")
    assert (moved.status_code, moved.location) == (301, f"/reports/{reference}")
    misread = reference[:-1] + str((int(reference[-1]) + 1) % 10)
    assert client.get(f"/reports/{misread}").status_code == 404


def test_words_of_people_are_never_markup(app: Flask, client: FlaskClient) -> None:
    reference = publish(app, "<script>alert(1)</script> & the lamp", title="<b>Lamp</b>")
    for html in (client.get("/reports").text, client.get(f"/reports/{reference}").text):
        assert "<script>alert" not in html
        assert "<b>Lamp" not in html


def test_a_report_page_costs_few_queries_however_much_happened(
    app: Flask, client: FlaskClient, browse: Browse
) -> None:
    with writing(app) as session:
        report = make_report(session)
        officer = Actor(person(session, "officer"), "officer")
        for i in range(20):
            reply(session, report, f"Answer {i}", by=officer, now=NOW)
        address = f"/reports/{report.reference}"
    # Itself with its words, the directory's version, its events, and ideas that would prevent it.
    for browser, most in ((client, 4), (browse("neighbour"), 11)):
        browser.get(address)
        with count_queries(app) as statements:
            browser.get(address)
        assert len([s for s in statements if s != "BEGIN"]) <= most


# Votes


def counts(app: Flask, reference: str) -> tuple[int, int]:
    with app.app_context():
        thread = db.session.query(Thread).filter_by(reference=reference).one()
        return thread.votes_total, thread.votes_verified


def test_a_vote_counts_once_and_is_taken_back_with_one_click(app: Flask, browse: Browse) -> None:
    reference = publish(app)
    neighbour = browse("neighbour")
    page = f"/reports/{reference}"
    voted = press(neighbour, page, f"{page}/vote")
    assert (voted.status_code, voted.location) == (303, page)
    assert "1 affected, 1 of them verified" in neighbour.get(f"{page}?{EN}").text
    press(neighbour, page, f"{page}/vote")
    assert counts(app, reference) == (1, 1)
    assert "Take back" in neighbour.get(f"{page}?{EN}").text
    press(neighbour, page, f"{page}/vote/take-back")
    assert counts(app, reference) == (0, 0)
    press(neighbour, page, f"{page}/vote/take-back")
    assert counts(app, reference) == (0, 0)


def test_a_browser_without_sign_in_is_one_unverified_person(app: Flask, browse: Browse) -> None:
    reference = publish(app)
    page = f"/reports/{reference}"
    for _browser in range(2):
        browser = browse()
        press(browser, page, f"{page}/vote")
        press(browser, page, f"{page}/vote")
        assert "Take back" in browser.get(f"{page}?{EN}").text
    assert counts(app, reference) == (2, 0)


def test_a_closed_report_takes_no_more_votes(app: Flask, browse: Browse) -> None:
    with writing(app) as session:
        report = make_report(session)
        officer = Actor(person(session, "officer"), "officer")
        close_as_not_ours(session, report, "The county's.", by=officer, now=NOW)
        reference = report.reference
    browser, page = browse("neighbour"), f"/reports/{reference}"
    assert "This report is closed." in browser.get(f"{page}?{EN}").text
    other = publish(app)
    assert press(browser, f"/reports/{other}", f"{page}/vote").status_code == 409
    assert counts(app, reference) == (0, 0)


def test_what_is_not_listed_takes_no_votes(app: Flask, browse: Browse) -> None:
    shown, private = publish(app), publish(app, private=True)
    browser = browse("neighbour")
    for reference in (private, "123-456-789"):
        assert press(browser, f"/reports/{shown}", f"/reports/{reference}/vote").status_code == 404
    assert counts(app, private) == (0, 0)


def test_a_vote_needs_the_form_of_the_page(app: Flask, client: FlaskClient) -> None:
    reference = publish(app)
    assert client.post(f"/reports/{reference}/vote").status_code == 400
    assert counts(app, reference) == (0, 0)


def test_votes_are_limited_for_a_person_but_not_for_a_shared_address(
    app: Flask, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "VOTES_OF_A_PERSON", 2)
    reference = publish(app)
    page = f"/reports/{reference}"
    browser = browse("neighbour")
    answers = [press(browser, page, f"{page}/vote").status_code for _try in range(3)]
    assert answers == [303, 303, 429]
    assert press(browse("resident"), page, f"{page}/vote").status_code == 303
    assert counts(app, reference) == (2, 2)
