"""How far the scores of a panel are, as sentences of the timeline. No score is in them."""

from collections.abc import Callable
from typing import Any

from portal.core.i18n import gettext as _

SCORE_TELLERS: dict[str, Callable[[dict[str, Any]], str]] = {
    "panel.scored": lambda data: _(
        "A panellist has handed in their scores: %(done)s of %(all)s are in.", done=data["in"], all=data["of"]
    ),
    "panel.revealed": lambda data: _(
        "The panel has scored it (%(done)s of %(all)s handed in) and now talks about it.",
        done=data["in"],
        all=data["of"],
    ),
}
