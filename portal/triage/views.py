from flask import Blueprint

from portal.triage import access as access
from portal.triage import actions as actions

blueprint = Blueprint("triage", __name__)
