"""What happened to a pilot of an idea, in sentences."""

from collections.abc import Callable, Mapping
from typing import Any

from portal.core.i18n import gettext as _

Data = Mapping[str, Any]


def tell_planned(data: Data) -> str:
    return _("A pilot is being planned: %(title)s.", title=data["title"])


def tell_started(data: Data) -> str:
    return _("The pilot has begun: %(title)s.", title=data["title"])


def tell_amended(data: Data) -> str:
    return _("The plan of the pilot was changed while it runs: %(title)s.", title=data["title"])


def tell_reached(data: Data) -> str:
    return _(
        "The pilot has reached its target for “%(indicator)s”: %(title)s.",
        indicator=data["indicator"],
        title=data["title"],
    )


def tell_crossed(data: Data) -> str:
    return _(
        "The pilot has crossed the stop threshold of “%(indicator)s”: %(title)s.",
        indicator=data["indicator"],
        title=data["title"],
    )


def tell_given_up(data: Data) -> str:
    return _("The plan of a pilot was given up: %(title)s.", title=data["title"])


TELLERS: Mapping[str, Callable[[Data], str]] = {
    "pilot.planned": tell_planned,
    "pilot.started": tell_started,
    "pilot.amended": tell_amended,
    "pilot.reached": tell_reached,
    "pilot.crossed": tell_crossed,
    "pilot.given_up": tell_given_up,
}
