from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from portal.communities.directory import get_directory
from portal.core.i18n import use_language
from portal.ideas.actions import decide_idea
from portal.reports.actions import start_work
from portal.threads.actions import add_words, note, reply
from portal.threads.events import Actor, resident
from portal.threads.models import Status, Thread
from portal.threads.queries import list_events
from portal.threads.sentences import SENTENCES
from portal.threads.timeline import STATUSES, Entry, role_label, status_label, tell_timeline
from tests.factories import NOW, make_idea, make_report, make_undecided, person


def told(session: Session, thread: Thread, audience: str = "staff", *, public: bool = False) -> list[Entry]:
    use_language("en")
    return tell_timeline(list_events(session, thread.id, audience), get_directory(session), public=public)


def test_a_timeline_is_told_in_sentences(session: Session) -> None:
    report = make_report(session)
    start_work(session, report, by=Actor(person(session, "officer"), "officer"), now=NOW)
    entries = told(session, report)
    assert [(e.role_label, e.sentence, e.mark) for e in entries] == [
        ("Resident", "Received.", Status.RECEIVED),
        (
            "System",
            "Sent to Housing and Urban Construction as “Streets, paving and lights”.",
            Status.WITH_DEPARTMENT,
        ),
        ("Department", "Work has begun.", Status.IN_PROGRESS),
    ]


def test_what_nobody_sorted_yet_waits_for_a_person(session: Session) -> None:
    assert told(session, make_undecided(session))[1].sentence == "A person will sort it."


def test_ideas_go_to_the_innovation_queue_and_are_decided(session: Session) -> None:
    idea = make_idea(session, category=None)
    by = Actor(person(session, "coordinator"), "coordinator")
    decide_idea(session, idea, Status.PILOT, "Worth a try.", by=by, now=NOW)
    entries = told(session, idea, "public", public=True)
    assert [e.sentence for e in entries] == ["Received.", "Sent to the innovation queue.", "Decided: Pilot."]
    assert (entries[-1].words, entries[-1].mark) == ("Worth a try.", Status.PILOT)


def test_each_audience_hears_its_part(session: Session) -> None:
    report = make_report(session)
    officer = Actor(person(session, "officer"), "officer")
    note(session, report, "Known to us.", by=officer, now=NOW)
    add_words(session, report, "It flickers.", by=resident(report.author), now=NOW)
    reply(session, report, "Tomorrow.", by=officer, now=NOW)
    words = {
        who: [e.words for e in told(session, report, who) if e.words] for who in ("public", "sender", "staff")
    }
    assert words == {
        "public": ["Tomorrow."],
        "sender": ["It flickers.", "Tomorrow."],
        "staff": ["Known to us.", "It flickers.", "Tomorrow."],
    }
    assert [e.words for e in told(session, report) if e.inside] == ["Known to us."]


def test_every_state_has_a_name_and_every_role(session: Session) -> None:
    use_language("en")
    assert set(STATUSES) == set(Status)
    assert all(status_label(status) for status in Status)
    assert role_label("officer") == "Department"


TOLD_WITH_MORE = (
    "thread.routed",
    "thread.sorted",
    "thread.rerouted",
    "thread.voice_counted",
    "thread.survivor_moved",
    "thread.offered",
    "thread.referred",
    "thread.weighed",
    "idea.decided",
    "idea.changed",
    "idea.substance_marked",
    "idea.decision_told",
)


def recorded_kinds() -> set[str]:
    import re

    sources = "".join(p.read_text() for p in Path("portal").rglob("*.py"))
    return set(re.findall(r'"((?:thread|report|idea|comment|photo)\.[a-z_]+)"', sources))


@pytest.mark.parametrize("kind", sorted(recorded_kinds()))
def test_every_event_has_its_sentence(kind: str) -> None:
    assert kind in SENTENCES or kind in TOLD_WITH_MORE
