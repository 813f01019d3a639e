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


def take(
    form: Form, save: Callable[[], str], template: str, *, of: Revised | None = None, **shown: object
) -> ResponseReturnValue:
    """Show a form, or keep what was typed and go where `save` says; what can't be kept is shown again.

    Who is told that somebody else changed the row (`of`) can send it again: they know by then.
    """
    if not form.is_submitted():
        return render_template(template, form=form, **shown)
    if not form.validate():
        return render_template(template, form=form, **shown), 422
    try:
        address = save()
    except (Conflict, Invalid) as error:
        db.session.rollback()
        form.form_errors.append(error.message)
        if of is not None:
            form.seen.data, form.seen.raw_data = of.revision, None
        return render_template(template, form=form, **shown), error.status
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(address, 303)
