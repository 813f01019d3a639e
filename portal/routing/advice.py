"""Asking the classifier. It advises; a missing or failing one never stops a submission."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import structlog
from flask import current_app

from classifier.model import Advice as Said
from classifier.model import Model
from classifier.store import current_version, load_model
from classifier.urgency import DANGER, Urgency, judge

log = structlog.get_logger()


@dataclass(frozen=True)
class Advice:
    """What is known about a text before anybody has read it.

    `said` is None when the model could not be asked; the danger words count all the same.
    """

    urgency: Urgency
    said: Said | None

    @property
    def is_danger(self) -> bool:
        return self.urgency.level == DANGER


class Advisor:
    """The model in use: loaded on first need, and anew when another version takes its place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._model: Model | None = None

    def advise(self, text: str) -> Advice:
        """Return advice on one text. Never raises."""
        return self.advise_many([text])[0]

    def advise_many(self, texts: Sequence[str]) -> list[Advice]:
        """Return advice on each text, in order. Never raises."""
        try:
            said = self.model().advise_many(texts)
        except Exception as error:  # whatever is wrong with a model, people must get through
            log.error("classifier.unavailable", error=type(error).__name__)
            return [Advice(judge(text), None) for text in texts]
        return [Advice(Urgency(s.urgency, s.urgency_words, s.people_at_risk), s) for s in said]

    def model(self) -> Model:
        """Return the model in use; raises classifier.store.ModelError if it can't be read."""
        with self._lock:
            version = current_version(self._folder)
            if self._model is None or self._model.version != version:
                self._model = load_model(self._folder)
            return self._model

    def problem(self) -> str:
        """Return in one line why the model can't be used, or an empty string."""
        try:
            self.model()
        except Exception as error:
            return str(error) or type(error).__name__
        return ""


def advisor() -> Advisor:
    """Return this application's advisor."""
    found: Advisor = current_app.extensions["linli_advisor"]
    return found


def check_model() -> str:
    """Return "ok", or why the model can't be used."""
    return advisor().problem() or "ok"


def advice_of_a_person(text: str) -> Advice:
    """Return the advice on what a person sorts as it comes: the rules alone look for danger."""
    return Advice(judge(text), None)


def has_danger_words(text: str) -> bool:
    """Tell by the rules alone whether the words tell of present danger."""
    return judge(text).level == DANGER
