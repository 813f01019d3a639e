"""What a pilot has people told of: its author, those who follow the idea, and those who carry it out."""

from sqlalchemy.orm import Session

from portal.core.dates import today
from portal.notifications.models import PILOT
from tests.notifications.following import deliveries, follow, give_account, mails_to, text_to, work
from tests.notifications.mail_server import MailServer
from tests.pilots import piloting
from tests.pilots.piloting import WEEK, make_running, weekly


def test_author_and_followers_hear_that_it_has_begun(session: Session, server: MailServer) -> None:
    thread, pilot = piloting.make_plan(session)
    one = piloting.add_indicator(session, thread, pilot)
    piloting.measure(session, thread, pilot, one, weekly(one.baseline_from, 9, 8))
    follow(session, thread)
    work(session)
    piloting.start(session, thread, pilot)
    work(session)
    assert "your idea is tried out now" in mails_to(server, "resident")[-1]
    assert f"/pilots/{pilot.code}" in text_to(server, "resident")
    assert "The pilot has begun: A painted crossing." in text_to(server, "neighbour")


def test_owner_and_coordinator_hear_of_target_and_threshold(session: Session, server: MailServer) -> None:
    give_account(session, "officer")
    thread, pilot, one = make_running(session)
    work(session)
    piloting.measure(session, thread, pilot, one, weekly(today(), 20))
    work(session)
    for name in ("officer", "coordinator"):
        text = text_to(server, name)
        assert "crossed the stop threshold of “Cars on the crossing”" in text
        assert pilot.code in text
    piloting.measure(session, thread, pilot, one, weekly(today() + WEEK, 4, 4, 4))
    work(session)
    assert "has reached its target" in text_to(server, "officer")
    assert (PILOT, "inbox") in deliveries(session, "officer")
    assert not [about for about, _channel in deliveries(session, "outsider")]
