"""The pages of categories."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.administration.category_forms import AddCategoryForm, CategoryForm
from portal.administration.changes import Values, seen_mark
from portal.administration.pages import add_listed_row, edit_row
from portal.administration.visit import begin_visit_everywhere, blueprint
from portal.communities.directory import CategoryEntry, Directory
from portal.communities.models import Category
from portal.communities.times import TIMES, usual_times
from portal.core.errors import NotFound
from portal.core.i18n import gettext as _
from portal.threads.priority import USUAL

FIELDS = ("names", "group", "group_names", "department_id", "severity", *TIMES, "keep_months")
USUAL_DAYS = 7
Group = tuple[str, list[CategoryEntry], str]  # its name, what is in it, the mark of their order


@blueprint.get("/categories")
@staff_only(RoleName.ADMINISTRATOR)
def categories() -> ResponseReturnValue:
    directory = begin_visit_everywhere().directory
    return render_template(
        "administration/categories.html",
        groups=groups_in_use(directory),
        retired=[c for c in directory.categories.values() if c.is_retired],
        departments=directory.departments,
    )


def groups_in_use(directory: Directory) -> list[Group]:
    groups: dict[str, list[CategoryEntry]] = {}
    for category in directory.categories_in_use():
        groups.setdefault(category.group, []).append(category)
    return [(g[0].group_name, g, seen_mark({"order": [c.id for c in g]})) for g in groups.values()]


@blueprint.route("/categories/add", methods=["GET", "POST"])
@staff_only(RoleName.ADMINISTRATOR)
def add_new_category() -> ResponseReturnValue:
    visit = begin_visit_everywhere()
    form = AddCategoryForm(visit.directory, data={"severity": USUAL, **usual_times(USUAL_DAYS)})
    return add_listed_row(visit, Category, form, back=url_for(".categories"), title=_("Add a category"))


@blueprint.route("/categories/<int:number>/edit", methods=["GET", "POST"])
@staff_only(RoleName.ADMINISTRATOR)
def edit_category(number: int) -> ResponseReturnValue:
    visit = begin_visit_everywhere()
    row = visit.session.get(Category, number)
    if row is None:
        raise NotFound()

    def make_form(present: Values) -> CategoryForm:
        return CategoryForm(visit.directory, row.department_id, data=CategoryForm.data_of(present))

    title = visit.directory.categories[number].name
    return edit_row(visit, row, FIELDS, make_form, back=url_for(".categories"), title=title)
