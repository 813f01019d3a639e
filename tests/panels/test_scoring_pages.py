"""The pages of scoring: the sheet, the sealed page, the scores with what is said about them."""

import csv
import email
import io
import re
from datetime import timedelta
from email import policy

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.dates import today
from portal.core.db import db
from portal.core.worker import run_all
from portal.panels.models import Review, SeatState
from portal.panels.results import read_scores
from portal.panels.rubric import list_yardsticks
from portal.panels.scores import Remark
from portal.threads.models import Event
from tests.factories import Browse, count_queries, form_fields, make_idea, person
from tests.panels.scoring_scene import PANEL, make_review, score, seat_of, send
from tests.priority.at_once import run_at_once
from tests.threads.publishing import writing

EN = "lang=en"
HOSTILE = "<script>alert(1)</script> =1+1"


def keep(app: Flask, given: dict[str, tuple[int | None, str]] | None = None, **changes: object) -> int:
    """Keep a review in which these have handed in."""
    with writing(app) as session:
        now = clock.now()
        author = person(session, "neighbour")
        idea = make_idea(session, author=author, name_shown=True, now=now)
        review = make_review(session, idea, now=now)
        for name, (value, reason) in (given or {}).items():
            score(session, review, name, value, reason, now=now)
        for name, value in changes.items():
            setattr(review, name, value)
        return review.id


ALL = {
    "panellist": (5, "Everybody asks for it."),
    "second": (0, "Nobody would come."),
    "third": (None, HOSTILE),
}


def filled(session: Session, number: int, value: str = "4", why: str = "Good.") -> dict[str, str]:
    """Return the fields of a whole sheet."""
    fields = {}
    for y in list_yardsticks(session, session.get_one(Review, number)):
        fields |= {f"choice_{y.id}": "1" if y.is_knock_out else value, f"reason_{y.id}": why}
    return fields


def fields_of(app: Flask, number: int, value: str = "4", why: str = "Good.") -> dict[str, str]:
    with app.app_context():
        return filled(db.session(), number, value, why)


def test_a_panellist_saves_a_draft_and_hands_it_in(app: Flask, browse: Browse) -> None:
    number, client = keep(app), browse("panellist")
    address = f"/staff/reviews/{number}/score?{EN}"
    page = client.get(address).text
    assert "0 of 3 have handed in." in page
    assert "Many have it, and it would be much better" in page
    assert "Let us plant herbs" in page
    fields = fields_of(app, number)
    first = next(iter(fields))
    saved = send(client, address, {first: "3", "move": "save"})
    assert saved.status_code == 303
    page = client.get(address).text
    assert "Saved as a draft. Only you see it." in page
    assert f'name="{first}" type="radio" value="3" checked' in page
    missing = send(client, address, {first: "3", "move": "hand_in"})
    assert missing.status_code == 422
    assert "It solves a real problem: please say why." in missing.text
    assert f'name="{first}" type="radio" value="3" checked' in missing.text
    assert send(client, address, fields | {"move": "hand_in"}).status_code == 303
    page = client.get(address).text
    assert "You have handed in." in page
    assert "1 of 3 have handed in." in page
    assert "Good." in page
    assert 'name="move"' not in page


def test_the_script_saves_and_hears_the_next_revision(app: Flask, browse: Browse) -> None:
    number, client = keep(app), browse("panellist")
    address = f"/staff/reviews/{number}/score?{EN}"
    fields = form_fields(client.get(address).text) | fields_of(app, number) | {"move": "save"}
    json = {"Accept": "application/json"}
    said = client.post(address, data=fields, headers=json)
    assert said.json is not None
    assert said.json["seen"] == 1
    assert said.json["text"].startswith("Saved ")
    stale = client.post(address, data=fields_of(app, number, "2") | fields | {"seen": "7"}, headers=json)
    assert stale.status_code == 200  # the same answers again are no quarrel
    other = fields | fields_of(app, number, "2") | {"seen": "7"}
    refused = client.post(address, data=other, headers=json)
    assert refused.status_code == 409
    assert refused.json is not None
    assert "another window" in refused.json["error"]
    long = fields | fields_of(app, number, why="x" * 2_001) | {"seen": "1"}
    assert client.post(address, data=long, headers=json).status_code == 422
    assert client.post(address, data=fields | {"seen": ""}, headers=json).status_code == 422


def test_what_another_tab_saved_is_not_overwritten_and_the_words_stay(app: Flask, browse: Browse) -> None:
    number, client = keep(app), browse("panellist")
    address = f"/staff/reviews/{number}/score?{EN}"
    old = form_fields(client.get(address).text)
    send(client, address, fields_of(app, number) | {"move": "save"})
    refused = client.post(address, data=old | fields_of(app, number, "2", "Typed here.") | {"move": "save"})
    assert refused.status_code == 409
    assert "Typed here." in refused.text
    assert "another window" in refused.text


@pytest.mark.parametrize("value", ["6", "-1", "x", "9" * 30])
def test_an_answer_that_is_not_offered_is_refused(app: Flask, browse: Browse, value: str) -> None:
    number, client = keep(app), browse("panellist")
    fields = fields_of(app, number) | {"move": "save"}
    fields[next(iter(fields))] = value
    assert send(client, f"/staff/reviews/{number}/score?{EN}", fields).status_code == 422


def test_who_has_not_declared_is_told_to_and_who_is_recused_finds_nothing(app: Flask, browse: Browse) -> None:
    number = keep(app)
    for state, status in ((SeatState.ASKED, 200), (SeatState.RECUSED, 404), (SeatState.RELEASED, 404)):
        with writing(app) as session:
            seat_of(session, session.get_one(Review, number), "panellist").state = state
        page = browse("panellist").get(f"/staff/reviews/{number}/score?{EN}")
        assert page.status_code == status
        assert ("First say whether you have an interest" in page.text) == (status == 200)
        assert 'name="move"' not in page.text
        sealed = browse("panellist").get(f"/staff/reviews/{number}/scores?{EN}")
        assert sealed.status_code == 404


def test_the_scoring_page_names_nobody_and_counts_no_support(app: Flask, browse: Browse) -> None:
    number = keep(app, {"second": (2, "Secret reason.")})
    page = browse("panellist").get(f"/staff/reviews/{number}/score?{EN}").text
    main = re.sub(r"<[^>]*>", " ", page[page.index("<main") : page.index("</main>")])
    for word in ("neighbour", "second", "third", "Secret reason", "support"):
        assert word not in main, word


def test_who_sits_on_it_reads_no_sender_on_the_staffs_page_until_the_reveal(
    app: Flask, browse: Browse
) -> None:
    number = keep(app, {"second": (2, "Secret reason.")})
    with app.app_context():
        reference = db.session().get_one(Review, number).thread.reference

    def tells(who: str) -> bool:
        text = browse(who).get(f"/staff/{reference}?{EN}").text
        shown = {"E-mail address left and confirmed" in text, "0 people, 0 verified" in text}
        assert len(shown) == 1
        return shown == {True}

    assert tells("coordinator")
    assert not tells("panellist")
    with writing(app) as session:
        review = session.get_one(Review, number)
        for name in ("panellist", "third"):
            score(session, review, name, 3, now=clock.now())
    assert tells("panellist")


def test_coordinators_see_how_many_are_in_and_nothing_more(app: Flask, browse: Browse) -> None:
    number = keep(app, {"second": (2, "Secret reason.")})
    coordinator = browse("coordinator")
    page = coordinator.get(f"/staff/reviews/{number}/scores?{EN}")
    assert "1 of 3 have handed in." in page.text
    assert "Secret reason" not in page.text
    assert "Reveal them now" not in page.text
    assert coordinator.get(f"/staff/reviews/{number}/scores.csv").status_code == 404
    fields = form_fields(coordinator.get("/staff/ideas/calls/add").text)
    assert coordinator.post(f"/staff/reviews/{number}/reveal", data=fields).status_code == 409
    assert browse("panellist").post(f"/staff/reviews/{number}/reveal", data=fields).status_code in (400, 403)


def test_all_in_shows_who_gave_what_and_where_they_disagree(app: Flask, browse: Browse) -> None:
    number = keep(app, ALL)
    for name in ("coordinator", *PANEL):
        page = browse(name).get(f"/staff/reviews/{number}/scores?{EN}").text
        assert "2.5 of 5 points, or 50 of 100." in page
        assert "Everybody asks for it." in page
        assert "0 to 5 (± 2.5)" in page
        assert "2 answered, 1 abstained" in page
        assert page.count("Here the panel disagrees most.") == 5
        assert "Some say it is not met: It is lawful, and safe to try." in page
        assert HOSTILE not in page
        assert "&lt;script&gt;" in page
    assert browse("panellist").get(f"/staff/reviews/{number}/score").status_code == 302
    for name in ("officer", "resident", "administrator"):
        assert browse(name).get(f"/staff/reviews/{number}/scores").status_code == 403


def test_scores_are_given_anew_beside_the_first(app: Flask, browse: Browse) -> None:
    number, client = keep(app, ALL), browse("second")
    address = f"/staff/reviews/{number}/revise?{EN}"
    assert "Nobody would come." in client.get(address).text
    assert send(client, address, fields_of(app, number, "", "")).status_code == 422
    done = send(client, address, fields_of(app, number, "4", "The school would come."))
    assert done.status_code == 303
    page = browse("coordinator").get(f"/staff/reviews/{number}/scores?{EN}").text
    for words in (
        "The school would come.",
        "Nobody would come.",
        "4.5 of 5 points",
        "At the reveal: 2.5 of 5",
    ):
        assert words in page
    assert browse("coordinator").get(address).status_code == 403


def test_the_panel_talks_about_a_criterion(app: Flask, browse: Browse) -> None:
    number, client = keep(app, ALL), browse("coordinator")
    with app.app_context():
        criterion = list_yardsticks(db.session(), db.session().get_one(Review, number))[0].id
    page = f"/staff/reviews/{number}/scores?{EN}"
    address = f"/staff/reviews/{number}/remarks/{criterion}?{EN}"
    fields = form_fields(client.get(page).text)
    assert client.post(address, data=fields | {"text": " "}).status_code == 422
    for _twice in range(2):
        said = client.post(address, data=fields | {"text": f"Who pays? {HOSTILE}"})
        assert said.status_code == 303
    assert browse("third").get(page).text.count("Who pays?") == 1
    with app.app_context():
        assert db.session().query(Remark).count() == 1
    elsewhere = f"/staff/reviews/{number}/remarks/999?{EN}"
    assert client.post(elsewhere, data=fields | {"text": "x"}).status_code == 404
    with writing(app) as session:
        session.get_one(Review, number).closed_at = clock.now()
    late = client.post(address, data=fields | {"text": "What I typed too late."})
    assert late.status_code == 409
    assert "What I typed too late." in late.text


def test_the_scores_are_a_table_to_take_away(app: Flask, browse: Browse) -> None:
    number = keep(app, ALL | {"third": (3, "=HYPERLINK(1)")})
    answer = browse("coordinator").get(f"/staff/reviews/{number}/scores.csv?{EN}")
    rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert rows[0][:4] == ["Criterion", "Weight", "Panellist", "First score"]
    assert rows[1] == ["It solves a real problem", "30", "panellist", "5", "Everybody asks for it.", "", ""]
    assert rows[3][4] == "'=HYPERLINK(1)"
    assert rows[-1] == ["2.7 of 5 points, or 53 of 100."]


def test_queries_do_not_grow_with_the_panel(app: Flask, browse: Browse) -> None:
    few, many = keep(app, ALL), keep(app, ALL)
    counts = []
    for number in (few, many):
        client = browse("coordinator")
        with count_queries(app) as statements:
            client.get(f"/staff/reviews/{number}/scores")
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 22


def test_two_who_hand_in_at_the_same_moment_are_both_in_and_it_is_revealed_once(
    app: Flask, browse: Browse
) -> None:
    number = keep(app, {"panellist": (5, "Yes.")})
    address = f"/staff/reviews/{number}/score?{EN}"
    fields = fields_of(app, number) | {"move": "hand_in"}
    clients = [browse(name) for name in ("second", "third")]
    answers = run_at_once([lambda c=client: send(c, address, fields) for client in clients])
    assert [answer.status_code for answer in answers] == [303, 303]
    with app.app_context():
        kinds = db.session().scalars(select(Event.kind).where(Event.kind.like("panel.%"))).all()
        assert sorted(kinds) == ["panel.revealed", *["panel.scored"] * 3]
        assert read_scores(db.session(), db.session().get_one(Review, number)).panellists == 3


def test_one_who_hands_in_twice_at_once_is_in_once(app: Flask, browse: Browse) -> None:
    number = keep(app)
    address = f"/staff/reviews/{number}/score?{EN}"
    fields = fields_of(app, number) | {"move": "hand_in"}
    clients = [browse("panellist"), browse("panellist")]
    answers = run_at_once([lambda c=client: send(c, address, fields) for client in clients])
    assert {answer.status_code for answer in answers} == {303}
    with app.app_context():
        scored = db.session().scalars(select(Event.kind).where(Event.kind == "panel.scored")).all()
        assert len(scored) == 1


def test_what_was_decided_before_the_reveal_asks_for_nothing_more(app: Flask, browse: Browse) -> None:
    number = keep(app, {"panellist": (5, "Yes.")}, closed_at=clock.now())
    page = browse("panellist").get(f"/staff/reviews/{number}/score?{EN}").text
    assert "so they stay sealed" in page
    assert "What you gave" in page
    assert "so they stay sealed" in browse("coordinator").get(f"/staff/reviews/{number}/scores?{EN}").text


def test_the_panel_hears_of_the_reveal_and_the_author_of_no_number(app: Flask) -> None:
    keep(app, ALL)
    with app.app_context():
        run_all(clock.now())
    folder = app.extensions["linli_settings"].var_dir / "mail"
    mails = [email.message_from_bytes(f.read_bytes(), policy=policy.default) for f in folder.glob("*.eml")]
    told = {m["To"] for m in mails if "The scores of an idea" in m["Subject"]}
    assert {name for name in PANEL if any(f"{name}@example.org" in to for to in told)} == set(PANEL)
    texts = [m.get_content() for m in mails]
    assert [m["To"] for m in mails if "the panel has scored it" in m["Subject"]] == ["neighbour@example.org"]
    assert all("/staff/reviews" in m.get_content() for m in mails if "The scores of an idea" in m["Subject"])
    assert not [text for text in texts if "Everybody asks for it." in text or "2.5 of 5" in text]


def test_what_was_typed_too_late_is_still_there_to_read(app: Flask, browse: Browse) -> None:
    number, client = keep(app), browse("panellist")
    address = f"/staff/reviews/{number}/score?{EN}"
    fields = form_fields(client.get(address).text) | fields_of(app, number, why="Typed too late.")
    with writing(app) as session:
        session.get_one(Review, number).last_day = today() - timedelta(days=1)
    late = client.post(address, data=fields | {"move": "hand_in"})
    assert late.status_code == 409
    assert "The time for scoring is over." in late.text
    assert late.text.count("Typed too late.") == 5
