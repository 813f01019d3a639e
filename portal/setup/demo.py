"""The demo: an invented district with eight weeks of its life, for an empty database."""

import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.actions import set_password
from portal.accounts.models import Person, Role
from portal.accounts.rules import CODE_LENGTH, CODE_SIGNS, write_code
from portal.communities.directory import Directory, read_directory
from portal.communities.models import Place
from portal.core.outbox import Job
from portal.core.storage import Store
from portal.insight.jobs import note_work
from portal.insight.years import count_years, keep_years
from portal.priority.actions import END_TOPIC
from portal.routing.advice import Advice
from portal.setup.actions import load_setup
from portal.setup.aiming import aim_ideas, propose_a_call
from portal.setup.calling import call_for_ideas
from portal.setup.cast import gather
from portal.setup.combining import combine_and_argue
from portal.setup.committee import ask_committee
from portal.setup.days import keep_days
from portal.setup.file import read_setup_file
from portal.setup.following import let_follow
from portal.setup.outcomes import come_to_an_end
from portal.setup.piloting import try_out
from portal.setup.playing import play
from portal.setup.reviewing import review_ideas
from portal.setup.rewriting import rewrite_ideas
from portal.setup.scoring import score_ideas
from portal.setup.stories import read_stories
from portal.setup.together import come_again, offer_one, work_together
from portal.threads.models import Thread
from portal.threads.scoring import renew_usual_voices, rescore_chunk
from portal.threads.word_shares import count_words

FILE = Path(__file__).with_name("demo.toml")
SIGN_INS = "demo-sign-ins.txt"
FOUNDED = timedelta(days=60)  # how long ago the neighbourhood was set up


@dataclass(frozen=True)
class SignIn:
    email: str
    password: str
    role: str


def is_empty(session: Session) -> bool:
    """Tell whether nothing was ever set up or sent here."""
    return all(session.scalar(select(table.id).limit(1)) is None for table in (Place, Person, Thread))


def load_demo(
    session: Session,
    *,
    advise: Callable[[Sequence[str]], list[Advice]],
    store: Store,
    now: datetime,
) -> list[SignIn]:
    """Fill an empty database with the demo. Return how its people sign in.

    Every submission takes the way of a real one, at its own time; no mail is sent about the past.
    """
    load_setup(session, read_setup_file(FILE), now=now - FOUNDED, with_codes=False)
    keep_days(session, now)
    directory = read_directory(session, 0)
    stories = read_stories(now)
    cast = gather(session, directory, store, now - FOUNDED)
    advices = advise([story.asked for story in stories])
    threads = [
        play(cast, number, story, advice, now)
        for number, (story, advice) in enumerate(zip(stories, advices, strict=True))
    ]
    let_follow(cast, threads, now)
    call_for_ideas(cast, threads, now)
    rewrite_ideas(cast, threads, now)
    review_ideas(cast, threads, now)
    score_ideas(cast, now)
    work_together(cast, threads, now)
    try_out(cast, threads, now)
    come_again(cast, threads, now)
    ask_committee(cast, threads, now)
    offer_one(cast, threads, now)
    come_to_an_end(cast, now)
    combine_and_argue(cast, now)
    aim_ideas(cast, threads, now)
    propose_a_call(cast, threads, now)
    count_words(session)
    renew_usual_voices(session, now)
    rescore_chunk(session, 0, now=now)
    keep_years(session, count_years(session, directory, now=now), now=now)
    note_work(session, directory, now=now)
    past = Job.done_at.is_(None) & ((Job.topic != END_TOPIC) | (Job.run_at <= now))  # an open vote will end
    session.execute(update(Job).where(past).values(done_at=now))
    return [_let_sign_in(session, person, directory) for person in [*cast.staff, *cast.residents]]


def _let_sign_in(session: Session, person: Person, directory: Directory) -> SignIn:
    password = write_code(secrets.choice(CODE_SIGNS) for _sign in range(CODE_LENGTH))
    set_password(session, person, password)
    roles = ", ".join(_describe(role, directory) for role in person.roles)
    return SignIn(person.email or "", password, roles or "resident")


def _describe(role: Role, directory: Directory) -> str:
    parts = [str(role.name)]
    if role.department_id:
        parts.append(directory.departments[role.department_id].names["en"])
    else:
        parts.append(directory.places[role.place_id].names["en"])
    return ", ".join(parts)


def write_sign_ins(path: Path, sign_ins: Sequence[SignIn]) -> None:
    """Keep the demo's sign-ins in a file that only its owner can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, 0o600)
        file.writelines(f"{s.email}\t{s.password}\t{s.role}\n" for s in sign_ins)
