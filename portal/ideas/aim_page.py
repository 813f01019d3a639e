"""The page on which an idea's sender or staff say what it would prevent; reached in several ways."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import SelectField

from portal.communities.directory import Directory
from portal.communities.models import PlaceKind
from portal.core.errors import Conflict, Invalid
from portal.core.forms import Form, ShortText, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.core.references import parse_reference
from portal.ideas.aim_telling import tell_targets
from portal.ideas.aiming import find_target, propose_aims, target_of_report
from portal.ideas.aims import Target, list_aims, say_aim
from portal.ideas.needs import WITHIN
from portal.threads.actions import lock_thread
from portal.threads.choices import category_options
from portal.threads.events import Actor
from portal.threads.models import Thread
from portal.threads.queries import find_listed

ANSWERS = {"yes": True, "no": False}


class AimForm(Form):
    """Something that nobody has proposed: a category at a place, or a report of what comes up again."""

    category = SelectField(lazy_gettext("What"), validate_choice=True)
    place = SelectField(lazy_gettext("Where"), validate_choice=True)
    report = ShortText(
        lazy_gettext("Or a report of what comes up again here"),
        [no_longer_than(40)],
        description=lazy_gettext("Its reference, as in 482-613-905."),
    )

    def __init__(self, thread: Thread, directory: Directory, **given: Any) -> None:
        super().__init__(**given)
        nothing = [("", _("Please choose"))]
        self.category.choices = {"": nothing} | {
            group[1]: list(options) for group, options in category_options(directory)
        }
        self.place.choices = [
            (place.code, directory.full_name(place.id)) for place in _places(thread, directory)
        ]

    def find(self, session: Session, directory: Directory) -> Target | None:
        """Return what was asked for, or None with the reason at the field."""
        if self.report.data:
            written = parse_reference(self.report.data)
            target = target_of_report(session, find_listed(session, written) if written else None)
            if target is None:
                self.report.errors = [_("There is no public report of this number that has come up again.")]
            return target
        category = directory.category_codes.get(self.category.data or "")
        if category is None:
            self.category.errors = [_("Please choose what it would prevent.")]
            return None
        return Target(category.id, directory.place_codes[self.place.data].id)


def _places(thread: Thread, directory: Directory) -> list[Any]:
    """Return where an idea may help: its neighbourhood first, its named places, then all others."""
    own = directory.places[thread.place_id]
    above = [place for place in directory.ancestors(own.id) if place.parent_id is not None]
    spots = directory.children(own.id, PlaceKind.SPOT)
    others = [p for p in directory.places_in_use() if p.kind in (PlaceKind.STREET, PlaceKind.COMMUNITY)]
    return list({place.id: place for place in (own, *spots, *above, *others)}.values())


def _may_be_meant(session: Session, thread: Thread, target: Target, directory: Directory) -> bool:
    """Tell whether the page offers this target: no idea is to answer all the reports of a whole district."""
    if target.report_id is not None or target.key in {aim.key for aim in list_aims(session, thread.id)}:
        return True
    return target.place_id in {thread.spot_id, *(place.id for place in _places(thread, directory))}


def show_aims(
    session: Session,
    thread: Thread,
    directory: Directory,
    *,
    now: datetime,
    back: str,
    form: AimForm | None = None,
    error: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    """Show what was said and what may be said; `back` is the page that one came from."""
    aims = list_aims(session, thread.id)
    proposed = propose_aims(session, thread, aims, directory, since=now - WITHIN)
    return (
        render_template(
            "ideas/aims.html",
            thread=thread,
            title=thread.title if thread.visibility == "public" else thread.reference,
            held=tell_targets(session, [aim.target for aim in aims if aim.holds], directory, now),
            proposed=tell_targets(session, proposed, directory, now),
            refused=tell_targets(session, [aim.target for aim in aims if not aim.holds], directory, now),
            form=form or AimForm(thread, directory, formdata=None),
            back=back,
            error=error,
        ),
        status,
    )


def take_aim(
    session: Session,
    thread_id: int,
    sent: Mapping[str, str],
    directory: Directory,
    *,
    by: Actor,
    now: datetime,
    address: str,
    back: str,
) -> ResponseReturnValue:
    """Keep what was said of one target; a form that can't be read is shown again as it was filled."""
    thread = lock_thread(session, thread_id)
    holds, form = ANSWERS.get(sent.get("answer", "")), None
    if holds is None:
        form, holds = AimForm(thread, directory), True
        target = form.find(session, directory) if form.validate() else None
    else:
        target = find_target(session, sent.get("target", ""), directory)
        target = target if target and _may_be_meant(session, thread, target, directory) else None
    again: dict[str, Any] = {"now": now, "back": back, "form": form}
    if target is None:
        problem = "" if form else _("This is not there any more.")
        session.rollback()
        return show_aims(
            session, session.get_one(Thread, thread_id), directory, error=problem, status=422, **again
        )
    try:
        say_aim(session, thread, target, holds=holds, by=by, now=now)
    except (Conflict, Invalid) as refused:
        session.rollback()
        thread = session.get_one(Thread, thread_id)
        return show_aims(session, thread, directory, error=refused.message, status=refused.status, **again)
    session.commit()
    flash(_("Noted: it would prevent this.") if holds else _("Noted: it would not prevent this."), "success")
    return redirect(address, 303)
