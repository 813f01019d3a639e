"""The demo's joint case and its matter handed up a level, a chain of what came again, an open offer."""

from collections.abc import Sequence
from datetime import datetime

from portal.cases.joint import Assignment, accept_task, agree_case, call_case
from portal.cases.offers import offer_report
from portal.cases.papers import keep_decision, keep_minutes
from portal.cases.queries import list_tasks
from portal.cases.referrals import refer
from portal.core.dates import local_time
from portal.setup.cast import Cast
from portal.threads.chains import tie
from portal.threads.events import Actor
from portal.threads.models import Kind, Status, Thread

WHY = "单靠一个部门解决不了，请应急部门一起办。"
WHAT, SHOWN = "到现场检查安全隐患，两天内给出书面意见。", "检查现场安全"
MET, DECIDED = "两个部门在现场碰头，先排除危险，再彻底整改。", "整改方案由牵头部门写好，发给各部门。"
OFFERED = "这件事主要不归我们管，请应急部门看看是不是归你们。"
RESTATED = "居民反映的问题超出社区和科室的权限，请上级明确经费从哪里出。"


def work_together(cast: Cast, threads: Sequence[Thread], now: datetime) -> None:
    """Let two departments help with the newest report in progress, which is also handed up."""
    going = [t for t in threads if t.kind == Kind.REPORT and t.status == Status.IN_PROGRESS]
    helper = cast.directory.department_codes["emergency"]
    chosen = [t for t in going if t.department_id != helper.id]
    if not chosen:
        return
    thread = chosen[-1]
    _work_jointly(cast, thread, helper.id, now)
    place = cast.directory.places[thread.place_id]
    above = [p for p in cast.directory.ancestors(place.id) if p.id != place.id]
    by = cast.coordinator(thread)
    if above:
        refer(cast.session, thread, place, above[0], RESTATED, directory=cast.directory, by=by, now=now)


def _work_jointly(cast: Cast, thread: Thread, helper_id: int, now: datetime) -> None:
    session, directory = cast.session, cast.directory
    worker, coordinator = cast.worker(thread), cast.coordinator(thread)
    case = call_case(session, thread, [helper_id], WHY, directory=directory, by=worker, now=now)
    given = [Assignment(helper_id, WHAT, SHOWN, 2)]
    lead_id = thread.department_id or helper_id
    agree_case(session, thread, case, lead_id, given, directory=directory, by=coordinator, now=now)
    task = list_tasks(session, thread.id)[0]
    accept_task(session, thread, task, by=_officer_of(cast, helper_id) or coordinator, now=now)
    today = local_time(now).date()
    keep_minutes(session, thread, today, [lead_id, helper_id], MET, by=worker, now=now)
    keep_decision(session, thread, DECIDED, lead_id, today, by=worker, now=now)


def _officer_of(cast: Cast, department_id: int) -> Actor | None:
    for person in cast.staff:
        if any(role.department_id == department_id for role in person.roles):
            return Actor(person, "officer")
    return None


def come_again(cast: Cast, threads: Sequence[Thread], now: datetime) -> None:
    """Let one open report be what was dealt with before: the same category, in the same community."""
    reports = [t for t in threads if t.kind == Kind.REPORT and t.status != Status.DUPLICATE]
    for thread in reversed([t for t in reports if not t.is_closed]):
        same = (thread.category_id, thread.place_id)
        earlier = [t for t in reports if t.is_closed and (t.category_id, t.place_id) == same]
        if thread.category_id and earlier and earlier[-1].id < thread.id:
            tie(cast.session, thread, earlier[-1], by=cast.coordinator(thread), now=now)
            return


def offer_one(cast: Cast, threads: Sequence[Thread], now: datetime) -> None:
    """Let a department say of the newest report it hasn't begun that it is another's; nobody answered."""
    waiting = [t for t in threads if t.kind == Kind.REPORT and t.status == Status.WITH_DEPARTMENT]
    emergency = cast.directory.department_codes["emergency"].id
    for thread in reversed(waiting):
        if thread.is_urgent or thread.department_id in (None, emergency):
            continue
        offer_report(
            cast.session,
            thread,
            emergency,
            OFFERED,
            directory=cast.directory,
            by=cast.worker(thread),
            now=now,
        )
        return
