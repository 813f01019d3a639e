"""Arguments for and against: each side by itself, the most helpful first, and moderated like comments."""

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.core.db import db
from portal.threads.additions import Comment, Side
from portal.threads.arguments import find_helpful, list_arguments, recount_helpful_of, take_back_helpful
from portal.threads.comments import add_comment, flag_comment, hide_comment, list_comments
from portal.threads.events import Actor
from portal.threads.models import Thread
from tests.factories import NOW, Browse, add_person, directory, make_idea, person
from tests.triage.moving import post


def english(browse: Browse, name: str | None = None) -> FlaskClient:
    """Open a browser that reads English."""
    client = browse(name)
    client.get("/about?lang=en")
    return client


def argue(session: Session, idea: Thread, who: Person, text: str, side: Side = Side.FOR) -> Comment:
    return add_comment(
        session, idea, who, text, side=side, name_shown=False, directory=directory(session), now=NOW
    )


def texts(session: Session, idea: Thread, side: Side, reader: Person | None = None) -> list[str]:
    return [c.text for c in list_arguments(session, idea, reader).sides[side]]


def test_each_side_is_a_list_of_its_own_ordered_by_help_and_no_comment(session: Session) -> None:
    idea, resident = make_idea(session), person(session, "resident")
    argue(session, idea, resident, "It is cheap.")
    better = argue(session, idea, resident, "It cools the yard.")
    argue(session, idea, resident, "It draws mosquitoes.", Side.AGAINST)
    find_helpful(session, better, person(session, "neighbour"), now=NOW)
    assert texts(session, idea, Side.FOR) == ["It cools the yard.", "It is cheap."]
    assert texts(session, idea, Side.AGAINST) == ["It draws mosquitoes."]
    assert list_arguments(session, idea).counts == {Side.FOR: 2, Side.AGAINST: 1}
    assert list_comments(session, idea).comments == []
    assert idea.comments_total == 0


def test_a_person_finds_it_helpful_once_under_whatever_record(session: Session) -> None:
    idea, neighbour = make_idea(session), person(session, "neighbour")
    browser = add_person(session, "browser", verified=False)
    argument = argue(session, idea, person(session, "resident"), "It is cheap.")
    for _time in range(2):
        find_helpful(session, argument, neighbour, now=NOW)
        find_helpful(session, argument, browser, now=NOW)
    assert argument.helpful_total == 2
    browser.same_as_id = neighbour.id
    recount_helpful_of(session, neighbour)
    assert argument.helpful_total == 1
    take_back_helpful(session, argument, neighbour)
    assert argument.helpful_total == 0


def test_what_is_hidden_is_gone_for_others_and_there_for_its_author(session: Session) -> None:
    idea, resident = make_idea(session), person(session, "resident")
    argument = argue(session, idea, resident, "Those upstairs are lazy.", Side.AGAINST)
    flag_comment(session, argument, person(session, "neighbour"), "Rude.", now=NOW)
    by = Actor(person(session, "coordinator"), "coordinator")
    hide_comment(session, idea, argument, "It names people.", by=by, now=NOW)
    assert texts(session, idea, Side.AGAINST) == []
    assert texts(session, idea, Side.AGAINST, resident) == ["Those upstairs are lazy."]
    assert list_arguments(session, idea, resident).counts[Side.AGAINST] == 0
    assert idea.comments_total == 0


def test_the_page_takes_it_shows_the_mark_and_lets_others_rate_it(browse: Browse) -> None:
    with browse.app.app_context():
        session = db.session()
        idea = make_idea(session).reference
        firm = person(session, "resident")
        firm.mark, firm.mark_name = "firm", "Green Roof Works"  # type: ignore[assignment]
        session.commit()
    client, page = english(browse, "resident"), f"/ideas/{idea}"
    client.get(page)
    answer = post(client, f"{page}/arguments", {"side": "for", "argument": "It is <b>cheap</b>. 13800000099"})
    assert answer.status_code == 303
    html = english(browse).get(page).text
    assert "It is &lt;b&gt;cheap&lt;/b&gt;." in html
    assert "13800000099" not in html
    assert "Firm" in html
    assert "Green Roof Works" not in html  # nor is their name shown
    shown = {"side": "for", "argument": "It lasts long.", "argument_name_shown": "y"}
    assert post(client, f"{page}/arguments", shown).status_code == 303
    assert "Firm · Green Roof Works" in english(browse).get(page).text
    with browse.app.app_context():
        number = db.session.scalars(select(Comment.id).order_by(Comment.id)).first()
    neighbour = english(browse, "neighbour")
    rate = f"/ideas/arguments/{number}/helpful"
    for _time in range(2):
        assert post(neighbour, rate, {}).status_code == 303
    assert "1 person finds this helpful" in neighbour.get(page).text
    assert post(client, rate, {}).status_code == 409  # their own
    post(neighbour, rate, {"move": "take_back"})
    assert "Nobody has said yet that it helps." in neighbour.get(page).text
    taken = post(client, f"/comments/{number}/take-back", {})
    assert taken.location.endswith("#arguments")
    assert "It is &lt;b&gt;cheap" not in client.get(page).text


def test_what_can_not_be_taken_is_shown_again_as_it_was_typed(browse: Browse) -> None:
    with browse.app.app_context():
        idea = make_idea(db.session()).reference
        db.session.commit()
    client = english(browse, "resident")
    long = "Too many words. " * 40
    answer = post(client, f"/ideas/{idea}/arguments", {"argument": long})
    assert answer.status_code == 422
    assert long.strip() in answer.text
    assert "Please say whether it speaks for the idea or against it." in answer.text
    assert "at most 500" in answer.text


def test_somebody_unknown_waits_for_a_first_look(browse: Browse) -> None:
    with browse.app.app_context():
        idea = make_idea(db.session()).reference
        db.session.commit()
    client = english(browse)
    post(client, f"/ideas/{idea}/arguments", {"side": "against", "argument": "It smells."})
    assert "Only you see this" in client.get(f"/ideas/{idea}").text
    assert "It smells." not in english(browse).get(f"/ideas/{idea}").text
    assert "An argument against the idea" in english(browse, "coordinator").get("/staff/comments").text
