"""What a sender is told in words: before sending, on the page after it, and when following it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.directory import Directory
from portal.communities.maps import tell_pin
from portal.core.i18n import gettext as _
from portal.core.i18n import localized
from portal.core.positions import parse_point
from portal.ideas.about import tell_parts
from portal.intake.pins import note_pin
from portal.intake.rules import Answers, Filled, fill
from portal.routing.actions import newest_decision
from portal.routing.models import DecidedBy, RoutingDecision
from portal.threads.models import Kind, Status, Thread, Visibility
from portal.threads.promise_words import tell_due, tell_within

HEAVY, MIDDLING = 0.66, 0.33  # of the heaviest word's weight


def numbers_to_ring(directory: Directory, place_id: int | None) -> list[tuple[str, str]]:
    """Return the emergency numbers of a place, each with what it is for."""
    lines: Sequence[Mapping[str, Any]] = directory.emergency_lines(place_id)
    return [(line["number"], localized(line["names"])) for line in lines]


def tell_draft(path: str, answers: Answers, directory: Directory, person: Person | None) -> dict[str, Any]:
    """Return a draft's answers as the check page shows them."""
    filled = fill(answers)
    place = directory.place_codes[filled.place]
    spot = directory.place_codes.get(filled.spot)
    whole = place.parent_id is None and spot is None
    where = (
        _("The whole of %(district)s", district=place.name)
        if whole
        else directory.full_name((spot or place).id)
    )
    point = parse_point(filled.pin)
    return {
        "filled": filled,
        "where": where,
        "pin": tell_pin(point, directory),
        "pin_note": note_pin(point, place, directory),
        "who": tell_sender(filled, person),
        "parts": tell_parts(replace(filled, difference="")),
    }


def tell_sender(filled: Filled, person: Person | None) -> str:
    if filled.how == "email":
        return _("With the e-mail address %(address)s", address=filled.email)
    if filled.how == "anonymous" or person is None:
        return _("Without your name or address")
    if filled.name_shown and not filled.private:
        return _("With your account; your name %(name)s is shown", name=person.name)
    return _("With your account; your name is not shown")


def tell_sent(session: Session, thread: Thread, directory: Directory) -> dict[str, Any]:
    """Return where a submission went and why, and when to expect an answer."""
    decision = newest_decision(session, thread.id)
    category = directory.categories.get(thread.category_id or 0)
    return {
        "holder": tell_holder(thread, directory),
        "at_desk": thread.needs_sorting,
        "category": category.name if category else "",
        "within": tell_within(thread),
        "by": tell_due(thread, thread.due_at),
        "by_person": decision is not None and decision.decided_by == DecidedBy.PERSON,
        "why": weighed_words(decision),
        "numbers": numbers_to_ring(directory, thread.place_id),
        "email": thread.author.email or "",
        "has_account": thread.author.password_hash is not None,
    }


def tell_holder(thread: Thread, directory: Directory) -> str:
    """Return who has the matter now."""
    department = directory.departments.get(thread.department_id or 0)
    if thread.needs_sorting:
        return _("The sorting desk")
    if department is not None:
        return department.name
    return _("The innovation queue") if thread.kind == Kind.IDEA else _("The sorting desk")


def weighed_words(decision: RoutingDecision | None) -> list[tuple[str, int]]:
    """Return the words that weighed in the classifier's decision, each with a weight of 1 to 3."""
    if decision is None or decision.to_desk:
        return []
    top = max((weight for _word, weight in decision.words), default=0.0)
    return [(word, _level(weight / top)) for word, weight in decision.words if weight > 0]


def _level(share: float) -> int:
    return 3 if share >= HEAVY else 2 if share >= MIDDLING else 1


def tell_visibility(thread: Thread) -> str:
    """Return in plain words what neighbours see of a submission."""
    if thread.status == Status.WITHDRAWN:
        return _("Nothing any more: you withdrew it.")
    if thread.visibility == Visibility.PRIVATE:
        return _("Nothing. Only staff can read it; it is counted in the totals.")
    if thread.visibility == Visibility.HIDDEN:
        return _("Nothing: staff have taken it from the public pages.")
    if thread.kind == Kind.UNDECIDED:
        return _("Nothing until a person has sorted it.")
    if thread.visibility == Visibility.FIRST_LOOK:
        return _("Category, place and status. Your words are shown after a first look by staff.")
    return _("Everything you wrote, with telephone and identity numbers covered; not what you add later.")


def tell_status(status: Status) -> str:
    """Return what a status means for the sender, in a sentence."""
    return {
        Status.RECEIVED: _("We have it. Nobody has begun with it yet."),
        Status.WITH_DEPARTMENT: _("The department has it and will look at it."),
        Status.IN_PROGRESS: _("Somebody is working on it."),
        Status.WAITING: _("There is a question for you. It goes on when you have answered."),
        Status.OUTSIDE: _("It waits for somebody outside. The timeline says for whom."),
        Status.FIXED: _("The department says that it is fixed. Is it?"),
        Status.CONFIRMED: _("It is confirmed as fixed. Thank you."),
        Status.SILENT: _("It is closed as fixed: nobody said otherwise in 14 days."),
        Status.REOPENED: _("Somebody said that it isn’t settled, so it was opened again."),
        Status.NOT_OURS: _("Somebody else is responsible for this. The timeline says who."),
        Status.NO_ACTION: _("Nothing will be done about it. The timeline says why."),
        Status.DUPLICATE: _("It is the same matter as another submission, and goes on there."),
        Status.COMBINED: _("You agreed to combine it with another idea. It goes on there."),
        Status.WITHDRAWN: _("You took it back. Nobody is working on it any more."),
        Status.OPEN: _("Neighbours can support your idea now."),
        Status.PILOT: _("Your idea is going to be tried out."),
        Status.ADOPT: _("Your idea is going to be done."),
        Status.LATER: _("Your idea is good, but its time has not come. It stays in the list."),
        Status.DECLINE: _("Your idea will not be done. The timeline says why."),
    }[status]
