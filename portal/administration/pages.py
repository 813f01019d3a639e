"""How each page saves: the form again with what was typed where it can't, else on to another page."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.administration.actions import T, add_listed
from portal.administration.category_forms import AddCategoryForm
from portal.administration.changes import Row, Values, change_row, seen_mark, values_of
from portal.administration.forms import AddDepartmentForm, SetUpForm
from portal.administration.visit import Visit
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext as _

Save = Callable[[Values, str], None]  # given what was typed, and the mark of what was seen


def edit(form: SetUpForm, present: Values, save: Save, *, done: str, **shown: Any) -> ResponseReturnValue:
    """Show the form, or save it and go to `done`.

    `present` is what stands there now. If that changed since the page was shown, nothing is
    saved: the page says what stands there, and saving once more puts what was typed in its place.
    """
    if request.method != "POST":
        return show(form, present, **shown)
    if not form.validate_on_submit():
        return show(form, None, **shown), 422
    try:
        save(form.values(), form.seen.data or "")
    except (Conflict, Invalid) as error:
        db.session.rollback()
        form.form_errors.append(error.message)
        theirs = differing(form, present) if isinstance(error, Conflict) else []
        return show(form, present, theirs=theirs, **shown), error.status
    db.session.commit()
    flash(_("Saved."))
    return redirect(done, 303)


def edit_row(
    visit: Visit,
    row: Row,
    names: Sequence[str],
    make_form: Callable[[Values], SetUpForm],
    *,
    back: str,
    title: str,
) -> ResponseReturnValue:
    """Show the form of these fields of a row, or save them."""
    present = values_of(row, *names)

    def save(typed: Values, seen: str) -> None:
        change_row(visit.session, row, typed, seen=seen, by=visit.actor, now=visit.now)

    return edit(make_form(present), present, save, done=back, back=back, title=title)


def add_listed_row(
    visit: Visit,
    table: type[T],
    form: AddDepartmentForm | AddCategoryForm,
    *,
    back: str,
    title: str,
) -> ResponseReturnValue:
    """Show the form of a new department or category, or add it."""

    def save(typed: Values, _seen: str) -> None:
        add_listed(visit.session, table, str(form.code.data), typed, by=visit.actor, now=visit.now)

    return edit(form, {}, save, done=back, back=back, title=title)


def show(form: SetUpForm, present: Values | None, **shown: Any) -> str:
    """Return the page; with `present` the form is about what stands there now."""
    if present is not None:
        form.seen.data = seen_mark(present)
    page = shown.pop("page", "administration/form.html")
    return render_template(page, form=form, **shown)


def differing(form: SetUpForm, present: Values) -> list[tuple[str, str]]:
    """Return label and present text of the fields in which something else was typed."""
    there = form.data_of(present)
    return [
        (str(field.label.text), str(there[field.name]))
        for field in form.shown()
        if field.name in there and there[field.name] != field.data
    ]


def run(change: Callable[[], None], *, done: str) -> ResponseReturnValue:
    """Make a change that a single button asks for; say why where it can't be made."""
    try:
        change()
    except (Conflict, Invalid) as error:
        db.session.rollback()
        flash(error.message, "warning")
    else:
        db.session.commit()
    return redirect(done, 303)
