"""The demo's arguments, its marked accounts, ideas that went on in another, and some that are asked about."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import repeat
from pathlib import Path
from typing import Any

from portal.accounts.models import Mark, Person
from portal.core.tokens import new_token
from portal.ideas.actions import open_for_support, submit_idea
from portal.ideas.carrying import carry_support
from portal.ideas.combining import Proposal, answer_proposal, propose_combination
from portal.routing.advice import advice_of_a_person
from portal.routing.rules import Route
from portal.setup.cast import Cast
from portal.threads.actions import Submission
from portal.threads.additions import Side
from portal.threads.arguments import find_helpful
from portal.threads.comments import add_comment, takes_comments
from portal.threads.events import resident
from portal.threads.lineage import lock_counted
from portal.threads.models import Kind, Thread
from portal.threads.votes import cast_vote

FILE = Path(__file__).with_name("demo_combining.toml")
CAME = timedelta(days=2)  # ago
SUPPORTERS, CARRIED = 6, 3
Words = Mapping[str, Any]


def combine_and_argue(cast: Cast, now: datetime) -> None:
    """Mark who speaks for others; let some ideas be one thing, and one of them be argued about."""
    said = tomllib.loads(FILE.read_text(encoding="utf-8"))
    for one in said["marked"]:
        known = _find(cast, one["who"])
        if known is not None:
            known.mark, known.mark_name = Mark(one["mark"]), one["name"]
    ideas = [idea for pair in said["pair"] if (idea := _combine(cast, pair, now)) is not None]
    for number, one in enumerate(said["argument"]):
        _argue(cast, ideas[0] if ideas else None, one, number, now)


def _find(cast: Cast, name: str) -> Person | None:
    return next((p for p in cast.residents if (p.email or "").startswith(f"{name}@")), None)


def _argue(cast: Cast, idea: Thread | None, said: Words, number: int, now: datetime) -> None:
    who = _find(cast, said["who"])
    if idea is None or who is None or not takes_comments(idea, cast.directory):
        return
    argument = add_comment(
        cast.session,
        idea,
        who,
        said["text"],
        name_shown=True,
        side=Side(said["side"]),
        directory=cast.directory,
        now=now,
    )
    for other in cast.voters(number, who, 3, said["helpful"] - 3):
        find_helpful(cast.session, argument, other, now=now)


def _combine(cast: Cast, pair: Words, now: datetime) -> Thread | None:
    """Send all, let them be supported, and propose it; where it is agreed, some supporters go along."""
    session, said = cast.session, [pair["one"], *pair["others"]]
    authors = [person for one in said if (person := _find(cast, one["by"]))]
    if len(authors) < len(said):
        return None
    sent = [now - 2 * CAME, *(now - CAME for _other in pair["others"])]
    ideas = [_send(cast, *one) for one in zip(authors, repeat(pair), said, sent, strict=False)]
    voters = [
        _support(cast, idea, 3 + 5 * number, at + CAME / 2)
        for number, (idea, at) in enumerate(zip(ideas, sent, strict=True))
    ]
    locked, proposal = lock_counted(session, [idea.id for idea in ideas]), Proposal(pair["why"], ideas[0])
    known, by = cast.directory, resident(authors[1])
    made = propose_combination(session, locked, proposal, directory=known, by=by, now=now)
    if pair["agreed"]:
        for idea, author in zip(ideas, authors, strict=True):
            by = resident(author)
            answer_proposal(session, made, idea, agrees=True, directory=known, by=by, now=now)
        for other, supporters in zip(ideas[1:], voters[1:], strict=True):
            _carry_over(cast, other, supporters, now)
    return ideas[0]


def _carry_over(cast: Cast, idea: Thread, supporters: list[Person], now: datetime) -> None:
    """Let some go along, one say no, and the others say nothing."""
    for number, supporter in enumerate(supporters[: CARRIED + 1]):
        carry_support(cast.session, idea, supporter, carries=number < CARRIED, now=now)


def _support(cast: Cast, idea: Thread, start: int, now: datetime) -> list[Person]:
    voters = cast.voters(start, idea.author, SUPPORTERS // 2, SUPPORTERS // 2)
    for voter in voters:
        cast_vote(cast.session, idea, voter, now=now)
    return voters


def _send(cast: Cast, author: Person, pair: Words, said: Words, now: datetime) -> Thread:
    sent = Submission(
        key=f"demo:combining:{said['title']}",
        token=new_token(),
        text=said["text"],
        title=said["title"],
        author=author,
        place_id=cast.directory.place_codes[pair["place"]].id,
        language=said["language"],
        name_shown=True,
    )
    category = cast.directory.category_codes[pair["category"]]
    route = Route(Kind.IDEA, category, None, to_desk=False)
    idea = submit_idea(cast.session, sent, advice_of_a_person(said["text"]), route, now=now)
    open_for_support(cast.session, idea, by=cast.coordinator(idea), now=now)
    return idea
