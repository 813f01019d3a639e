"""The pages of staff: overview, sorting desk, queues, search, and one submission with its moves."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.accounts.visits import Visit
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.references import parse_reference
from portal.core.web import address_with
from portal.threads.actions import refuse_unless
from portal.threads.models import Thread
from portal.threads.photos import Kept
from portal.triage import choices
from portal.triage.access import Desk, get_thread_for
from portal.triage.comments import count_waiting
from portal.triage.forms import MoveForm
from portal.triage.lists import (
    OPENED_BY,
    READERS,
    list_of,
    open_list,
    place_in,
    tell_count,
)
from portal.triage.mode import emergencies_for
from portal.triage.narrowing import tell_bulk_bar, tell_narrowed
from portal.triage.onward import go_on
from portal.triage.overview import list_sections, list_tools, list_troubles, read_added
from portal.triage.pane import Tried, read_pane
from portal.triage.queries import count_rows, read_page
from portal.triage.reply_templates import FIELDS, list_offered
from portal.triage.rows import lines_for
from portal.triage.saved import list_saved
from portal.triage.single import make_single
from portal.triage.work import VERBS, Move, form_for, permitted

blueprint = Blueprint("triage", __name__, url_prefix="/staff")


@blueprint.get("")
@staff_only(*RoleName)
def home() -> ResponseReturnValue:
    v = Visit.begin()
    sections = list_sections(v)
    return render_template(
        "triage/home.html",
        sections=sections,
        troubles=list_troubles(v.session),
        emergencies=emergencies_for(v.person, v.directory),
        tools=list_tools(v.person),
        saved=list_saved(v),
        added=read_added(v),
        comments_waiting=count_waiting(v.session, v.person, v.directory),
    )


@blueprint.get("/desk")
@staff_only(*OPENED_BY["desk"])
def desk() -> ResponseReturnValue:
    return list_page(Visit.begin(), "desk")


@blueprint.get("/queue")
@staff_only(*OPENED_BY["queue"])
def queue() -> ResponseReturnValue:
    return list_page(Visit.begin(), "queue")


@blueprint.get("/ideas")
@staff_only(*OPENED_BY["ideas"])
def ideas() -> ResponseReturnValue:
    return list_page(Visit.begin(), "ideas")


@blueprint.get("/search")
@staff_only(*OPENED_BY["search"])
def search() -> ResponseReturnValue:
    """Find words in all that this person may read; a reference leads to its page at once."""
    v = Visit.begin()
    words = choices.read_words(request.args)
    reference = parse_reference(words)
    if reference and leads_to_page(v, reference):
        return redirect(url_for("triage.show", reference=reference))
    return list_page(v, "search")


def leads_to_page(v: Visit, reference: str) -> bool:
    try:
        get_thread_for(v.session, v.person, reference, v.directory)
    except NotFound:
        return False
    return True


def list_page(v: Visit, code: str) -> ResponseReturnValue:
    """Show one page of a list, with its exact count."""
    listing, after = open_list(v, code, request.args), request.args.get("after", "")
    page, count = read_page(v.session, listing.queue, after), count_rows(v.session, listing.queue)
    return render_template(
        f"triage/{code}.html",
        listing=listing,
        lines=lines_for(v.session, page.rows, v.directory, v.now, listing=listing),
        count=count,
        count_text=tell_count(listing, count),
        start=listing.address() if after else None,
        onward=listing.address(page.next) if page.next else None,
        **tell_narrowed(v, listing),
        **tell_bulk_bar(v, listing, address_with(ticked="all")),
    )


@blueprint.get("/<reference>")
@staff_only(*READERS)
def show(reference: str) -> ResponseReturnValue:
    written = parse_reference(reference)
    if written is None:
        raise NotFound()
    if written != reference:
        return redirect(url_for("triage.show", reference=written))
    v = Visit.begin()
    return lay_open(v, *get_thread_for(v.session, v.person, reference, v.directory))


@blueprint.post("/<reference>/<verb>")
@staff_only(*READERS)
def move(reference: str, verb: str) -> ResponseReturnValue:
    """Do one of work.VERBS, or show the page again with what was typed and what stands against it."""
    v = Visit.begin()
    if verb not in VERBS:
        raise NotFound()
    try:
        thread, desk_ = get_thread_for(v.session, v.person, reference, v.directory)
    except NotFound:
        return show_gone(VERBS[verb].form(verb=verb))
    if not desk_.may(verb):
        raise NotAllowed()
    form = form_for(v.session, verb, thread, v.directory)
    if "use" in request.form:
        begin_with_template(v, thread, verb, form)
        return lay_open(v, thread, desk_, Tried(verb, form))
    if not form.validate():
        return lay_open(v, thread, desk_, Tried(verb, form), 422)
    return do_move(v, thread, desk_, verb, form)


def do_move(
    v: Visit, thread: Thread, desk_: Desk, verb: str, form: MoveForm, *, pictures: Sequence[Kept] = ()
) -> ResponseReturnValue:
    """Do what a form that was found right asks for, and lead on."""
    reference = thread.reference
    listing = list_of(v, thread, desk_, request.args)
    stood = place_in(v.session, listing.queue, thread)
    try:
        make_move(v, thread, desk_, verb, form, pictures=pictures)
    except (Conflict, Invalid) as error:
        v.session.rollback()
        return show_again(v, reference, verb, form, error)
    return go_on(v, thread, listing, stood, str(VERBS[verb].done))


def begin_with_template(v: Visit, thread: Thread, verb: str, form: MoveForm) -> None:
    """Put the chosen template's text into the form, after what was typed already."""
    offered = list_offered(v.session, thread, v.person, v.directory, [verb], now=v.now).get(verb, [])
    chosen = next((t for t in offered if str(t.id) == request.form.get("template")), None)
    if chosen is not None:
        field = form[FIELDS[verb]]
        field.data = "\n\n".join(text for text in (field.data, chosen.text) if text)


def make_move(
    v: Visit, thread: Thread, desk_: Desk, verb: str, form: MoveForm, *, pictures: Sequence[Kept] = ()
) -> None:
    """Do it, unless somebody else did something first."""
    VERBS[verb].lock(v.session, thread, form)
    refuse_unless(verb in permitted(thread, desk_))
    make_single(verb, Move(v.session, thread, desk_, v.directory, form, v.now, pictures), v.person)
    v.session.commit()


def show_again(
    v: Visit, reference: str, verb: str, form: MoveForm, error: Conflict | Invalid
) -> ResponseReturnValue:
    """Show the thread as it is now, the form as it was filled, and why it wasn't done."""
    try:
        thread, desk_ = get_thread_for(v.session, v.person, reference, v.directory)
    except NotFound:
        return show_gone(form)
    if isinstance(error, Invalid):
        form.form_errors = [error.message]
        return lay_open(v, thread, desk_, Tried(verb, form), 422)
    return lay_open(v, thread, desk_, Tried(verb, form, error.message), 409)


def show_gone(form: MoveForm) -> ResponseReturnValue:
    """Say that there is nothing here for this person (any more), and give back what they typed."""
    return render_template("triage/gone.html", kept=form.typed()), 404


def lay_open(
    v: Visit, thread: Thread, desk_: Desk, tried: Tried | None = None, status: int = 200
) -> ResponseReturnValue:
    listing = list_of(v, thread, desk_, request.args)
    around = tell_bulk_bar(v, listing, listing.address_of(thread, ticked="all"))
    return render_template(
        "triage/show.html", **around, **read_pane(v, thread, desk_, listing, tried)
    ), status
