"""Versions of an idea: in the file for who wrote them, and covered when their time is over."""

from sqlalchemy.orm import Session

from portal.privacy.export import list_wordings
from portal.privacy.retention import remove_personal_parts
from portal.threads.models import Visibility
from tests.factories import NOW, add_person, make_idea
from tests.ideas.changing import change

NUMBER = "13812345678"


def test_all_that_was_written_is_in_the_file(session: Session) -> None:
    idea = make_idea(session, "Herbs.", author=add_person(session, "unproven", verified=False))
    idea.visibility = Visibility.PUBLIC
    change(session, idea, "Trees.", why="They last.")
    told = [
        (each["number"], each["text"], each["what_is_different"]) for each in list_wordings(session, idea)
    ]
    assert told == [(1, "Herbs.", ""), (None, "Trees.", "They last.")]


def test_numbers_in_every_version_are_covered_when_its_time_is_over(session: Session) -> None:
    idea = make_idea(session, f"Herbs, ring {NUMBER}.")
    change(session, idea, f"Trees, ring {NUMBER}.", why=f"Or {NUMBER}", cost=NUMBER, title=f"Ring {NUMBER}")
    remove_personal_parts(session, idea.id, now=NOW)
    session.flush()
    assert NUMBER not in str(list_wordings(session, idea)) + idea.title + idea.given_title
