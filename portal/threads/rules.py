"""Decisions about threads that need no database."""

from portal.threads.models import CLOSED, LISTED, Kind, Status, Visibility

# What a person sent may be withdrawn, and words added, until it has ended.
ENDED = frozenset(
    {
        Status.CONFIRMED,
        Status.SILENT,
        Status.DUPLICATE,
        Status.COMBINED,
        Status.WITHDRAWN,
        Status.PILOT,
        Status.ADOPT,
        Status.DECLINE,
    }
)


def first_visibility(*, private: bool, trusted: bool) -> Visibility:
    """Return how a new submission stands before the public (DESIGN, "What the public sees").

    Trusted are the words of a verified person, and those that staff wrote down.
    """
    if private:
        return Visibility.PRIVATE
    return Visibility.PUBLIC if trusted else Visibility.FIRST_LOOK


def can_withdraw(status: Status) -> bool:
    return status not in ENDED and status != Status.FIXED


def can_add_words(status: Status) -> bool:
    return status not in ENDED


def can_ask(status: Status) -> bool:
    """Tell whether staff may ask the sender: one question at a time, while the matter is open."""
    return status not in CLOSED and status != Status.WAITING


def can_reply(kind: Kind, status: Status) -> bool:
    """Tell whether staff may answer in public: once its kind is known, unless it was withdrawn."""
    return kind != Kind.UNDECIDED and status != Status.WITHDRAWN


def can_show_words(visibility: Visibility, status: Status) -> bool:
    """Tell whether staff may show the words. What the sender keeps private or took back stays so."""
    return visibility in (Visibility.FIRST_LOOK, Visibility.HIDDEN) and status != Status.WITHDRAWN


def can_hide_words(visibility: Visibility) -> bool:
    return visibility in LISTED
