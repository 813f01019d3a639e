"""Changing an idea, by its sender: from the page of the tracking link, or signed in."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import HiddenField, RadioField
from wtforms.validators import ValidationError

from portal.accounts.identity import me, signed_in_only
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, DomainError, Invalid, NotFound, TooMany
from portal.core.forms import Form, LongText, Needed, ShortText, no_longer_than
from portal.core.guards import by_link
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.core.references import parse_reference
from portal.core.text import MAX_TEXT
from portal.core.tokens import sign
from portal.ideas.changing import can_change, read_wording
from portal.ideas.models import PARTS
from portal.ideas.versions import VersionState, Wording, find_newest
from portal.intake.actions import change_submission
from portal.intake.forms import MAX_PART
from portal.intake.queries import TRACKING, find_tracked
from portal.intake.tracking import count_move, unknown_link
from portal.threads.actions import lock_thread
from portal.threads.followers import is_sender
from portal.threads.models import Thread
from portal.threads.queries import find_by_reference

blueprint = Blueprint("changing", __name__)

WORDING, SUBSTANCE = "wording", "substance"


class ChangeForm(Form):
    """All that the idea says, as it should stand from now on."""

    text = LongText(
        lazy_gettext("Your words"),
        [Needed(lazy_gettext("Please write in words what it is about.")), no_longer_than(MAX_TEXT)],
    )
    title = ShortText(lazy_gettext("Title"), [no_longer_than(100)])
    problem = LongText(lazy_gettext("The problem it would solve"), [no_longer_than(MAX_PART)])
    gains = LongText(lazy_gettext("Who gains"), [no_longer_than(MAX_PART)])
    harms = LongText(lazy_gettext("Who could be harmed"), [no_longer_than(MAX_PART)])
    cost = LongText(lazy_gettext("Roughly what it costs"), [no_longer_than(MAX_PART)])
    why = ShortText(lazy_gettext("What is different, in a line"), [no_longer_than(200)])
    what = RadioField(lazy_gettext("What kind of change is it?"), validate_choice=False)
    seen = HiddenField()

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.kinds = [
            (WORDING, _("Only the words: it proposes the same")),
            (SUBSTANCE, _("The substance: it proposes something else")),
        ]
        self.what.choices = self.kinds

    @property
    def more(self) -> list[Any]:
        """Return what may be left empty."""
        return [getattr(self, name) for name in PARTS]

    def validate_what(self, field: RadioField) -> None:
        if field.data not in (WORDING, SUBSTANCE):
            raise ValidationError(_("Please say what kind of change it is."))

    @property
    def wording(self) -> Wording:
        return Wording(**{name: str(self[name].data or "") for name in ("title", "text", *PARTS)})


@blueprint.get("/ideas/<reference>/change")
@signed_in_only
def own(reference: str) -> ResponseReturnValue:
    """Bring the signed-in sender of an idea to the page on which they change it."""
    thread = find_by_reference(db.session(), parse_reference(reference) or "")
    if thread is None or not is_sender(thread, me()):
        raise NotFound()
    return redirect(url_for(".change", token=sign(TRACKING, thread.id)), 303)


@blueprint.route("/track/<token>/change", methods=["GET", "POST"])
@by_link
def change(token: str) -> ResponseReturnValue:
    """Show the idea to be written anew, or take it. What can't be taken comes back as it was typed."""
    session, now = db.session(), clock.now()
    thread = find_tracked(session, token)
    if thread is None:
        return unknown_link()
    if request.method != "POST":
        if not can_change(session, thread, clock.now()):
            return redirect(url_for("tracking.track", token=token), 303)
        return show(session, token, thread, form_of(session, thread))
    form, number = ChangeForm(), thread.id
    try:
        if not form.validate():
            raise Invalid()
        thread = lock_thread(session, number)
        count_move(session, thread, now)
        seen = request.form.get("seen", 0, type=int)
        is_substance, why = form.what.data == SUBSTANCE, str(form.why.data)
        version = change_submission(
            session, thread, form.wording, is_substance=is_substance, why=why, seen=seen, now=now
        )
    except (Conflict, Invalid, TooMany) as error:
        session.rollback()
        return show(session, token, session.get_one(Thread, number), form, error)
    waits = version.state == VersionState.WAITS
    session.commit()
    flash(
        _("Thank you. Staff look at the new words first; until then the version before is shown.")
        if waits
        else _("Thank you. This is what your idea says now."),
        "success",
    )
    return redirect(url_for("tracking.track", token=token), 303)


def form_of(session: Session, thread: Thread) -> ChangeForm:
    """Return the form, filled with what the sender wrote last."""
    newest = find_newest(session, thread.id)
    seen = str(newest.id if newest else 0)
    return ChangeForm(formdata=None, data=vars(read_wording(session, thread)) | {"seen": seen})


def show(
    session: Session, token: str, thread: Thread, form: ChangeForm, error: DomainError | None = None
) -> ResponseReturnValue:
    if error and error.message:
        form.form_errors = [error.message]
    if isinstance(error, Conflict):  # what was overlooked is on the page now
        newest = find_newest(session, thread.id)
        form.seen.data = str(newest.id if newest else 0)
    page = render_template(
        "intake/change.html",
        thread=thread,
        token=token,
        form=form,
        may_change=can_change(session, thread, clock.now()),
        newest=read_wording(session, thread) if isinstance(error, Conflict) else None,
        is_verified=thread.author.is_verified,
    )
    return make_response(page, error.status if error else 200)
