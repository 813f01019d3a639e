"""Marking accounts that speak for an institution, for a firm or as an expert: seen wherever they speak."""

from datetime import datetime

from sqlalchemy.orm import Session
from wtforms import Field, RadioField, ValidationError

from portal.accounts.models import Mark, Person
from portal.accounts.telling import MARK_NAMES
from portal.core.forms import Form, ShortText, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.threads.events import Actor, record_administration


class MarkForm(Form):
    mark = RadioField(
        lazy_gettext("The account speaks"),
        choices=lambda: [
            ("", _("for a person, as most do")),
            *((str(mark), str(name)) for mark, name in MARK_NAMES.items()),
        ],
        default="",
    )
    mark_name = ShortText(
        lazy_gettext("Name of the body, or the expert’s field"),
        [no_longer_than(120)],
        description=lazy_gettext("It stands beside all that the account says in public."),
    )

    def validate_mark_name(self, field: Field) -> None:
        if self.mark.data and not field.data:
            raise ValidationError(_("Please write the name: a mark without one tells nothing."))


def mark_form_of(person: Person) -> MarkForm:
    """Return the form as the account is marked now."""
    return MarkForm(formdata=None, data={"mark": person.mark or "", "mark_name": person.mark_name})


def mark_person(
    session: Session, person: Person, mark: Mark | None, name: str, *, by: Actor, now: datetime
) -> None:
    """Mark an account, or take its mark away (None). The record says which mark, not whose name."""
    name = name if mark else ""
    if (person.mark, person.mark_name) == (mark, name):
        return
    before, after = {"mark": person.mark}, {"mark": str(mark) if mark else None}
    person.mark, person.mark_name = mark, name
    session.flush()
    data = {"what": ["person", person.id], "before": before, "after": after}
    record_administration(session, "person.marked", by=by, data=data, now=now)
