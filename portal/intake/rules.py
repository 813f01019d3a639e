"""The order of the steps, and what a draft still lacks. No database."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from portal.ideas.models import PARTS
from portal.threads.models import Kind

PATH = "/<any(report, propose, tell):path>"  # how every address of the steps begins
KINDS = {"report": Kind.REPORT, "propose": Kind.IDEA, "tell": Kind.UNDECIDED}
STEPS = ("words", "photos", "where", "known", "who", "check")
OPTIONAL = frozenset({"photos", "known"})  # may be passed by
MOST_SENT = 5  # photos
KEEP_DRAFTS = timedelta(hours=24)

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Filled:
    """A draft whose steps are all answered."""

    text: str
    title: str
    place: str  # codes of places
    spot: str
    address: str
    pin: str  # latitude and longitude, or empty
    how: str  # account, email or anonymous
    email: str
    name_shown: bool
    private: bool
    call: str  # code of a call for ideas, or empty
    problem: str  # this and the rest: only of an idea
    gains: str
    harms: str
    cost: str
    difference: str  # from similar ideas that were shown


def first_missing(answers: Answers, before: str, *, signed_in: bool) -> str | None:
    """Return the first step before this one that is still to be answered, or None.

    Who chose to send as a signed-in person and has signed out since must choose again.
    """
    earlier = STEPS[: STEPS.index(before)]
    return next((step for step in earlier if not is_answered(answers, step, signed_in=signed_in)), None)


def is_answered(answers: Answers, step: str, *, signed_in: bool) -> bool:
    if step in OPTIONAL:
        return True
    if step == "who" and not signed_in and answers.get("who", {}).get("how") == "account":
        return False
    return step in answers.get("done", ())


def with_step(answers: Answers, step: str, given: Answers, *, valid: bool) -> dict[str, Any]:
    """Return the answers with one step given anew; one in error is kept but not answered."""
    done = [s for s in answers.get("done", ()) if s != step]
    return {**answers, step: dict(given), "done": [*done, step] if valid else done}


def fill(answers: Answers) -> Filled:
    """Return the answers of all steps as one; they must all be answered."""
    given = dict.fromkeys(("pin", "call", *PARTS), "") | answers["words"] | answers["where"] | answers["who"]
    given["difference"] = answers.get("known", {}).get("difference", "")
    return Filled(**{name: given[name] for name in Filled.__dataclass_fields__})


def step_after(step: str) -> str:
    return STEPS[STEPS.index(step) + 1]


def step_before(step: str) -> str | None:
    """Return where "Back" leads; never to what is known, which may have nothing to show."""
    steps = [s for s in STEPS if s != "known"]
    place = steps.index(step if step != "known" else "who")
    return steps[place - 1] if place else None


def fingerprint(answers: Answers) -> str:
    """Return a short sum of the answers: tells whether the page seen is the draft as it is."""
    return hashlib.sha256(json.dumps(answers, sort_keys=True).encode()).hexdigest()[:16]
