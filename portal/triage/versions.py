"""Versions of an idea before staff: a first look at what waits, and what counts as a change of substance."""

from typing import Any, NamedTuple

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import has_role
from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.accounts.visits import Visit
from portal.core.errors import Conflict, DomainError, Invalid, NotFound
from portal.core.forms import Form, LongText, Needed, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.ideas.about import tell_parts
from portal.ideas.changing import can_change, mark_substance, refuse_version, show_version
from portal.ideas.models import Idea
from portal.ideas.version_telling import tell_shown, tell_support, tell_waiting
from portal.ideas.versions import IdeaVersion, find_waiting, list_waiting
from portal.threads.actions import lock_thread
from portal.threads.models import Kind, Thread
from portal.threads.votes import takes_votes
from portal.triage.access import Desk, get_thread_for, get_worked, sorted_by
from portal.triage.forms import MAX_WORDS
from portal.triage.rows import title_of

PANE_TEMPLATE, HOME_TEMPLATE = "triage/_versions.html", "triage/_versions_wait.html"
SHOWN_AT_HOME = 5
READERS = (RoleName.COORDINATOR, RoleName.PANELLIST)

blueprint = Blueprint("staff_versions", __name__, url_prefix="/staff/<reference>/versions")


class RefuseForm(Form):
    reason = LongText(lazy_gettext("Reason"), [Needed(), no_longer_than(MAX_WORDS)])


class Opened(NamedTuple):
    """An idea that this member of staff may read, and what they may do with it."""

    v: Visit
    thread: Thread
    desk: Desk


def read_pane_section(v: Visit, thread: Thread, _desk: Desk) -> dict[str, Any]:
    """Return for the page of an idea what it says besides the proposal, and whether it changes."""
    if thread.kind != Kind.IDEA:
        return {"parts": [], "number": 1, "waits": False}
    return {
        "parts": tell_parts(v.session.get_one(Idea, thread.id)),
        "number": thread.version,
        "waits": find_waiting(v.session, thread.id) is not None,
    }


def read_home(v: Visit) -> dict[str, Any] | None:
    """Return for the first page of a coordinator which versions wait for a first look."""
    if not has_role(v.person, RoleName.COORDINATOR):
        return None
    waiting = list_waiting(v.session, sorted_by(v.person, v.directory))
    return {"rows": waiting[:SHOWN_AT_HOME], "count": len(waiting), "title_of": title_of} if waiting else None


def open_idea(reference: str, *, to_work: bool = False) -> Opened:
    """Return the idea; NotFound unless the person may read it, NotAllowed if not work it."""
    v = Visit.begin()
    get_one = get_worked if to_work else get_thread_for
    thread, desk = get_one(v.session, v.person, reference, v.directory)
    if thread.kind != Kind.IDEA:
        raise NotFound()
    return Opened(v, thread, desk)


@blueprint.get("")
@staff_only(*READERS)
def index(reference: str) -> ResponseReturnValue:
    return lay_open(open_idea(reference), RefuseForm(formdata=None))


@blueprint.post("/<int:number>/show")
@staff_only(*READERS)
def show(reference: str, number: int) -> ResponseReturnValue:
    return act(reference, number, "show")


@blueprint.post("/<int:number>/refuse")
@staff_only(*READERS)
def refuse(reference: str, number: int) -> ResponseReturnValue:
    return act(reference, number, "refuse")


@blueprint.post("/<int:number>/substance")
@staff_only(*READERS)
def substance(reference: str, number: int) -> ResponseReturnValue:
    return act(reference, number, "substance")


def act(reference: str, number: int, verb: str) -> ResponseReturnValue:
    """Show a version that waits, don't show it, or say that it proposes something else."""
    opened, form = open_idea(reference, to_work=True), RefuseForm()
    session = opened.v.session
    try:
        lock_thread(session, opened.thread.id)
        version = session.get(IdeaVersion, number, populate_existing=True)
        if version is None or version.thread_id != opened.thread.id:
            raise NotFound()
        done = _do(verb, opened, version, form)
    except (Conflict, Invalid) as error:
        session.rollback()
        return lay_open(open_idea(reference), form, error)
    session.commit()
    flash(done, "success")
    return redirect(url_for(".index", reference=reference), 303)


def _do(verb: str, opened: Opened, version: IdeaVersion, form: RefuseForm) -> str:
    v, thread = opened.v, opened.thread
    stamp: dict[str, Any] = {"by": opened.desk.actor, "now": v.now}
    if verb == "show":
        show_version(v.session, thread, version, **stamp)
        return _("Everybody can read the new version now.")
    if verb == "substance":
        mark_substance(v.session, thread, version, **stamp)
        return _("It counts as a change of what is proposed. Supporters are asked anew.")
    if not form.validate():
        raise Invalid()
    refuse_version(v.session, thread, version, str(form.reason.data), **stamp)
    return _("The new version is not shown. Its sender is told why.")


def lay_open(opened: Opened, form: RefuseForm, error: DomainError | None = None) -> ResponseReturnValue:
    v, thread, desk = opened
    if error and error.message:
        form.form_errors = [error.message]
    page = render_template(
        "triage/versions.html",
        thread=thread,
        title=title_of(thread),
        works=desk.works,
        waiting=tell_waiting(v.session, thread),
        may_show=can_change(v.session, thread, v.now),
        may_mark=desk.works and takes_votes(thread),
        versions=tell_shown(v.session, thread),
        support=tell_support(v.session, thread, v.session.get_one(Idea, thread.id)),
        form=form,
    )
    return page, error.status if error else 200
