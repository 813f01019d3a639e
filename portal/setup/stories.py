"""The demo's submissions as they stand in their file, and when each thing happened."""

import tomllib
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

FILES = [Path(__file__).with_name(f"demo_{name}.toml") for name in ("submissions", "needs")]
ZONE = ZoneInfo("Asia/Shanghai")
KINDS = Literal["report", "idea", "unsure"]
At = Annotated[str, Field(pattern=r"^(\d+d \d\d:\d\d|\d+[hm])$")]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(Part):
    """Something that happened to a submission."""

    at: At
    do: str
    text: str = ""


class Drawn(Part):
    """A photo of a submission: a scene of setup.drawing, and what can be seen in it."""

    scene: str
    alt: str


class Story(Part):
    """One submission and what became of it."""

    at: At
    by: str
    place: str
    pin: tuple[float, float] | None = None
    language: str
    text: str
    title: str = ""
    sent_as: KINDS = "report"
    category: str | None = None
    private: bool = False
    name_shown: bool = False
    votes: int = 0
    others: int = 0
    photos: tuple[Drawn, ...] = ()
    steps: tuple[Step, ...] = ()

    @cached_property
    def asked(self) -> str:
        """What the classifier reads."""
        return f"{self.title}\n{self.text}".strip()


class Stories(Part):
    submission: tuple[Story, ...]


def read_stories(now: datetime) -> list[Story]:
    """Return the demo's submissions, the oldest first."""
    stories = [
        story
        for file in FILES
        for story in Stories.model_validate(tomllib.loads(file.read_text(encoding="utf-8"))).submission
    ]
    return sorted(stories, key=lambda story: moment(story.at, now))


def moment(at: str, now: datetime) -> datetime:
    """Return when "12d 08:40" (days ago, on the clock of the place), "3h" or "70m" (ago) was."""
    if at.endswith("h"):
        return now - timedelta(hours=int(at[:-1]))
    if at.endswith("m"):
        return now - timedelta(minutes=int(at[:-1]))
    days, _, clock = at.partition("d ")
    day = now.astimezone(ZONE) - timedelta(days=int(days))
    return day.replace(hour=int(clock[:2]), minute=int(clock[3:]), second=0, microsecond=0).astimezone(
        now.tzinfo
    )
