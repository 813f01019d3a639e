"""A delivery told in words, as administrators see it."""

from dataclasses import dataclass
from datetime import datetime

from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext, ngettext
from portal.core.outbox import Job
from portal.notifications.models import Delivery
from portal.notifications.rules import mask_address
from portal.threads.timeline import SENTENCES

# What the mail is about, where the timeline has no sentence for it.
ABOUT = {
    "thread.sorted": lazy_gettext("Sorted by a person."),
    "thread.rerouted": lazy_gettext("Sent on."),
    "idea.decided": lazy_gettext("Decided."),
    "confirm": lazy_gettext("Account: confirm the address."),
    "already_registered": lazy_gettext("Account: has one already."),
    "reset": lazy_gettext("Account: choose a new password."),
    "password_changed": lazy_gettext("Account: the password was changed."),
}


@dataclass(frozen=True)
class Row:
    """One line of the list of mails. `state` is sent, held, waiting or given_up."""

    number: int
    to: str
    about: str
    reference: str
    created_at: datetime
    state: str
    state_text: str
    trouble: str
    state_at: datetime | None
    file: str


def tell_row(delivery: Delivery, email: str | None, reference: str | None, job: Job | None) -> Row:
    """Return the line of a delivery; `job` is the one that sends it, while it isn't sent."""
    state = _state(delivery, job)
    return Row(
        number=delivery.id,
        to=mask_address(email or ""),
        about=str(ABOUT.get(delivery.about) or SENTENCES.get(delivery.about, delivery.about)),
        reference=reference or "",
        created_at=delivery.created_at,
        state=state,
        state_text=_state_text(state, job),
        trouble=_trouble(job),
        state_at=delivery.sent_at or delivery.held_back_at or (job.run_at if job else None),
        file=delivery.message_id.strip("<>").split("@")[0],
    )


def _state(delivery: Delivery, job: Job | None) -> str:
    if delivery.sent_at:
        return "sent"
    if delivery.held_back_at:
        return "held"
    return "given_up" if job is not None and job.dead_at else "waiting"


def _state_text(state: str, job: Job | None) -> str:
    if state == "sent":
        return _("Sent")
    if state == "held":
        return _("Not sent: no mails wanted")
    tries = job.attempts if job else 0
    if state == "given_up":
        return ngettext("Given up after %(num)s try", "Given up after %(num)s tries", tries)
    if tries:
        return ngettext("Failed %(num)s time, is tried again", "Failed %(num)s times, is tried again", tries)
    return _("Waiting")


def _trouble(job: Job | None) -> str:
    """Return why the last try failed, without the name of the error."""
    return (job.last_error or "").partition(": ")[2] if job else ""
