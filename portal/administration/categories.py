"""The pages of categories."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.administration.actions import add_category
from portal.administration.category_forms import AddCategoryForm, CategoryForm
from portal.administration.changes import Values, change_row, seen_mark, values_of
from portal.administration.pages import edit
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
    back = url_for(".categories")

    def save(typed: Values, _seen: str) -> None:
        add_category(visit.session, str(form.code.data), typed, by=visit.actor, now=visit.now)

    return edit(form, {}, save, done=back, back=back, title=_("Add a category"))


@blueprint.route("/categories/<int:number>/edit", methods=["GET", "POST"])
@staff_only(RoleName.ADMINISTRATOR)
def edit_category(number: int) -> ResponseReturnValue:
    visit = begin_visit_everywhere()
    row = visit.session.get(Category, number)
    if row is None:
        raise NotFound()
    present, back = values_of(row, *FIELDS), url_for(".categories")

    def save(typed: Values, seen: str) -> None:
        change_row(visit.session, row, typed, seen=seen, by=visit.actor, now=visit.now)

    form = CategoryForm(visit.directory, row.department_id, data=CategoryForm.data_of(present))
    title = visit.directory.categories[number].name
    return edit(form, present, save, done=back, back=back, title=title)
