"""How precise the routing promises to be."""

from flask import current_app
from sqlalchemy.orm import Session

from portal.communities.directory import get_directory
from portal.config import Settings


def promised_precision(session: Session) -> float:
    """Return the share of what is routed without a person that is to be right.

    It is what administrators have set, else LINLI_ROUTING_PRECISION; the next training keeps to it.
    """
    settings: Settings = current_app.extensions["linli_settings"]
    return get_directory(session).preferences.routing_precision or settings.routing_precision
