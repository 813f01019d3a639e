"""One photo laid open for staff: shown, hidden, and parts of it blacked out for good."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts.identity import staff_only
from portal.accounts.visits import Visit
from portal.core.db import begin_write
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.forms import Form, LongText, Needed, no_longer_than
from portal.core.guards import reads_first
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.core.pictures import Cell, black_out, grid_of
from portal.core.storage import StoreFailed, get_store
from portal.core.uploads import no_room
from portal.threads.actions import lock_thread
from portal.threads.additions import Photo
from portal.threads.models import Thread
from portal.threads.photo_views import send_picture
from portal.threads.photo_work import black_out_photo, hide_photo, show_photo
from portal.threads.photos import Kept, file_name, keep_picture, list_photos
from portal.triage.access import Desk, get_thread_for, get_worked
from portal.triage.forms import MAX_WORDS
from portal.triage.lists import READERS, back_to
from portal.triage.reading import tell_photo_to_staff

blueprint = Blueprint("staff_photos", __name__, url_prefix="/staff/<reference>/photos/<number>")


class HideForm(Form):
    reason = LongText(lazy_gettext("Reason"), [Needed(), no_longer_than(MAX_WORDS)])


@dataclass(frozen=True)
class Opened:
    """A photo that this member of staff may see, and what they may do with it."""

    session: Session
    thread: Thread
    photo: Photo
    desk: Desk
    now: datetime

    @property
    def stamp(self) -> dict[str, Any]:
        """Who does it and when."""
        return {"by": self.desk.actor, "now": self.now}

    @property
    def address(self) -> str:
        return url_for(".show", reference=self.thread.reference, number=self.photo.id)


def open_photo(reference: str, number: str, *, to_work: bool = False) -> Opened:
    """Return the photo; NotFound unless the person may read its thread, NotAllowed if not work it."""
    v = Visit.begin()
    get_one = get_worked if to_work else get_thread_for
    thread, desk = get_one(v.session, v.person, reference, v.directory)
    photo = next((p for p in list_photos(v.session, thread.id) if str(p.id) == number), None)
    if photo is None:
        raise NotFound()
    return Opened(v.session, thread, photo, desk, v.now)


def open_locked(reference: str, number: str) -> Opened:
    """Return the photo to one who works its thread, which is locked."""
    opened = open_photo(reference, number, to_work=True)
    lock_thread(opened.session, opened.thread.id)
    opened.session.refresh(opened.photo)
    return opened


@blueprint.get("")
@staff_only(*READERS)
def show(reference: str, number: str) -> ResponseReturnValue:
    return lay_open(open_photo(reference, number), HideForm(formdata=None))


@blueprint.get("/<any(large, small):size>")
@staff_only(*READERS)
def picture(reference: str, number: str, size: str) -> ResponseReturnValue:
    return send_picture(open_photo(reference, number).photo.key, size)


@blueprint.post("/show")
@staff_only(*READERS)
def let_show(reference: str, number: str) -> ResponseReturnValue:
    opened = open_locked(reference, number)
    show_photo(opened.session, opened.thread, opened.photo, **opened.stamp)
    opened.session.commit()
    flash(_("The photo is as public as the words now."), "success")
    return redirect(back_to(opened.thread, request.args), 303)


@blueprint.post("/hide")
@staff_only(*READERS)
def hide(reference: str, number: str) -> ResponseReturnValue:
    opened, form = open_locked(reference, number), HideForm()
    if not form.validate():
        return lay_open(opened, form, status=422)
    hide_photo(opened.session, opened.thread, opened.photo, str(form.reason.data), **opened.stamp)
    opened.session.commit()
    flash(_("The photo is hidden from the public now."), "success")
    return redirect(url_for("triage.show", reference=reference), 303)


@blueprint.post("/black-out")
@staff_only(*READERS)
@reads_first
def blacken(reference: str, number: str) -> ResponseReturnValue:
    """Paint the marked cells black; making the new picture comes before the write."""
    opened, before = open_photo(reference, number, to_work=True), request.form.get("before", "")
    try:
        after = paint(opened.photo, before)
        begin_write(opened.session)
        opened = open_locked(reference, number)
        black_out_photo(opened.session, opened.thread, opened.photo, before, after, **opened.stamp)
        opened.session.commit()
    except (Conflict, Invalid) as error:
        opened.session.rollback()
        return lay_open(open_photo(reference, number), HideForm(formdata=None), error.message, error.status)
    flash(_("What you marked is black now. The picture as it was is gone for good."), "success")
    return redirect(opened.address, 303)


def paint(photo: Photo, before: str) -> Kept:
    """Make and keep the picture with the marked cells black."""
    cells = marked_cells(photo)
    if not cells:
        raise Invalid(_("Please mark what should be black."))
    try:
        large = get_store().get(file_name(photo.key, "large"))
        if large is None or photo.key != before:
            raise Conflict(_("Someone else changed this while you were reading it."))
        return keep_picture(get_store(), black_out(large, cells), photo.source)
    except StoreFailed:
        raise Invalid(no_room()) from None


def marked_cells(photo: Photo) -> list[Cell]:
    """Return the cells that were marked, of those that there are."""
    columns, rows = grid_of(photo.width, photo.height)
    marked = set(request.form.getlist("cell"))
    return [(c, r) for r in range(rows) for c in range(columns) if f"{c}-{r}" in marked]


def lay_open(opened: Opened, form: HideForm, problem: str = "", status: int = 200) -> ResponseReturnValue:
    photo, (columns, rows) = opened.photo, grid_of(opened.photo.width, opened.photo.height)
    page = render_template(
        "triage/photo.html",
        thread=opened.thread,
        photo=photo,
        shown=tell_photo_to_staff(opened.thread, photo),
        works=opened.desk.works,
        form=form,
        problem=problem,
        columns=columns,
        rows=rows,
        marked=set(request.form.getlist("cell")),
    )
    return page, status
