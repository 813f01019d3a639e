"""What public pages say of aims: an idea’s what it would prevent, a report’s which ideas would."""

from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.directory import Directory
from portal.core import clock
from portal.ideas.aim_telling import tell_answered, tell_targets
from portal.ideas.aims import GONE, aims_as, list_aims
from portal.ideas.needs import WITHIN, count_answers, count_listed_reports, list_answers, neighbourhood_of
from portal.threads.choices import Choice, category_ids
from portal.threads.lines import tell_lines
from portal.threads.models import Kind
from portal.threads.queries import Published

OF_IDEA, OF_REPORT, OF_LIST = "ideas/_aims.html", "ideas/_answers.html", "ideas/_answered.html"
FEW = 3  # ideas named on the page of a report


def tell_aims(
    session: Session, found: Published, directory: Directory, person: Person | None
) -> dict[str, Any] | None:
    """Return what an idea would prevent, and whether this person may say so."""
    thread = found.thread
    if thread.kind != Kind.IDEA:
        return None
    targets = [aim.target for aim in list_aims(session, thread.id) if aim.holds]
    may = thread.status not in GONE and aims_as(person, thread, directory) is not None
    if not targets and not may:
        return None
    return {"aims": tell_targets(session, targets, directory, clock.now()), "may": may}


def tell_answers(
    session: Session, found: Published, directory: Directory, _person: Person | None
) -> dict[str, Any] | None:
    """Return which ideas would prevent reports such as this one here; nothing where there are none."""
    thread = found.thread
    if thread.kind != Kind.REPORT or thread.category_id is None:
        return None
    place = neighbourhood_of(thread.place_id, directory)
    lines = list_answers(session, thread.category_id, place, directory, FEW + 1)
    if not lines:
        return None
    return {
        "lines": tell_lines(lines[:FEW], directory, {}),
        "more": need_address(thread.category_id, place, directory) if len(lines) > FEW else None,
    }


def tell_list(session: Session, choice: Choice, directory: Directory) -> dict[str, Any] | None:
    """Return how many ideas answer the reports of the category that a list is narrowed to."""
    if choice.kind != Kind.REPORT or not choice.category:
        return None
    categories, place = category_ids(choice.category, directory), directory.place_codes.get(choice.place)
    places = directory.within(place.id) if place and place.parent_id else None
    ideas = count_answers(session, categories, [place.id] if place and places else None, directory)
    reports = count_listed_reports(session, categories, places, since=clock.now() - WITHIN)
    if not ideas or not reports:
        return None
    is_need = choice.category in directory.category_codes and place is not None and bool(places)
    code = directory.category_codes[choice.category].id if is_need else 0
    return {
        "sentence": tell_answered(ideas, reports),
        "href": need_address(code, place.id, directory) if place and is_need else url_for("needs.index"),
    }


def need_address(category_id: int, place_id: int, directory: Directory) -> str:
    category, place = directory.categories[category_id], directory.places[place_id]
    return url_for("needs.show", category=category.code, place=place.code)
