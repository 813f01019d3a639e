"""What Linli is, and what it does with what people write: two pages to read."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.communities.directory import get_directory
from portal.core.db import db
from portal.core.guards import public
from portal.core.i18n import localized

blueprint = Blueprint("about", __name__)


@blueprint.get("/about")
@public
def about() -> ResponseReturnValue:
    run_by = localized(get_directory(db.session()).preferences.about)
    return render_template("intake/about.html", run_by=run_by)


@blueprint.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    set_ = get_directory(db.session()).preferences
    contact = localized(set_.privacy_contact)
    return render_template("intake/privacy.html", months=set_.keep_months, contact=contact)
