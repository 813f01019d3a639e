"""How a person is reached: what there is, adding to it, proving it, stopping it."""

from collections.abc import Callable

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts import contacts as ways
from portal.accounts.contact_forms import ContactCodeForm, ContactForm
from portal.accounts.identity import me, signed_in_only
from portal.accounts.models import Contact, ContactChannel
from portal.accounts.pages import blueprint, show
from portal.accounts.rules import read_code
from portal.core import clock
from portal.core.db import begin_write, db
from portal.core.errors import DomainError, NotFound
from portal.core.i18n import gettext as _
from portal.core.limits import network


@blueprint.get("/account/contacts")
@signed_in_only
def contacts() -> ResponseReturnValue:
    return show_contacts(fresh_form())


@blueprint.post("/account/contacts")
@signed_in_only
def add_contact() -> ResponseReturnValue:
    """Keep a number or name; where the hook writes to it, send the code that proves it."""
    session, form = db.session(), ContactForm(has_hook=has_hook())
    if not form.validate():
        return show_contacts(form)
    try:
        done = _add(session, ContactChannel(form.channel.data), form.address.data or "")
    except DomainError as refused:
        session.rollback()
        form.address.errors = [refused.message]
        return show_contacts(form, refused.status)
    session.commit()
    flash(done)
    return _back()


def _add(session: Session, channel: ContactChannel, address: str) -> str:
    """Keep the number or name; return what to say of it."""
    now = clock.now()
    if channel == ContactChannel.PHONE:
        ways.add_telephone(session, me(), address, now=now)
        return _("Your number is kept. Staff ring you when there is news.")
    contact = ways.note_contact(session, me(), channel, address, noted_by=None, now=now)
    if contact.confirmed_at is None and contact.code_sent_at is None:
        ways.send_code(session, contact, network=network(request.remote_addr), now=now)
    return _("A code with six digits is on its way. Type it below.")


def fresh_form() -> ContactForm:
    return ContactForm(has_hook=has_hook(), formdata=None)


@blueprint.post("/account/contacts/mail")
@signed_in_only
def change_mails() -> ResponseReturnValue:
    session, person = db.session(), me()
    if request.form.get("wish") == "resume":
        ways.resume_mails(session, person)
    else:
        ways.stop_mails(session, person, now=clock.now())
    session.commit()
    return _back()


@blueprint.post("/account/contacts/<int:number>/confirm")
@signed_in_only
def confirm_contact(number: int) -> ResponseReturnValue:
    """Each try is counted, and stays counted, before the code is looked at."""
    session, now, form = db.session(), clock.now(), code_form(number)
    if not form.validate():
        return show_contacts(form, number=number)
    try:
        ways.count_code_try(session, _own(session, number), now=now)
        session.commit()
        begin_write(session)
        ways.confirm_contact(session, _own(session, number), read_code(form.code.data or ""), now=now)
    except DomainError as refused:
        session.rollback()
        form.code.errors = [refused.message]
        return show_contacts(form, refused.status, number=number)
    session.commit()
    flash(_("Confirmed. News of what you send comes this way from now on."))
    return _back()


@blueprint.post("/account/contacts/<int:number>/<move>")
@signed_in_only
def change_contact(number: int, move: str) -> ResponseReturnValue:
    session = db.session()
    if move not in MOVES:
        raise NotFound()
    MOVES[move](session, _own(session, number))
    session.commit()
    return _back()


def _send_code(session: Session, contact: Contact) -> None:
    ways.send_code(session, contact, network=network(request.remote_addr), now=clock.now())
    flash(_("A new code is on its way. Those sent before do not work any more."))


def _stop(session: Session, contact: Contact) -> None:
    ways.stop_contact(session, contact, now=clock.now())


MOVES: dict[str, Callable[[Session, Contact], None]] = {
    "code": _send_code,
    "stop": _stop,
    "resume": ways.resume_contact,
    "remove": ways.remove_contact,
}


def show_contacts(
    form: ContactForm | ContactCodeForm, status: int = 200, *, number: int | None = None
) -> ResponseReturnValue:
    """Return the page; `form` is the one that needs correcting, if one does, and `number` its contact."""
    person = me()
    found = ways.list_contacts(db.session(), person)
    return show(
        "contacts",
        form,
        status,
        person=person,
        contacts=found,
        code_forms={c.id: form if c.id == number else code_form(c.id, fresh=True) for c in found},
        adding=form if isinstance(form, ContactForm) else fresh_form(),
        has_hook=has_hook(),
        channel_names=ways.channel_names(),
    )


def code_form(number: int, *, fresh: bool = False) -> ContactCodeForm:
    """Return the form for the code of one contact: a page may hold several."""
    prefix = f"contact-{number}"
    return ContactCodeForm(formdata=None, prefix=prefix) if fresh else ContactCodeForm(prefix=prefix)


def has_hook() -> bool:
    """Tell whether this installation sends SMS and chat messages."""
    return bool(current_app.extensions["linli_settings"].hook_url)


def _own(session: Session, number: int) -> Contact:
    contact = ways.find_contact(session, me(), number)
    if contact is None:
        raise NotFound(_("This was removed already."))
    return contact


def _back() -> ResponseReturnValue:
    return redirect(url_for("accounts.contacts"), 303)
