"""People and roles: who is found, what may be given and taken, and who looks after which account."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.accounts.actions import keep_password
from portal.accounts.links import find_invited, invite_token
from portal.accounts.models import OneTimeCode, Role, RoleName
from portal.accounts.second_factor import new_seed, switch_on
from portal.administration import staffing
from portal.communities.models import Department, Place
from portal.core import clock
from portal.core.db import begin_write, db
from portal.core.errors import Conflict, Invalid, TooMany
from portal.core.worker import run_all
from portal.threads.events import ADMINISTRATION, Actor, find_broken_event
from portal.threads.models import Event, Vote
from tests.accounts.test_pages import PASSWORD, account_mails
from tests.accounts.test_pages import post as fill_in
from tests.factories import NOW, Browse, add_person, add_role, count_queries, make_report, person
from tests.triage.moving import post

PEOPLE = "/staff/admin/people"


def place(session: Session, code: str) -> Place:
    return session.scalars(select(Place).where(Place.code == code)).one()


def by(session: Session) -> Actor:
    return Actor(person(session, "administrator"), "administrator")


def records(session: Session) -> list[tuple[str, dict[str, object]]]:
    events = session.scalars(select(Event).where(Event.stream == ADMINISTRATION).order_by(Event.sequence))
    return [(event.kind, event.data) for event in events]


@pytest.fixture
def street(app: Flask) -> None:
    """Let there be an administrator of Willow's street only."""
    with app.app_context():
        session = db.session()
        add_role(session, add_person(session, "local"), RoleName.ADMINISTRATOR, place(session, "liu"), None)
        session.commit()


def number_of(app: Flask, name: str) -> int:
    with app.app_context():
        return person(db.session(), name).id


def roles_of(app: Flask, name: str) -> list[tuple[str, str]]:
    with app.app_context():
        return [(role.name, role.place.code) for role in person(db.session(), name).roles]


# Actions


def test_roles_are_given_and_taken_once_and_on_record(session: Session) -> None:
    resident, liu = person(session, "resident"), place(session, "liu")
    for _twice in range(2):
        staffing.grant(session, resident, RoleName.COORDINATOR, liu, None, by=by(session), now=NOW)
    assert [role.name for role in resident.roles] == ["coordinator"]
    staffing.take(session, resident.roles[0], by=by(session), now=NOW)
    assert not resident.roles
    role = {"role": "coordinator", "place_id": liu.id, "department_id": None}
    about = ["person", resident.id]
    assert records(session) == [
        ("person.role_granted", {"what": about, "before": {}, "after": role}),
        ("person.role_taken", {"what": about, "before": role, "after": {}}),
    ]
    assert find_broken_event(session, ADMINISTRATION) is None


def test_the_last_administrator_of_the_whole_stays(session: Session) -> None:
    administrator = person(session, "administrator")
    with pytest.raises(Conflict):
        staffing.take(session, administrator.roles[0], by=by(session), now=NOW)
    with pytest.raises(Conflict):
        staffing.block(session, administrator, by=by(session), now=NOW)
    second = person(session, "resident")
    second.is_blocked = True
    root = place(session, "yunhe")
    staffing.grant(session, second, RoleName.ADMINISTRATOR, root, None, by=by(session), now=NOW)
    with pytest.raises(Conflict):  # who is blocked can't administrate
        staffing.take(session, administrator.roles[0], by=by(session), now=NOW)
    second.is_blocked = False
    staffing.take(session, administrator.roles[0], by=by(session), now=NOW)
    assert not administrator.roles


def test_an_invitation_is_withdrawn_with_its_link_and_code(session: Session) -> None:
    liu = place(session, "liu")
    invited = staffing.invite(session, email="Lin@example.org", name="Lin", language="en", place=liu, now=NOW)
    staffing.grant(session, invited, RoleName.PANELLIST, liu, None, by=by(session), now=NOW)
    code, token = staffing.print_code(session, invited, by=by(session), now=NOW), invite_token(invited)
    assert re.fullmatch(r"\w{4}-\w{4}-\w{4}", code)
    assert find_invited(session, token) is invited
    staffing.withdraw_invitation(session, invited, by=by(session), now=NOW)
    assert find_invited(session, token) is None
    assert session.scalars(select(OneTimeCode.expires_at)).all() == [NOW]
    officer = person(session, "officer")
    keep_password(session, officer, "a hash")
    with pytest.raises(Conflict):
        staffing.withdraw_invitation(session, officer, by=by(session), now=NOW)


def test_inviting_changes_nothing_of_an_account_that_is_there(session: Session) -> None:
    resident = person(session, "resident")
    details = {"name": "Somebody", "language": "zh-Hans", "place": place(session, "liu")}
    found = staffing.invite(session, email="RESIDENT@example.org", **details, now=NOW)
    assert found is resident
    assert (resident.name, resident.language) == ("resident", "en")
    resident.is_blocked = True
    with pytest.raises(Invalid):
        staffing.invite(session, email="resident@example.org", **details, now=NOW)


def test_an_address_gets_five_invitations_a_day(session: Session) -> None:
    officer = person(session, "officer")
    for _mail in range(5):
        staffing.send_invitation(session, officer, by=by(session), now=NOW)
    with pytest.raises(TooMany):
        staffing.send_invitation(session, officer, by=by(session), now=NOW)


def test_blocking_twice_is_recorded_once(session: Session) -> None:
    resident = person(session, "resident")
    for act in (staffing.block, staffing.block, staffing.unblock, staffing.unblock):
        act(session, resident, by=by(session), now=NOW)
    assert [kind for kind, _data in records(session)] == ["person.blocked", "person.unblocked"]


# Finding people


def names_on(client: FlaskClient, query: str = "") -> list[str]:
    page = client.get(f"{PEOPLE}?lang=en&{query}").text
    return re.findall(r'person-line__name" href="[^"]*">([^<]*)<', page)


STAFF = ["administrator", "coordinator", "officer", "outsider", "panellist"]


def test_an_administrator_of_the_whole_finds_everybody(browse: Browse) -> None:
    client = browse("administrator")
    assert names_on(client) == STAFF
    assert names_on(client, "role=officer") == ["officer", "outsider"]
    assert names_on(client, "q=resid") == ["resident"]
    assert names_on(client, "q=neighbour@example.org") == ["neighbour"]
    assert names_on(client, "q=%25") == []
    assert "resident@example.org" in client.get(f"{PEOPLE}?q=resident").text


def test_one_of_a_part_lists_its_staff_and_finds_others_masked(street: None, browse: Browse) -> None:
    client = browse("local")
    assert names_on(client) == ["local", "officer"]
    assert names_on(client, "q=outsider") == ["outsider"]
    page = client.get(f"{PEOPLE}?q=outsider").text
    assert "o•••@example.org" in page
    assert "outsider@example.org" not in page.replace('value="outsider"', "")
    assert names_on(client, "q=outsider@exam") == []  # not to be guessed letter by letter
    assert names_on(client, "q=officer@exam") == ["officer"]
    assert names_on(client, "q=resident") == []


def test_people_are_paged_by_name(app: Flask, browse: Browse) -> None:
    with app.app_context():
        session = db.session()
        for number in range(30):
            add_role(
                session,
                add_person(session, f"aide {number:02}"),
                RoleName.PANELLIST,
                place(session, "liu"),
                None,
            )
        session.commit()
    client, found, address = browse("administrator"), [], f"{PEOPLE}?lang=en"
    while address:
        page = client.get(address).text
        found += re.findall(r'person-line__name" href="[^"]*">([^<]*)<', page)
        more = re.search(r'class="pager__older" href="([^"]*)"', page)
        address = more.group(1).replace("&amp;", "&") if more else ""
    assert found == sorted([*STAFF, *(f"aide {n:02}" for n in range(30))])
    with count_queries(app) as many:
        client.get(PEOPLE)
    with count_queries(app) as few:
        client.get(f"{PEOPLE}?q=officer")
    assert len(many) == len(few)


@pytest.mark.parametrize("query", ["place=%00&role=boss", "after=99999999999", "q=%00'", "after=x"])
def test_odd_wishes_do_no_harm(browse: Browse, query: str) -> None:
    assert browse("administrator").get(f"{PEOPLE}?{query}").status_code == 200


# Inviting


def invite(app: Flask, client: FlaskClient, **fields: str) -> TestResponse:
    with app.app_context():
        construction = db.session.scalars(select(Department).where(Department.code == "construction")).one()
        values = {
            "name": "Lin Mei",
            "email": "lin@example.org",
            "language": "en",
            "role": "officer",
            "place": str(place(db.session(), fields.pop("at", "liu")).id),
            "department": str(construction.id),
            "way": "mail",
        }
    return post(client, f"{PEOPLE}/invite?lang=en", values | fields)


def test_an_invitation_by_mail_ends_in_an_account(app: Flask, browse: Browse, client: FlaskClient) -> None:
    answer = invite(app, browse("administrator"))
    assert answer.status_code == 303
    assert roles_of(app, "Lin Mei") == [("officer", "liu")]
    assert account_mails(app) == ["invited"]
    with app.app_context():
        run_all(clock.now())
        (mail,) = (app.extensions["linli_settings"].var_dir / "mail").glob("*.eml")
    from email import message_from_bytes
    from email.policy import default

    text = message_from_bytes(mail.read_bytes(), policy=default).get_content()
    assert "Officer · " in text
    found = re.search(r"/invited/\S+", text)
    assert found
    link = found.group()
    assert client.get(link).headers["Referrer-Policy"] == "no-referrer"
    done = fill_in(client, link, new_password=PASSWORD, again=PASSWORD)
    assert (done.status_code, done.location) == (303, "/staff")
    assert client.get(link, query_string={"lang": "en"}).status_code == 404
    with app.app_context():
        kinds = [kind for kind, _data in records(db.session())]
    assert kinds == ["person.role_granted", "person.invited"]


def test_a_code_is_shown_once_to_print(app: Flask, browse: Browse, client: FlaskClient) -> None:
    answer = invite(app, browse("administrator"), way="code")
    assert answer.status_code == 200
    found = re.search(r"<code>([\w-]{14})</code>", answer.text)
    assert found
    assert account_mails(app) == []
    done = fill_in(client, "/first-sign-in", code=found.group(1), new_password=PASSWORD, again=PASSWORD)
    assert done.location == "/staff"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"email": "no address"}, "as in name@example.org"),
        ({"name": " "}, "write the name"),
        ({"department": "0"}, "choose the department"),
        ({"role": "king"}, "Not a valid choice"),
        ({"place": "999"}, "Not a valid choice"),
        ({"place": "x"}, "could not coerce"),
    ],
)
def test_what_is_wrong_is_said_and_kept(
    app: Flask, browse: Browse, fields: dict[str, str], message: str
) -> None:
    answer = invite(app, browse("administrator"), **({"name": "Lin Mei"} | fields))
    assert answer.status_code == 422
    assert message in answer.text
    if "name" not in fields:
        assert 'value="Lin Mei"' in answer.text
    assert account_mails(app) == []


def test_nobody_invites_to_where_they_do_not_reach(app: Flask, street: None, browse: Browse) -> None:
    client = browse("local")
    for code in ("yunhe", "qiao"):
        assert invite(app, client, at=code, role="administrator").status_code == 422
    assert invite(app, client, at="liu-1", role="administrator").status_code == 303
    assert roles_of(app, "Lin Mei") == [("administrator", "liu-1")]


def test_no_code_opens_the_account_of_another(app: Flask, street: None, browse: Browse) -> None:
    """An invitation by code to somebody who is there already sends them a mail instead."""
    for name in ("coordinator", "neighbour"):  # roles elsewhere; an address that its owner has proven
        answer = invite(app, browse("local"), email=f"{name}@example.org", way="code")
        assert answer.status_code == 303
    assert account_mails(app) == ["invited", "invited"]
    with app.app_context():
        assert db.session.scalars(select(OneTimeCode)).all() == []


# One person


def move(app: Flask, client: FlaskClient, name: str, verb: str, **fields: str) -> TestResponse:
    return post(client, f"{PEOPLE}/{number_of(app, name)}/{verb}", fields)


def test_a_role_is_given_and_taken_on_the_page(app: Flask, browse: Browse) -> None:
    client = browse("administrator")
    path = f"{PEOPLE}/{number_of(app, 'resident')}"
    with app.app_context():
        fields = {"role": "coordinator", "place": str(place(db.session(), "liu").id), "department": "0"}
    assert post(client, f"{path}/roles", fields).location == path
    assert post(client, f"{path}/roles?lang=en", fields | {"role": "officer"}).status_code == 422
    assert roles_of(app, "resident") == [("coordinator", "liu")]
    page = client.get(f"{path}?lang=en").text
    assert "Coordinator" in page
    taken = re.search(rf'action="({path}/roles/\d+/take)"', page)
    assert taken
    assert post(client, taken.group(1), {}).location == path
    assert post(client, taken.group(1), {}).status_code == 404
    assert roles_of(app, "resident") == []


def test_one_of_a_part_takes_only_roles_of_their_places(app: Flask, street: None, browse: Browse) -> None:
    client = browse("local")
    with app.app_context():
        roles = {name: person(db.session(), name).roles[0].id for name in ("outsider", "officer")}
    assert move(app, client, "outsider", f"roles/{roles['outsider']}/take").status_code == 403
    assert move(app, client, "officer", f"roles/{roles['outsider']}/take").status_code == 404
    assert move(app, client, "officer", f"roles/{roles['officer']}/take").location == PEOPLE
    with app.app_context():
        place_id = str(place(db.session(), "qiao").id)
    fields = {"role": "coordinator", "place": place_id, "department": "0"}
    assert move(app, client, "outsider", "roles", **fields).status_code == 422


ACCOUNT_MOVES = ("block", "unblock", "send-link", "withdraw", "reset-second-factor", "code")


def give(app: Flask, name: str, role: RoleName, code: str) -> None:
    with app.app_context():
        session = db.session()
        add_role(session, person(session, name), role, place(session, code), None)
        session.commit()


def test_one_of_a_part_looks_after_no_account_that_was_there_before(
    app: Flask, street: None, browse: Browse
) -> None:
    client = browse("local")
    assert client.get(f"{PEOPLE}/{number_of(app, 'resident')}").status_code == 404
    assert move(app, client, "resident", "block").status_code == 404
    assert invite(app, client, email="resident@example.org", role="coordinator").status_code == 303
    give(app, "outsider", RoleName.COORDINATOR, "liu")
    for verb in ACCOUNT_MOVES:
        for name in ("resident", "officer", "outsider", "administrator", "coordinator", "local"):
            assert move(app, client, name, verb).status_code == 403, (verb, name)
    page = client.get(f"{PEOPLE}/{number_of(app, 'resident')}?lang=en").text
    assert "Administrators of the whole look after this account" in page
    assert ">Block<" not in page
    assert ">Block<" in browse("administrator").get(f"{PEOPLE}/{number_of(app, 'resident')}?lang=en").text


def lin_at_work(app: Flask, client: FlaskClient) -> None:
    """Let Lin Mei have come by an invitation to Willow's street, and have a password."""
    invite(app, client)
    with app.app_context():
        begin_write(db.session())
        keep_password(db.session(), person(db.session(), "Lin Mei"), "a hash")
        db.session.commit()


def test_one_of_a_part_looks_after_the_accounts_made_by_invitation(
    app: Flask, street: None, browse: Browse
) -> None:
    client = browse("local")
    lin_at_work(app, client)
    for verb in ("block", "unblock", "reset-second-factor"):
        assert move(app, client, "Lin Mei", verb).status_code == 303
    assert move(app, client, "Lin Mei", "code").status_code == 200


@pytest.mark.parametrize("life", ["work elsewhere", "submission", "vote", "another record", "home"])
def test_but_not_after_one_that_opens_more_than_work_there(
    app: Flask, street: None, browse: Browse, life: str
) -> None:
    client = browse("local")
    lin_at_work(app, client)
    with app.app_context():
        session = db.session()
        begin_write(session)
        lin = person(session, "Lin Mei")
        if life == "work elsewhere":
            add_role(session, lin, RoleName.PANELLIST, place(session, "qiao"), None)
        elif life == "submission":
            make_report(session, author=lin)
        elif life == "vote":
            report = make_report(session, author=person(session, "neighbour"))
            session.add(Vote(thread_id=report.id, person_id=lin.id, at=NOW))
        elif life == "another record":
            add_person(session, "browser", verified=False).same_as_id = lin.id
        else:
            lin.residency_confirmed_at = NOW
        session.commit()
    for verb in ACCOUNT_MOVES:
        assert move(app, client, "Lin Mei", verb).status_code == 403, verb
    assert move(app, browse("administrator"), "Lin Mei", "block").status_code == 303


def test_an_account_of_another_place_is_not_taken_over_once_its_roles_are_gone(
    app: Flask, street: None, browse: Browse
) -> None:
    boss, client = browse("administrator"), browse("local")
    invite(app, boss, at="qiao")
    with app.app_context():
        role = person(db.session(), "Lin Mei").roles[0].id
        keep_password(db.session(), person(db.session(), "Lin Mei"), "a hash")
        db.session.commit()
    post(boss, f"{PEOPLE}/{number_of(app, 'Lin Mei')}/roles/{role}/take", {})
    assert invite(app, client).status_code == 303
    assert move(app, client, "Lin Mei", "code").status_code == 403


def test_a_role_unmasks_no_address(app: Flask, street: None, browse: Browse) -> None:
    client = browse("local")
    with app.app_context():
        fields = {"role": "panellist", "place": str(place(db.session(), "liu").id), "department": "0"}
    assert move(app, client, "outsider", "roles", **fields).status_code == 303
    page = client.get(f"{PEOPLE}/{number_of(app, 'outsider')}").text
    assert "o•••@example.org" in page
    assert "outsider@example.org" not in page + client.get(PEOPLE).text
    assert names_on(client, "q=outsider@exam") == []


def test_blocking_signs_out_and_opening_lets_in_again(app: Flask, browse: Browse) -> None:
    officer, client = browse("officer"), browse("administrator")
    assert officer.get("/staff").status_code == 200
    move(app, client, "officer", "block")
    assert officer.get("/staff").status_code == 302
    page = client.get(f"{PEOPLE}/{number_of(app, 'officer')}?lang=en").text
    assert "Open the account again" in page
    move(app, client, "officer", "unblock")
    assert officer.get("/staff").status_code == 302  # but has to sign in anew
    assert browse("officer").get("/staff").status_code == 200


def test_the_last_one_is_told_why_not(app: Flask, browse: Browse) -> None:
    client, number = browse("administrator"), number_of(app, "administrator")
    assert move(app, client, "administrator", "block").status_code == 403  # oneself
    with app.app_context():
        role = person(db.session(), "administrator").roles[0].id
    post(client, f"{PEOPLE}/{number}/roles/{role}/take?lang=en", {})
    assert "last administrator" in client.get(f"{PEOPLE}/{number}?lang=en").text
    assert roles_of(app, "administrator") == [("administrator", "yunhe")]


def test_two_who_take_each_other_s_role_leave_one(app: Flask, browse: Browse) -> None:
    with app.app_context():
        session = db.session()
        add_role(
            session, add_person(session, "second"), RoleName.ADMINISTRATOR, place(session, "yunhe"), None
        )
        session.commit()
        roles = {name: person(session, name).roles[0].id for name in ("administrator", "second")}
    takes = [
        (browse(actor), f"{PEOPLE}/{number_of(app, other)}/roles/{roles[other]}/take")
        for actor, other in (("administrator", "second"), ("second", "administrator"))
    ]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda take: post(*take, {}), takes))
    with app.app_context():
        left = db.session.scalars(select(Role).where(Role.name == RoleName.ADMINISTRATOR)).all()
    assert len(left) == 1


def test_a_second_factor_is_reset_with_a_mail(app: Flask, browse: Browse) -> None:
    with app.app_context():
        begin_write(db.session())
        switch_on(db.session(), person(db.session(), "officer"), new_seed(), 1, now=NOW)
        db.session.commit()
    client = browse("administrator")
    for _twice in range(2):
        assert move(app, client, "officer", "reset-second-factor").status_code == 303
    assert account_mails(app) == ["second_factor_reset"]
    with app.app_context():
        assert not person(db.session(), "officer").has_second_factor
        assert [kind for kind, _data in records(db.session())] == ["person.second_factor_reset"]


def test_a_code_is_printed_for_whom_the_office_vouches_for(app: Flask, browse: Browse) -> None:
    client = browse("administrator")
    assert move(app, client, "officer", "code").status_code == 403  # has proven the address
    with app.app_context():
        officer = person(db.session(), "officer")
        officer.email_confirmed_at = officer.created_at
        db.session.commit()
    page = move(app, client, "officer", "code")
    assert re.search(r"<code>[\w-]{14}</code>", page.text)
    assert page.headers["Cache-Control"] == "no-store"


def test_a_mail_with_the_link_is_sent_again(app: Flask, browse: Browse) -> None:
    client = browse("administrator")
    answers = [move(app, client, "officer", "send-link?lang=en") for _mail in range(6)]
    assert {answer.status_code for answer in answers} == {303}
    assert account_mails(app) == ["invited"] * 5
    assert "tried too often" in client.get(answers[-1].location).text


def test_the_page_of_a_person_costs_the_same_however_many_roles(app: Flask, browse: Browse) -> None:
    client, path = browse("administrator"), f"{PEOPLE}/{number_of(app, 'officer')}"
    client.get(path)
    costs = []
    for _round in range(2):
        with count_queries(app) as statements:
            client.get(path)
        costs.append(len(statements))
        with app.app_context():
            session = db.session()
            for code in ("liu-1", "liu-2", "qiao"):
                add_role(session, person(session, "officer"), RoleName.PANELLIST, place(session, code), None)
            session.commit()
    assert costs[0] == costs[1]
