"""The public pages of calls for ideas: all of them, and one with its ideas."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.accounts.identity import current_person
from portal.communities.directory import get_directory
from portal.core.dates import today
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.guards import public
from portal.core.i18n import localized
from portal.core.web import address_with, row_asked_for
from portal.ideas.call_actions import list_criteria
from portal.ideas.call_queries import (
    count_ideas,
    find_public_call,
    list_matters,
    list_public_calls,
    read_choices,
    read_ideas,
)
from portal.ideas.call_telling import phase_name, phase_text, tell_criteria, tell_stages
from portal.ideas.glances import mark_reader, opened_before_today, reader_of
from portal.ideas.phases import Phase
from portal.threads.lines import tell_lines
from portal.threads.photos import first_photos

blueprint = Blueprint("calls", __name__, url_prefix="/calls")


@blueprint.get("")
@public
def index() -> ResponseReturnValue:
    """Show the calls that run, those to come and those that have ended; and the open box."""
    session, day = db.session(), today()
    calls = list_public_calls(session)
    directory, counts = get_directory(session), count_ideas(session, calls)
    told = [
        {
            "call": call,
            "phase": call.phase(day),
            "phase_name": phase_name(call.phase(day)),
            "phase_text": phase_text(call, call.phase(day)),
            "place": directory.full_name(call.place_id),
            "ideas": counts.get(call.id, 0),
        }
        for call in calls
    ]
    ended = [one for one in told if one["phase"] == Phase.ENDED]
    return render_template("ideas/calls.html", running=[one for one in told if one not in ended], ended=ended)


@blueprint.get("/<code>")
@public
def show(code: str) -> ResponseReturnValue:
    session, day = db.session(), today()
    call = find_public_call(session, code)
    if call is None:
        raise NotFound()
    directory, person, phase = get_directory(session), current_person(session), call.phase(day)
    reader = reader_of(person)
    choices = read_choices(session, call, person)
    page = read_ideas(
        session,
        call,
        phase,
        seed=f"{call.id} {day} {reader}",
        seen=opened_before_today(),
        number=row_asked_for("page") or 1,
    )
    matters = list_matters(session, call)
    return mark_reader(
        render_template(
            "ideas/call.html",
            call=call,
            place=directory.full_name(call.place_id),
            phase=phase,
            phase_name=phase_name(phase),
            phase_text=phase_text(call, phase),
            texts={
                name: localized(getattr(call, name)) for name in ("theme", "why", "incentives", "decides")
            },
            stopped_because=localized(call.stopped_because),
            stages=tell_stages(call, day),
            criteria=tell_criteria(list_criteria(session, call)),
            may_propose=call.allows("propose", day),
            lines=tell_lines(page.lines, directory, first_photos(session, page.lines)),
            rows=page.lines,
            choices=choices,
            count=page.count,
            newer=address_with(page=str(page.number - 1)) if page.number > 1 else None,
            older=address_with(page=str(page.number + 1)) if page.number < page.pages else None,
            matters=tell_lines(matters, directory, {}),
        ),
        reader,
    )
