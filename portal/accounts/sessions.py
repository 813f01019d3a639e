"""Signing in and out, and how often one may try."""

from datetime import datetime, timedelta

from flask import Response, after_this_request, g, request
from flask import session as cookies
from flask_login import login_user
from sqlalchemy.orm import Session

from portal.accounts import identity
from portal.accounts.actions import link_browser
from portal.accounts.identity import browser_person
from portal.accounts.models import Person
from portal.accounts.passwords import is_right
from portal.core.db import begin_write
from portal.core.errors import NotAllowed
from portal.core.i18n import COOKIE as LANGUAGE_COOKIE
from portal.core.i18n import gettext as _
from portal.core.limits import clear_attempts, count_attempt
from portal.core.web import set_choice

PAIR, ACCOUNT, ADDRESS = "sign_in.pair", "sign_in.account", "sign_in.address"
QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)


def prove_password(
    session: Session, email: str, person: Person | None, password: str, *, now: datetime
) -> Person | None:
    """Return the person if this is their password, with a transaction open to write; else None.

    Every try is counted before the password is looked at. Raises TooMany, and NotAllowed for
    somebody who is blocked. No transaction is open while the password is hashed.
    """
    number, password_hash = (person.id, person.password_hash) if person else (None, None)
    begin_write(session)
    count_sign_in(session, email, now)
    session.commit()
    if not is_right(password_hash, password):
        return None
    begin_write(session)
    found = session.get_one(Person, number, populate_existing=True)
    if found.is_blocked:
        raise NotAllowed(_("This account is closed. Please ask your community's office."))
    clear_attempts(session, PAIR, _pair(email))
    return found if found.password_hash == password_hash else None


def count_sign_in(session: Session, email: str, now: datetime) -> None:
    """Count a try to sign in. One address may be a whole office, so it is given many."""
    count_attempt(session, PAIR, _pair(email), most=8, within=QUARTER, now=now)
    count_attempt(session, ACCOUNT, email, most=30, within=HOUR, now=now)
    count_attempt(session, ADDRESS, _address(), most=300, within=QUARTER, now=now)


def count_code(session: Session, now: datetime) -> None:
    """Count a try of a one-time code."""
    count_attempt(session, "one_time_code", _address(), most=20, within=QUARTER, now=now)


def count_mail(session: Session, email: str, now: datetime) -> None:
    """Count a wish for a mail about an account, whether or not there is such an account."""
    count_attempt(session, "account_mail", email, most=5, within=HOUR, now=now)
    count_attempt(session, "account_mail.address", _address(), most=60, within=HOUR, now=now)


def _address() -> str:
    return request.remote_addr or ""


def _pair(email: str) -> str:
    return f"{email} {_address()}"


def start_session(session: Session, person: Person, *, now: datetime) -> None:
    """Sign the person in with this browser, and let what it did before count as theirs.

    The browser's own cookie ends, or whoever uses it after them would act as them.
    """
    link_browser(session, browser_person(session), person, now=now)
    cookies.pop("csrf_token", None)
    cookies[identity.SIGNED_IN_AT] = now.timestamp()
    cookies.permanent = not person.is_staff
    login_user(identity.SignedIn(person))
    g.browser_person = None
    language = person.language

    @after_this_request
    def settle_cookies(response: Response) -> Response:
        response.delete_cookie(identity.COOKIE)
        if LANGUAGE_COOKIE not in request.cookies:
            set_choice(response, LANGUAGE_COOKIE, language)
        return response


def end_session() -> None:
    """Sign out: this browser forgets everything it knew of the person."""
    cookies.clear()
