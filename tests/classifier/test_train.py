"""Training: labels come from data, and a committee's own habits win."""

from dataclasses import replace

import numpy as np
import pytest

from classifier.errors import DataError
from classifier.rows import Row
from classifier.tasks import Material, opening
from classifier.train import Correction, train
from tests.classifier.conftest import DEPARTMENTS, SMALL, tiny_corpus


def test_training_twice_gives_the_same_model() -> None:
    texts = ["停水了", "bus", "很吵"]
    one, two = (train(tiny_corpus(), departments=DEPARTMENTS, settings=SMALL) for _ in range(2))
    assert np.array_equal(one.category_probabilities(texts), two.category_probabilities(texts))
    assert one.thresholds == two.thresholds


def test_a_category_without_examples_is_never_predicted() -> None:
    model = train(tiny_corpus(), departments=DEPARTMENTS | {"tides": "harbour"}, settings=SMALL)
    assert "tides" not in model.category.labels
    assert "harbour" not in model.thresholds


def test_a_new_category_needs_only_examples() -> None:
    rows = [*tiny_corpus(), *(Row(f"码头的潮水淹了{place}", "tides") for place in ("仓库", "栈桥", "鱼市"))]
    model = train(rows, departments=DEPARTMENTS | {"tides": "harbour"}, settings=SMALL)
    assert model.advise("码头潮水又淹上来了").department == "harbour"


def test_a_category_of_no_department_is_its_own() -> None:
    model = train(tiny_corpus(), departments={}, settings=SMALL)
    assert set(model.thresholds) == set(DEPARTMENTS)


def test_corrections_win_over_the_corpus() -> None:
    text = "水管爆了没人修,路面挖开"
    before = train(tiny_corpus(), departments=DEPARTMENTS, settings=SMALL)
    corrections = [Correction(text + mark, category="noise") for mark in "一二三四五六"]
    after = train(tiny_corpus(), departments=DEPARTMENTS, corrections=corrections, settings=SMALL)
    assert before.advise(text).department == "construction"
    assert after.advise(text).category == "noise"


def test_a_correction_may_name_only_the_department() -> None:
    text = "桥下的球场夜里有人打球"
    among = frozenset({"water", "roads"})
    corrections = [Correction(text + mark, among=among) for mark in "一二三四五六"]
    model = train(tiny_corpus(), departments=DEPARTMENTS, corrections=corrections, settings=SMALL)
    assert model.advise(text).department == "construction"


def test_a_correction_of_the_kind_is_learnt() -> None:
    corrections = [
        Correction(f"请问公交卡怎么办{mark}", category="buses", kind="question") for mark in "一二三四五六"
    ]
    model = train(tiny_corpus(), departments=DEPARTMENTS, corrections=corrections, settings=SMALL)
    assert model.advise("请问公交卡怎么办").kind == "question"


def test_one_label_alone_is_always_said() -> None:
    model = train([Row("停水", "water"), Row("水管", "water")], departments={}, settings=SMALL)
    assert model.advise("anything").category == "water"
    assert model.advise("anything").probability == pytest.approx(1)


def test_nothing_to_learn_from_is_an_error() -> None:
    with pytest.raises(DataError):
        train([Row("只有种类", kind="idea")], departments={}, settings=SMALL)


def test_figures_are_out_of_fold_shares() -> None:
    figures = train(tiny_corpus(), departments=DEPARTMENTS, settings=SMALL).figures
    assert 0 < figures["category_accuracy"] <= figures["department_accuracy"] <= 1


def test_the_opening_of_a_long_text_is_its_title_or_first_words() -> None:
    assert opening("短") == ""
    assert opening("停水三天\n" + "水" * 100) == "停水三天"
    assert opening("水" * 100) == "水" * 40


def test_only_the_corpus_counts_as_written() -> None:
    rows = [Row("停水", "water"), Row("停电", "power", is_real=True)]
    assert Material.of(rows, [Correction("停气", "gas")], SMALL).written.tolist() == [True, False, False]


def test_second_matters_come_from_the_rows_that_name_them() -> None:
    rows = [replace(row, also="noise") if row.category == "roads" else row for row in tiny_corpus()]
    assert train(rows, departments=DEPARTMENTS, settings=SMALL).second_from < 1
    assert train(tiny_corpus(), departments=DEPARTMENTS, settings=SMALL).second_from > 1
