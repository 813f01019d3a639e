"""Who is at the other end: signed in, known by the browser's signed cookie, or nobody yet."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    redirect,
    request,
    url_for,
)
from flask import (
    session as cookies,
)
from flask_login import LoginManager, current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.access import has_role
from portal.accounts.models import Person, RoleName
from portal.core import clock
from portal.core.db import db
from portal.core.guards import View, guard
from portal.core.i18n import current_language
from portal.core.tokens import sign, unsign

COOKIE = "linli_person"
COOKIE_SECONDS = 365 * 24 * 3600
PURPOSE = "browser"
SIGNED_IN_AT = "signed_in_at"  # in the session's cookie, in seconds
STAFF_SESSION = timedelta(hours=12)
RESIDENT_SESSION = timedelta(days=30)

login_manager = LoginManager()


class SignedIn:
    """What Flask-Login keeps: the person, as long as the session is not from before a change."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, person: Person) -> None:
        self.person = person
        self.display_name = person.name or (person.email or "")
        self.is_staff = person.is_staff

    def get_id(self) -> str:
        return f"{self.person.id}:{self.person.session_epoch}"


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_signed_in(key: str) -> SignedIn | None:
    number, _, epoch = key.partition(":")
    if not number.isdecimal():
        return None
    person = db.session.get(Person, int(number))
    if person is None or person.is_blocked or str(person.session_epoch) != epoch:
        return None
    return None if is_session_over(person, cookies.get(SIGNED_IN_AT)) else SignedIn(person)


def is_session_over(person: Person, signed_in_at: object) -> bool:
    """Tell whether it is so long ago that the person must sign in again: staff sooner."""
    if not isinstance(signed_in_at, (int, float)):
        return True
    most = STAFF_SESSION if person.is_staff else RESIDENT_SESSION
    return clock.now().timestamp() - signed_in_at > most.total_seconds()


def signed_in_person() -> Person | None:
    """Return the person who has signed in, or None."""
    return current_user.person if current_user.is_authenticated else None


def browser_person(session: Session) -> Person | None:
    """Return the unverified person this browser stands for, or None."""
    if "browser_person" not in g:
        number = unsign(PURPOSE, request.cookies.get(COOKIE, ""))
        g.browser_person = session.get(Person, number) if isinstance(number, int) else None
    found: Person | None = g.browser_person
    return found


def current_person(session: Session) -> Person | None:
    """Return who votes and writes here now: the signed-in person, else the browser's."""
    return signed_in_person() or browser_person(session)


def ensure_person(session: Session, now: datetime) -> Person:
    """Return the current person; a browser seen for the first time becomes one."""
    person = current_person(session)
    if person is None:
        person = new_person(session, now)
        session.flush()
        g.browser_person = person
        g.remember_person_id = person.id
    return person


def new_person(session: Session, now: datetime, email: str | None = None, name: str = "") -> Person:
    """Add a person of whom nothing is proven yet; numbered when the session is flushed."""
    person = Person(
        email=email.lower() if email else None, name=name, language=current_language(), created_at=now
    )
    session.add(person)
    return person


def root_person(session: Session, person: Person) -> Person:
    """Return the person whom this one turned out to be, or the same one."""
    return session.get_one(Person, person.same_as_id) if person.same_as_id else person


def find_confirmed(session: Session, email: str) -> Person | None:
    """Return who has proven to hold this address, or None."""
    return session.scalar(
        select(Person).where(
            Person.email == email.lower(),
            Person.email_confirmed_at.is_not(None),
            Person.same_as_id.is_(None),
        )
    )


def remember_browser(response: Response) -> Response:
    number: int | None = g.get("remember_person_id")
    if number is not None and response.status_code < 400:
        response.set_cookie(
            COOKIE,
            sign(PURPOSE, number),
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return response


def set_up_identity(app: Flask) -> None:
    login_manager.init_app(app)
    login_manager.session_protection = None  # an address that changes is normal on a phone
    app.after_request(remember_browser)


def _require_sign_in() -> None:
    if signed_in_person() is None:
        if request.method != "GET":
            abort(403)
        abort(redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?"))))


def _require_role(*names: RoleName) -> Callable[[], None]:
    def check() -> None:
        _require_sign_in()
        if not has_role(signed_in_person(), *names):
            abort(403)

    return check


signed_in_only: Callable[[View], View] = guard("signed_in", _require_sign_in)


def staff_only(*names: RoleName) -> Callable[[View], View]:
    """Let in whoever holds one of these roles somewhere; what they may touch, access.py says."""
    return guard("staff:" + ",".join(names), _require_role(*names))
