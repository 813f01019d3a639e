"""The pages of the committee's votes."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from portal.core import clock
from portal.core.db import db
from portal.priority.models import CommitteeVoice, CommitteeVote, Outcome
from portal.threads.models import Status, Thread
from tests.factories import Browse, count_queries, make_idea, make_report
from tests.priority.at_once import run_at_once
from tests.priority.committee import add_voters
from tests.triage.moving import look_up, post, post_move


def keep(app: Flask, make=make_report, **given: object) -> str:  # type: ignore[no-untyped-def]
    with app.app_context():
        thread = make(db.session(), now=clock.now(), **given)
        db.session.commit()
        return str(thread.reference)


def ask(browse: Browse, reference: str, **given: str) -> int:
    last = (clock.now() + timedelta(days=5)).date().isoformat()
    fields = {"question": "A school opens.", "proposed": "88", "ends_on": last} | given
    answer = post(browse("coordinator"), f"/staff/{reference}/vote?lang=en", fields)
    assert answer.status_code == 303, answer.text
    return int(answer.headers["Location"].rpartition("/")[2])


def vote(browse: Browse, who: str, number: int, **fields: str):  # type: ignore[no-untyped-def]
    return post(browse(who), f"/staff/votes/{number}?lang=en", fields)


def test_staff_read_why_a_report_has_its_priority(app: Flask, browse: Browse) -> None:
    page = browse("officer").get(f"/staff/{keep(app)}?lang=en").text
    assert "Priority " in page
    assert "of 100:" in page
    assert "people are hindered every day (3)" in page
    assert "0 people, 0 verified." in page
    assert "Ask the committee" not in page


def test_it_is_corrected_with_a_reason(app: Flask, browse: Browse) -> None:
    reference, officer = keep(app), browse("officer")
    before = look_up(officer, reference, lambda t: t.priority)
    fields = {"severity": "5", "likelihood": "5", "exposure": "5"}
    refused = post_move(officer, reference, "weigh", **fields)
    assert refused.status_code == 422
    assert 'value="5" selected' in refused.text
    assert post_move(officer, reference, "weigh", **fields, reason="It smells of gas.").status_code == 303
    after = look_up(officer, reference, lambda t: t.priority)
    page = officer.get(f"/staff/{reference}?lang=en").text
    assert after > before
    assert f"priority {before} → {after}" in page
    assert "It smells of gas." in page


def test_the_queue_has_first_what_presses_most_or_what_was_promised_soonest(
    app: Flask, browse: Browse
) -> None:
    first, second = keep(app, title="Older one"), keep(app, title="Worse one")
    officer = browse("officer")
    post_move(officer, second, "weigh", severity="5", likelihood="5", exposure="5", reason="Gas.")

    def order(address: str) -> list[str]:
        page = officer.get(address).text
        return sorted((first, second), key=page.index)

    assert order("/staff/queue?lang=en") == [second, first]
    assert order("/staff/queue?lang=en&sort=promised") == [first, second]


def test_the_committee_is_asked_votes_and_is_heard(app: Flask, browse: Browse) -> None:
    reference = keep(app, title="Lamp by the gate")
    number = ask(browse, reference, quorum="2", is_public="y")
    home = browse("officer").get("/staff?lang=en").text
    assert "1 vote of the committee waits for you" in home
    assert "Lamp by the gate" in home
    page = browse("officer").get(f"/staff/votes/{number}?lang=en").text
    assert "0 of 2 have voted" in page
    assert "A school opens." in page
    assert vote(browse, "officer", number, choice="approve").status_code == 303
    assert "of the committee waits" not in browse("officer").get("/staff?lang=en").text
    last = browse("coordinator")
    yes = {"choice": "approve", "reason": "Children walk there."}
    post(last, f"/staff/votes/{number}?lang=en", yes)
    page = last.get(f"/staff/votes/{number}?lang=en").text
    assert "with it the vote is over" in page
    assert "Set the priority to 88? It was" in page
    page = browse("officer").get(f"/staff/{reference}?lang=en").text
    assert "Priority 88" in page
    assert "The committee sets the priority to 88; it was" in page
    assert "2 for, 0 against, 0 abstained" in page
    public = browse().get(f"/reports/{reference}?lang=en").text
    assert "The committee sets the priority to 88" in public
    assert "Children walk there." not in public
    over = browse("officer").get("/staff/votes?lang=en").text
    assert "2 for, 0 against, 0 abstained" in over


def test_what_was_typed_is_kept_where_it_cannot_be_asked(app: Flask, browse: Browse) -> None:
    reference = keep(app)
    client = browse("coordinator")
    last = (clock.now() + timedelta(days=90)).date().isoformat()
    fields = {"question": "Please think about it.", "proposed": "88", "ends_on": last}
    for wrong in ({}, {"ends_on": "tomorrow"}, {"proposed": "many"}, {"quorum": "9"}):
        answer = post(client, f"/staff/{reference}/vote?lang=en", fields | wrong)
        assert answer.status_code == 422
        assert "Please think about it." in answer.text


def test_an_objection_without_a_reason_and_no_choice_are_told(app: Flask, browse: Browse) -> None:
    number = ask(browse, keep(app))
    refused = vote(browse, "officer", number, choice="object")
    assert refused.status_code == 422
    assert "Please give a reason for your objection." in refused.text
    none = vote(browse, "officer", number, reason="I think that it can wait.")
    assert none.status_code == 422
    assert "I think that it can wait." in none.text


def test_after_the_end_the_words_are_given_back(app: Flask, browse: Browse) -> None:
    number = ask(browse, keep(app))
    with app.app_context():
        row = db.session.get_one(CommitteeVote, number)
        row.ends_at = clock.now()
        db.session.commit()
    late = vote(browse, "officer", number, choice="object", reason="I was ill.")
    assert late.status_code == 409
    assert "I was ill." in late.text


def test_who_may_not_read_a_submission_reads_it_only_while_they_vote(app: Flask, browse: Browse) -> None:
    text = "Our landlord keeps the deposit."
    reference = keep(app, text=text, private=True, category="wages")
    assert browse("officer").get(f"/staff/{reference}").status_code == 404
    number = ask(browse, reference, quorum="1")
    address = f"/staff/votes/{number}?lang=en"
    assert text in browse("officer").get(address).text
    for who in ("officer", "coordinator"):
        vote(browse, who, number, choice="approve")
    page = browse("officer").get(address)
    assert page.status_code == 200
    assert text not in page.text
    assert browse("outsider").get(address).status_code == 404


def test_an_idea_is_screened(app: Flask, browse: Browse) -> None:
    reference = keep(app, make_idea)
    page = browse("coordinator").get(f"/staff/{reference}/vote?lang=en").text
    assert "Proposed priority" not in page
    number = ask(browse, reference, quorum="2")
    assert "idea up" in browse("officer").get(f"/staff/votes/{number}?lang=en").text
    for who in ("officer", "coordinator"):
        vote(browse, who, number, choice="approve")
    assert look_up(browse("coordinator"), reference, lambda t: t.status) == Status.OPEN


def test_two_vote_at_once_and_both_count(app: Flask, browse: Browse) -> None:
    number = ask(browse, keep(app), quorum="2")
    clients = [browse("officer"), browse("coordinator")]
    answers = run_at_once(
        [lambda c=client: post(c, f"/staff/votes/{number}", {"choice": "approve"}) for client in clients]
    )
    assert [a.status_code for a in answers] == [303, 303]
    with app.app_context():
        row = db.session.get_one(CommitteeVote, number)
        assert (row.outcome, row.approved) == (Outcome.ACCEPTED, 2)
        assert db.session.get_one(Thread, row.thread_id).priority == 88


def test_one_votes_twice_at_once_and_counts_once(app: Flask, browse: Browse) -> None:
    number = ask(browse, keep(app))
    clients = [browse("officer"), browse("officer")]
    answers = run_at_once(
        [lambda c=client: post(c, f"/staff/votes/{number}", {"choice": "approve"}) for client in clients]
    )
    assert {a.status_code for a in answers} == {303}
    with app.app_context():
        assert len(db.session.scalars(select(CommitteeVoice)).all()) == 1


def test_the_list_takes_the_same_number_of_queries_however_long(app: Flask, browse: Browse) -> None:
    client = browse("officer")

    def count() -> int:
        with count_queries(app) as statements:
            assert client.get("/staff/votes?lang=en").status_code == 200
        return len(statements)

    ask(browse, keep(app))
    few = count()
    for _ in range(4):
        ask(browse, keep(app))
    assert count() == few


def test_more_voters_are_told_of(app: Flask, browse: Browse) -> None:
    with app.app_context():
        add_voters(db.session(), 3)
        db.session.commit()
    page = browse("coordinator").get(f"/staff/{keep(app)}/vote?lang=en").text
    assert "5 people may vote" in page
