from flask import Blueprint

blueprint = Blueprint("notifications", __name__)
from portal.notifications import models as models
