"""Who supports an idea is asked anew once it proposes something else, and answers by a link."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.accounts.actions import set_password
from portal.core.db import begin_write
from portal.ideas.models import Idea
from portal.ideas.versions import Support, count_support, list_versions
from portal.notifications.models import EMAIL, INBOX, NEWS, SUPPORT
from portal.threads.actions import lock_thread
from portal.threads.models import Thread
from portal.threads.votes import cast_vote, take_back_vote
from tests.factories import NOW, Browse, add_person, form_fields, make_idea, person
from tests.ideas.changing import change
from tests.notifications.following import deliveries, follow, mails_to, text_to, work
from tests.notifications.mail_server import MailServer

LATER = NOW + timedelta(hours=1)
EN = "?lang=en"


@pytest.fixture
def idea(session: Session, server: MailServer) -> Thread:
    """An idea that a neighbour and somebody unproven support."""
    idea = make_idea(session, "Let us plant herbs by the gate.")
    for who in (person(session, "neighbour"), add_person(session, "unproven", verified=False)):
        cast_vote(session, idea, who, now=NOW)
    session.commit()
    work(session, NOW)
    begin_write(session)
    return session.get_one(Thread, idea.id)


def propose_trees(session: Session, idea: Thread, *, is_substance: bool = True) -> None:
    thread = lock_thread(session, idea.id)
    change(session, thread, "Trees by the gate.", is_substance=is_substance, why="They last.", now=LATER)
    session.commit()


def link_in(text: str) -> str:
    found = re.search(r"https?://[^/\s]+(/supported/\S+)", text)
    assert found is not None
    return found.group(1)


def support_for(session: Session, idea: Thread) -> Support:
    session.expire_all()
    return count_support(session, idea, session.get_one(Idea, idea.id))


def test_a_supporter_is_asked_with_a_link_of_their_own(
    session: Session, server: MailServer, idea: Thread
) -> None:
    propose_trees(session, idea)
    work(session, LATER)
    text = text_to(server, "neighbour")
    assert "> They last." in text
    assert "/track/" not in text  # that is the sender's
    assert mails_to(server, "unproven") == []


def test_who_follows_too_gets_one_mail_not_two(session: Session, server: MailServer, idea: Thread) -> None:
    follow(session, idea)
    set_password(session, person(session, "neighbour"), "a long enough password")
    propose_trees(session, idea)
    work(session, LATER)
    assert deliveries(session, "neighbour") == [(SUPPORT, INBOX), (SUPPORT, EMAIL)]


def test_who_only_follows_hears_of_it(session: Session, server: MailServer, idea: Thread) -> None:
    follow(session, idea, "officer")
    propose_trees(session, idea)
    work(session, LATER)
    assert deliveries(session, "officer") == [(NEWS, EMAIL)]


def test_another_wording_asks_nobody(session: Session, server: MailServer, idea: Thread) -> None:
    propose_trees(session, idea, is_substance=False)
    work(session, LATER)
    assert mails_to(server, "neighbour") == []


def test_who_took_it_back_meanwhile_is_not_asked(session: Session, server: MailServer, idea: Thread) -> None:
    propose_trees(session, idea)
    begin_write(session)
    take_back_vote(session, lock_thread(session, idea.id), person(session, "neighbour"), now=LATER)
    work(session, LATER)
    assert mails_to(server, "neighbour") == []


def test_only_the_newest_change_is_asked_about(session: Session, server: MailServer, idea: Thread) -> None:
    propose_trees(session, idea)
    begin_write(session)
    change(session, lock_thread(session, idea.id), "Concrete.", is_substance=True, now=LATER)
    work(session, LATER)
    assert len(mails_to(server, "neighbour")) == 1


def test_the_link_keeps_support_without_signing_in(
    session: Session, server: MailServer, idea: Thread, client: FlaskClient
) -> None:
    propose_trees(session, idea)
    work(session, LATER)
    session.commit()
    link = link_in(text_to(server, "neighbour"))
    page = client.get(link + EN)
    assert "<del>Let us plant herbs</del>" in page.text
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert support_for(session, idea) == Support(0, 2)  # looking changes nothing
    session.commit()
    for _twice in range(2):
        answer = client.post(link, data=form_fields(page.text) | {"answer": "keep"})
        assert answer.status_code == 303
    assert support_for(session, idea) == Support(1, 1)
    assert "You support it as it stands now" in client.get(link + EN).text


def test_the_link_takes_support_back(
    session: Session, server: MailServer, idea: Thread, client: FlaskClient
) -> None:
    propose_trees(session, idea)
    work(session, LATER)
    session.commit()
    link = link_in(text_to(server, "neighbour"))
    fields = form_fields(client.get(link + EN).text)
    assert client.post(link, data=fields | {"answer": "withdraw"}).status_code == 303
    assert support_for(session, idea) == Support(0, 1)
    session.commit()
    assert "support it at the moment" in client.get(link + EN).text
    assert client.post(link, data=fields | {"answer": "keep"}).status_code == 409


def test_an_answer_about_an_older_version_is_shown_the_newer(
    session: Session, server: MailServer, idea: Thread, client: FlaskClient
) -> None:
    propose_trees(session, idea)
    work(session, LATER)
    session.commit()
    link = link_in(text_to(server, "neighbour"))
    fields = form_fields(client.get(link + EN).text)
    begin_write(session)
    change(session, lock_thread(session, idea.id), "Concrete.", is_substance=True, now=LATER)
    session.commit()
    refused = client.post(link, data=fields | {"answer": "keep"})
    assert refused.status_code == 409
    assert "Concrete" in refused.text
    assert client.post(link, data=fields | {"answer": "perhaps"}).status_code == 422
    assert list_versions(session, idea.id)[-1].number == 3


def test_a_link_that_is_none_leads_nowhere(client: FlaskClient) -> None:
    assert client.get("/supported/nonsense").status_code == 404


def test_the_inbox_tells_of_it(session: Session, server: MailServer, idea: Thread, browse: Browse) -> None:
    set_password(session, person(session, "neighbour"), "a long enough password")
    propose_trees(session, idea)
    work(session, LATER)
    session.commit()
    assert "Who supported it before is asked anew" in browse("neighbour").get("/inbox" + EN).text
