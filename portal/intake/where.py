"""The map of the step "where": for the script, and as a plan to press on where there is none."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from portal.communities.directory import Directory, get_directory
from portal.communities.drawing import piece_around
from portal.communities.maps import map_of, tell_pin
from portal.communities.plan import plan_at, plan_for, position_of
from portal.core.positions import Box, Point, parse_box, write_box, write_point
from portal.intake.forms import WhereForm
from portal.intake.pins import note_pin
from portal.intake.visit import Visit

WIDTH, MOST_HIGH = 300, 400  # pixels; a press is told in those of the screen, so they can't vary


@dataclass(frozen=True)
class PlanToPress:
    """A picture that takes a press as where the pin shall be. `box` is what it shows."""

    href: str
    width: int
    height: int
    box: str


def tell_map(visit: Visit, form: WhereForm) -> dict[str, Any]:
    """Return the map, the pin that is set and what is to be said of it."""
    directory = get_directory(visit.session)
    chosen, point = directory.place_codes.get(form.place.data), form.point
    number = chosen.id if chosen else None
    return {
        "map": map_of(directory, number),
        "positions": positions(directory),
        "plan": plan_to_press(directory, number, point),
        "pin": tell_pin(point, directory),
        "pin_note": note_pin(point, chosen, directory),
    }


def positions(directory: Directory) -> dict[str, Point]:
    """Return where the places are, by their codes: the map goes to the one that is chosen."""
    known = ((place.code, position_of(place)) for place in directory.places_in_use())
    return {code: there for code, there in known if there}


def plan_to_press(directory: Directory, place_id: int | None, point: Point | None) -> PlanToPress | None:
    """Return the plan of the place, or the piece of it around the pin."""
    plan = plan_at(directory, point) if point else None
    if plan and point:
        href = url_for("plans.piece", drawing=plan.drawing, pin=write_point(point))
        return _to_press(href, piece_around(plan.bounds, point))
    plan = plan_for(directory, place_id)
    return _to_press(url_for("plans.whole", drawing=plan.drawing), plan.bounds) if plan else None


def _to_press(href: str, box: Box) -> PlanToPress:
    return PlanToPress(href, *picture_size(box), write_box(box))


def picture_size(box: Box) -> tuple[int, int]:
    """Return width and height in pixels of a picture of this part of the map."""
    wide, high = box.metres
    scale = min(WIDTH / wide, MOST_HIGH / high)
    return max(1, round(wide * scale)), max(1, round(high * scale))


def take_press(form: WhereForm) -> bool:
    """Set or remove the pin as a press on the plan or the button asks; tell whether there was one."""
    if request.form.get("press") == "remove":
        form.pin.data = ""
        return True
    box = parse_box(request.form.get("shown"))
    x, y = request.form.get("at.x", ""), request.form.get("at.y", "")
    if box is None or not (x.isdecimal() and y.isdecimal()):
        return False
    if (x, y) != ("0", "0"):  # what the keyboard sends says nothing of a place
        form.pin.data = write_point(pressed_point(box, int(x[:5]), int(y[:5])))
    return True


def pressed_point(box: Box, x: int, y: int) -> Point:
    """Return the point of the map under a pixel of its picture."""
    width, height = picture_size(box)
    right, down = min(1.0, (x + 0.5) / width), min(1.0, (y + 0.5) / height)
    return box.north - down * (box.north - box.south), box.west + right * (box.east - box.west)
