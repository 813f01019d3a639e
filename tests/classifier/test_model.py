"""Advice: complete, the same alone and in a batch, and safe to ask for from many threads."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, replace

import pytest

from classifier.model import BATCH, Model
from classifier.train import train
from tests.classifier.conftest import DEPARTMENTS, SMALL, tiny_corpus

TEXTS = [
    "家里又停水了",
    "公交车还是不来",
    "street light is broken",
    "太吵了睡不着",
    "",
    "\U0001f600",
    "1" * 20000,
]


def test_advice_is_complete(model: Model) -> None:
    advice = model.advise("家里停水了,水管坏了")
    assert (advice.category, advice.department, advice.kind) == ("water", "construction", "report")
    assert 0 < advice.probability <= advice.department_probability <= 1
    assert len(advice.alternatives) >= 2
    assert advice.category not in dict(advice.alternatives)
    chances = [chance for _, chance in advice.alternatives]
    assert chances == sorted(chances, reverse=True)
    assert advice.abstain == (advice.department_probability < advice.threshold)
    assert advice.threshold == model.thresholds["construction"]
    assert advice.model == model.version


def test_advice_cannot_be_changed(model: Model) -> None:
    with pytest.raises(FrozenInstanceError):
        model.advise("停水").category = "roads"  # type: ignore[misc]


def test_a_batch_says_what_each_alone_says(model: Model) -> None:
    many = TEXTS * (BATCH // len(TEXTS) + 2)
    together = model.advise_many(many)
    assert len(together) == len(many)
    for text, advice in zip(TEXTS, together, strict=False):
        alone = model.advise(text)
        assert replace(
            advice, probability=0, department_probability=0, words=(), alternatives=(), kind_probability=0
        ) == replace(
            alone, probability=0, department_probability=0, words=(), alternatives=(), kind_probability=0
        )
        assert advice.probability == pytest.approx(alone.probability, abs=1e-6)


def test_nothing_asked_nothing_said(model: Model) -> None:
    assert model.advise_many([]) == []


def test_many_threads_get_the_same_advice(model: Model) -> None:
    wanted = model.advise_many(TEXTS)
    with ThreadPoolExecutor(8) as pool:
        assert all(advices == wanted for advices in pool.map(lambda _: model.advise_many(TEXTS), range(24)))


def test_traditional_and_simplified_are_the_same(model: Model) -> None:
    simplified, traditional = model.advise_many(["路灯坏了,公交车站很黑", "路燈壞了,公交車站很黑"])
    assert simplified.category == traditional.category
    assert simplified.probability == pytest.approx(traditional.probability)


def test_text_beyond_the_cap_is_not_read(model: Model) -> None:
    assert model.advise("停水" + "。" * 6000 + "公交车" * 500).category == "water"


def test_the_department_comes_before_the_category(model: Model) -> None:
    advice = model.advise("路边水管")
    assert advice.department == model.departments[advice.category]


def test_rules_raise_urgency_whatever_was_learnt(model: Model) -> None:
    advice = model.advise("楼下煤气泄漏,有老人被困")
    assert advice.urgency == "danger"
    assert advice.urgency_words
    assert "elderly" in advice.people_at_risk


def test_a_model_without_kinds_says_report_for_what_it_is_worth() -> None:
    rows = [replace(row, kind="", urgency="") for row in tiny_corpus()]
    advice = train(rows, departments=DEPARTMENTS, settings=SMALL).advise("停水了")
    assert (advice.kind, advice.kind_probability, advice.urgency) == ("report", 0.0, "soon")
