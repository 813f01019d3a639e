"""The file of one's own data: all of it, and nothing of others."""

import json
import re
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from flask import Flask
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.core import clock
from portal.core.db import Base
from portal.core.storage import get_store
from portal.insight.models import WeekLoad
from portal.notifications.subscriptions import Wish, subscribe
from portal.pilots.effects import Severity
from portal.pilots.effects_actions import Noticed, tell_effect
from portal.privacy.export import write_export
from portal.threads.additions import Frequency
from portal.threads.comments import add_comment, flag_comment
from portal.threads.events import resident
from portal.threads.followers import follow_thread
from portal.threads.models import Kind
from portal.threads.not_same import remember_not_same
from tests import factories, photos
from tests.pilots.piloting import make_running

# Columns that name a person and are not asked in the file, and why.
NOT_IN_THE_FILE = {
    "bulk_actions.person_id": "what staff did at work; it is kept for a week",
    "call_proposals.answered_by_id": "what staff did at work",
    "call_proposals.person_id": "what staff did at work",
    "case_decisions.person_id": "what staff have to do at work",
    "case_files.person_id": "what staff did at work",
    "case_offers.offered_by_id": "what staff did at work",
    "case_tasks.assignee_id": "what staff have to do at work",
    "comments.hidden_by_id": "what staff did at work",
    "committee_votes.opened_by_id": "what staff did at work",
    "contacts.noted_by_id": "what staff did at work; the contact is in the file of whose it is",
    "events.actor_id": "each act is there as what came of it: the words, the vote, the comment",
    "joint_cases.called_by_id": "what staff did at work",
    "joint_cases.decided_by_id": "what staff did at work",
    "one_time_codes.person_id": "only a digest, of a code that ends after two weeks",
    "panel_appraisals.by_id": "what staff did at work",
    "panel_decisions.decided_by_id": "what staff did at work",
    "panel_reviews.opened_by_id": "what staff did at work",
    "pilot_amendments.by_id": "what staff did at work",
    "pilot_decisions.by_id": "what staff did at work",
    "pilot_effects.looked_by_id": "what staff did at work",
    "pilot_evaluators.asked_by_id": "what staff did at work",
    "pilot_spendings.by_id": "what staff did at work",
    "pilot_values.by_id": "what staff did at work",
    "pilots.created_by_id": "what staff did at work",
    "pilots.owner_id": "what staff have to do at work",
    "practices.created_by_id": "what staff did at work",
    "recovery_codes.person_id": "only digests",
    "referrals.answered_by_id": "what staff did at work",
    "referrals.asked_by_id": "what staff did at work",
    "routing_decisions.actor_id": "what staff did at work",
    "thread_links.actor_id": "what staff did at work",
    "threads.assignee_id": "what staff have to do at work",
}


def test_every_column_that_names_a_person_is_read_or_has_a_reason(app: Flask, session: Session) -> None:
    me = factories.person(session, "resident")
    factories.make_report(session, author=me)
    session.commit()
    session.expire_all()
    with factories.count_queries(app) as statements:
        write_export(session, me, factories.directory(session), get_store())
    asked = " ".join(" ".join(statements).split()).replace('"', "")
    named = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "people"
    }
    unread = {name for name in named if not re.search(rf"{name} (IN \(|= )|(\?|BIGINT) = {name}", asked)}
    assert unread == set(NOT_IN_THE_FILE)


def read_file(session: Session, person: Person) -> dict[str, Any]:
    packed = write_export(session, person, factories.directory(session), get_store())
    data: dict[str, Any] = json.loads(ZipFile(BytesIO(packed)).read("data.json"))
    return data


def test_the_photo_of_an_effect_goes_with_it(session: Session) -> None:
    me, now = factories.person(session, "resident"), clock.now()
    thread, pilot, _indicator = make_running(session)
    noticed = Noticed(False, Severity.NOTABLE, "A puddle.", photo_key=photos.keep(3).key)
    effect = tell_effect(
        session,
        thread,
        pilot,
        noticed,
        person=me,
        key="once",
        follow=False,
        directory=factories.directory(session),
        now=now,
    )
    packed = ZipFile(BytesIO(write_export(session, me, factories.directory(session), get_store())))
    (told,) = json.loads(packed.read("data.json"))["effects_of_pilots"]
    assert (told["text"], told["seen_by_others"]) == ("A puddle.", True)
    assert told["photo"] == f"photos/effect-{effect.id}.jpg"
    assert packed.read(told["photo"]).startswith(b"\xff\xd8")


def test_weeks_of_work_are_added_up(session: Session) -> None:
    me, known = factories.person(session, "officer"), factories.directory(session)
    for code, still_open in (("liu-1", 2), ("liu-2", None)):
        week = WeekLoad(week=date(2026, 3, 2), place_id=known.place_codes[code].id, person_id=me.id)
        week.open, week.late = still_open, still_open
        week.incoming, week.done, week.deeds, week.outside = 1, 2, 3, 0
        session.add(week)
    session.flush()
    (told,) = read_file(session, me)["weeks_of_work"]
    assert told == {
        "week": "2026-03-02",
        "open": 2,
        "late": 2,
        "incoming": 2,
        "done": 4,
        "deeds": 6,
        "outside": 0,
    }


def test_what_is_followed_is_told_in_full(session: Session) -> None:
    me, known, now = factories.person(session, "resident"), factories.directory(session), clock.now()
    report = factories.make_report(session, author=factories.person(session, "neighbour"))
    follow_thread(session, report, me, Frequency.DAILY, now=now)
    wish = Wish(
        kind=Kind.REPORT,
        place="liu-1",
        category="roads-paving",
        query="lamp",
        radius_m=500,
        point=(31.3, 120.6),
    )
    subscribe(session, me, wish, Frequency.DAILY, directory=known, now=now)
    data = read_file(session, me)
    assert data["following"] == [{"on": report.reference, "frequency": "daily", "at": now.isoformat()}]
    (told,) = data["subscriptions"]
    assert told == {
        "kind": "report",
        "place": known.full_name(known.place_codes["liu-1"].id),
        "point": [31.3, 120.6],
        "radius_m": 500,
        "category": known.category_codes["roads-paving"].name,
        "words": "lamp",
        "frequency": "daily",
        "since": now.isoformat(),
    }


def test_marks_and_reports_are_there_for_whoever_made_them(session: Session) -> None:
    me, neighbour = factories.person(session, "resident"), factories.person(session, "neighbour")
    known, now = factories.directory(session), clock.now()
    one, other = [factories.make_report(session, f"Lamp {n}.", author=neighbour) for n in (1, 2)]
    comment = add_comment(session, one, neighbour, "Shut up.", name_shown=True, directory=known, now=now)
    flag_comment(session, comment, me, "This is rude.", now=now)
    remember_not_same(session, one, [other.id], by=resident(me), now=now)
    mine, theirs = read_file(session, me), read_file(session, neighbour)
    assert [(f["on"], f["why"]) for f in mine["reported_comments"]] == [(one.reference, "This is rude.")]
    assert [(m["one"], m["other"]) for m in mine["not_the_same"]] == [(one.reference, other.reference)]
    assert theirs["reported_comments"] == theirs["not_the_same"] == []
    assert [(c["text"], c["name_shown"]) for c in theirs["comments"]] == [("Shut up.", True)]


def test_household_and_other_records_are_there(session: Session) -> None:
    me, now = factories.person(session, "resident"), clock.now()
    place = factories.directory(session).place_codes["liu-1"].id
    me.residency_place_id, me.residency_confirmed_at = place, now
    session.add(Person(name="R. before", email="old@example.org", created_at=now, same_as_id=me.id))
    session.flush()
    data = read_file(session, me)
    assert data["person"]["lives_in"] == "liu-1"
    assert data["person"]["household_code_entered"] == now.isoformat()
    assert [(o["name"], o["email"]) for o in data["other_records"]] == [("R. before", "old@example.org")]
