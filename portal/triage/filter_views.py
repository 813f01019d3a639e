"""The pages of saved filters: all that a person sees, and theirs changed."""

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField

from portal.accounts.access import has_role
from portal.accounts.identity import staff_only
from portal.accounts.visits import Visit
from portal.core.errors import Invalid, NotFound
from portal.core.forms import Form, Needed, ShortText, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.triage.lists import NAMES, OPENED_BY, READERS, Listing, open_list
from portal.triage.narrowing import tell_narrowed
from portal.triage.saved import arguments_of, change_filter, get_own, list_saved, remove_filter, save_filter

blueprint = Blueprint("filters", __name__, url_prefix="/staff/filters")


class FilterForm(Form):
    name = ShortText(lazy_gettext("Name"), [Needed(), no_longer_than(60)])
    is_shared = BooleanField(lazy_gettext("Colleagues in the same work see it too"))


@blueprint.get("")
@staff_only(*READERS)
def index() -> ResponseReturnValue:
    return render_template("triage/filters.html", saved=list_saved(Visit.begin()), names=NAMES)


@blueprint.get("/counts")
@staff_only(*READERS)
def counts() -> Response:
    """Return how many stand in each filter now, by its number: for static/js/counts.js."""
    return jsonify({one.row.id: one.count for one in list_saved(Visit.begin())})


@blueprint.get("/save")
@staff_only(*READERS)
def new() -> ResponseReturnValue:
    """Ask for the name under which to keep the list that the address asks for."""
    v = Visit.begin()
    return show_form(FilterForm(), listing_asked_for(v), v)


@blueprint.post("/save")
@staff_only(*READERS)
def save() -> ResponseReturnValue:
    v = Visit.begin()
    form, listing = FilterForm(), listing_asked_for(v)
    if form.validate():
        try:
            pairs = tell_narrowed(v, listing)["chosen"]
            save_filter(v, listing, pairs, form.name.data or "", is_shared=form.is_shared.data)
            v.session.commit()
        except Invalid as error:
            v.session.rollback()
            form.form_errors = [error.message]
        else:
            flash(_("The filter is saved."), "success")
            return redirect(listing.address(), 303)
    return show_form(form, listing, v), 422


def listing_asked_for(v: Visit) -> Listing:
    """Return the list that the address names; NotFound if there is none, or none for this person."""
    code = request.args.get("queue", "")
    if code not in OPENED_BY or not has_role(v.person, *OPENED_BY[code]):
        raise NotFound()
    return open_list(v, code, request.args)


def show_form(form: FilterForm, listing: Listing, v: Visit) -> str:
    chips = tell_narrowed(v, listing)["chips"]
    return render_template("triage/filter.html", form=form, listing=listing, chips=chips, names=NAMES)


@blueprint.get("/<int:number>")
@staff_only(*READERS)
def edit(number: int) -> ResponseReturnValue:
    v = Visit.begin()
    row = get_own(v, number)
    form = FilterForm(data={"name": row.name, "is_shared": row.is_shared})
    return show_form(form, open_list(v, row.list_code, arguments_of(row)), v)


@blueprint.post("/<int:number>")
@staff_only(*READERS)
def change(number: int) -> ResponseReturnValue:
    v = Visit.begin()
    form, row = FilterForm(), get_own(v, number)
    listing = open_list(v, row.list_code, arguments_of(row))
    if form.validate():
        try:
            change_filter(v, number, form.name.data or "", is_shared=form.is_shared.data)
            v.session.commit()
        except Invalid as error:
            v.session.rollback()
            form.form_errors = [error.message]
        else:
            flash(_("The filter is changed."), "success")
            return redirect(url_for("filters.index"), 303)
    return show_form(form, listing, v), 422


@blueprint.post("/<int:number>/remove")
@staff_only(*READERS)
def remove(number: int) -> ResponseReturnValue:
    v = Visit.begin()
    remove_filter(v, number)
    v.session.commit()
    flash(_("The filter is removed."), "success")
    return redirect(url_for("filters.index"), 303)
