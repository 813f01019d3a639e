"""The days on which a pilot is looked at, who looks, what they say, and what is decided."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Key, Numbered


class GateKind(StrEnum):
    INTERIM = "interim"
    END = "end"  # on the pilot's last day
    EARLY = "early"  # called by a severe harm


class Verdict(StrEnum):
    """What an evaluator advises and a coordinator decides."""

    GO_ON = "go_on"  # as planned; not at the end
    SCALE = "scale"
    ADJUST = "adjust"
    EXTEND = "extend"
    STOP = "stop"


class Gate(Numbered, Base):
    """A day on which somebody who does not run the pilot says what they think of it."""

    __tablename__ = "pilot_gates"
    __table_args__ = (Index(None, "pilot_id"), Index(None, "closed_at", "day"))

    pilot_id: Mapped[int] = mapped_column(ForeignKey("pilots.id"))
    kind: Mapped[GateKind] = mapped_column(String(10))
    day: Mapped[date] = mapped_column(Date)
    round: Mapped[int]
    effect_id: Mapped[int | None] = mapped_column(ForeignKey("pilot_effects.id"))  # the harm that called it
    added_at: Mapped[datetime]
    soon_told_at: Mapped[datetime | None]  # when people were reminded before the day
    due_told_at: Mapped[datetime | None]  # when they were told that the day has come
    closed_at: Mapped[datetime | None]


NOT_SAID = "-"  # an interest of which nothing is kept but that there is one


class Evaluator(Numbered, Base):
    """Somebody asked to judge a pilot. Nobody counts before they have declared that they may."""

    __tablename__ = "pilot_evaluators"
    __table_args__ = (UniqueConstraint("pilot_id", "person_id"), Index(None, "person_id"))

    pilot_id: Mapped[int] = mapped_column(ForeignKey("pilots.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    body: Mapped[str] = mapped_column(String(120), default="")  # for which they judge
    asked_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    declared_at: Mapped[datetime | None]
    interest: Mapped[str] = mapped_column(Text, default="")  # theirs in it; with one they do not judge

    @property
    def sits(self) -> bool:
        """Whether they have declared that they have no part in the pilot."""
        return self.declared_at is not None and not self.interest


class Opinion(Numbered, Base):
    """What an evaluator says at a gate. Rows are only ever added: the last one of each counts."""

    __tablename__ = "pilot_opinions"
    __table_args__ = (Index(None, "gate_id"), Index(None, "person_id"))

    gate_id: Mapped[int] = mapped_column(ForeignKey("pilot_gates.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    body: Mapped[str] = mapped_column(String(120), default="")
    advice: Mapped[Verdict] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class GateDecision(Numbered, Base):
    """What was decided at a gate, and why. Rows are only ever added."""

    __tablename__ = "pilot_decisions"
    __table_args__ = (UniqueConstraint("gate_id"), Index(None, "pilot_id"))

    pilot_id: Mapped[int] = mapped_column(ForeignKey("pilots.id"))
    gate_id: Mapped[int] = mapped_column(ForeignKey("pilot_gates.id"))
    verdict: Mapped[Verdict] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    dissent: Mapped[str] = mapped_column(Text, default="")
    unheard: Mapped[str] = mapped_column(Text, default="")  # why it was decided without an opinion
    lessons: Mapped[str] = mapped_column(Text, default="")  # of a pilot that is stopped
    next_review: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)  # the new last day
    round: Mapped[int]  # that it was decided in
    by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    at: Mapped[datetime]
