"""Keeping routing decisions: the classifier's at submission, people's afterwards."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from classifier.urgency import DANGER, SOON
from portal.communities.directory import CategoryEntry, get_directory
from portal.core.outbox import enqueue
from portal.routing.advice import Advice
from portal.routing.models import DecidedBy, RoutingDecision
from portal.routing.rules import Route
from portal.threads.events import CLASSIFIER, SYSTEM, Actor, record_event
from portal.threads.models import EventVisibility, Kind, Statement, Thread
from portal.threads.priority import CERTAIN, LIKELY, PEOPLE_AT_RISK, USUAL
from portal.threads.promises import present_pace, promise
from portal.threads.scoring import rescore

LIKELIHOODS = {DANGER: CERTAIN, SOON: LIKELY}
ROUTED_TOPIC = "thread.routed"
KEPT_WORDS = 6
KEPT_ALTERNATIVES = 3


def route_submission(
    session: Session, thread: Thread, advice: Advice, route: Route, *, now: datetime
) -> RoutingDecision:
    """Keep what the classifier said of a new submission, and set the thread accordingly."""
    said = advice.said
    decision = RoutingDecision(
        thread_id=thread.id,
        decided_by=DecidedBy.CLASSIFIER if said else DecidedBy.NOBODY,
        kind=said.kind if said else route.kind,
        category_id=route.category.id if route.category else None,
        department_id=route.department_id,
        to_desk=route.to_desk,
        urgency=advice.urgency.level,
        urgency_words=list(advice.urgency.words),
        created_at=now,
    )
    if said:
        decision.probability = said.department_probability
        decision.threshold = said.threshold
        decision.alternatives = [
            list(a) for a in _with_best(said.category, said.probability, said.alternatives)
        ]
        decision.words = [list(w) for w in said.words[:KEPT_WORDS]]
        decision.model = said.model
    session.add(decision)
    thread.is_urgent = advice.is_danger
    thread.likelihood = LIKELIHOODS.get(advice.urgency.level, USUAL)
    thread.exposure = PEOPLE_AT_RISK if advice.urgency.people_at_risk else USUAL
    thread.pace = present_pace(thread, get_directory(session))
    thread.needs_sorting = route.to_desk
    apply_route(session, thread, route.category, route.department_id)
    rescore(session, thread, now)
    _look_back_later(session, thread, now)
    record_event(
        session,
        thread,
        "thread.routed",
        by=CLASSIFIER if said else SYSTEM,
        now=now,
        data={"to_desk": route.to_desk, **_target(decision)},
    )
    return decision


def correct_route(
    session: Session,
    thread: Thread,
    kind: Kind,
    category: CategoryEntry | None,
    department_id: int | None,
    *,
    reason: Statement | None,
    by: Actor,
    now: datetime,
) -> RoutingDecision:
    """Keep a person's decision beside the one it confirms or corrects, and set the thread."""
    earlier = newest_decision(session, thread.id)
    decision = RoutingDecision(
        thread_id=thread.id,
        decided_by=DecidedBy.PERSON,
        actor_id=by.id,
        corrects_id=earlier.id if earlier else None,
        kind=kind,
        category_id=category.id if category else None,
        department_id=department_id,
        to_desk=False,
        alternatives=[],
        words=[],
        urgency="danger" if thread.is_urgent else "routine",
        created_at=now,
    )
    session.add(decision)
    thread.needs_sorting = False
    apply_route(session, thread, category, department_id)
    rescore(session, thread, now)
    _look_back_later(session, thread, now)
    record_event(
        session,
        thread,
        "thread.rerouted" if earlier and not earlier.to_desk else "thread.sorted",
        by=by,
        now=now,
        visibility=EventVisibility.PUBLIC,
        statement=reason,
        data=_target(decision),
    )
    return decision


def apply_route(
    session: Session,
    thread: Thread,
    category: CategoryEntry | None,
    department_id: int | None,
) -> None:
    """Set category, department and the promise. Sent round, nothing gains time: it counts as before."""
    thread.category_id = category.id if category else None
    thread.department_id = department_id
    promise(thread, get_directory(session))


def take_back_decision(session: Session, thread: Thread, made_at: datetime) -> None:
    """Remove what a person decided at this moment by mistake: nobody is to learn from it."""
    made = (RoutingDecision.thread_id == thread.id) & (RoutingDecision.created_at == made_at)
    session.execute(delete(RoutingDecision).where(made, RoutingDecision.decided_by == DecidedBy.PERSON))


def _look_back_later(session: Session, thread: Thread, now: datetime) -> None:
    """Let the worker see whether a report whose category is known has come up before."""
    if thread.kind == Kind.REPORT and thread.category_id is not None:
        enqueue(session, ROUTED_TOPIC, {"thread_id": thread.id}, now=now)


def newest_decision(session: Session, thread_id: int) -> RoutingDecision | None:
    """Return the decision that counts now."""
    return session.scalar(
        select(RoutingDecision)
        .where(RoutingDecision.thread_id == thread_id)
        .order_by(RoutingDecision.id.desc())
        .limit(1)
    )


def first_decision(session: Session, thread_id: int) -> RoutingDecision:
    """Return what was decided when the submission came: the classifier's advice is there."""
    return session.scalars(
        select(RoutingDecision)
        .where(RoutingDecision.thread_id == thread_id)
        .order_by(RoutingDecision.id)
        .limit(1)
    ).one()


def _with_best(
    category: str, probability: float, others: tuple[tuple[str, float], ...]
) -> list[tuple[str, float]]:
    return [(category, round(probability, 4)), *((c, round(p, 4)) for c, p in others[:KEPT_ALTERNATIVES])]


def _target(decision: RoutingDecision) -> dict[str, int | None]:
    return {"category": decision.category_id, "department": decision.department_id}
