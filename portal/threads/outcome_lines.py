"""What pilots did, how they were judged and what was decided about them, in sentences."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from portal.core.dates import date_day
from portal.core.i18n import lazy_gettext

Data = Mapping[str, Any]

# Translated when they are shown; each names the pilot by its title.
SENTENCES = {
    "pilot.taken_up": lazy_gettext("Another place takes it up, and plans its own trial: %(title)s."),
    "pilot.effect_told": lazy_gettext("Somebody noticed an effect of the pilot: %(title)s."),
    "pilot.effect_waits": lazy_gettext("Noticed an effect of the pilot; staff look first: %(title)s."),
    "pilot.effect_hidden": lazy_gettext("Hid an effect of the pilot from the public: %(title)s."),
    "pilot.effect_answered": lazy_gettext("Said what was done about an effect of the pilot: %(title)s."),
    "pilot.harm_told": lazy_gettext("A severe harm was told, and the pilot is reviewed early: %(title)s."),
    "pilot.judge_asked": lazy_gettext("Asked somebody to judge the pilot: %(title)s."),
    "pilot.judge_sits": lazy_gettext("Says that they have no part in it, and judges the pilot: %(title)s."),
    "pilot.judge_stepped_back": lazy_gettext("Has a part in it, and does not judge the pilot: %(title)s."),
    "pilot.judged": lazy_gettext("An evaluator said what they think of the pilot: %(title)s."),
    "pilot.review_soon": lazy_gettext("On %(day)s the pilot is reviewed: %(title)s."),
    "pilot.review_due": lazy_gettext("The pilot is to be reviewed now: %(title)s."),
    "practice.published": lazy_gettext("What the pilot has shown stands in the practice library: %(title)s."),
}
DECIDED = {
    "go_on": lazy_gettext("Reviewed: the pilot goes on as planned: %(title)s."),
    "scale": lazy_gettext("It worked: the pilot becomes a practice that others can take up: %(title)s."),
    "adjust": lazy_gettext("The pilot is adjusted, and its next round begins: %(title)s."),
    "extend": lazy_gettext("The pilot is extended: it is too early to say: %(title)s."),
    "stop": lazy_gettext(
        "The pilot is stopped: %(title)s. Thank you to everybody who took part and said what they saw. "
        "What was learnt helps the next trial."
    ),
}


def _tell(kind: str, data: Data) -> str:
    sentence = DECIDED[data["said"]] if kind == "pilot.decided" else SENTENCES[kind]
    day = date_day(date.fromisoformat(data["day"])) if "day" in data else ""
    return str(sentence) % {"title": data["title"], "day": day}


TELLERS: Mapping[str, Callable[[Data], str]] = {
    kind: partial(_tell, kind) for kind in (*SENTENCES, "pilot.decided")
}
