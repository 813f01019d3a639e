from flask import Blueprint

blueprint = Blueprint("intake", __name__)
from portal.intake import models as models
