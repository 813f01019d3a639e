"""What the buttons on a person's page do."""

from collections.abc import Callable
from typing import NamedTuple

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import administers
from portal.accounts.identity import staff_only
from portal.accounts.models import Mark, Person, Role, RoleName
from portal.administration import staffing
from portal.administration.marking import MarkForm, mark_person
from portal.administration.people import give_role, show_code, show_person
from portal.administration.people_forms import RoleForm
from portal.administration.people_reading import get_person, manages
from portal.administration.visit import Visit, begin_visit, begin_visit_everywhere, blueprint
from portal.core.db import db
from portal.core.errors import Conflict, NotAllowed, NotFound, TooMany
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext


class Move(NamedTuple):
    act: Callable[..., None]
    done: str  # what is said then


MOVES = {
    "block": Move(staffing.block, lazy_gettext("The account is blocked and signed out everywhere.")),
    "unblock": Move(staffing.unblock, lazy_gettext("The account is open again.")),
    "send-link": Move(staffing.send_invitation, lazy_gettext("The mail is on its way.")),
    "withdraw": Move(staffing.withdraw_invitation, lazy_gettext("The invitation is withdrawn.")),
    "reset-second-factor": Move(
        staffing.reset_second_factor, lazy_gettext("The second factor is switched off. A mail says so.")
    ),
}


@blueprint.post("/people/<int:number>/roles")
@staff_only(RoleName.ADMINISTRATOR)
def grant_role(number: int) -> ResponseReturnValue:
    visit = begin_visit()
    person = get_person(visit.session, visit.person, visit.directory, number)
    form = RoleForm(visit.person, visit.directory)
    if not form.validate():
        return show_person(visit, person, form, 422)
    give_role(visit, person, form)
    visit.session.commit()
    flash(_("The role is given."))
    return back_to(visit, person)


@blueprint.post("/people/<int:number>/roles/<int:role>/take")
@staff_only(RoleName.ADMINISTRATOR)
def take_role(number: int, role: int) -> ResponseReturnValue:
    visit = begin_visit()
    person = get_person(visit.session, visit.person, visit.directory, number)
    held = visit.session.get(Role, role)
    if held is None or held.person_id != person.id:
        raise NotFound(_("This role was taken already."))
    if not administers(visit.person, held.place.path):
        raise NotAllowed()
    try:
        staffing.take(visit.session, held, by=visit.actor, now=visit.now)
    except Conflict as refused:
        return _say(visit, person, refused)
    visit.session.commit()
    flash(_("The role is taken."))
    return back_to(visit, person)


@blueprint.post(f"/people/<int:number>/<any({', '.join(map(repr, MOVES))}):move>")
@staff_only(RoleName.ADMINISTRATOR)
def change_account(number: int, move: str) -> ResponseReturnValue:
    visit = begin_visit()
    person = get_managed(visit, number)
    try:
        MOVES[move].act(visit.session, person, by=visit.actor, now=visit.now)
    except (Conflict, TooMany) as refused:
        return _say(visit, person, refused)
    visit.session.commit()
    flash(str(MOVES[move].done))
    return back_to(visit, person)


@blueprint.post("/people/<int:number>/code")
@staff_only(RoleName.ADMINISTRATOR)
def print_code(number: int) -> ResponseReturnValue:
    visit = begin_visit()
    person = get_managed(visit, number)
    if not staffing.is_vouched_for(person):
        raise NotAllowed()
    code = staffing.print_code(visit.session, person, by=visit.actor, now=visit.now)
    visit.session.commit()
    return show_code(person, code)


@blueprint.post("/people/<int:number>/mark")
@staff_only(RoleName.ADMINISTRATOR)
def mark(number: int) -> ResponseReturnValue:
    """Mark an account, as an administrator of the whole: a mark is believed everywhere."""
    visit = begin_visit_everywhere()
    person, form = get_person(visit.session, visit.person, visit.directory, number), MarkForm()
    if not form.validate():
        roles = RoleForm(visit.person, visit.directory, formdata=None)
        return show_person(visit, person, roles, 422, mark_form=form)
    chosen = Mark(form.mark.data) if form.mark.data else None
    mark_person(visit.session, person, chosen, str(form.mark_name.data), by=visit.actor, now=visit.now)
    visit.session.commit()
    flash(_("The account is marked.") if chosen else _("The account has no mark."))
    return back_to(visit, person)


def get_managed(visit: Visit, number: int) -> Person:
    """Return a person whose account the visitor manages. NotAllowed for others they may see."""
    person = get_person(visit.session, visit.person, visit.directory, number)
    if not manages(visit.session, visit.person, person, visit.directory):
        raise NotAllowed()
    return person


def _say(visit: Visit, person: Person, refused: Conflict | TooMany) -> ResponseReturnValue:
    db.session.rollback()
    flash(refused.message, "warning")
    return back_to(visit, person)


def back_to(visit: Visit, person: Person) -> ResponseReturnValue:
    """Go back to the person's page, or to the list where it isn't the visitor's to see any more."""
    if person.is_staff or visit.is_everywhere:
        return redirect(url_for("administration.person", number=person.id), 303)
    return redirect(url_for("administration.people"), 303)
