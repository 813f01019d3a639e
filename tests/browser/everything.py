"""A neighbourhood in which every page has something to show, and the browsers that look at it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actions import set_password
from portal.accounts.contacts import note_contact
from portal.accounts.households import make_household_codes
from portal.accounts.links import confirm_token, invite_token, reset_token
from portal.accounts.models import ContactChannel, Person, RoleName
from portal.accounts.second_factor import new_seed, switch_on
from portal.communities.models import Department, Place
from portal.core import clock
from portal.core.dates import today
from portal.core.tokens import sign
from portal.core.worker import run_all
from portal.ideas.actions import open_for_support
from portal.ideas.aims import Target, say_aim
from portal.ideas.asked import SUPPORTS
from portal.ideas.call_actions import list_criteria, put_criterion, set_matters
from portal.ideas.changing import show_version
from portal.ideas.choosing import support
from portal.ideas.models import Idea
from portal.ideas.proposals import propose_call
from portal.insight.years import count_years, keep_years
from portal.intake.queries import TRACKING
from portal.notifications.follow_letters import ALL, CONFIRM, MANAGE
from portal.notifications.follow_letters import STOP as STOP_FOLLOWING
from portal.notifications.letters import STOP as STOP_MAIL
from portal.notifications.subscriptions import Wish, ask_address, subscribe
from portal.panels.appraising import appraise
from portal.panels.decisions import announce
from portal.panels.queries import list_requests
from portal.panels.rubric import list_yardsticks
from portal.panels.scoring import revise, save_answers, say_remark
from portal.priority.actions import give_voice, open_vote
from portal.priority.models import Choice
from portal.reports.actions import mark_fixed, start_work
from portal.reports.models import Answer
from portal.reports.verdicts import ASKED, judge
from portal.setup.reply_templates import put_first_templates
from portal.threads.actions import ask, lock_thread, note, reply
from portal.threads.additions import Frequency, Photo
from portal.threads.chains import tie
from portal.threads.comments import add_comment, flag_comment, hide_comment
from portal.threads.events import Actor
from portal.threads.followers import follow_thread
from portal.threads.merging import merge_threads
from portal.threads.models import Kind, Thread, Visibility
from portal.threads.queries import find_by_reference
from portal.threads.votes import cast_vote
from portal.triage.models import BulkAction, SavedFilter
from portal.triage.splitting import Part, split_thread
from tests import photos
from tests.administration.filling import fill
from tests.cases import scenes
from tests.communities.mapping import GATE, put_on_map
from tests.factories import (
    Browse,
    add_person,
    add_role,
    directory,
    form_fields,
    make_idea,
    make_report,
    make_undecided,
    person,
)
from tests.ideas.calling import coordinator, make_call, make_idea_in
from tests.ideas.changing import change
from tests.ideas.together_scene import show_together
from tests.intake.walking import WORDS, Walk
from tests.panels.scenes import add_officer_of, decided, open_idea, review_of
from tests.panels.scoring_scene import make_review, score, seat_of, whole
from tests.pictures import jpeg, post_files
from tests.pilots.outcomes import show_outcomes
from tests.pilots.piloting import show_all
from tests.threads.publishing import writing

PASSWORD = "a long enough password"
# What people paste: words that a narrow screen can't break at a space.
LONG = f"{WORDS} 南门外面的路灯一直不亮。 https://example.org/{'lamp-by-the-south-gate-' * 5}"
COOKIES = ("linli_session", "linli_person", "linli_drafts")
ADMIN = "/staff/admin"
STANDING = (
    "resident",
    "neighbour",
    "officer",
    "coordinator",
    "administrator",
    "careful",
    "helper",
    "panellist",
    "gardener",
)


@dataclass(frozen=True)
class Everything:
    """`names` fill the {gaps} of addresses; `cookies` make a browser that of the person named."""

    names: dict[str, str]
    cookies: dict[str, dict[str, str]]


def cookies_of(client: FlaskClient) -> dict[str, str]:
    found = ((name, client.get_cookie(name)) for name in COOKIES)
    return {name: cookie.value for name, cookie in found if cookie}


def make_everything(app: Flask) -> Everything:
    names: dict[str, str] = {}
    with writing(app) as session:
        put_on_map(session)
        told = (
            _committee,
            _cases,
            _same,
            _talk,
            _calls,
            _changed,
            _scores,
            _panel,
            _together,
            _following,
            _links,
        )
        for part in (_people, _submissions, _pilots, *told):
            part(session, names)
    with app.app_context():
        run_all(clock.now())
    browse = Browse(app)
    people = {who: browse(who) for who in STANDING}
    _set_up(people["administrator"], names["place_liu"])
    names["taken"] = _take_down(people["officer"])
    for who, go in _drafts(names["report"]).items():
        people[who] = browse()
        go(Walk(people[who]))
    people["halfway"] = _sign_in_halfway(browse())
    folder = app.extensions["linli_settings"].var_dir / "mail"
    names["mail"] = sorted(file.stem for file in folder.glob("*.eml"))[0]
    return Everything(names, {who: cookies_of(client) for who, client in people.items()} | {"anonymous": {}})


def _people(session: Session, names: dict[str, str]) -> None:
    """Passwords, a second factor, somebody invited, somebody to be confirmed, contacts, household codes."""
    now = clock.now()
    for who in ("resident", "neighbour", "officer", "coordinator", "administrator"):
        set_password(session, person(session, who), PASSWORD)
    careful = _staff(session, "careful", RoleName.OFFICER, "liu-2")
    set_password(session, careful, PASSWORD)
    names["recovery"] = switch_on(session, careful, new_seed(), 1, now=now)[0]
    names |= {"careful": str(careful.id), "officer": str(person(session, "officer").id)}
    invited = _staff(session, "invited", RoleName.COORDINATOR, "liu")
    invited.email_confirmed_at = invited.created_at  # vouched for, not proven
    names |= {"invited": str(invited.id), "invite": invite_token(invited)}
    unproven = add_person(session, "unproven", verified=False)
    names["confirm"] = confirm_token(unproven)
    names["reset"] = reset_token(person(session, "neighbour"))
    resident, officer = person(session, "resident"), person(session, "officer")
    note_contact(session, resident, ContactChannel.PHONE, "13800000021", noted_by=officer, now=now)
    sms = note_contact(session, resident, ContactChannel.SMS, "13800000022", noted_by=None, now=now)
    sms.code_sent_at = now
    make_household_codes(
        session, _place(session, "liu-1").id, ["7号楼301", "7号楼302"], uses=4, days=30, now=now
    )


def _staff(session: Session, name: str, role: RoleName, place: str) -> Person:
    department = session.scalars(select(Department).where(Department.code == "construction")).one()
    made = add_person(session, name)
    add_role(session, made, role, _place(session, place), department if role == RoleName.OFFICER else None)
    return made


def _place(session: Session, code: str) -> Place:
    return session.scalars(select(Place).where(Place.code == code)).one()


def _submissions(session: Session, names: dict[str, str]) -> None:
    """One at each turn of its life, with what the pages show beside it."""
    now, neighbour = clock.now(), person(session, "neighbour")
    officer = Actor(person(session, "officer"), "officer")
    report = make_report(session, LONG, author=neighbour, point=GATE, now=now, title="A dark lamp 路灯不亮")
    for mark in (1, 2):
        photo = photos.add(session, report, mark=mark, now=now)
    cast_vote(session, report, person(session, "resident"), now=now)
    start_work(session, report, by=officer, now=now)
    reply(session, report, "We are on our way. 周五来修。", by=officer, now=now)
    note(session, report, "Seen there before.", by=officer, now=now)
    asked = make_report(session, WORDS, author=neighbour, point=GATE, now=now)
    ask(session, asked, "Which lamp is it? 3号灯还是4号灯?", by=officer, now=now)
    fixed = make_report(session, "The bench is broken.", author=person(session, "resident"), now=now)
    cast_vote(session, fixed, neighbour, now=now)
    mark_fixed(session, fixed, "A new plank. 换了木板。", photos=[photos.keep(7)], by=officer, now=now)
    names["verdict"] = sign(ASKED, [fixed.id, neighbour.id, 1])
    known = directory(session)
    judge(session, fixed, neighbour, Answer.PARTLY, "One side. 还差一边。", directory=known, now=now)
    grandma = add_person(session, "grandma", verified=False)
    grandma.email = None
    note_contact(session, grandma, ContactChannel.PHONE, "13800000023", noted_by=officer.person, now=now)
    rung = make_report(session, "The bin is full.", author=grandma, now=now)
    start_work(session, rung, by=officer, now=now)
    idea = make_idea(session, "Let us plant herbs. 一起种花种菜。", author=neighbour, now=now)
    open_for_support(session, idea, by=Actor(person(session, "coordinator"), "coordinator"), now=now)
    desk = make_undecided(session, "Something about the gate.", now=now)
    private = make_report(session, "The stairs smell.", author=neighbour, private=True, now=now)
    made = {"report": report, "asked": asked, "fixed": fixed, "rung": rung, "idea": idea, "desk": desk}
    for name, thread in (made | {"private": private}).items():
        names[name] = thread.reference
        names[f"track_{name}"] = sign(TRACKING, thread.id)
    names["photo"] = _number_in_thread(session, report, photo)
    keep_years(session, count_years(session, directory(session), now=now), now=now)
    names |= _lists(session, [rung, fixed], private)


def _cases(session: Session, names: dict[str, str]) -> None:
    """A report on which two departments work, with papers, and which was handed up."""
    scenes.add_cast(session)
    report = make_report(session, LONG, author=person(session, "neighbour"), now=clock.now())
    scenes.fill_case(session, report, now=clock.now())
    names["joint"] = report.reference
    names["track_joint"] = sign(TRACKING, report.id)


def _lists(session: Session, done: list[Thread], skipped: Thread) -> dict[str, str]:
    """A saved filter, and a move that was made in several submissions."""
    now, who = clock.now(), person(session, "officer").id
    kept = SavedFilter(
        person_id=who,
        list_code="queue",
        name="Nobody has it 没有人办",
        query="whose=unassigned",
        is_shared=True,
        created_at=now,
    )
    items = [
        {"thread": thread.id, "role": "officer", "before": {}, "from": 1, "until": 2, "photos": []}
        for thread in done
    ]
    action = BulkAction(
        person_id=who,
        verb="start",
        at=now,
        done=items,
        skipped=[[skipped.id, "Its state does not permit this."]],
    )
    session.add_all([kept, action])
    session.flush()
    return {"filter": str(kept.id), "bulk": str(action.id)}


def _committee(session: Session, names: dict[str, str]) -> None:
    """A vote that is open and one that is over, with reasons; and texts to begin a reply with."""
    now, known = clock.now(), directory(session)
    coordinator, officer = person(session, "coordinator"), person(session, "officer")
    for name, quorum in (("vote", None), ("vote_over", 2)):
        thread = make_report(session, LONG, now=now, title="A dark lamp 路灯不亮")
        vote = open_vote(
            session,
            thread,
            question="A school opens next door. 旁边要开小学。",
            proposed=90,
            ends_at=now + timedelta(days=7),
            quorum=quorum,
            is_public=True,
            directory=known,
            by=Actor(coordinator, "coordinator"),
            now=now,
        )
        for who in (coordinator, officer)[: quorum or 1]:
            give_voice(session, vote, Choice.APPROVE, LONG, person=who, directory=known, now=now)
        names |= {name: str(vote.id), f"{name}_about": thread.reference}
    put_first_templates(session)


def _same(session: Session, names: dict[str, str]) -> None:
    """What was joined, what was split, and what came up again."""
    now, neighbour = clock.now(), person(session, "neighbour")
    officer = Actor(person(session, "officer"), "officer")
    before = make_report(
        session, f"{LONG} Before.", author=neighbour, point=GATE, now=now - timedelta(days=40)
    )
    mark_fixed(session, before, "A new bulb. 换了灯泡。", by=officer, now=now - timedelta(days=30))
    survivor = make_report(session, LONG, author=neighbour, point=GATE, now=now)
    photos.add(session, survivor, mark=3, now=now)
    tie(session, survivor, before, by=officer, now=now)
    joined = make_report(session, "3号灯也不亮。 The third lamp is dark too.", point=GATE, now=now)
    merge_threads(session, joined, survivor, by=officer, now=now)
    alike = make_report(session, f"{WORDS} Again.", author=neighbour, point=GATE, now=now)
    photos.add(session, alike, mark=4, now=now)
    known = directory(session)
    parts = [Part("The wages are late. 工资拖欠", known.category_codes["wages"]), Part("Herbs 种菜", None)]
    by = Actor(person(session, "coordinator"), "coordinator")
    split = make_report(session, f"{WORDS} And herbs. 工资拖欠。", author=neighbour, now=now)
    split_thread(session, split, parts, known, by=by, now=now)
    made = {"survivor": survivor, "joined": joined, "alike": alike, "split": split}
    for name, thread in made.items():
        names[name] = thread.reference
        names[f"track_{name}"] = sign(TRACKING, thread.id)


def _number_in_thread(session: Session, thread: Thread, photo: Photo) -> str:
    numbers = session.scalars(select(Photo.id).where(Photo.thread_id == thread.id).order_by(Photo.id)).all()
    return str(numbers.index(photo.id) + 1)


def _talk(session: Session, names: dict[str, str]) -> None:
    """Comments of a neighbour and of staff; one is complained of, one waits, one is hidden."""
    now, known = clock.now(), directory(session)
    report = session.scalars(select(Thread).where(Thread.reference == names["report"])).one()
    for who, text in (
        ("resident", LONG),
        ("officer", "周五来修。"),
        ("unproven", "Me too."),
        ("neighbour", "Cheap!"),
    ):
        comment = add_comment(
            session, report, person(session, who), text, name_shown=True, directory=known, now=now
        )
        if who == "resident":
            names["comment"] = str(comment.id)
            flag_comment(session, comment, person(session, "neighbour"), "An advertisement", now=now)
    officer = Actor(person(session, "officer"), "officer")
    hide_comment(session, report, comment, "An advertisement 广告", by=officer, now=now)


def _calls(session: Session, names: dict[str, str]) -> None:
    """A call that collects, with a reason, a criterion, and an idea that somebody supports."""
    by, now = coordinator(session), clock.now()
    text = {"zh-Hans": "地下室为什么一下雨就进水？", "en": LONG}
    call = make_call(session, why=text, incentives=text, decides=text)
    set_matters(session, call, [names["report"]], seen=call.revision, by=by, now=now)
    levels = {"en": "\n".join(f"Score {n}: {LONG[:40]}" for n in range(6))}
    judged = {"names": {"en": "Does it help?"}, "levels": levels, "weight": 10, "is_knock_out": False}
    put_criterion(session, call, None, judged, seen=call.revision, by=by, now=now)
    idea = make_idea_in(session, call, LONG, author=person(session, "neighbour"))
    session.get_one(Idea, idea.id).problem = LONG
    support(session, idea, person(session, "resident"), now=now)
    names |= {"call": call.code, "called": idea.reference}
    names["criterion"] = str(list_criteria(session, call)[0].id)
    _aims(session, names)


def _aims(session: Session, names: dict[str, str]) -> None:
    """Ideas that answer what is reported, and a call that an officer proposes."""
    now, known = clock.now(), directory(session)
    officer = Actor(person(session, "officer"), "officer")
    idea = find_by_reference(session, names["idea"])
    survivor = find_by_reference(session, names["survivor"])
    if idea is None or survivor is None or survivor.category_id is None:
        raise LookupError
    for target in (
        Target(survivor.category_id, survivor.place_id),
        Target(survivor.category_id, survivor.place_id, survivor.id),
    ):
        say_aim(session, idea, target, holds=True, by=officer, now=now)
    say_aim(
        session,
        idea,
        Target(survivor.category_id, known.place_codes["qiao"].id),
        holds=False,
        by=officer,
        now=now,
    )
    proposed = make_call(session, "proposed-call", public=False, names={"en": f"Proposed {LONG[:60]}"})
    propose_call(session, proposed, directory=known, by=officer, now=now)
    names["proposed"] = proposed.code


def _changed(session: Session, names: dict[str, str]) -> None:
    """An idea that was changed in substance, whose supporter is asked anew, and a version that waits."""
    now, sender = clock.now(), add_person(session, "rewriter", verified=False)
    idea = make_idea(session, LONG, author=sender)
    idea.visibility = Visibility.PUBLIC
    cast_vote(session, idea, person(session, "resident"), now=now)
    version = change(session, idea, LONG.replace("lamp", "hedge"), is_substance=True, why=LONG[:150], now=now)
    show_version(session, idea, version, by=coordinator(session), now=now)
    change(session, idea, LONG.replace("lamp", "bench"), why=LONG[:150], gains=LONG, now=now)
    names |= {"changed": idea.reference, "track_changed": sign(TRACKING, idea.id)}
    names["supported"] = sign(SUPPORTS, [idea.id, person(session, "resident").id])


def _together(session: Session, names: dict[str, str]) -> None:
    show_together(session, names, LONG)


def _scores(session: Session, names: dict[str, str]) -> None:
    """A review that is scored, and one whose scores are seen, given anew and talked about."""
    now = clock.now()
    scored = make_review(session, make_idea(session, LONG, now=now), now=now)
    draft = whole(session, scored, 3, LONG)
    save_answers(session, seat_of(session, scored, "panellist"), draft, seen=0, now=now)
    seen = make_review(session, make_idea(session, LONG, now=now), now=now)
    for name, value in (("panellist", 5), ("second", 0), ("third", None)):
        score(session, seen, name, value, LONG, now=now)
    revise(session, seat_of(session, seen, "second"), whole(session, seen, 3, LONG), seen=1, now=now)
    yardstick = list_yardsticks(session, seen)[0]
    say_remark(
        session, seen, yardstick, LONG, by=Actor(person(session, "coordinator"), "coordinator"), now=now
    )
    names |= {"scored": str(scored.id), "scores_seen": str(seen.id)}


def _panel(session: Session, names: dict[str, str]) -> None:
    """An idea before the panel, with what a department says; one decided, and one put off and back."""
    now = clock.now()
    idea = open_idea(session, LONG)
    review = review_of(session, idea, [person(session, "panellist")], reason=LONG)
    told = {"cost": LONG, "duration": LONG, "words": LONG}
    asked = list_requests(session, review)[0]
    by = Actor(person(session, "officer"), "officer")
    appraise(session, review, idea, asked, feasibility=3, by=by, now=now, **told)
    add_officer_of(session, asked, "gardener")
    done, fresh = open_idea(session, LONG), open_idea(session, LONG)
    made = decided(session, done, review_of(session, done), reason=LONG, dissent=LONG, without=LONG)
    announce(session, made, done, now=now)
    decided(session, fresh, reason=LONG)
    names |= {"reviewed": idea.reference, "settled": done.reference, "held": fresh.reference}
    names["panellist"] = str(person(session, "panellist").id)
    call = make_call(session, "in-review", opens=today() - timedelta(days=25))
    names["eligible"] = make_idea_in(session, call, LONG).reference


def _pilots(session: Session, names: dict[str, str]) -> None:
    show_all(session, names, LONG)
    show_outcomes(session, names, LONG)


def _following(session: Session, names: dict[str, str]) -> None:
    now, known, resident = clock.now(), directory(session), person(session, "resident")
    report = session.scalars(select(Thread).where(Thread.reference == names["report"])).one()
    follow_thread(session, report, resident, Frequency.DAILY, now=now)
    wish = Wish(Kind.REPORT, place="liu-1-gate", category="roads-paving", query="lamp", radius_m=500)
    subscribe(session, resident, wish, Frequency.AT_ONCE, directory=known, now=now)

    def keep(stranger: Person) -> None:
        subscribe(session, stranger, wish, Frequency.DAILY, directory=known, now=now)
        names["follow_confirm"] = sign(CONFIRM, stranger.id)

    ask_address(session, "wang@example.net", keep, now=now)
    names["manage"] = sign(MANAGE, resident.id)
    names["stop_following"] = sign(STOP_FOLLOWING, [resident.id, ALL, 0])
    run = Actor(person(session, "officer"), "officer")
    reply(session, lock_thread(session, report.id), "The lamp has come.", by=run, now=now)


def _links(session: Session, names: dict[str, str]) -> None:
    names["stop_mail"] = sign(STOP_MAIL, person(session, "resident").id)
    for code in ("yunhe", "liu", "liu-1"):
        names[f"place_{code}".replace("-", "_")] = str(_place(session, code).id)


def _set_up(administrator: FlaskClient, street: str) -> None:
    """Change something, so that there is something on record, and an exception among the routes."""
    for address, typed in (
        ("/texts", {"about_hans": "由运河区社区办管理。", "about_en": "Run by the community office."}),
        ("/departments/add", {"code": "canal", "name_hans": "运河管理处", "name_en": "Canal Office"}),
        ("/routes/add", {"place": street, "category": "1", "department": "2"}),
    ):
        assert fill(administrator, ADMIN + address, **typed).status_code == 303, address


def _take_down(officer: FlaskClient) -> str:
    """Take down what somebody says on the telephone; return its reference."""
    said = {"kind": "report", "channel": "phone", "place": "liu-1", "text": "The drain smells."}
    answer = fill(officer, "/staff/enter", **said, phone="13800000024", consent="y")
    return answer.location.split("/")[-2]


def _drafts(known: str) -> dict[str, Callable[[Walk], object]]:
    """Return how somebody comes to each step: before sending, after it, after joining what is known."""
    return {
        "writing": _write,
        "sender": lambda walk: walk.send(how="email", email="lamp@example.net"),
        "joiner": lambda walk: _join(walk, known),
    }


def _write(walk: Walk) -> None:
    walk.words(LONG, title="A dark lamp")
    photos_page = form_fields(walk.open("photos"))
    post_files(walk.client, walk.at("photos"), photos_page | {"add": "1"}, (("lamp.jpg", jpeg(mark=7)),))
    walk.where()
    walk.who()


def _join(walk: Walk, reference: str) -> None:
    walk.words(WORDS)
    walk.where()
    walk.give("known", join=reference)


def _sign_in_halfway(client: FlaskClient) -> FlaskClient:
    """Give the password, not yet the code of the second factor."""
    fields = form_fields(client.get("/sign-in").text)
    client.post("/sign-in", data=fields | {"email": "careful@example.org", "password": PASSWORD})
    return client
