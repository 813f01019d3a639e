"""All that stands between departments and levels about one report, for one member of staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.access import is_coordinator_at, is_officer_for
from portal.accounts.models import OF_DEPARTMENT, Person, RoleName
from portal.accounts.visits import Visit
from portal.cases.models import (
    UNFINISHED,
    CaseDecision,
    CaseFile,
    CaseState,
    JointCase,
    Minutes,
    Offer,
    Referral,
    Task,
)
from portal.cases.queries import (
    find_case,
    list_declined,
    list_notes,
    list_offers,
    list_papers,
    list_referrals,
    list_tasks,
    stands,
)
from portal.communities.directory import Directory, PlaceEntry
from portal.reports.rules import permits
from portal.threads.models import Event, Kind, Thread
from portal.triage.access import Desk


@dataclass(frozen=True)
class Board:
    """What is read for the page and asked by every deed."""

    session: Session
    person: Person
    thread: Thread
    desk: Desk
    directory: Directory
    now: datetime
    case: JointCase | None
    declined: Sequence[JointCase]
    tasks: Sequence[Task]
    minutes: Sequence[Minutes]
    decisions: Sequence[CaseDecision]
    files: Sequence[CaseFile]
    offers: Sequence[Offer]
    referrals: Sequence[Referral]
    notes: Sequence[Event]

    @property
    def path(self) -> str:
        return self.directory.places[self.thread.place_id].path

    @property
    def is_open(self) -> bool:
        return self.thread.kind == Kind.REPORT and not self.thread.is_closed

    @property
    def is_joint(self) -> bool:
        return self.case is not None and self.case.state == CaseState.JOINT and self.is_open

    @property
    def is_called(self) -> bool:
        return self.case is not None and self.case.state == CaseState.CALLED and self.is_open

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever asked of anybody here."""
        return not (self.case or self.declined or self.offers or self.referrals)

    @property
    def can_pass(self) -> bool:
        """Whether the state lets the report go to another department."""
        return self.is_open and permits(self.thread.status, "send") and not self.thread.needs_sorting

    @property
    def standing_offers(self) -> list[Offer]:
        return [offer for offer in self.offers if stands(offer, self.thread)]

    @property
    def open_tasks(self) -> list[Task]:
        return [task for task in self.tasks if task.state in UNFINISHED and self.is_open]

    def works_for(self, department_id: int | None) -> bool:
        """Tell whether the person is an officer of this department here."""
        return is_officer_for(self.person, self.path, department_id)

    def coordinates(self, place_id: int) -> bool:
        return is_coordinator_at(self.person, self.directory.places[place_id].path)

    @property
    def here(self) -> PlaceEntry:
        """The level the person speaks for: the highest place of theirs that reaches this report."""
        names = (*OF_DEPARTMENT, RoleName.COORDINATOR)
        reaching = [
            self.directory.places[role.place_id]
            for role in self.person.roles
            if role.name in names and self.path.startswith(role.place.path)
        ]
        places = [*reaching, self.directory.places[self.thread.place_id]]
        return min(places, key=lambda place: len(place.path))


def read_board(v: Visit, thread: Thread, desk: Desk) -> Board:
    """Return the board of a report; nine queries."""
    session = v.session
    minutes, decisions, files = list_papers(session, thread.id)
    return Board(
        session=session,
        person=v.person,
        thread=thread,
        desk=desk,
        directory=v.directory,
        now=v.now,
        case=find_case(session, thread),
        declined=list_declined(session, thread.id),
        tasks=list_tasks(session, thread.id),
        minutes=minutes,
        decisions=decisions,
        files=files,
        offers=list_offers(session, thread.id),
        referrals=list_referrals(session, thread.id),
        notes=list_notes(session, thread.id),
    )
