"""Owner, coordinator and evaluators hear of a harm at once; author and followers of what is decided."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actions import set_password
from portal.core.db import begin_write
from portal.notifications.models import INBOX, PILOT, Delivery
from portal.pilots.gates import Gate, GateKind, Verdict
from portal.pilots.models import Pilot
from portal.threads.actions import lock_thread
from portal.threads.followers import follow_thread
from portal.threads.models import Thread
from tests.factories import NOW, Browse, person
from tests.notifications.following import mails_to, text_to, work
from tests.notifications.mail_server import MailServer
from tests.pilots.piloting import make_running
from tests.pilots.test_effects import HARM, tell
from tests.pilots.test_gates import seat, settle


@pytest.fixture
def running(session: Session, server: MailServer) -> tuple[Thread, Pilot]:
    """A pilot that runs and has an evaluator; everybody has heard of that."""
    thread, pilot, _one = make_running(session)
    seat(session, thread, pilot)
    follow_thread(session, thread, person(session, "neighbour"), now=NOW)
    for name in ("coordinator", "officer"):
        set_password(session, person(session, name), "a long enough password")
    session.commit()
    work(session, NOW)
    server.taken.clear()
    begin_write(session)
    return lock_thread(session, thread.id), session.get_one(Pilot, pilot.id)


def test_a_severe_harm_reaches_owner_coordinator_and_evaluator(
    session: Session, server: MailServer, running: tuple[Thread, Pilot], browse: Browse
) -> None:
    thread, pilot = running
    tell(session, thread, pilot, HARM)
    code = pilot.code
    session.commit()
    work(session, NOW)
    for name, link in (
        ("officer", f"/pilots/{code}"),
        ("coordinator", f"/staff/pilots/{code}/review"),
        ("panellist", f"/judging/{code}"),
    ):
        (mail,) = mails_to(server, name)
        assert "A severe harm in a pilot" in mail, name
        assert link in text_to(server, name), name
        assert "A child fell" not in text_to(server, name)
    told = select(Delivery.id).where(Delivery.about == PILOT, Delivery.channel == INBOX)
    assert len(session.scalars(told).all()) >= 2
    session.commit()
    client = browse("coordinator")
    assert "A severe harm was told" in client.get("/inbox?lang=en").text


def test_stopping_thanks_the_author_and_whoever_follows(
    session: Session, server: MailServer, running: tuple[Thread, Pilot]
) -> None:
    thread, pilot = running
    gate = session.scalars(select(Gate).where(Gate.kind == GateKind.END)).one()
    settle(session, thread, pilot, gate, Verdict.STOP, lessons="Paint must be dry.")
    session.commit()
    work(session, NOW)
    for name in ("resident", "neighbour"):
        text = text_to(server, name)
        assert "Thank you to everybody" in text, name
        assert "Paint must be dry." in text, name
