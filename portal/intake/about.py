"""What Linli is, and what it does with what people write: two pages to read."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.core.guards import public

blueprint = Blueprint("about", __name__)


@blueprint.get("/about")
@public
def about() -> ResponseReturnValue:
    return render_template("intake/about.html")


@blueprint.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    return render_template("intake/privacy.html")
