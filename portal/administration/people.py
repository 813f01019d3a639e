"""The pages of people: finding them, one person, inviting somebody."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import visits
from portal.accounts.access import administers
from portal.accounts.actions import CODE_DAYS
from portal.accounts.identity import staff_only
from portal.accounts.models import Person, RoleName
from portal.accounts.telling import ROLE_NAMES, tell_mark, tell_role
from portal.administration import staffing
from portal.administration.marking import MarkForm, mark_form_of
from portal.administration.people_forms import BY_CODE, InviteForm, RoleForm, places_for_roles
from portal.administration.people_reading import (
    Wish,
    get_person,
    list_people,
    manages,
    tell_address,
    tell_line,
    tell_state,
)
from portal.administration.visit import Visit, begin_visit, blueprint
from portal.communities.models import Department, Place
from portal.core.db import db
from portal.core.errors import DomainError
from portal.core.i18n import gettext as _
from portal.core.links import SECRET_PAGE, whole_link
from portal.core.web import address_with, row_asked_for


@blueprint.get("/people")
@staff_only(RoleName.ADMINISTRATOR)
def people() -> ResponseReturnValue:
    visit = begin_visit()
    wish = read_wish(visit)
    found, more = list_people(visit.session, visit.person, visit.directory, wish)
    return render_template(
        "administration/people.html",
        lines=[tell_line(visit.person, person, visit.directory) for person in found],
        wish=wish,
        places=[
            (p.path, visit.directory.full_name(p.id)) for p in places_for_roles(visit.person, visit.directory)
        ],
        roles=list(ROLE_NAMES.items()),
        first=address_with(after=None) if wish.after else None,
        more=address_with(after=str(found[-1].id)) if more else None,
    )


def read_wish(visit: visits.Visit) -> Wish:
    """Return whom the address asks for, leaving out what there is not."""
    given, last = request.args, row_asked_for("after")
    paths = {p.path for p in visit.directory.places.values()}
    return Wish(
        words=" ".join(given.get("q", "").replace("\0", "").split())[:80],
        place=given.get("place", "") if given.get("place") in paths else "",
        role=given.get("role", "") if given.get("role") in list(RoleName) else "",
        after=visit.session.get(Person, last) if last else None,
    )


@blueprint.get("/people/<int:number>")
@staff_only(RoleName.ADMINISTRATOR)
def person(number: int) -> ResponseReturnValue:
    visit = begin_visit()
    found = get_person(visit.session, visit.person, visit.directory, number)
    return show_person(visit, found, RoleForm(visit.person, visit.directory))


def show_person(
    visit: Visit, found: Person, form: RoleForm, status: int = 200, *, mark_form: MarkForm | None = None
) -> ResponseReturnValue:
    roles = [
        (role.id, tell_role(role, visit.directory), administers(visit.person, role.place.path))
        for role in found.roles
    ]
    page = render_template(
        "administration/person.html",
        person=found,
        address=tell_address(visit.person, found, visit.directory),
        state=tell_state(found),
        roles=roles,
        form=form,
        manages=manages(visit.session, visit.person, found, visit.directory),
        is_self=found.id == visit.person.id,
        is_vouched_for=staffing.is_vouched_for(found),
        is_everywhere=visit.is_everywhere,
        mark=tell_mark(found),
        mark_form=(mark_form or mark_form_of(found)) if visit.is_everywhere else None,
    )
    return page, status


@blueprint.route("/people/invite", methods=["GET", "POST"])
@staff_only(RoleName.ADMINISTRATOR)
def invite() -> ResponseReturnValue:
    visit = begin_visit()
    form = InviteForm(visit.person, visit.directory)
    if not form.validate_on_submit():
        return show_invitation(form, 422 if form.is_submitted() else 200)
    try:
        invited = _invite(visit, form)
        code = _let_in(visit, invited, form)
    except DomainError as refused:
        db.session.rollback()
        form.form_errors.append(refused.message)
        return show_invitation(form, refused.status)
    visit.session.commit()
    if code:
        return show_code(invited, code)
    flash(_("%(name)s has the role, and a mail says so.", name=invited.name))
    return redirect(url_for("administration.person", number=invited.id), 303)


def _invite(visit: Visit, form: InviteForm) -> Person:
    invited = staffing.invite(
        visit.session,
        email=form.email.data or "",
        name=form.name.data or "",
        language=form.language.data,
        place=visit.session.get_one(Place, form.place.data),
        now=visit.now,
    )
    give_role(visit, invited, form)
    return invited


def _let_in(visit: Visit, invited: Person, form: InviteForm) -> str:
    """Return the code to print where one was asked for and may be given; else send the mail."""
    may_print = manages(visit.session, visit.person, invited, visit.directory) and staffing.is_vouched_for(
        invited
    )
    if form.way.data == BY_CODE and invited.password_hash is None and may_print:
        return staffing.print_code(visit.session, invited, by=visit.actor, now=visit.now)
    staffing.send_invitation(visit.session, invited, by=visit.actor, now=visit.now)
    return ""


def give_role(visit: Visit, person: Person, form: RoleForm) -> None:
    """Give the person the role of the form, whose choices are within the visitor's reach."""
    number = form.department_id
    staffing.grant(
        visit.session,
        person,
        RoleName(form.role.data),
        visit.session.get_one(Place, form.place.data),
        visit.session.get_one(Department, number) if number else None,
        by=visit.actor,
        now=visit.now,
    )


def show_invitation(form: InviteForm, status: int) -> ResponseReturnValue:
    return render_template("administration/invite.html", form=form), status


def show_code(person: Person, code: str) -> ResponseReturnValue:
    """Show a code, of which only a digest is kept: so not by a redirect."""
    page = render_template(
        "administration/code.html",
        person=person,
        code=code,
        days=CODE_DAYS,
        address=whole_link("accounts.use_code"),
    )
    return page, 200, SECRET_PAGE
