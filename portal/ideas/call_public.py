"""All that is public about a call and its ideas, to be taken away: for a spreadsheet, or for a program."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from portal.communities.directory import Directory
from portal.core.dates import local_time
from portal.core.i18n import gettext as _
from portal.core.sheets import Cell
from portal.core.text import mask_personal
from portal.ideas.aims import Aim
from portal.ideas.call_actions import list_criteria
from portal.ideas.call_queries import list_matters
from portal.ideas.calls import Call
from portal.ideas.models import PARTS, Idea
from portal.ideas.phases import Phase
from portal.ideas.versions import IdeaVersion
from portal.threads.additions import Comment
from portal.threads.models import IS_LISTED, Event, EventVisibility, Kind, Thread, Visibility
from portal.threads.queries import read_shown
from portal.threads.timeline import status_label

DECIDED = ("idea.decided", "idea.no_action")
# What rooms above know of ideas that is public: a name, and how to read it for these ideas, by their id.
Part = Callable[[Session, Collection[int]], Mapping[int, Any]]
parts: dict[str, Part] = {}


def tell_call(session: Session, call: Call, directory: Directory, phase: Phase) -> dict[str, Any]:
    """Return the call as its page tells it, all languages, with the ideas that stand in it."""
    place = directory.places[call.place_id]
    days = ("opens_on", "collects_until", "supports_until", "reviews_until", "decides_until")
    return {
        "code": call.code,
        "title": call.names,
        "what_is_asked": call.theme,
        "why_now": call.why,
        "what_there_is_to_gain": call.incentives,
        "who_decides": call.decides,
        "place": {"code": place.code, "name": place.names},
        "phase": str(phase),
        "days": {name: getattr(call, name).isoformat() for name in days},
        "stopped": _moment(call.stopped_at) and {"at": _moment(call.stopped_at), "why": call.stopped_because},
        "criteria": [
            {
                "name": criterion.names,
                "weight": None if criterion.is_knock_out else criterion.weight,
                "must_be_met": criterion.is_knock_out,
                "scores": criterion.levels,
            }
            for criterion in list_criteria(session, call)
        ],
        "reports": [row.reference for row in list_matters(session, call)],
        "ideas": tell_ideas(session, call, directory),
    }


def tell_ideas(session: Session, call: Call, directory: Directory) -> list[dict[str, Any]]:
    """Return what is public of each idea of the call, in the order in which they came.

    Never who sent it; no words before the first look; no scores before they are revealed. A set number
    of queries, whatever the ideas.
    """
    rows = session.execute(
        select(Thread, Idea)
        .join(Idea, Idea.thread_id == Thread.id)
        .where(Idea.call_id == call.id, Thread.kind == Kind.IDEA, IS_LISTED)
        .order_by(Thread.id)
    ).all()
    readable = [row.Thread.id for row in rows if row.Thread.visibility == Visibility.PUBLIC]
    beside: dict[str, Mapping[int, Any]] = {
        "text": read_shown(session, readable),
        "versions": _read_versions(session, readable),
        "arguments": _read_arguments(session, readable),
        "would_prevent": _read_aims(session, readable, directory),
        "decision": _read_decisions(session, [row.Thread.id for row in rows]),
        **{name: read(session, readable) for name, read in parts.items()},
    }
    return [_tell_idea(row, beside, directory) for row in rows]


def _tell_idea(
    row: Row[Thread, Idea], beside: Mapping[str, Mapping[int, Any]], directory: Directory
) -> dict[str, Any]:
    thread, idea = row.Thread, row.Idea
    is_readable = thread.visibility == Visibility.PUBLIC
    category = directory.categories.get(thread.category_id or 0)
    return {
        "reference": thread.reference,
        "title": thread.title if is_readable else None,
        "language": thread.language,
        **{name: mask_personal(getattr(idea, name)) if is_readable else None for name in PARTS},
        "category": category.code if category else None,
        "place": directory.places[thread.place_id].code,
        "status": str(thread.status),
        "sent_on": _day(thread.created_at),
        "supports": thread.votes_total,
        "supports_verified": thread.votes_verified,
        "passes": idea.passes_total,
        "comments": thread.comments_total,
        **{name: found.get(thread.id) for name, found in beside.items()},
    }


def _read_versions(session: Session, ideas: Collection[int]) -> Mapping[int, list[dict[str, Any]]]:
    shown = select(IdeaVersion).where(IdeaVersion.thread_id.in_(ideas), IdeaVersion.number.is_not(None))
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for version in session.scalars(shown.order_by(IdeaVersion.thread_id, IdeaVersion.number)):
        found[version.thread_id].append(
            {
                "number": version.number,
                "shown_on": _moment(version.shown_at),
                "title": mask_personal(version.title),
                "text": mask_personal(version.statement.text),
                "what_is_different": mask_personal(version.why),
                "of_substance": version.is_substance,
            }
        )
    return found


def _read_arguments(session: Session, ideas: Collection[int]) -> Mapping[int, list[dict[str, Any]]]:
    sided = select(Comment).where(Comment.thread_id.in_(ideas), Comment.side.is_not(None))
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for comment in session.scalars(sided.order_by(Comment.helpful_total.desc(), Comment.id)):
        if comment.is_public:
            text, side = mask_personal(comment.text), str(comment.side)
            found[comment.thread_id].append({"side": side, "text": text, "helpful": comment.helpful_total})
    return found


def _read_aims(
    session: Session, ideas: Collection[int], directory: Directory
) -> Mapping[int, list[dict[str, str]]]:
    held = select(Aim).where(Aim.thread_id.in_(ideas), Aim.holds).order_by(Aim.id)
    found: dict[int, list[dict[str, str]]] = defaultdict(list)
    for aim in session.scalars(held):
        category, place = directory.categories[aim.category_id].code, directory.places[aim.place_id].code
        found[aim.thread_id].append({"category": category, "place": place})
    return found


def _read_decisions(session: Session, ideas: Collection[int]) -> Mapping[int, dict[str, Any]]:
    """Return the last decision on each of these as everybody was told of it."""
    told = select(Event).where(
        Event.thread_id.in_(ideas), Event.kind.in_(DECIDED), Event.visibility == EventVisibility.PUBLIC
    )
    return {
        event.thread_id or 0: {
            "decided": event.data.get("decision", "no_action"),
            "at": _moment(event.at),
            "reason": event.statement.text if event.statement else "",
        }
        for event in session.scalars(told.order_by(Event.sequence))
    }


def head() -> list[str]:
    return [
        _("Number"),
        _("Title"),
        _("Idea"),
        _("The problem it would solve"),
        _("Who gains"),
        _("Who could be harmed"),
        _("Roughly what it costs"),
        _("Category"),
        _("Place"),
        _("Status"),
        _("Day sent"),
        _("Supporters"),
        _("of them verified"),
        _("Not for them"),
        _("Comments"),
        _("Versions"),
        _("For it"),
        _("Against it"),
        _("What it would prevent"),
        _("Decided on"),
        _("Reason"),
    ]


def tell_rows(ideas: Sequence[Mapping[str, Any]], directory: Directory) -> Iterator[list[Cell]]:
    """Give the ideas of `tell_ideas` as lines of a table, in the language of the request."""
    categories, places = directory.category_codes, directory.place_codes
    for idea in ideas:
        decision = idea["decision"] or {"at": "", "reason": ""}
        sides = [argument["side"] for argument in idea["arguments"] or ()]
        yield [
            idea["reference"],
            idea["title"] or _("Waiting for a first look"),
            idea["text"],
            *(idea[name] for name in PARTS),
            categories[idea["category"]].name if idea["category"] else "",
            directory.full_name(places[idea["place"]].id),
            status_label(idea["status"]),
            idea["sent_on"],
            idea["supports"],
            idea["supports_verified"],
            idea["passes"],
            idea["comments"],
            max(1, len(idea["versions"] or ())),
            sides.count("for"),
            sides.count("against"),
            "; ".join(_tell_aim(aim, directory) for aim in idea["would_prevent"] or ()),
            decision["at"],
            decision["reason"],
        ]


def _tell_aim(aim: Mapping[str, str], directory: Directory) -> str:
    category = directory.category_codes[aim["category"]].name
    return f"{category}, {directory.place_codes[aim['place']].name}"


def _moment(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


def _day(moment: Any) -> str:
    return f"{local_time(moment):%Y-%m-%d}"
