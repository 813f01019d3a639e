"""Signing in and out, and how often one may try."""

from datetime import datetime, timedelta

from flask import Response, after_this_request, g, request
from flask import session as cookies
from flask_login import current_user, login_user
from sqlalchemy.orm import Session

from portal.accounts import identity
from portal.accounts.actions import link_browser, send_account_mail
from portal.accounts.identity import browser_person
from portal.accounts.models import Person
from portal.accounts.passwords import is_right
from portal.accounts.rules import tell_browser
from portal.accounts.sign_ins import begin_sign_in, end_sign_in
from portal.core.db import begin_write
from portal.core.errors import NotAllowed
from portal.core.i18n import COOKIE as LANGUAGE_COOKIE
from portal.core.i18n import gettext as _
from portal.core.limits import clear_attempts, count_attempt, network
from portal.core.tokens import digest, new_token, sign, unsign
from portal.core.web import set_choice

PAIR, ACCOUNT, ADDRESS = "sign_in.pair", "sign_in.account", "sign_in.address"
KNOWN, KNOWN_ACCOUNT = "sign_in.known", "sign_in.known.account"
KNOWN_COOKIE = "linli_known"
KNOWN_SECONDS = 365 * 24 * 3600
# Rooms add theirs: cookies that lead to what somebody wrote.
personal_cookies = {identity.COOKIE}
HALFWAY = "halfway"  # in the session's cookie: whose password was right, and wants a second factor
HALFWAY_SECONDS = 600
CODE, CODE_OF_ACCOUNT, CODE_OF_KNOWN = "second_factor", "second_factor.account", "second_factor.known"
QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)


def prove_password(
    session: Session, email: str, person: Person | None, password: str, *, now: datetime
) -> Person | None:
    """Return the person if this is their password, with a transaction open to write; else None.

    Every try is counted before the password is looked at. Raises TooMany, and NotAllowed for
    somebody who is blocked. No transaction is open while the password is hashed.
    """
    number, password_hash = (person.id, person.password_hash) if person else (None, None)
    known = _known_browser(number, password_hash)
    begin_write(session)
    count_sign_in(session, email, known, now)
    session.commit()
    if not is_right(password_hash, password):
        return None
    begin_write(session)
    found = session.get_one(Person, number, populate_existing=True)
    if found.is_blocked:
        raise NotAllowed(_("This account is closed. Please ask your community's office."))
    clear_attempts(session, *_tries(email, known))
    return found if found.password_hash == password_hash else None


def count_sign_in(session: Session, email: str, known: str, now: datetime) -> None:
    """Count a try to sign in. One address may be a whole office, so it is given many.

    A browser in which the person has signed in before has tries of its own: nobody elsewhere can
    use them up, and lock the person out by trying wrong passwords. All such browsers of an account
    have 100 an hour together: copies of the cookie give no more.
    """
    count_attempt(session, *_tries(email, known), most=8, within=QUARTER, now=now)
    if known:
        count_attempt(session, KNOWN_ACCOUNT, email, most=100, within=HOUR, now=now)
        return
    count_attempt(session, ACCOUNT, email, most=30, within=HOUR, now=now)
    count_attempt(session, ADDRESS, _address(), most=300, within=QUARTER, now=now)


def count_code(session: Session, now: datetime) -> None:
    """Count a try of a one-time code."""
    count_attempt(session, "one_time_code", _address(), most=20, within=QUARTER, now=now)


def count_mail(session: Session, about: str, email: str, now: datetime) -> None:
    """Count a wish for a mail about an account, whether or not there is such an account.

    Each kind is counted apart: registering with somebody's address again and again doesn't keep
    them from a new password, and of those mails each has a link that works.
    """
    count_attempt(session, f"account_mail.{about}", email, most=5, within=HOUR, now=now)
    count_attempt(session, "account_mail.address", _address(), most=60, within=HOUR, now=now)


def _address() -> str:
    return network(request.remote_addr)


def _tries(email: str, known: str) -> tuple[str, str]:
    """Return under which action and subject this browser's tries for this account are counted."""
    return (KNOWN, known) if known else (PAIR, f"{email} {_address()}")


def _known_browser(number: int | None, password_hash: str | None) -> str:
    """Return the name of this browser if the person has signed in with it and this password; else "".

    The name is what the cookie says, not how it is written: a signature can be written in many ways.
    """
    kept = unsign(KNOWN, request.cookies.get(KNOWN_COOKIE, ""), KNOWN_SECONDS)
    if number is None or not isinstance(kept, list) or kept[:-1] != [number, digest(f"{password_hash}")]:
        return ""
    return str(kept[-1])


def count_second_factor(session: Session, person: Person, now: datetime) -> None:
    """Count a try of a second factor, which only somebody with the right password can make.

    Thirty a day for one account guess one of a million codes in no useful time. The browsers in
    which the person has signed in before have tries of their own, 100 a day together.
    """
    known = _known_browser(person.id, person.password_hash)
    subject = known or f"{person.id} {_address()}"
    count_attempt(session, CODE, subject, most=8, within=QUARTER, now=now)
    action, most = (CODE_OF_KNOWN, 100) if known else (CODE_OF_ACCOUNT, 30)
    count_attempt(session, action, str(person.id), most=most, within=DAY, now=now)


def stop_halfway(person: Person) -> None:
    """Keep in this browser, for ten minutes, whose password was right. It opens nothing by itself."""
    cookies[HALFWAY] = sign(HALFWAY, [person.id, digest(f"{person.password_hash}")])


def halfway_person(session: Session) -> Person | None:
    """Return who has to show a second factor in this browser now, or None."""
    value = unsign(HALFWAY, cookies.get(HALFWAY, ""), HALFWAY_SECONDS)
    person = session.get(Person, value[0]) if value else None
    if value is None or person is None or person.is_blocked:
        return None
    return person if digest(f"{person.password_hash}") == value[1] else None


def start_session(session: Session, person: Person, *, now: datetime) -> None:
    """Sign the person in with this browser, and let what it did before count as theirs.

    The browser's own cookie ends, or whoever uses it after them would act as them. Staff are told
    by mail of a browser that they never signed in with.
    """
    link_browser(session, browser_person(session), person, now=now)
    is_known = bool(_known_browser(person.id, person.password_hash))
    if current_user.is_authenticated:
        is_known = is_known or current_user.person.id == person.id
        end_sign_in(session, current_user.person, current_user.number)
    if person.is_staff and not is_known:
        send_account_mail(session, person, "new_browser", now)
    cookies.pop("csrf_token", None)
    cookies.pop(HALFWAY, None)
    cookies.permanent = not person.is_staff
    browser = tell_browser(request.user_agent.string)
    secret = begin_sign_in(session, person, browser, now=now)
    login_user(identity.load_signed_in(secret))
    g.browser_person = None
    language = person.language
    known = sign(KNOWN, [person.id, digest(f"{person.password_hash}"), new_token()])

    @after_this_request
    def settle_cookies(response: Response) -> Response:
        response.delete_cookie(identity.COOKIE)
        set_choice(response, KNOWN_COOKIE, known)
        if LANGUAGE_COOKIE not in request.cookies:
            set_choice(response, LANGUAGE_COOKIE, language)
        return response


def end_session(session: Session) -> None:
    """Sign out: this browser forgets everything it knew of the person, also what they were writing.

    Its row goes too, so that a copy of its cookie is worth nothing.
    """
    if current_user.is_authenticated:
        end_sign_in(session, current_user.person, current_user.number)
    cookies.clear()

    @after_this_request
    def forget(response: Response) -> Response:
        for name in personal_cookies:
            response.delete_cookie(name)
        return response
