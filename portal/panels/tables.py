"""The panel's lists to take away: reviews, who sits, decisions; what waits for panellists and departments."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from portal.accounts.access import places_reached
from portal.accounts.models import OF_DEPARTMENT, RoleName
from portal.accounts.visits import Visit
from portal.core.dates import local_time, today
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.core.sheets import MOST_ROWS, Cell
from portal.panels.appraising import list_to_appraise
from portal.panels.decisions import read_log
from portal.panels.knowing import list_known_people, tell_knowledge
from portal.panels.led import list_led, list_led_seats
from portal.panels.queries import list_own_seats
from portal.panels.telling import tell_seat_state, tell_state
from portal.threads.models import Status
from portal.threads.timeline import status_label
from portal.triage.tables import Table, safe_title

MOST = MOST_ROWS + 1
NUMBER, TITLE, UNTIL = lazy_gettext("Number"), lazy_gettext("Title"), lazy_gettext("Until")
STATE, PANELLIST = lazy_gettext("How it stands"), lazy_gettext("Panellist")
CALL = lazy_gettext("Call for ideas")


def _places(v: Visit) -> Sequence[int]:
    return places_reached(v.person, v.directory, RoleName.COORDINATOR)


def _day(moment: datetime | None) -> str:
    return f"{local_time(moment):%Y-%m-%d}" if moment else ""


def _list_reviews(v: Visit) -> Iterator[list[Cell]]:
    places, day = _places(v), today()
    for closed in (False, True):
        for one in list_led(v.session, places, closed=closed, most=MOST):
            call, review = one.call.name if one.call else _("From the open box"), one.review
            counts = (one.seated, one.done, one.recused)
            state, until = tell_state(review, day), review.last_day.isoformat()
            yield [one.thread.reference, safe_title(one.thread), call, state, until, *counts]


def _list_seats(v: Visit) -> Iterator[list[Cell]]:
    for seat in list_led_seats(v.session, _places(v), MOST):
        thread = seat.review.thread
        state, until = tell_seat_state(seat, v.now), seat.review.last_day.isoformat()
        days = (_day(seat.assigned_at), until, _day(seat.done_at))
        yield [thread.reference, safe_title(thread), seat.person.name, state, *days]


def _list_decisions(v: Visit) -> Iterator[list[Cell]]:
    for made in read_log(v.session, places=_places(v)):
        again = made.again_on.isoformat() if made.again_on else ""
        yield [
            _day(made.at),
            made.thread.reference,
            safe_title(made.thread),
            status_label(Status(made.choice)),
            made.reason,
            made.dissent,
            made.without,
            again,
            _day(made.announced_at),
        ]


def _list_own(v: Visit) -> Iterator[list[Cell]]:
    for seat in list_own_seats(v.session, v.person):
        thread, review = seat.review.thread, seat.review
        call = review.call.name if review.call else _("From the open box")
        state = tell_seat_state(seat, v.now)
        yield [
            thread.reference,
            safe_title(thread),
            call,
            state,
            review.last_day.isoformat(),
            _day(seat.done_at),
        ]


def _list_asked(v: Visit) -> Iterator[list[Cell]]:
    for review, thread, number, answered in list_to_appraise(v.session, v.person, v.directory, MOST):
        department = v.directory.departments[number].name
        state = _("answered") if answered else _("not answered yet")
        yield [thread.reference, safe_title(thread), department, state, review.last_day.isoformat()]


def _list_knowledge(v: Visit) -> Iterator[list[Cell]]:
    people = list_known_people(v.session, v.person, v.directory)
    for person, known in tell_knowledge(v.session, people, v.directory):
        yield [person.name, "; ".join(known)]


COORDINATOR = (RoleName.COORDINATOR,)
TABLES = {
    "reviews": Table(
        lazy_gettext("Reviews by the panel"),
        (
            NUMBER,
            TITLE,
            CALL,
            STATE,
            UNTIL,
            lazy_gettext("Panellists"),
            lazy_gettext("Handed in"),
            lazy_gettext("With an interest"),
        ),
        _list_reviews,
        COORDINATOR,
        "panels.index",
    ),
    "seats": Table(
        lazy_gettext("Who judges what"),
        (NUMBER, TITLE, PANELLIST, STATE, lazy_gettext("Asked on"), UNTIL, lazy_gettext("Handed in on")),
        _list_seats,
        COORDINATOR,
        "panels.index",
    ),
    "decided": Table(
        lazy_gettext("What was decided"),
        (
            lazy_gettext("Decided on"),
            NUMBER,
            TITLE,
            lazy_gettext("Decision"),
            lazy_gettext("Reason"),
            lazy_gettext("Who saw it otherwise, and why"),
            lazy_gettext("Why it was decided without the panel’s scores"),
            lazy_gettext("Looked at again on"),
            lazy_gettext("Everybody was told on"),
        ),
        _list_decisions,
        COORDINATOR,
        "deciding.log",
    ),
    "my-reviews": Table(
        lazy_gettext("My reviews"),
        (NUMBER, TITLE, CALL, STATE, UNTIL, lazy_gettext("Handed in on")),
        _list_own,
        (RoleName.PANELLIST,),
        "reviews.mine",
    ),
    "appraisals": Table(
        lazy_gettext("What your department says"),
        (NUMBER, TITLE, lazy_gettext("Department"), STATE, UNTIL),
        _list_asked,
        OF_DEPARTMENT,
        "appraisals.index",
    ),
    "knowledge": Table(
        lazy_gettext("What panellists know about"),
        (PANELLIST, lazy_gettext("Knows about")),
        _list_knowledge,
        (RoleName.COORDINATOR, RoleName.ADMINISTRATOR),
        "reviews.people",
    ),
}
