"""A delivery told in words, as staff see it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.models import Contact, ContactChannel
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext, ngettext
from portal.core.outbox import Job
from portal.notifications.models import (
    ASKED,
    CAME_BACK,
    CARRY,
    DIGEST,
    EMAIL,
    INBOX,
    NEW,
    NEWS,
    PILOT,
    SUPPORT,
    VERDICT,
    WARNINGS,
    Delivery,
)
from portal.notifications.queries import Found, find_sending_jobs
from portal.notifications.rules import MOST_UNANSWERED, mask_address, mask_contact
from portal.threads.sentences import SENTENCES

# What the mail is about, where the timeline has no sentence for it.
ABOUT = {
    "thread.sorted": lazy_gettext("Sorted by a person."),
    "thread.rerouted": lazy_gettext("Sent on."),
    "idea.decided": lazy_gettext("Decided."),
    "idea.decision_told": lazy_gettext("Decided; the sender is told first."),
    "idea.changed": lazy_gettext("A new version is shown."),
    "idea.substance_marked": lazy_gettext("Its supporters are asked anew."),
    "idea.combination_proposed": lazy_gettext("To an author: should it be combined with others?"),
    "idea.combination_refused": lazy_gettext("Not combined: one of the authors does not want it."),
    "idea.combination_overtaken": lazy_gettext("Not combined: one of the ideas has moved on meanwhile."),
    "idea.combined": lazy_gettext("Combined into another."),
    "idea.took_in": lazy_gettext("Others were combined into it."),
    "idea.written_together": lazy_gettext("Combined in a text that was written for all."),
    "case.agreed": lazy_gettext("Several departments work on it."),
    "panel.opened": lazy_gettext("The panel reviews it."),
    "panel.revealed": lazy_gettext("The panel has scored it."),
    "thread.merged": lazy_gettext("Joined with another."),
    "thread.unmerged": lazy_gettext("Goes on by itself again."),
    "thread.survivor_moved": lazy_gettext("News of what it was joined with."),
    "thread.split_undone": lazy_gettext("Put together again."),
    "thread.split": lazy_gettext("Split into several."),
    NEWS: lazy_gettext("To a follower: what happened."),
    NEW: lazy_gettext("To a follower: a new submission."),
    DIGEST: lazy_gettext("To a follower: the news of a day."),
    ASKED: lazy_gettext("To a follower: confirm the wish to follow."),
    VERDICT: lazy_gettext("To somebody affected: is it fixed?"),
    CARRY: lazy_gettext("To a supporter: it was combined, do you go along?"),
    SUPPORT: lazy_gettext("To a supporter: it has changed, do you still support it?"),
    CAME_BACK: lazy_gettext("To staff: it was opened again."),
    PILOT: lazy_gettext("To those whom a pilot concerns."),
    "pilot.started": lazy_gettext("Its pilot begins."),
    "pilot.taken_up": lazy_gettext("Another place takes it up."),
    "pilot.harm_told": lazy_gettext("A severe harm was told of a pilot."),
    "pilot.decided": lazy_gettext("What was decided about a pilot."),
    "practice.published": lazy_gettext("It stands in the practice library."),
    WARNINGS: lazy_gettext("To staff: promises that run out."),
    "panel_asked": lazy_gettext("To a panellist: ideas to review."),
    "panel_due": lazy_gettext("To a panellist: the last day comes near."),
    "review_revealed": lazy_gettext("To a panellist: the scores can be seen."),
    "panel_appraisal": lazy_gettext("To a department: what an idea takes."),
    "panel_again": lazy_gettext("To a coordinator: an idea came back."),
    "call_proposed": lazy_gettext("To a coordinator: a call for ideas is proposed."),
    "call_answered": lazy_gettext("To staff: the call for ideas that they proposed was answered."),
    "vote_reminder": lazy_gettext("To the committee: a vote is still missing."),
    "confirm": lazy_gettext("Account: confirm the address."),
    "already_registered": lazy_gettext("Account: has one already."),
    "reset": lazy_gettext("Account: choose a new password."),
    "contact_code": lazy_gettext("Account: a code to confirm a number."),
    "password_changed": lazy_gettext("Account: the password was changed."),
    "invited": lazy_gettext("Account: has a new role."),
    "new_browser": lazy_gettext("Account: signed in with a new browser."),
    "second_factor_on": lazy_gettext("Account: the second factor was switched on."),
    "second_factor_off": lazy_gettext("Account: the second factor was switched off."),
    "second_factor_reset": lazy_gettext("Account: an administrator switched the second factor off."),
}

CHANNELS = {
    EMAIL: lazy_gettext("E-mail"),
    INBOX: lazy_gettext("Inbox"),
    ContactChannel.PHONE: lazy_gettext("Telephone"),
    ContactChannel.SMS: lazy_gettext("SMS"),
    ContactChannel.CHAT: lazy_gettext("Chat"),
}


@dataclass(frozen=True)
class Line:
    """One line of the list of messages. `state` is sent, held, waiting or given_up."""

    number: int
    channel: str
    to: str
    about: str
    reference: str
    created_at: datetime
    state: str
    state_text: str
    trouble: str
    state_at: datetime | None
    file: str


def list_lines(session: Session, found: Sequence[Found]) -> list[Line]:
    """Return the deliveries told in words; one query for all."""
    jobs = find_sending_jobs(session, [row[0] for row in found])
    return [tell_line(*row, jobs.get(row[0].id)) for row in found]


def tell_line(
    delivery: Delivery, email: str | None, reference: str | None, contact: Contact | None, job: Job | None
) -> Line:
    """Return the line of a delivery; `job` is the one that sends it, while it isn't sent."""
    state = _state(delivery, contact, job)
    is_mail = delivery.channel in (EMAIL, INBOX)
    return Line(
        number=delivery.id,
        channel=str(CHANNELS.get(delivery.channel, delivery.channel)),
        to=mask_address(email or "") if is_mail else mask_contact(contact.address if contact else ""),
        about=name_about(delivery.about),
        reference=reference or "",
        created_at=delivery.created_at,
        state=state,
        state_text=_state_text(state, delivery, job),
        trouble=_trouble(delivery, job),
        state_at=delivery.sent_at or delivery.held_back_at or (job.run_at if job else None),
        file=delivery.message_id.strip("<>").split("@")[0],
    )


def name_about(about: str) -> str:
    """Return what a mail is about, in a few words that need nothing filled in."""
    return str(ABOUT.get(about) or SENTENCES.get(about, about))


def _state(delivery: Delivery, contact: Contact | None, job: Job | None) -> str:
    if delivery.sent_at:
        return "sent"
    if delivery.held_back_at or (contact and contact.stopped_at):
        return "held"
    return "given_up" if job is not None and job.dead_at else "waiting"


def _state_text(state: str, delivery: Delivery, job: Job | None) -> str:
    if delivery.channel == ContactChannel.PHONE:
        return {"sent": _("Told"), "held": _("Not told: no calls wanted")}.get(state, _("To be rung"))
    if state == "sent":
        return _("Sent")
    if state == "held":
        return _("Not sent: no longer wanted")
    tries = job.attempts if job else 0
    if state == "given_up":
        return ngettext("Given up after %(num)s try", "Given up after %(num)s tries", tries)
    if tries:
        return ngettext("Failed %(num)s time, is tried again", "Failed %(num)s times, is tried again", tries)
    return _("Goes with the daily mail") if delivery.digest_id else _("Waiting")


def _trouble(delivery: Delivery, job: Job | None) -> str:
    """Return why the last try failed, without the name of the error."""
    if delivery.sent_at or job is None:
        return ""
    if delivery.unanswered >= MOST_UNANSWERED:
        return _("The mail server got it twice and never answered. It may have arrived.")
    return (job.last_error or "").partition(": ")[2]


def state_options() -> list[tuple[str, str]]:
    """Return the states to choose from in a list, with their names."""
    return [
        ("", _("All")),
        ("given_up", _("Failed for good")),
        ("waiting", _("Waiting")),
        ("sent", _("Sent or told")),
        ("held", _("Not sent: no longer wanted")),
    ]


def channel_options(offered: Collection[str]) -> list[tuple[str, str]]:
    """Return the channels to choose from in a list, with their names; those that are offered here."""
    chosen = [(str(code), str(name)) for code, name in CHANNELS.items() if code in {*offered, INBOX}]
    return [("", _("All")), *chosen]
