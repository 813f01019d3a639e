"""The drawn plans, as pictures. What a plan holds can do nothing: it is shown, never run."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from portal.communities.directory import get_directory
from portal.communities.drawing import draw_piece
from portal.communities.models import Drawing
from portal.communities.plan import Plan, plans_in_use
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.guards import public
from portal.core.positions import parse_point
from portal.core.web import YEAR_SECONDS

blueprint = Blueprint("plans", __name__, url_prefix="/plans")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


@blueprint.get("/<drawing>.svg")
@public
def whole(drawing: str) -> ResponseReturnValue:
    plan = get_plan(drawing)
    return send_drawing(svg_of(plan))


@blueprint.get("/<drawing>/<pin>.svg")
@public
def piece(drawing: str, pin: str) -> ResponseReturnValue:
    """Show the piece of a plan around a pin."""
    plan, point = get_plan(drawing), parse_point(pin)
    if point is None or not plan.bounds.holds(point):
        raise NotFound()
    return send_drawing(draw_piece(svg_of(plan), plan.bounds, point))


def get_plan(drawing: str) -> Plan:
    plans = plans_in_use(get_directory(db.session()))
    found = next((plan for plan in plans if plan.drawing == drawing), None)
    if found is None:
        raise NotFound()
    return found


def svg_of(plan: Plan) -> str:
    return db.session().get_one(Drawing, plan.drawing).svg


def send_drawing(svg: str) -> Response:
    """Send it to be kept: another drawing, or another pin, has another address."""
    response = Response(svg, mimetype="image/svg+xml")
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    return response
