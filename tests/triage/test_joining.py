"""Staff compare two submissions, join them and take them apart."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.core import clock
from portal.core.db import db
from portal.core.tokens import sign
from portal.core.worker import run_all
from portal.intake.queries import TRACKING
from portal.threads.events import record_event, resident
from portal.threads.models import Level, Status
from portal.threads.votes import cast_vote
from portal.threads.words import say
from portal.triage.bulk import UNDO
from tests.factories import Browse, add_person, make_report, person, thread_by_reference
from tests.triage.moving import look_up, post, post_move

LAMP = "The street lamp at the south gate does not work, it is dark and people stumble."
SAME = "The lamp by the south gate has been dark for a week, people stumble there."


@pytest.fixture
def two(app: Flask) -> tuple[str, str]:
    """Two public reports on one lamp: of the neighbour, and of the resident."""
    with app.app_context():
        session, now = db.session(), clock.now()
        first = make_report(session, LAMP, author=person(session, "neighbour"), now=now)
        second = make_report(session, SAME, now=now)
        cast_vote(session, second, add_person(session, "voter"), now=now)
        session.commit()
        return first.reference, second.reference


def status(client: FlaskClient, reference: str) -> Status:
    return look_up(client, reference, lambda thread: thread.status)


def test_joined_from_the_list_of_similar_ones(browse: Browse, two: tuple[str, str]) -> None:
    first, second = two
    officer = browse("officer")
    section = officer.get(f"/staff/{second}?lang=en").text.split('id="similar-title"')[1]
    assert "Both say:" in section
    assert first in section
    answer = post_move(officer, second, "merge", other=first)
    assert answer.status_code == 303
    assert status(officer, second) == Status.DUPLICATE
    page = officer.get(f"/staff/{first}?lang=en").text
    assert "1 more was joined with this one" in page
    assert SAME in page
    assert f"{second} was joined with this one." in page
    assert f"It goes on as {first}, for both." in officer.get(f"/staff/{second}?lang=en").text


def test_taken_apart_again(browse: Browse, two: tuple[str, str]) -> None:
    first, second = two
    officer = browse("officer")
    post_move(officer, second, "merge", other=first)
    assert post_move(officer, second, "part", x="").status_code == 303
    assert status(officer, second) == Status.WITH_DEPARTMENT
    assert look_up(officer, first, lambda t: t.votes_total) == 0


def test_side_by_side_with_all_there_is(browse: Browse, two: tuple[str, str]) -> None:
    first, second = two
    page = browse("officer").get(f"/staff/{first}/similar/{second}?lang=en").text
    assert LAMP in page
    assert SAME in page
    assert "Both say:" in page
    assert f"Join this with {first}, which goes on" in page
    assert browse("outsider").get(f"/staff/{first}/similar/{second}").status_code == 404


def test_only_by_who_works_both(app: Flask, browse: Browse, two: tuple[str, str]) -> None:
    with app.app_context():
        elsewhere = make_report(db.session(), SAME, category="noise").reference
        db.session.commit()
    officer = browse("officer")
    answer = post_move(officer, two[1], "merge", other=elsewhere)
    assert answer.status_code == 422
    assert elsewhere in answer.text  # what was typed is still there
    assert "There is no submission with this reference" in answer.text
    assert post_move(browse("coordinator"), two[1], "merge", other=elsewhere).status_code == 303
    assert post_move(officer, two[1], "part", x="").status_code == 403


@pytest.mark.parametrize("typed", ["", "rubbish", "999-999-999"])
def test_a_wrong_reference_is_told_and_kept(browse: Browse, two: tuple[str, str], typed: str) -> None:
    answer = post_move(browse("officer"), two[0], "merge", other=typed)
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text


def test_who_compared_an_older_state_is_told(browse: Browse, two: tuple[str, str]) -> None:
    first, second = two
    officer = browse("officer")
    seen = look_up(officer, second, lambda t: t.last_sequence)
    post_move(browse("coordinator"), second, "note", note="Seen there before.")
    answer = post_move(officer, first, "merge", other=second, other_seen=str(seen))
    assert answer.status_code == 409
    assert status(officer, first) == Status.WITH_DEPARTMENT


def test_the_public_is_led_to_what_goes_on(browse: Browse, two: tuple[str, str]) -> None:
    first, second = two
    post_move(browse("officer"), second, "merge", other=first)
    page = browse().get(f"/reports/{second}?lang=en").text
    assert f'href="/reports/{first}"' in page
    assert "This goes on elsewhere" in page
    assert f"/reports/{second}/vote" not in page
    assert f"/comments/on/{second}" not in page
    assert browse().get(f"/follow/{second}").location == f"/follow/{first}"
    survivor = browse().get(f"/reports/{first}?lang=en").text
    assert "Also reported by 1 other" in survivor
    assert SAME in survivor
    assert "2 affected" in survivor


def test_the_public_reads_nothing_private_of_what_was_joined(
    app: Flask, browse: Browse, two: tuple[str, str]
) -> None:
    with app.app_context():
        secret = make_report(db.session(), "My stairs smell of onions", private=True).reference
        db.session.commit()
    assert post_move(browse("officer"), secret, "merge", other=two[0]).status_code == 303
    page = browse("resident").get(f"/reports/{two[0]}?lang=en").text
    assert "Also reported by 1 other" in page
    assert secret not in page
    assert "onions" not in page
    assert post_move(browse("officer"), two[0], "merge", other=secret).status_code == 422


def test_senders_and_followers_hear_of_it_and_of_what_comes_after(
    app: Flask, browse: Browse, two: tuple[str, str]
) -> None:
    first, second = two
    officer = browse("officer")
    post(browse("voter"), f"/follow/{second}", {"frequency": "at_once"})
    post_move(officer, second, "merge", other=first)
    post_move(officer, first, "fix", done="A new bulb.")
    with app.app_context():
        for _round in range(3):
            run_all(clock.now())
    mails = [f.read_bytes().decode() for f in (app.extensions["linli_settings"].var_dir / "mail").glob("*")]
    to_sender = [m for m in mails if "To: resident@" in m]
    assert any(f"{second}: joined with another" in m for m in to_sender)
    assert any(f"{second}: news of what it was joined with" in m for m in to_sender)
    assert not any(f"About “{LAMP[:10]}" in m for m in to_sender)
    to_follower = " ".join(m for m in mails if "To: voter@" in m)
    assert first in to_follower


def test_what_one_sender_wrote_to_staff_is_not_told_to_the_other(
    app: Flask, browse: Browse, two: tuple[str, str]
) -> None:
    first, second = two
    officer = browse("officer")
    post_move(officer, second, "merge", other=first)
    post_move(officer, first, "fix", done="A new bulb.")
    with app.app_context():
        session = db.session()
        survivor, joined = (thread_by_reference(session, reference) for reference in two)
        other, by, now = sign(TRACKING, joined.id), resident(survivor.author), clock.now()
        words = say(session, survivor, Level.ADDED, "My child Quagga fell there", author=by.person, now=now)
        record_event(session, survivor, "report.reopened", by=by, now=now, statement=words)
        session.commit()
    with app.app_context():
        run_all(clock.now())
    page = browse().get(f"/track/{other}?lang=en").text
    assert "Opened again." in page
    assert "Quagga" not in page
    assert f'href="/reports/{first}"' in page


def test_a_double_click_joins_once(browse: Browse, two: tuple[str, str]) -> None:
    officer = browse("officer")
    seen = look_up(officer, two[1], lambda t: t.last_sequence)
    assert post_move(officer, two[1], "merge", seen=seen, other=two[0]).status_code == 303
    assert post_move(officer, two[1], "merge", seen=seen, other=two[0]).status_code == 409


def test_the_sender_reads_on_their_own_page_how_it_goes_on(
    app: Flask, browse: Browse, two: tuple[str, str]
) -> None:
    first, second = two
    post_move(browse("officer"), second, "merge", other=first)
    post_move(browse("officer"), first, "reply", reply="We come on Friday.")
    with app.app_context():
        run_all(clock.now() + UNDO)
        number = thread_by_reference(db.session(), second).id
        page = browse().get(f"/track/{sign(TRACKING, number)}?lang=en").text
    assert f"Joined with {first}" in page
    assert "We come on Friday." in page
    assert SAME in page
