"""Advisors that say the same whatever the model of the day."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from flask import Flask

from classifier.model import Advice as Said
from classifier.urgency import judge
from portal.routing.advice import Advice, Advisor


class SureAdvisor(Advisor):
    """Says the same of each text, surely unless it abstains."""

    def __init__(self, category: str, kind: str, *, abstain: bool = False) -> None:
        self.category, self.kind, self.abstain = category, kind, abstain

    def advise_many(self, texts: Sequence[str]) -> list[Advice]:
        return [Advice(judge(text), self.said(text)) for text in texts]

    def said(self, text: str) -> Said:
        urgency = judge(text)
        return Said(
            kind=self.kind,
            kind_probability=0.99,
            category=self.category,
            probability=0.9,
            department="",
            department_probability=0.95,
            alternatives=(("noise", 0.04),),
            second=None,
            urgency=urgency.level,
            urgency_words=urgency.words,
            people_at_risk=urgency.people_at_risk,
            words=(("lamp", 2.0), ("dark", 1.0), ("week", 0.2), ("people", -0.5)),
            abstain=self.abstain,
            threshold=0.5,
            model="fixed",
        )


@pytest.fixture
def advise(app: Flask) -> Iterator[Callable[[Advisor], None]]:
    """Return a function that puts another advisor in place for the test."""
    kept = app.extensions["linli_advisor"]
    yield lambda advisor: app.extensions.__setitem__("linli_advisor", advisor)
    app.extensions["linli_advisor"] = kept


@pytest.fixture
def no_model(advise: Callable[[Advisor], None], tmp_path: Path) -> None:
    """There is no model; what comes goes to the sorting desk."""
    advise(Advisor(tmp_path))


@pytest.fixture
def sure_of_lamps(advise: Callable[[Advisor], None]) -> None:
    """Everything is a report about streets and lights, says the model."""
    advise(SureAdvisor("roads-paving", "report"))


@pytest.fixture
def unsure_of_lamps(advise: Callable[[Advisor], None]) -> None:
    """Everything is about streets and lights, guesses the model, and would not decide it."""
    advise(SureAdvisor("roads-paving", "report", abstain=True))
