"""What is private or hidden stays so, whatever it is joined with, tied to, or offered to."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.accounts.models import RoleName
from portal.cases.offers import offer_report
from portal.communities.models import Department, Place
from portal.core.db import db
from portal.core.errors import NotFound
from portal.threads.actions import hide_words, show_words
from portal.threads.chains import tie
from portal.threads.events import Actor
from portal.threads.merging import merge_threads
from portal.threads.photos import list_photos, list_photos_for_sender
from portal.triage.access import desk_for, get_thread_for
from portal.triage.joining import settle_again
from portal.triage.work import Move, make
from tests import photos
from tests.factories import NOW, add_person, add_role, directory, make_report, person
from tests.triage.moving import coordinator, filled_form

SOON = NOW + timedelta(hours=1)


def test_photos_of_a_private_report_stay_with_its_sender(session: Session) -> None:
    by = coordinator(session)
    private = make_report(session, "Quagga", author=person(session, "neighbour"), private=True)
    other = make_report(session, "The same", private=True)
    photos.add(session, private, person=person(session, "neighbour"))
    merge_threads(session, private, other, by=by, now=SOON)
    assert list_photos(session, other.id) == []
    assert list_photos_for_sender(session, other) == []


def test_a_submission_that_is_hidden_takes_its_photos_with_it(session: Session) -> None:
    by = coordinator(session)
    joined, survivor = make_report(session, "First"), make_report(session, "Second")
    photos.add(session, joined, person=joined.author)
    merge_threads(session, joined, survivor, by=by, now=SOON)
    assert len(list_photos(session, survivor.id)) == 1
    hide_words(session, joined, "It shows a child.", by=by, now=SOON)
    settle_again(session, joined, now=SOON)
    assert list_photos(session, survivor.id) == []
    show_words(session, joined, by=by, now=SOON)
    settle_again(session, joined, now=SOON)
    assert len(list_photos(session, survivor.id)) == 1


def test_the_public_page_does_not_count_what_is_private(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        session = db.session()
        by = coordinator(session)
        private = make_report(session, "Quagga", private=True, now=NOW - timedelta(days=9))
        public = make_report(session, "Once more")
        tie(session, public, private, by=by, now=SOON)
        session.commit()
        reference = public.reference
    assert "has come up" not in client.get(f"/reports/{reference}?lang=en").text


def test_an_offer_that_has_ended_lets_nobody_read_on(session: Session) -> None:
    places = directory(session)
    labour = places.department_codes["labour"]
    helper = add_person(session, "helper")
    liu = session.get_one(Place, places.place_codes["liu"].id)
    add_role(session, helper, RoleName.OFFICER, liu, session.get_one(Department, labour.id))
    session.refresh(helper)
    report = make_report(session, private=True)
    officer = Actor(person(session, "officer"), "officer")
    offer_report(session, report, labour.id, "Theirs.", directory=places, by=officer, now=SOON)
    assert get_thread_for(session, helper, report.reference, places)[1].reads
    desk = desk_for(person(session, "coordinator"), report, places)
    form = filled_form(reason="Noise.")
    form.chosen = lambda found: found.category_codes["noise"]
    make("sort", Move(session, report, desk, places, form, SOON))
    with pytest.raises(NotFound):
        get_thread_for(session, helper, report.reference, places)
