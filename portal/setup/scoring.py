"""The demo's blind scores: an idea that all have scored and talk about, and one being scored."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from portal.panels.models import Review, Seat, SeatState
from portal.panels.queries import list_seats
from portal.panels.rubric import list_yardsticks
from portal.panels.scores import Sheet, Yardstick
from portal.panels.scoring import (
    Answer,
    hand_in,
    read_answers,
    revise,
    save_answers,
    say_remark,
)
from portal.setup.cast import Cast
from portal.threads.actions import lock_thread
from portal.threads.events import Actor

FILE = Path(__file__).with_name("demo_scores.toml")
SCORED, TALKED, CHANGED = timedelta(hours=30), timedelta(hours=8), timedelta(hours=5)  # ago
ABSTAINS = -1
Words = Mapping[str, Any]


def score_ideas(cast: Cast, now: datetime) -> None:
    """Let panellists score what is before them: where all sit, all of them."""
    said: Words = tomllib.loads(FILE.read_text(encoding="utf-8"))
    running = select(Review).where(Review.closed_at.is_(None)).order_by(Review.id)
    for review in cast.session.scalars(running).all():
        seats = list_seats(cast.session, review)
        if all(seat.state == SeatState.SITTING for seat in seats):
            _score_and_talk(cast, review, seats, said, now)
        else:
            _begin(cast, review, [s for s in seats if s.state == SeatState.SITTING], said["lamp"], now)


def _score_and_talk(cast: Cast, review: Review, seats: Sequence[Seat], said: Words, now: datetime) -> None:
    """Let all hand in, which reveals what they gave, and the one who doubted think again."""
    session, yardsticks = cast.session, list_yardsticks(cast.session, review)
    for seat, given in zip(seats, said["evening"], strict=False):
        hand_in(session, seat, _answers(yardsticks, given), seen=0, now=now - SCORED)
    if review.revealed_at is None:
        return
    lead, doubter, asked = cast.coordinator(lock_thread(session, review.thread_id)), seats[1], yardsticks[1]
    first = Actor(seats[0].person, "panellist")
    say_remark(session, review, asked, said["remarks"]["panellist"], by=first, now=now - TALKED)
    say_remark(session, review, asked, said["remarks"]["coordinator"], by=lead, now=now - CHANGED)
    again = read_answers(session, doubter) | {
        asked.id: Answer(said["again"]["score"], reason=said["again"]["reason"])
    }
    revise(session, doubter, again, seen=session.get_one(Sheet, doubter.id).revision, now=now - CHANGED)


def _begin(cast: Cast, review: Review, seats: Sequence[Seat], said: Words, now: datetime) -> None:
    """Let one hand in, and one save a draft."""
    yardsticks = list_yardsticks(cast.session, review)
    for seat in seats[:1]:
        hand_in(cast.session, seat, _answers(yardsticks, said), seen=0, now=now - SCORED)
    for seat in seats[1:2]:
        draft = {yardsticks[0].id: Answer(4, reason=said["draft"])}
        save_answers(cast.session, seat, draft, seen=0, now=now - TALKED)


def _answers(yardsticks: Sequence[Yardstick], given: Words) -> dict[int, Answer]:
    return {
        y.id: Answer(None if score == ABSTAINS else score, abstains=score == ABSTAINS, reason=reason)
        for y, score, reason in zip(yardsticks, given["scores"], given["reasons"], strict=True)
    }
