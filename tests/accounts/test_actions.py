from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import actions
from portal.accounts.identity import find_confirmed
from portal.accounts.models import OneTimeCode, Person, RoleName
from portal.accounts.passwords import hash_password, is_right
from portal.accounts.sign_ins import begin_sign_in, find_sign_in
from portal.communities.models import Department, Place
from portal.core.errors import Invalid
from portal.core.outbox import Job
from portal.core.worker import run_all
from portal.threads.events import find_broken_event
from portal.threads.models import Visibility
from portal.threads.votes import cast_vote
from tests.factories import NOW, add_person, make_report, person

HASH = "a hash"


def mails(session: Session) -> list[tuple[str, int]]:
    """Return what account mails wait, and for whom."""
    jobs = session.scalars(select(Job).where(Job.topic == actions.MAIL_TOPIC).order_by(Job.id))
    return [(job.payload["about"], job.payload["person_id"]) for job in jobs]


def register(session: Session, email: str = "new@example.org") -> Person:
    actions.register(session, email=email, name="New", password_hash=HASH, language="en", now=NOW)
    return session.scalars(select(Person).order_by(Person.id.desc()).limit(1)).one()


def test_a_registration_counts_only_when_the_address_is_confirmed(session: Session) -> None:
    new = register(session)
    assert not new.is_verified
    assert find_confirmed(session, "new@example.org") is None
    assert mails(session) == [("confirm", new.id)]
    assert actions.confirm_email(session, new, now=NOW) is new
    assert find_confirmed(session, "NEW@example.org") is new


def test_whoever_has_an_account_is_told_by_mail_and_nothing_changes(session: Session) -> None:
    resident = person(session, "resident")
    actions.keep_password(session, resident, HASH)
    register(session, "resident@example.org")
    assert mails(session) == [("already_registered", resident.id)]
    assert session.scalars(select(Person).where(Person.email == "resident@example.org")).all() == [resident]


def test_registering_with_an_address_confirmed_by_a_submission_gives_that_person_the_password(
    session: Session,
) -> None:
    resident = person(session, "resident")  # confirmed, without a password
    new = register(session, "resident@example.org")
    assert actions.confirm_email(session, new, now=NOW) is resident
    assert (resident.password_hash, new.password_hash, new.same_as_id) == (HASH, None, resident.id)


def test_who_confirms_later_is_the_same_as_who_confirmed_first(session: Session) -> None:
    first = add_person(session, "twin", verified=False)
    second = add_person(session, "twin", verified=False)
    phone = add_person(session, "phone", verified=False)
    phone.same_as_id = second.id
    assert actions.confirm_email(session, first, now=NOW) is first
    assert actions.confirm_email(session, second, now=NOW) is first
    session.refresh(phone)
    assert (second.same_as_id, phone.same_as_id) == (first.id, first.id)
    assert actions.confirm_email(session, second, now=NOW) is first


def test_confirming_shows_the_words_that_waited_and_verifies_the_votes(session: Session) -> None:
    passer_by = add_person(session, "passer-by", verified=False)
    waiting = make_report(session, author=passer_by)
    private = make_report(session, "A private matter at home.", author=passer_by, private=True)
    other = make_report(session)
    cast_vote(session, other, passer_by, now=NOW)
    assert (waiting.visibility, other.votes_verified) == (Visibility.FIRST_LOOK, 0)
    actions.confirm_email(session, passer_by, now=NOW)
    session.commit()
    run_all(NOW)
    assert (waiting.visibility, private.visibility) == (Visibility.PUBLIC, Visibility.PRIVATE)
    assert (other.votes_total, other.votes_verified) == (1, 1)
    assert find_broken_event(session, f"thread:{waiting.id}") is None


def test_words_that_staff_hid_stay_hidden(session: Session) -> None:
    passer_by = add_person(session, "passer-by", verified=False)
    report = make_report(session, author=passer_by)
    report.visibility = Visibility.HIDDEN
    actions.confirm_email(session, passer_by, now=NOW)
    session.commit()
    run_all(NOW)
    assert report.visibility == Visibility.HIDDEN


def test_a_browser_that_signs_in_is_one_voter(session: Session) -> None:
    resident, report = person(session, "resident"), make_report(session)
    browser = Person(created_at=NOW)
    session.add(browser)
    session.flush()
    for voter in (browser, resident):
        cast_vote(session, report, voter, now=NOW)
    assert report.votes_total == 2
    actions.link_browser(session, browser, resident, now=NOW)
    session.commit()
    run_all(NOW)
    assert (report.votes_total, report.votes_verified) == (1, 1)


def test_somebody_with_an_address_is_never_taken_for_another(session: Session) -> None:
    neighbour = person(session, "neighbour")
    actions.link_browser(session, neighbour, person(session, "resident"), now=NOW)
    assert neighbour.same_as_id is None


def test_a_reset_is_mailed_only_to_whoever_has_an_account(session: Session) -> None:
    new = register(session)
    for email in ("nobody@example.org", "new@example.org"):
        actions.ask_for_reset(session, email, now=NOW)
    blocked = person(session, "neighbour")
    blocked.is_blocked = True
    actions.ask_for_reset(session, "neighbour@example.org", now=NOW)
    assert mails(session) == [("confirm", new.id), ("reset", new.id)]


def test_a_reset_ends_sessions_and_proves_the_address(session: Session) -> None:
    new = register(session)
    secret = begin_sign_in(session, new, "", now=NOW)
    assert actions.reset_password(session, new, "another", now=NOW) is new
    assert (new.is_verified, new.password_hash) == (True, "another")
    assert find_sign_in(session, secret, now=NOW) is None
    assert mails(session)[-1] == ("password_changed", new.id)


def test_a_code_is_used_once_within_two_weeks(session: Session) -> None:
    officer = person(session, "officer")
    old = actions.make_code(session, officer, now=NOW)
    code = actions.make_code(session, officer, now=NOW)
    assert session.scalars(select(OneTimeCode.digest).where(OneTimeCode.digest == code)).first() is None
    later = NOW + timedelta(days=13)
    with pytest.raises(Invalid):  # a newer code ends the older one
        actions.use_code(session, old, HASH, now=later)
    assert actions.use_code(session, code.lower().replace("-", " "), HASH, now=later) is officer
    with pytest.raises(Invalid):
        actions.use_code(session, code, "another", now=later)
    assert officer.password_hash == HASH
    late = actions.make_code(session, officer, now=NOW)
    with pytest.raises(Invalid):
        actions.use_code(session, late, HASH, now=NOW + timedelta(days=14))


def test_staff_are_put_and_given_roles_again_and_again_without_harm(session: Session) -> None:
    place = session.scalars(select(Place).where(Place.code == "liu")).one()
    department = session.scalars(select(Department).where(Department.code == "construction")).one()
    for name in ("Lin", "Lin Mei"):
        lin = actions.put_staff(session, email="Lin@example.org", name=name, language="zh-Hans", now=NOW)
        actions.grant_role(session, lin, RoleName.OFFICER, place, department)
        actions.grant_role(session, lin, RoleName.COORDINATOR, place)
    assert (lin.name, lin.email, lin.is_verified) == ("Lin Mei", "lin@example.org", True)
    assert sorted(r.name for r in lin.roles) == ["coordinator", "officer"]
    assert not actions.grant_role(session, lin, RoleName.COORDINATOR, place)


def test_passwords_are_kept_as_hashes_only(session: Session) -> None:
    resident = person(session, "resident")
    actions.set_password(session, resident, "herbs by the gate")
    assert resident.password_hash is not None
    assert "herbs" not in resident.password_hash
    assert is_right(resident.password_hash, "herbs by the gate")
    assert not is_right(resident.password_hash, "herbs by the door")
    assert not is_right(None, "nobody has this password")
    assert is_right(hash_password("ｈｅｒｂｓ by the gate"), "herbs by the gate")
