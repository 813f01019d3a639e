"""What happened to a priority, in sentences."""

from collections.abc import Mapping
from typing import Any

from portal.core.i18n import gettext as _

Data = Mapping[str, Any]


def tell_weighed(data: Data) -> str:
    return _("Weighed the risk anew: priority %(was)s → %(now)s.", was=data["was"], now=data["is"])


def tell_committee(data: Data) -> str:
    """Return what the committee decided, with how many voted how."""
    counts = tell_counts(data)
    if data["outcome"] == "too_few":
        return _("Too few of the committee voted, so nothing changes: %(counts)s.", counts=counts)
    tell = _tell_screening if data["screening"] else _tell_priority
    return tell(data, counts)


def tell_counts(data: Data) -> str:
    """Return how many voted how."""
    return _(
        "%(approve)s for, %(object)s against, %(abstain)s abstained",
        approve=data["approve"],
        object=data["object"],
        abstain=data["abstain"],
    )


def _tell_screening(data: Data, counts: str) -> str:
    if data["outcome"] == "accepted":
        return _("The committee takes the idea up: %(counts)s.", counts=counts)
    return _("The committee does not take the idea up: %(counts)s.", counts=counts)


def _tell_priority(data: Data, counts: str) -> str:
    was, now = data["was"], data["proposed"]
    if data["outcome"] == "refused":
        return _("The committee leaves the priority at %(was)s: %(counts)s.", was=was, counts=counts)
    if now is None:
        return _("The committee lets the formula say the priority again: %(counts)s.", counts=counts)
    return _(
        "The committee sets the priority to %(now)s; it was %(was)s: %(counts)s.",
        now=now,
        was=was,
        counts=counts,
    )
