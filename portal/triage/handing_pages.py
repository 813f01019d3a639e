"""Handing over a colleague's work, or one's own: choose, look at what would go, do it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import places_reached
from portal.accounts.identity import staff_only
from portal.accounts.models import OF_DEPARTMENT, Person, RoleName
from portal.accounts.visits import Visit
from portal.communities.models import PlaceKind
from portal.core.i18n import gettext as _
from portal.core.i18n import ngettext
from portal.triage.access import list_workers
from portal.triage.choices import Option, department_options, is_number
from portal.triage.handing import (
    MOST,
    Holding,
    Plan,
    Wish,
    hand_over,
    list_holders,
    plan_handing,
)
from portal.triage.rows import lines_for

blueprint = Blueprint("handing", __name__, url_prefix="/staff/hand-over")
WORKERS = (*OF_DEPARTMENT, RoleName.COORDINATOR)
Error = tuple[str, str]  # the words, and the address of the field
DEPARTMENT = "department"  # the taker, where the work is left to the departments


@dataclass(frozen=True)
class Choice:
    """What was chosen, as far as there is such a thing; `most` of nothing is all."""

    holder: Holding | None
    taker: str  # a number, DEPARTMENT, or "" where nothing was chosen
    department: str
    place: str
    most: int
    is_gone: bool = False  # somebody was named who has nothing

    @property
    def is_complete(self) -> bool:
        return self.holder is not None and bool(self.taker) and self.taker != str(self.holder.person_id)


@blueprint.get("")
@staff_only(*WORKERS)
def choose() -> ResponseReturnValue:
    v = Visit.begin()
    holders, takers = list_holders(v.session, v.person, v.directory), takers_for(v)
    choice = read_choice(v, request.args, holders, takers)
    was_sent = "to" in request.args  # else somebody was led here, with a name at most
    return lay_out(v, choice, holders, takers, tell_errors(choice, None) if was_sent else tell_gone(choice))


@blueprint.post("")
@staff_only(*WORKERS)
def do() -> ResponseReturnValue:
    v = Visit.begin()
    holders, takers = list_holders(v.session, v.person, v.directory), takers_for(v)
    choice = read_choice(v, request.form, holders, takers)
    numbers = [int(text) for text in request.form.getlist("thread")[:MOST] if is_number(text)]
    if not choice.is_complete or not numbers:
        errors = tell_errors(choice, numbers)
        return lay_out(v, choice, holders, takers, errors, chosen=numbers, status=422)
    wish = wish_of(v, choice)
    action = hand_over(v.session, wish, numbers, by=v.person, directory=v.directory, now=v.now)
    v.session.commit()
    moved = len(action.done) if action else 0
    tell_done(moved, len(numbers) - moved)
    return redirect(url_for("bulk.show", number=action.id) if action else url_for(".choose"), 303)


def takers_for(v: Visit) -> dict[str, str]:
    """Return name by what the form sends for it."""
    people = list_workers(v.session, v.person, v.directory)
    return {DEPARTMENT: _("Leave it to the department")} | {
        str(number): name or _("Without a name") for number, name in people
    }


def read_choice(
    v: Visit, given: Mapping[str, str], holders: list[Holding], takers: Mapping[str, str]
) -> Choice:
    """Return what the address or the form says, leaving out what there is not."""
    most = given.get("most", "")
    return Choice(
        holder=next((h for h in holders if str(h.person_id) == given.get("from")), None),
        taker=given["to"] if given.get("to") in takers else "",
        department=given["department"] if given.get("department") in v.directory.department_codes else "",
        place=given["place"] if given.get("place") in v.directory.place_codes else "",
        most=int(most) if is_number(most) else 0,
        is_gone=bool(given.get("from")),
    )


def wish_of(v: Visit, choice: Choice) -> Wish:
    """Return a complete choice as the wish it is."""
    assert choice.holder is not None  # noqa: S101  # is_complete was asked
    department = v.directory.department_codes.get(choice.department)
    place = v.directory.place_codes.get(choice.place)
    return Wish(
        holder=v.session.get_one(Person, choice.holder.person_id),
        taker=None if choice.taker == DEPARTMENT else v.session.get_one(Person, int(choice.taker)),
        department_id=department.id if department else None,
        place_id=place.id if place else None,
    )


def lay_out(
    v: Visit,
    choice: Choice,
    holders: list[Holding],
    takers: Mapping[str, str],
    errors: list[Error],
    *,
    chosen: list[int] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Show the form and, where whose and to whom are known, what would go; `chosen` was ticked before."""
    plan = plan_handing(v.session, wish_of(v, choice), v.person, v.directory) if choice.is_complete else None
    page = render_template(
        "triage/hand_over.html",
        choice=choice,
        holders=[(h.person_id, f"{h.name or _('Without a name')} ({h.count})") for h in holders],
        takers=list(takers.items()),
        taker_name=takers.get(choice.taker, ""),
        departments=department_options(v.person, v.directory),
        places=place_options(v),
        errors=errors,
        plan=plan,
        **(tell_plan(v, plan, choice, chosen) if plan else {}),
    )
    return page, status


def place_options(v: Visit) -> list[Option]:
    """Return the places in which the asker works."""
    reached = set(places_reached(v.person, v.directory, *WORKERS))
    places = [p for p in v.directory.places_in_use() if p.id in reached and p.kind != PlaceKind.SPOT]
    return [("", _("All places")), *((p.code, v.directory.full_name(p.id)) for p in places)]


def tell_plan(v: Visit, plan: Plan, choice: Choice, chosen: list[int] | None) -> dict[str, object]:
    """Return the lines of what would go, which of them are ticked, and how many there are by department."""
    going = lines_for(v.session, plan.going, v.directory, v.now)
    ticked = chosen if chosen is not None else [t.id for t in plan.going[: choice.most or None]]
    counts = Counter(thread.department_id for thread in plan.going)
    return {
        "going": [
            (thread.id, thread.id in ticked, line) for thread, line in zip(plan.going, going, strict=True)
        ],
        "staying": lines_for(v.session, plan.staying, v.directory, v.now),
        "by_department": [
            (department.name, counts[department.id])
            for department in v.directory.departments.values()
            if counts[department.id]
        ],
        "beyond": plan.count - len(plan.going) - len(plan.staying),
    }


def tell_gone(choice: Choice) -> list[Error]:
    """Return that whoever was named has nothing to hand over, if it is so."""
    if choice.holder is not None or not choice.is_gone:
        return []
    return [(_("This person has nothing open any more that you may hand over."), "#hand-from")]


def tell_errors(choice: Choice, chosen: list[int] | None) -> list[Error]:
    """Return what is missing, each with the address of its field."""
    errors = tell_gone(choice)
    if choice.holder is None and not errors:
        errors.append((_("Please choose whose work it is."), "#hand-from"))
    if not choice.taker:
        errors.append((_("Please choose who takes it over."), "#hand-to"))
    elif choice.holder and choice.taker == str(choice.holder.person_id):
        errors.append((_("This person has it already. Please choose somebody else."), "#hand-to"))
    elif chosen == []:
        errors.append((_("Please tick at least one submission."), "#going"))
    return errors


def tell_done(moved: int, left: int) -> None:
    """Say how many were handed over, and that others had moved on meanwhile."""
    if moved:
        done = ngettext("%(num)s submission is handed over.", "%(num)s submissions are handed over.", moved)
        flash(done, "success")
    if left:
        flash(
            ngettext(
                "%(num)s stays where it is: it moved on while you were reading.",
                "%(num)s stay where they are: they moved on while you were reading.",
                left,
            ),
            "warning",
        )
