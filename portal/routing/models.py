"""Routing decisions: by the classifier or a person, kept with what they correct."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, Float, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Key, Numbered


class DecidedBy(StrEnum):
    CLASSIFIER = "classifier"
    PERSON = "person"
    NOBODY = "nobody"  # the classifier could not be asked


class RoutingDecision(Numbered, Base):
    """Where a submission goes and why. The newest of a thread counts."""

    __tablename__ = "routing_decisions"

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), index=True)
    decided_by: Mapped[DecidedBy] = mapped_column(String(12))
    actor_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("routing_decisions.id"))
    kind: Mapped[str] = mapped_column(String(10))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    to_desk: Mapped[bool]
    probability: Mapped[float | None] = mapped_column(Float)
    threshold: Mapped[float | None] = mapped_column(Float)
    alternatives: Mapped[list[Any]] = mapped_column(default=list)  # [[category code, probability]]
    words: Mapped[list[Any]] = mapped_column(default=list)  # [[word, weight]], heaviest first
    urgency: Mapped[str] = mapped_column(String(10), default="routine")
    urgency_words: Mapped[list[Any]] = mapped_column(default=list)
    model: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime]


class ModelTraining(Numbered, Base):
    """One training of the classifier: from what, how it compared, and whether it was put to use."""

    __tablename__ = "model_trainings"

    at: Mapped[datetime]
    version: Mapped[str] = mapped_column(String(40))
    replaced: Mapped[str] = mapped_column(String(40), default="")  # in use before; empty if none
    corrections: Mapped[int]  # how many it learnt from
    newest_decision_id: Mapped[int]  # no decision up to here is new; 0 if there was none
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    promoted: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(String(20))  # of learning.Verdict
