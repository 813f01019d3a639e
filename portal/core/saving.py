"""The page of a form: shown, kept, or shown again with what was typed."""

from collections.abc import Callable
from typing import Protocol

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.forms import Form
from portal.core.i18n import gettext as _


class Revised(Protocol):
    """A row that counts its changes: two who edit at once notice each other by it."""

    @property
    def revision(self) -> int: ...


Kept = str | tuple[str, str]  # where to go, and what to say instead of "Saved."


def keep(
    form: Form,
    save: Callable[[], Kept],
    again: Callable[[int], ResponseReturnValue],
    *,
    of: Revised | None = None,
) -> ResponseReturnValue:
    """Keep what was typed and go where `save` says; what can't be kept is shown `again`, with a status.

    Who is told that somebody else changed the row (`of`) can send it again: they know by then.
    """
    if not form.validate():
        return again(422)
    try:
        kept = save()
    except (Conflict, Invalid) as error:
        db.session.rollback()
        form.form_errors.append(error.message)
        if of is not None:
            form.seen.data, form.seen.raw_data = of.revision, None
        return again(error.status)
    db.session.commit()
    address, said = (kept, _("Saved.")) if isinstance(kept, str) else kept
    flash(said, "success")
    return redirect(address, 303)


def take(
    form: Form, save: Callable[[], Kept], template: str, *, of: Revised | None = None, **shown: object
) -> ResponseReturnValue:
    """Show the page of a form, or keep what was typed, as `keep` does."""

    def show(status: int) -> ResponseReturnValue:
        return render_template(template, form=form, **shown), status

    return keep(form, save, show, of=of) if form.is_submitted() else show(200)
