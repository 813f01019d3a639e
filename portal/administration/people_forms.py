"""What administrators fill in about people."""

from typing import Any

from wtforms import Field, RadioField, SelectField, ValidationError

from portal.accounts.access import administers
from portal.accounts.models import OF_DEPARTMENT, Person
from portal.accounts.telling import ROLE_NAMES
from portal.communities.directory import Directory, PlaceEntry
from portal.communities.models import PlaceKind
from portal.core.forms import EmailText, Form, Needed, ShortText, no_longer_than
from portal.core.i18n import LANGUAGES, current_language, lazy_gettext
from portal.core.i18n import gettext as _

BY_MAIL, BY_CODE = "mail", "code"


def places_for_roles(visitor: Person, directory: Directory) -> list[PlaceEntry]:
    """Return the places at which the visitor may give roles."""
    return [
        p
        for p in directory.places.values()
        if p.kind != PlaceKind.SPOT and not p.is_retired and administers(visitor, p.path)
    ]


class PersonForm(Form):
    name = ShortText(
        lazy_gettext("Name of the person"),
        [Needed(lazy_gettext("Please write the name.")), no_longer_than(80)],
    )
    email = EmailText(
        lazy_gettext("E-mail address"),
        [Needed(lazy_gettext("Please write the e-mail address."))],
        description=lazy_gettext("They sign in with it."),
    )
    language = RadioField(lazy_gettext("Language"), choices=LANGUAGES, default=current_language)


class RoleForm(Form):
    role = SelectField(lazy_gettext("Role"))
    place = SelectField(
        lazy_gettext("Place"), coerce=int, description=lazy_gettext("The role reaches everything below it.")
    )
    department = SelectField(
        lazy_gettext("Department"),
        coerce=int,
        description=lazy_gettext("For officers and heads of department only."),
    )

    def __init__(self, visitor: Person, directory: Directory, **given: Any) -> None:
        """Offer only places that the visitor reaches: nobody gives more than they have."""
        super().__init__(**given)
        self.role.choices = [(str(role), str(name)) for role, name in ROLE_NAMES.items()]
        self.place.choices = [(p.id, directory.full_name(p.id)) for p in places_for_roles(visitor, directory)]
        departments = [(d.id, d.name) for d in directory.departments.values() if not d.is_retired]
        self.department.choices = [(0, _("None")), *departments]

    def validate_department(self, field: Field) -> None:
        if self.role.data in OF_DEPARTMENT and not field.data:
            raise ValidationError(_("Please choose the department this person works for."))

    @property
    def department_id(self) -> int | None:
        """Return the department of an officer or a head; other roles have none."""
        return self.department.data if self.role.data in OF_DEPARTMENT else None


class InviteForm(PersonForm, RoleForm):
    way = RadioField(
        lazy_gettext("How do they sign in the first time?"),
        choices=lambda: {
            BY_MAIL: _("By a link that we mail them"),
            BY_CODE: _("By a code that you print and hand over"),
        },
        default=BY_MAIL,
    )
