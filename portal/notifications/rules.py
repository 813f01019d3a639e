"""Who is told of what by mail. No database."""

import re
from collections.abc import Collection
from datetime import datetime

from portal.accounts.models import ContactChannel

RECEIPT = "thread.submitted"
MOST_UNANSWERED = 2  # times that a mail is given to a server which never says whether it has it

# What the sender hears of. The first routing stands in the receipt; what they did themselves
# (answering, adding, withdrawing, confirming) they know.
MAILED = frozenset(
    {
        RECEIPT,
        "thread.sorted",
        "thread.rerouted",
        "thread.asked",
        "thread.replied",
        "thread.merged",
        "thread.unmerged",
        "thread.survivor_moved",
        "thread.split",
        "thread.split_undone",
        "thread.words_hidden",
        "thread.photo_hidden",
        "case.agreed",
        "panel.not_eligible",
        "panel.opened",
        "panel.revealed",
        "report.started",
        "report.outside",
        "report.resumed",
        "report.fixed",
        "report.reminded",
        "report.confirmed",
        "report.settled",
        "report.reopened",
        "report.not_ours",
        "report.no_action",
        "idea.opened",
        "idea.came_back",
        "idea.decided",
        "idea.decision_told",
        "idea.no_action",
        "idea.combination_proposed",
        "idea.combination_refused",
        "idea.combination_withdrawn",
        "idea.combination_overtaken",
        "idea.combined",
        "idea.took_in",
        "idea.written_together",
        "pilot.started",
        "idea.changed",
        "idea.substance_marked",
        "idea.version_refused",
        "pilot.taken_up",
        "pilot.harm_told",
        "pilot.decided",
        "practice.published",
    }
)


def is_told(kind: str, *, actor_id: int | None, sender_ids: Collection[int | None]) -> bool:
    """Tell whether the sender gets a mail of this event.

    `sender_ids` are the records the sender is known under: nobody is told what they did
    themselves, but for the receipt.
    """
    return kind in MAILED and (kind == RECEIPT or actor_id is None or actor_id not in sender_ids)


def is_carried(channel: str, kind: str) -> bool:
    """Tell whether a channel carries an event: all but the receipt by telephone, which staff give."""
    return not (channel == ContactChannel.PHONE and kind == RECEIPT)


def takes_mail(email: str | None, *stopped: datetime | None) -> bool:
    """Tell whether there is an address, and no record of its owner says to stop."""
    return bool(email) and not any(stopped)


def has_link(text: str) -> bool:
    """Tell whether a mail program could make a link of something in the text."""
    return bool(re.search(r"://|\w\.[a-z]{2}", text, re.I))


def mask_address(email: str) -> str:
    """Return an address as staff may see it: z•••@example.org."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}" if email else ""


def mask_contact(address: str) -> str:
    """Return a number or a name in a chat as staff may see it: the last two signs."""
    return f"•••{address[-2:]}" if address else ""
