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
from flask_login import LoginManager, current_user
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.accounts.access import administers_all, has_role
from portal.accounts.models import Person, RoleName, SignIn
from portal.accounts.sign_ins import find_sign_in
from portal.communities.directory import get_directory
from portal.core import clock
from portal.core.db import begin_write, db
from portal.core.errors import NotAllowed
from portal.core.guards import View, guard
from portal.core.i18n import current_language
from portal.core.tokens import sign, unsign

COOKIE = "linli_person"
COOKIE_SECONDS = 365 * 24 * 3600
PURPOSE = "browser"
SEEN_EVERY = timedelta(minutes=10)

login_manager = LoginManager()


class SignedIn:
    """What Flask-Login keeps: the person, found by the secret of this browser's sign-in."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, sign_in: SignIn, secret: str) -> None:
        self.person = sign_in.person
        self.number = sign_in.id
        self.seen_at = sign_in.seen_at
        self.secret = secret
        self.display_name = self.person.name or (self.person.email or "")
        self.is_staff = self.person.is_staff

    def get_id(self) -> str:
        return self.secret


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_signed_in(secret: str) -> SignedIn | None:
    sign_in = find_sign_in(db.session(), secret, now=clock.now())
    g.signed_in = SignedIn(sign_in, secret) if sign_in else None
    found: SignedIn | None = g.signed_in
    return found


def note_seen(response: Response) -> Response:
    """Note that this browser was here, at most every ten minutes, after the work of the request."""
    signed_in: SignedIn | None = g.get("signed_in")
    now = clock.now()
    if signed_in is None or g.get("failed") or now - signed_in.seen_at < SEEN_EVERY:
        return response
    session = db.session()
    try:
        begin_write(session)
        session.execute(update(SignIn).where(SignIn.id == signed_in.number).values(seen_at=now))
        session.commit()
    except DBAPIError:  # what the person came for is done: the page must not fail for this
        session.rollback()
    return response


def signed_in_person() -> Person | None:
    """Return the person who has signed in, or None."""
    return current_user.person if current_user.is_authenticated else None


def me() -> Person:
    """Return the person who has signed in. Raises NotAllowed for others: the page is for the signed-in."""
    person = signed_in_person()
    if person is None:
        raise NotAllowed()
    return person


def browser_person(session: Session) -> Person | None:
    """Return the unverified person this browser stands for, or None."""
    if "browser_person" not in g:
        number = unsign(PURPOSE, request.cookies.get(COOKIE, ""))
        person = session.get(Person, number) if isinstance(number, int) else None
        g.browser_person = person if person and not person.erased_at else None
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
    app.after_request(note_seen)


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


def _require_whole() -> None:
    _require_sign_in()
    if not administers_all(signed_in_person(), get_directory(db.session())):
        abort(403)


signed_in_only: Callable[[View], View] = guard("signed_in", _require_sign_in)


# For what counts everywhere: an administrator of a part is refused.
administrators_of_the_whole: Callable[[View], View] = guard("staff:administrator of all", _require_whole)


def staff_only(*names: RoleName) -> Callable[[View], View]:
    """Let in whoever holds one of these roles somewhere; what they may touch, access.py says."""
    return guard("staff:" + ",".join(names), _require_role(*names))
