"""What a pilot's own records say, as the first draft of its practice."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.communities.directory import Directory
from portal.core.i18n import gettext as _
from portal.core.text import mask_personal
from portal.ideas.models import Idea
from portal.pilots.effects_queries import list_harms
from portal.pilots.gates import GateDecision
from portal.pilots.models import Pilot, Spending
from portal.pilots.outcome_telling import SEVERITIES, tell_cost
from portal.threads.models import Thread, Visibility
from portal.threads.queries import read_shown


def gather_facts(session: Session, thread: Thread, pilot: Pilot, directory: Directory) -> dict[str, str]:
    """Return a first text for each part of a practice; how to repeat it, nobody has written yet.

    Of what people said only what everybody can read, with personal numbers covered.
    """
    return {
        "problem": _tell_problem(session, thread),
        "what": _tell_what(session, pilot),
        "conditions": _tell_conditions(pilot, directory),
        "cost": _tell_cost(session, pilot),
        "side_effects": _tell_side_effects(session, pilot),
        "how_to": "",
    }


def _tell_problem(session: Session, thread: Thread) -> str:
    if thread.visibility != Visibility.PUBLIC:
        return ""
    idea = session.get(Idea, thread.id)
    problem = mask_personal(idea.problem) if idea else ""
    return problem or read_shown(session, [thread.id]).get(thread.id, "")


def _tell_what(session: Session, pilot: Pilot) -> str:
    plan = _(
        "If %(if_we)s, then %(then)s, because %(because)s.",
        if_we=pilot.if_we,
        then=pilot.then,
        because=pilot.because,
    )
    last = select(GateDecision.reason).where(GateDecision.pilot_id == pilot.id)
    reason = session.scalar(last.order_by(GateDecision.id.desc()).limit(1))
    return "\n\n".join(text for text in (plan, reason) if text)


def _tell_conditions(pilot: Pilot, directory: Directory) -> str:
    where = _("Tried in %(place)s.", place=directory.full_name(pilot.place_id))
    who = _("With: %(partners)s", partners=pilot.partners) if pilot.partners else ""
    return "\n".join(text for text in (where, who) if text)


def _tell_cost(session: Session, pilot: Pilot) -> str:
    spent = session.scalar(select(func.sum(Spending.amount)).where(Spending.pilot_id == pilot.id))
    return tell_cost(int(spent or 0), pilot.budget)


def _tell_side_effects(session: Session, pilot: Pilot) -> str:
    """Return the unwanted effects that everybody can read, each with what was done about it."""
    lines = []
    for effect in list_harms(session, [pilot.id]):
        line = _("%(who)s: %(what)s", who=SEVERITIES[effect.severity], what=effect.masked("text"))
        lines.append(f"{line} → {effect.done}" if effect.done else line)
    return "\n".join(lines)
