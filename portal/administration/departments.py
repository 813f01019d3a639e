"""The pages of departments."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.administration.changes import Values, seen_mark
from portal.administration.forms import AddDepartmentForm, DepartmentForm
from portal.administration.pages import add_listed_row, edit_row
from portal.administration.retiring import categories_going_to
from portal.administration.visit import begin_visit_everywhere, blueprint
from portal.communities.models import Department
from portal.core.errors import NotFound
from portal.core.i18n import gettext as _


@blueprint.get("/departments")
@staff_only(RoleName.ADMINISTRATOR)
def departments() -> ResponseReturnValue:
    directory = begin_visit_everywhere().directory
    in_use = directory.departments_in_use()
    return render_template(
        "administration/departments.html",
        in_use=[(d, [c.name for c in categories_going_to(directory, d.id)]) for d in in_use],
        retired=[d for d in directory.departments.values() if d.is_retired],
        order=seen_mark({"order": [d.id for d in in_use]}),
    )


@blueprint.route("/departments/add", methods=["GET", "POST"])
@staff_only(RoleName.ADMINISTRATOR)
def add_new_department() -> ResponseReturnValue:
    visit, back = begin_visit_everywhere(), url_for(".departments")
    return add_listed_row(visit, Department, AddDepartmentForm(), back=back, title=_("Add a department"))


@blueprint.route("/departments/<int:number>/edit", methods=["GET", "POST"])
@staff_only(RoleName.ADMINISTRATOR)
def edit_department(number: int) -> ResponseReturnValue:
    visit = begin_visit_everywhere()
    row = visit.session.get(Department, number)
    if row is None:
        raise NotFound()

    def make_form(present: Values) -> DepartmentForm:
        return DepartmentForm(data=DepartmentForm.data_of(present))

    title = visit.directory.departments[number].name
    return edit_row(visit, row, ("names",), make_form, back=url_for(".departments"), title=title)
