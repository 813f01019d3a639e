"""The last step: the draft is shown as it will be sent, and sent."""

from datetime import datetime, timedelta

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts.identity import current_person, signed_in_person
from portal.communities.directory import Directory, PlaceEntry, get_directory
from portal.core.dates import today
from portal.core.db import begin_write
from portal.core.errors import Conflict, TooMany
from portal.core.i18n import current_language
from portal.core.i18n import gettext as _
from portal.core.limits import count_attempts, network
from portal.core.tokens import digest
from portal.ideas.call_queries import find_public_call
from portal.ideas.calls import Call
from portal.intake.actions import places_of, send_draft
from portal.intake.cookie import tracking_token
from portal.intake.photos import tell_draft_photo
from portal.intake.rules import KINDS, fill, step_before
from portal.intake.telling import tell_draft
from portal.intake.visit import Visit, danger
from portal.routing.advice import advisor
from portal.routing.rules import choose_route

HOUR = timedelta(hours=1)
SENT_BY_A_BROWSER = 20  # an hour
SENT_FROM_AN_ADDRESS = 300  # an hour; a whole office may share it


def check_step(visit: Visit, step: str) -> ResponseReturnValue:
    """Show what will be sent, or send it."""
    return send(visit) if request.method == "POST" else visit.remember(show_check(visit))


def show_check(visit: Visit, problem: str = "") -> str:
    person = signed_in_person()
    return render_template(
        "intake/check.html",
        path=visit.path,
        back=url_for("intake.step", path=visit.path, step=step_before("check")),
        draft=visit.draft_name,
        seen=visit.seen,
        photos=[tell_draft_photo(visit.path, photo) for photo in visit.photos],
        problem=problem,
        is_verified=person is not None and person.is_verified,
        **tell_draft(visit.path, visit.answers, get_directory(visit.session), person),
        **danger(visit, "check"),
    )


def send(visit: Visit) -> ResponseReturnValue:
    """Send the draft. Asking the classifier comes before the write, which it must not hold up."""
    key = visit.keys.writing.get(visit.path, "")
    if request.form.get("seen") != visit.seen:
        flash(_("This was changed in another window. Please check it once more."), "warning")
        return visit.go("check")
    try:
        submit(visit, key)
    except (TooMany, Conflict) as error:
        visit.session.rollback()
        return visit.remember((show_check(visit, error.message), error.status))
    visit.keys.mark_sent(visit.path)
    return visit.go_to_sent()


def submit(visit: Visit, key: str) -> None:
    session, answers, directory = visit.session, visit.answers, get_directory(visit.session)
    filled = fill(answers)
    place, _spot = places_of(filled.place, filled.spot, directory)
    person, sender = signed_in_person(), sender_of(visit)
    advice = advisor().advise(f"{filled.title}\n{filled.text}".strip())
    route = choose_route(advice, KINDS[visit.path], place.id, directory)
    begin_write(session)
    call = call_of(session, filled.call, place, directory)
    count_sending(session, sender, visit.now)
    send_draft(
        session,
        key=digest(key),
        seen=answers,
        token=tracking_token(key),
        signed_in=person,
        directory=directory,
        advice=advice,
        route=route,
        call=call,
        language=current_language(),
        now=visit.now,
    )
    session.commit()


def call_of(session: Session, code: str, place: PlaceEntry, directory: Directory) -> Call | None:
    """Return the call that the idea is for. Conflict if it can't stand there (any more)."""
    if not code:
        return None
    call = find_public_call(session, code)
    if call is None or not call.allows("propose", today()):
        raise Conflict(
            _("The call you chose takes no ideas any more. Change your words, and choose the open box.")
        )
    wanted = directory.places[call.place_id]
    if not place.path.startswith(wanted.path):
        raise Conflict(
            _("The call is for %(place)s. Change the place, or choose the open box.", place=wanted.name)
        )
    return call


def sender_of(visit: Visit) -> str:
    """Return whose sendings are counted together: a person's, else this browser's."""
    person = current_person(visit.session)
    return f"person:{person.id}" if person else f"browser:{visit.keys.browser}"


def count_sending(session: Session, sender: str, now: datetime) -> None:
    """Raise TooMany when a person or an address sends more than a person or an office would."""
    address = f"address:{network(request.remote_addr)}"
    most = {address: SENT_FROM_AN_ADDRESS, sender: SENT_BY_A_BROWSER}
    count_attempts(session, "submit", most, within=HOUR, now=now)
