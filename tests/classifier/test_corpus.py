"""The corpus that ships: enough of each category, known labels only, and no message twice in other words."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations

import pytest

from classifier.labels import load_labels
from classifier.rows import Row, read_corpus
from classifier.text import fold

LEAST_CHINESE, LEAST_ENGLISH = 40, 20
GRAM, ALIKE, COMMON = 4, 0.4, 60
KINDS, LEVELS = {"report", "idea", "question"}, {"danger", "soon", "routine"}


@pytest.fixture(scope="module")
def corpus() -> list[Row]:
    return read_corpus()


def near_duplicates(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Return the pairs that share at least 40 % of their runs of four characters (Jaccard).

    Runs that more than sixty messages hold are turns of phrase, and are left out when looking for pairs.
    """
    grams = [_grams(text) for text in texts]
    holders: dict[str, list[int]] = defaultdict(list)
    for number, found in enumerate(grams):
        for gram in found:
            holders[gram].append(number)
    shared = Counter(
        pair
        for numbers in holders.values()
        if 1 < len(numbers) <= COMMON
        for pair in combinations(numbers, 2)
    )
    return [
        (texts[one], texts[two])
        for (one, two), count in shared.items()
        if count >= ALIKE * len(grams[one] | grams[two])
    ]


def _grams(text: str) -> set[str]:
    letters = "".join(char for char in fold(text) if char.isalnum())
    return {letters[start : start + GRAM] for start in range(max(1, len(letters) - GRAM + 1))}


def test_near_duplicates_are_found() -> None:
    texts = [
        "我们小区已经停水三天了,物业电话打不通,没有人来管",
        "我们小区已经停水两天了,物业电话打不通,没有人来管",
        "公交车晚点",
        "the bus is late",
        "The bus is late!",
    ]
    assert near_duplicates(texts) == [(texts[0], texts[1]), (texts[3], texts[4])]


def test_no_message_is_there_twice(corpus: list[Row]) -> None:
    assert near_duplicates([row.text for row in corpus]) == []


def test_each_category_has_enough(corpus: list[Row]) -> None:
    counts = Counter((row.category, _is_english(row.text)) for row in corpus)
    for category in load_labels().categories:
        assert counts[category.code, False] >= LEAST_CHINESE, category.code
        assert counts[category.code, True] >= LEAST_ENGLISH, category.code


def _is_english(text: str) -> bool:
    return sum(map(str.isascii, text)) > 0.9 * len(text)


def test_labels_are_known(corpus: list[Row]) -> None:
    codes = {category.code for category in load_labels().categories}
    for row in corpus:
        if row.is_example:
            assert not row.category
            assert row.kind in KINDS or row.urgency in LEVELS
        else:
            assert row.category in codes
            assert row.also in codes | {""}
            assert row.kind in KINDS
            assert row.urgency in LEVELS


def test_there_are_ideas_and_questions(corpus: list[Row]) -> None:
    kinds = Counter(row.kind for row in corpus if not row.is_example)
    assert kinds["idea"] > 0.1 * len(corpus)
    assert kinds["question"] > 0.05 * len(corpus)
