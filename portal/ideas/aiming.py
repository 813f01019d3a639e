"""What an idea may prevent, proposed from what is known of it: people confirm it or say no."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from portal.communities.directory import Directory
from portal.ideas.aims import Aim, Target
from portal.ideas.calls import CallMatter
from portal.ideas.models import Idea
from portal.ideas.needs import count_reports
from portal.routing.models import RoutingDecision
from portal.threads.chains import IS_TIED
from portal.threads.links import ThreadLink
from portal.threads.models import IS_LISTED, Kind, Thread, Visibility

LIKELY = 0.15  # probability from which a category that the classifier named beside its first is proposed
MOST_CATEGORIES, MOST_CHAINS = 3, 5


def propose_aims(
    session: Session, thread: Thread, aims: Sequence[Aim], directory: Directory, *, since: datetime
) -> list[Target]:
    """Return what this idea may prevent and nobody has said yet, the likeliest first.

    The category that it stands under, and those that the classifier thought likely when it came, at its
    place (and at its named place, if there were reports); matters that have come up again there, or are
    the reason for the call that it stands in.
    """
    known = {aim.key for aim in aims}
    likely = likely_categories(session, thread, directory)
    plain = [target for target in _at_its_places(thread, likely) if target.key not in known]
    counts = count_reports(session, plain, directory, since=since)
    first = Target(likely[0], thread.place_id).key if likely else ""
    near = [target for target in plain if counts[target.key] or target.key == first]
    return near + list(_chains_near(session, thread, likely, aims, directory))


def likely_categories(session: Session, thread: Thread, directory: Directory) -> list[int]:
    """Return the category of a thread, then what the classifier thought likely when it came."""
    of_thread = select(RoutingDecision.alternatives).where(RoutingDecision.thread_id == thread.id)
    said = session.scalar(of_thread.order_by(RoutingDecision.id).limit(1)) or []
    found = [directory.category_codes[code].id for code, p in said if _counts(code, p, directory)]
    own = [thread.category_id] if thread.category_id in directory.categories else []
    return [number for number in dict.fromkeys([*own, *found]) if number is not None][:MOST_CATEGORIES]


def _counts(code: str, probability: float, directory: Directory) -> bool:
    category = directory.category_codes.get(code)
    return category is not None and not category.is_retired and probability >= LIKELY


def _at_its_places(thread: Thread, categories: Sequence[int]) -> Iterator[Target]:
    for number in categories:
        yield Target(number, thread.place_id)
        if thread.spot_id is not None:
            yield Target(number, thread.spot_id)


def _chains_near(
    session: Session, thread: Thread, categories: Collection[int], aims: Sequence[Aim], directory: Directory
) -> Iterator[Target]:
    """Give the newest public report of each chain there that was not spoken of yet, the longest first."""
    idea = session.get(Idea, thread.id)
    of_call = select(CallMatter.thread_id).where(CallMatter.call_id == (idea.call_id if idea else None))
    near = Thread.category_id.in_(categories) & Thread.place_id.in_(directory.within(thread.place_id))
    found = (
        select(ThreadLink.chain_id, func.max(Thread.id).label("newest"))
        .join(Thread, Thread.id == ThreadLink.from_id)
        .where(IS_TIED, ThreadLink.chain_id.is_not(None), or_(near, Thread.id.in_(of_call)))
        .where(Thread.kind == Kind.REPORT, IS_LISTED, Thread.visibility == Visibility.PUBLIC)
        .where(Thread.category_id.is_not(None), ThreadLink.chain_id.not_in(_chains_of(session, aims)))
        .group_by(ThreadLink.chain_id)
        .order_by(func.count().desc(), ThreadLink.chain_id.desc())
        .limit(MOST_CHAINS)
    )
    newest = [row.newest for row in session.execute(found)]
    reports = {t.id: t for t in session.scalars(select(Thread).where(Thread.id.in_(newest)))}
    for number in newest:
        report = reports[number]
        if report.category_id is not None:
            yield Target(report.category_id, report.place_id, report.id)


def _chains_of(session: Session, aims: Sequence[Aim]) -> list[int]:
    """Return the chains that the reports named in these are part of."""
    reports = [aim.report_id for aim in aims if aim.report_id]
    if not reports:
        return []
    ends = or_(ThreadLink.from_id.in_(reports), ThreadLink.to_id.in_(reports))
    chains = select(ThreadLink.chain_id).where(IS_TIED, ends, ThreadLink.chain_id.is_not(None))
    return [number for number in session.scalars(chains.distinct()) if number is not None]


def find_target(session: Session, text: str, directory: Directory) -> Target | None:
    """Return the target that a form names by its key, if there is such a one that may be aimed at."""
    first, _dot, second = text.partition(".")
    report, category, place = _number(first, "r"), _number(first, "c"), _number(second, "p")
    if report is not None and not second:
        return target_of_report(session, session.get(Thread, report))
    if category is None or place is None or category not in directory.categories:
        return None
    return Target(category, place) if place in directory.places else None


def target_of_report(session: Session, report: Thread | None) -> Target | None:
    """Return the chain of a public report as a target, or None where it stands alone or has no category."""
    if report is None or report.kind != Kind.REPORT or report.visibility != Visibility.PUBLIC:
        return None
    ends = or_(ThreadLink.from_id == report.id, ThreadLink.to_id == report.id)
    is_tied = session.scalar(select(ThreadLink.id).where(IS_TIED, ends).limit(1)) is not None
    if report.category_id is None or not is_tied:
        return None
    return Target(report.category_id, report.place_id, report.id)


def _number(text: str, mark: str) -> int | None:
    digits = text.removeprefix(mark)
    is_right = text.startswith(mark) and digits.isascii() and digits.isdecimal() and len(digits) <= 16
    return int(digits) if is_right else None
