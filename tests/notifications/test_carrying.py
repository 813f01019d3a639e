"""Authors are asked by mail whether their ideas go on as one, and then each supporter for themselves."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.accounts.actions import set_password
from portal.core import clock
from portal.core.db import begin_write
from portal.ideas.combinations import Combination, Outcome
from portal.ideas.combining import Proposal, propose_combination
from portal.notifications.models import CARRY, EMAIL, INBOX, NEWS
from portal.threads.events import Actor
from portal.threads.lineage import lock_counted
from portal.threads.models import Status, Thread
from portal.threads.votes import cast_vote
from tests.factories import NOW, add_person, directory, form_fields, make_idea, person
from tests.notifications.following import deliveries, follow, mails_to, text_to, work
from tests.notifications.mail_server import MailServer

LATER = NOW + timedelta(hours=1)
EN = "?lang=en"


@pytest.fixture
def ideas(session: Session, server: MailServer) -> tuple[Thread, Thread]:
    """The resident's idea, and one of somebody else that the neighbour and somebody unproven support."""
    target = make_idea(session, "Plant trees along the wall.", author=person(session, "resident"))
    other = make_idea(session, "Put up a sail for shade.", author=add_person(session, "sailor"))
    for who in (person(session, "neighbour"), add_person(session, "unproven", verified=False)):
        cast_vote(session, other, who, now=NOW)
    session.commit()
    work(session, NOW)
    return target, other


def propose(session: Session, ideas: tuple[Thread, Thread]) -> Combination:
    begin_write(session)
    locked = lock_counted(session, [idea.id for idea in ideas])
    by = Actor(person(session, "coordinator"), "coordinator")
    proposal = Proposal("Both want shade.", locked[0])
    made = propose_combination(session, locked, proposal, directory=directory(session), by=by, now=LATER)
    session.commit()
    work(session, LATER)
    session.commit()
    return made


def link_in(text: str, path: str) -> str:
    found = re.search(rf"https?://[^/\s]+({path}/\S+)", text)
    assert found is not None, text
    return found.group(1)


def agree(client: FlaskClient, server: MailServer, *names: str) -> None:
    for name in names:
        link = link_in(text_to(server, name), "/combine")
        page = client.get(link + EN)
        assert "Both want shade." in page.text
        for _twice in range(2):
            assert client.post(link, data=form_fields(page.text) | {"answer": "yes"}).status_code == 303


def test_authors_agree_by_the_link_in_their_mail(
    session: Session, server: MailServer, ideas: tuple[Thread, Thread], client: FlaskClient
) -> None:
    made = propose(session, ideas)
    session.commit()
    agree(client, server, "resident", "sailor")
    session.expire_all()
    assert (made.outcome, ideas[1].status) == (Outcome.COMBINED, Status.COMBINED)
    session.commit()
    work(session, clock.now())
    assert "was combined with this one" in text_to(server, "resident")
    assert "Yours stays readable" in text_to(server, "sailor")


def test_one_says_no_and_the_other_hears_of_it(
    session: Session, server: MailServer, ideas: tuple[Thread, Thread], client: FlaskClient
) -> None:
    propose(session, ideas)
    session.commit()
    link = link_in(text_to(server, "sailor"), "/combine")
    page = client.get(link + EN)
    client.post(link, data=form_fields(page.text) | {"answer": "no"})
    work(session, clock.now())
    assert "does not want it" in text_to(server, "resident")
    assert ideas[1].status == Status.RECEIVED


def test_supporters_are_asked_with_a_link_and_carry_it_over_without_signing_in(
    session: Session, server: MailServer, ideas: tuple[Thread, Thread], client: FlaskClient
) -> None:
    propose(session, ideas)
    session.commit()
    agree(client, server, "resident", "sailor")
    work(session, clock.now())
    session.commit()
    assert mails_to(server, "unproven") == []
    text = text_to(server, "neighbour")
    assert "> Both want shade." in text
    assert "/track/" not in text  # that is the author's
    link = link_in(text, "/carry")
    page = client.get(link + EN)
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert counts(session, ideas) == (0, 2)  # looking changes nothing
    assert client.post(link, data=form_fields(page.text)).status_code == 422
    for _twice in range(2):
        answer = client.post(link, data=form_fields(page.text) | {"answer": "carry"})
        assert answer.status_code == 303
    assert counts(session, ideas) == (1, 1)
    assert "You support the combined idea" in client.get(link + EN).text


def test_who_follows_too_is_asked_once_and_who_only_follows_hears_of_it(
    session: Session, server: MailServer, ideas: tuple[Thread, Thread], client: FlaskClient
) -> None:
    begin_write(session)
    for name in ("neighbour", "officer"):
        follow(session, ideas[1], name)
    set_password(session, person(session, "neighbour"), "a long enough password")
    session.commit()
    propose(session, ideas)
    session.commit()
    agree(client, server, "resident", "sailor")
    work(session, clock.now())
    assert deliveries(session, "neighbour") == [(CARRY, INBOX), (CARRY, EMAIL)]
    assert deliveries(session, "officer") == [(NEWS, EMAIL)]


def counts(session: Session, ideas: tuple[Thread, Thread]) -> tuple[int, int]:
    session.rollback()
    session.expire_all()
    target, other = ideas
    return target.votes_total, other.votes_total
