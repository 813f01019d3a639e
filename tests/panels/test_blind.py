"""Blind stays blind: until the reveal nobody but its writer reads a score or its reason, anywhere.

What is told doesn't depend on the engine, so SQLite is enough.
"""

import io
from collections.abc import Iterator
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.access import has_role
from portal.accounts.models import RoleName
from portal.core import clock
from portal.core.db import db
from portal.core.worker import run_all
from portal.panels.models import Review, SeatState
from portal.panels.scoring import save_answers
from portal.threads.additions import Frequency, ThreadWords
from portal.threads.followers import follow_thread
from portal.threads.models import Event, Statement
from tests.factories import Browse, add_person, add_role, person, thread_by_reference
from tests.ideas.calling import make_call, make_idea_in
from tests.panels.scoring_scene import make_review, score, seat_of, seen, whole
from tests.test_outsiders import GIVEN, ROWS
from tests.threads.publishing import writing

pytestmark = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
SECRET, DRAFT = "Quagga", "Okapi"  # the reason of what was handed in, and of a draft
SECRETS = (SECRET, DRAFT, "夸加")
NAMES = ("Wombat", "Numbat")  # of who wrote it, and of another who sits
REASON = f"{SECRET} 夸加 says so."
EVERYBODY = (
    None,
    "resident",
    "neighbour",  # who wrote it
    "officer",
    "outsider",
    "coordinator",
    "administrator",
    "second",  # has a draft
    "third",  # has nothing yet
    "recused",
    "unseated",
)
WRITER = "panellist"


@pytest.fixture
def scored(app: Flask) -> dict[str, str]:
    """A review in which one has handed in and one has a draft; return what fills the gaps of addresses."""
    with writing(app) as session:
        now = clock.now()
        author = person(session, "neighbour")
        call = make_call(session)
        idea = make_idea_in(session, call, "Let us plant herbs.", author=author, now=now)
        follow_thread(session, idea, person(session, "resident"), Frequency.AT_ONCE, now=now)
        review = make_review(session, idea, call, now=now)
        _add_others(session, review)
        score(session, review, WRITER, 3, REASON, now=now)
        draft = whole(session, review, 2, f"{DRAFT} says so.")
        save_answers(session, seat_of(session, review, "second"), draft, seen=0, now=now)
        return {"reference": idea.reference, "number": str(review.id), "call": call.code}


def _add_others(session: Session, review: Review) -> None:
    place = person(session, "coordinator").roles[0].place
    for name in ("recused", "unseated"):
        add_role(session, add_person(session, name), RoleName.PANELLIST, place, None)
    recused = person(session, "recused")
    seat = seat_of(session, review, "third")
    session.add(
        type(seat)(
            review_id=review.id,
            person_id=recused.id,
            state=SeatState.RECUSED,
            interest="A cousin.",
            assigned_at=review.opened_at,
            declared_at=review.opened_at,
        )
    )
    session.flush()


def every_address(gaps: dict[str, str]) -> Iterator[str]:
    """Yield each address of the house that can be asked for, about this review where it names something."""
    for method, pattern, *_expected in ROWS:
        if method == "GET":
            own = {"other": gaps["reference"], "path": "propose"}
            if "/calls" in pattern:
                own["code"] = gaps["call"]
            for name, value in {**GIVEN, **gaps, **own}.items():
                pattern = pattern.replace(f"<{name}>", value)  # noqa: PLW2901  # gap after gap
            yield pattern


def read(client: FlaskClient, address: str) -> str:
    """Return all that an address answers with, a packed file unpacked."""
    answer = client.get(address, buffered=True)
    body = answer.data
    if body[:2] == b"PK":
        archive = ZipFile(io.BytesIO(body))
        body = b"".join(archive.read(name) for name in archive.namelist())
    return body.decode("utf-8", "replace") + str(answer.headers)


def leaks(browse: Browse, who: str | None, gaps: dict[str, str], part: str = "") -> list[str]:
    """Return which addresses, of those with `part` in them, tell what this person must not know."""
    client = browse(who)
    known = (DRAFT,) if who == "second" else ()
    return [
        f"{who}: {address} tells {secret}"
        for address in every_address(gaps)
        if part in address
        for text in [read(client, address)]
        for secret in SECRETS
        if secret not in known and secret in text
    ]


@pytest.mark.parametrize("who", EVERYBODY)
def test_no_address_tells_of_a_score_before_the_reveal(
    app: Flask, browse: Browse, scored: dict[str, str], who: str | None
) -> None:
    with app.app_context():
        run_all(clock.now())  # mails and all that the worker does
    assert leaks(browse, who, scored) == []


def test_the_writer_reads_their_own_and_no_other(app: Flask, browse: Browse, scored: dict[str, str]) -> None:
    client = browse(WRITER)
    texts = {address: read(client, address) for address in every_address(scored)}
    own = {address for address, text in texts.items() if SECRET in text}
    assert own == {f"/staff/reviews/{scored['number']}/score", "/account/data/file"}
    assert not [address for address, text in texts.items() if DRAFT in text]


def test_who_judges_reads_no_name_of_the_author_or_of_another_who_sits(
    app: Flask, browse: Browse, scored: dict[str, str]
) -> None:
    """Not even where the author chose to show their name to the public, and thereby to other staff."""
    with writing(app) as session:
        person(session, "neighbour").name, person(session, "second").name = NAMES
        thread_by_reference(session, scored["reference"]).author_name_shown = True
    addresses = [address for address in every_address(scored) if address.startswith("/staff")]

    def told(who: str) -> set[str]:
        texts = [read(browse(who), address) for address in addresses]
        return {name for name in NAMES if any(name in text for text in texts)}

    assert told("third") == set()
    assert told("coordinator") == set(NAMES)


def test_no_search_finds_it(app: Flask, browse: Browse, scored: dict[str, str]) -> None:
    for who in EVERYBODY:
        client = browse(who)
        for word in (SECRET, DRAFT, "夸加"):
            for path in ("/ideas", "/staff/search", "/staff/ideas", "/ideas.atom", "/staff/lists/ideas.csv"):
                text = client.get(f"{path}?q={word}", buffered=True).text
                assert scored["reference"] not in text.replace(f"q={word}", ""), (who, path)


def test_no_mail_event_or_word_tells_of_it(app: Flask, scored: dict[str, str]) -> None:
    with app.app_context():
        run_all(clock.now())
        session = db.session()
        written = [str(event.data) for event in session.scalars(select(Event))]
        written += [statement.text for statement in session.scalars(select(Statement))]
        for words in session.scalars(select(ThreadWords)):
            written += [str(words.public_words), str(words.staff_words)]
    folder = app.extensions["linli_settings"].var_dir / "mail"
    written += [file.read_text("utf-8") for file in folder.rglob("*.eml")]
    assert len(written) > 5
    assert not [text for text in written for secret in SECRETS if secret.casefold() in text.casefold()]


def test_the_mean_of_a_single_score_is_not_told_either(browse: Browse, scored: dict[str, str]) -> None:
    """3 of 5 would be 60 of 100; neither the coordinator's page nor the public one tells it."""
    for who in EVERYBODY:
        for address in (f"/staff/reviews/{scored['number']}/scores", f"/ideas/{scored['reference']}"):
            text = browse(who).get(f"{address}?lang=en").text
            assert "3.0" not in text
            assert "60 of 100" not in text


def test_after_the_reveal_the_panel_reads_it_and_nobody_else(
    app: Flask, browse: Browse, scored: dict[str, str]
) -> None:
    """The recused, the drafts, and everybody outside the panel stay out."""
    with writing(app) as session:
        review = session.get_one(Review, int(scored["number"]))
        for name in ("second", "third"):
            seat = seat_of(session, review, name)
            if name == "third":
                seat.state = SeatState.RECUSED
                session.flush()
            else:
                score(session, review, name, 4, "Fine.", now=clock.now())
        assert seen(session, seat_of(session, review, "second")) == 2
        assert review.revealed_at is None  # "third" was still awaited when "second" handed in
        review.revealed_at = clock.now()
    about = scored["reference"], f"/reviews/{scored['number']}"
    tells = {
        who
        for who in EVERYBODY
        for part in about
        if any(SECRET in leak for leak in leaks(browse, who, scored, part))
    }
    assert tells == {"coordinator", "second"}


def test_nobody_of_the_table_is_missing(app: Flask, scored: dict[str, str]) -> None:
    """Each role of the house is tried above, so that a new one must be added there."""
    with app.app_context():
        session = db.session()
        people = [person(session, who) for who in EVERYBODY if who]
        missing = {role for role in RoleName if not any(has_role(who, role) for who in people)}
        assert missing <= {RoleName.HEAD}  # who is an officer
