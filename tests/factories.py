"""The small neighbourhood that tests happen in, and short ways to make things in it.

Standing people: resident and neighbour (verified, of the community Willow Lane), officer (of the
department `construction` on Willow's street), outsider (an officer of the same department on the
other street), coordinator and panellist (whole district), administrator.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from classifier.labels import load_labels
from classifier.model import Advice as Said
from classifier.rows import read_corpus
from classifier.store import save_model
from classifier.train import TrainSettings, train
from classifier.urgency import judge
from portal.accounts.models import Person, Role, RoleName
from portal.accounts.sign_ins import begin_sign_in
from portal.communities.actions import put_category, put_department, put_place
from portal.communities.directory import Directory, get_directory, raise_version
from portal.communities.models import Department, Place, PlaceKind
from portal.communities.times import usual_times
from portal.core import clock
from portal.core.db import begin_write, db
from portal.ideas.actions import submit_idea
from portal.reports.actions import submit_report
from portal.routing.advice import Advice
from portal.routing.rules import Route
from portal.threads.actions import Submission
from portal.threads.models import Kind, Thread
from portal.triage.actions import submit_undecided

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # a Monday, noon in Shanghai
_numbers = count(1)


def make_neighbourhood(session: Session) -> None:
    """Fill an empty database: places, departments, categories, standing people."""
    district = _place(session, "yunhe", PlaceKind.DISTRICT, None, "运河区", "Yunhe District")
    streets = (("liu", "柳荫街道", "Willow Street"), ("qiao", "石桥街道", "Stonebridge Street"))
    for street, hans, en in streets:
        upper = _place(session, street, PlaceKind.STREET, district, hans, en)
        for i, (c_hans, c_en) in enumerate((("一社区", "First Lane"), ("二社区", "Second Lane")), 1):
            names = (hans[:2] + c_hans, f"{en.split()[0]} {c_en}")
            _place(session, f"{street}-{i}", PlaceKind.COMMUNITY, upper, *names)
    community = session.scalars(select(Place).where(Place.code == "liu-1")).one()
    _place(session, "liu-1-gate", PlaceKind.SPOT, community, "南门", "South Gate")
    _departments_and_categories(session)
    _standing_people(session)
    raise_version(session)


def _place(  # noqa: PLR0917  # in the order of the setup file
    session: Session, code: str, kind: PlaceKind, parent: Place | None, hans: str, en: str
) -> Place:
    lines = [{"number": "119", "names": {"zh-Hans": "火警", "zh-Hant": "火警", "en": "Fire"}}]
    return put_place(
        session,
        code=code,
        kind=kind,
        parent=parent,
        names={"zh-Hans": hans, "zh-Hant": hans, "en": en},
        position=next(_numbers),
        emergency=lines if kind == PlaceKind.DISTRICT else (),
    )


def _departments_and_categories(session: Session) -> None:
    labels = load_labels()
    departments = {
        entry.code: put_department(session, code=entry.code, names=entry.names, position=i)
        for i, entry in enumerate(labels.departments)
    }
    group_names = {group.code: group.names for group in labels.groups}
    for i, entry in enumerate(labels.categories):
        put_category(
            session,
            code=entry.code,
            group=entry.group,
            names=entry.names,
            group_names=group_names[entry.group],
            department=departments[entry.department],
            times=usual_times(entry.answer_days, entry.fix_days),
            position=i,
        )


def _standing_people(session: Session) -> None:
    places = {p.code: p for p in session.scalars(select(Place))}
    construction = session.scalars(select(Department).where(Department.code == "construction")).one()
    add_person(session, "resident")
    add_person(session, "neighbour")
    officer = add_person(session, "officer")
    outsider = add_person(session, "outsider")
    add_role(session, officer, RoleName.OFFICER, places["liu"], construction)
    add_role(session, outsider, RoleName.OFFICER, places["qiao"], construction)
    for name, role in (
        ("coordinator", RoleName.COORDINATOR),
        ("panellist", RoleName.PANELLIST),
        ("administrator", RoleName.ADMINISTRATOR),
    ):
        add_role(session, add_person(session, name), role, places["yunhe"], None)


def add_person(session: Session, name: str, *, verified: bool = True) -> Person:
    """Add a person `name`@example.org."""
    person = Person(
        email=f"{name}@example.org",
        name=name,
        language="en",
        created_at=NOW - timedelta(days=30),
        email_confirmed_at=NOW - timedelta(days=29) if verified else None,
    )
    session.add(person)
    session.flush()
    return person


def add_role(
    session: Session, person: Person, name: RoleName, place: Place, department: Department | None
) -> None:
    session.add(
        Role(
            person_id=person.id,
            name=name,
            place_id=place.id,
            department_id=department.id if department else None,
        )
    )
    session.flush()


def person(session: Session, name: str) -> Person:
    """Return one of the standing people."""
    return session.scalars(select(Person).where(Person.name == name)).one()


def submission(session: Session, text: str, **given: object) -> Submission:
    """Return a submission by the resident in Willow First Lane, with its own key and token."""
    number = next(_numbers)
    values: dict[str, object] = {
        "key": f"key-{number}",
        "token": f"token-{number}",
        "author": given.pop("author", None) or person(session, "resident"),
        "place_id": directory(session).place_codes["liu-1"].id,
        "language": "en",
    }
    return Submission(text=text, **(values | given))  # type: ignore[arg-type]


def directory(session: Session) -> Directory:
    return get_directory(session)


def thread_by_reference(session: Session, reference: str) -> Thread:
    return session.scalars(select(Thread).where(Thread.reference == reference)).one()


def advice_for(text: str) -> Advice:
    """Return advice as it is when no model could be asked."""
    return Advice(judge(text), None)


def advice_saying(
    category: str, *, kind: str = "report", probability: float = 0.97, words: tuple[str, ...] = ()
) -> Advice:
    """Return advice as by a model that says this."""
    said = Said(
        kind=kind,
        kind_probability=0.9,
        category=category,
        probability=probability,
        department=load_labels().department_of()[category],
        department_probability=probability,
        alternatives=(),
        second=None,
        urgency="routine",
        urgency_words=(),
        people_at_risk=(),
        words=tuple((word, 1.0) for word in words),
        abstain=False,
        threshold=0.9,
        model="tests",
    )
    return Advice(judge(""), said)


def make_report(
    session: Session,
    text: str = "The lamp by the south gate has been dark for a week.",
    *,
    category: str | None = "roads-paving",
    advice: Advice | None = None,
    now: datetime = NOW,
    **given: object,
) -> Thread:
    """Submit a report; with a category it is with that category's department, else at the desk."""
    sent = submission(session, text, **given)
    found = directory(session).category_codes[category] if category else None
    department = directory(session).department_for(found.id, sent.place_id).id if found else None
    route = Route(Kind.REPORT, found, department, to_desk=found is None)
    return submit_report(session, sent, advice or advice_for(text), route, now=now)


def make_idea(
    session: Session,
    text: str = "Let us plant herbs together in the empty bed by the gate.",
    *,
    category: str | None = "parks-planning",
    now: datetime = NOW,
    **given: object,
) -> Thread:
    """Submit an idea; it stands in the innovation queue."""
    found = directory(session).category_codes[category] if category else None
    route = Route(Kind.IDEA, found, None, to_desk=False)
    return submit_idea(session, submission(session, text, **given), advice_for(text), route, now=now)


def make_undecided(
    session: Session, text: str = "Something about the gate.", *, now: datetime = NOW, **given: object
) -> Thread:
    """Submit something "not sure"; it stands at the sorting desk."""
    route = Route(Kind.UNDECIDED, None, None, to_desk=True)
    return submit_undecided(session, submission(session, text, **given), advice_for(text), route, now=now)


class Browse:
    """Opens browsers: `browse("officer")` is one that the officer has signed in with."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def __call__(self, name: str | None = None) -> FlaskClient:
        client = self.app.test_client()
        if name:
            with self.app.app_context():
                session = db.session()
                begin_write(session)
                secret = begin_sign_in(session, person(session, name), "Firefox, Linux", now=clock.now())
                session.commit()
            with client.session_transaction() as cookies:
                cookies["_user_id"] = secret
                cookies["_fresh"] = True
        return client


def form_fields(html: str) -> dict[str, str]:
    """Return the hidden fields of the first form of a page that has a CSRF token."""
    for form in re.findall(r"<form\b.*?</form>", html, re.S):
        inputs = [dict(re.findall(r'([a-z]+)="([^"]*)"', tag)) for tag in re.findall(r"<input\b[^>]*>", form)]
        hidden = {i["name"]: i.get("value", "") for i in inputs if i.get("type") == "hidden"}
        if "csrf_token" in hidden:
            return hidden
    raise AssertionError("the page has no form with a CSRF token")


@contextmanager
def count_queries(app: Flask) -> Iterator[list[str]]:
    """Give the list of statements that the block sends to the database: `len()` is their number."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def train_starter_model(folder: Path) -> None:
    """Train the starter model from the shipped corpus into the folder.

    It promises less than one in use would, so that plain messages are routed in tests.
    """
    departments = {c.code: c.department for c in load_labels().categories}
    model = train(read_corpus(), departments=departments, settings=TrainSettings(promise=0.8))
    save_model(model, folder)


def refuses(session: Session, statement: str) -> bool:
    """Tell whether the database refuses this, sent past all that the application checks."""
    try:
        with session.begin_nested():
            session.execute(text(statement))
    except IntegrityError as error:
        return "only ever added to" in str(error)
    return False
