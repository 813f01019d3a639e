"""What is different between two wordings."""

from time import perf_counter

from hypothesis import given
from hypothesis import strategies as st

from portal.ideas.differing import Change, Piece, find_differences

texts = st.text(alphabet="ab 在门。.\n", max_size=60)


def shown(before: str, after: str) -> str:
    marks = {Change.SAME: "{}", Change.GONE: "[-{}]", Change.NEW: "[+{}]"}
    return "".join(marks[p.change].format(p.text) for p in find_differences(before, after))


def test_latin_texts_are_compared_by_words() -> None:
    told = shown("Plant herbs by the gate. Water them.", "Plant trees by the gate. Water them.")
    assert told == "Plant [-herbs][+trees] by the gate. Water them."


def test_chinese_texts_are_compared_by_signs() -> None:
    assert shown("在南门种香草。每天浇水。", "在北门种香草。每天浇水。") == "在[-南][+北]门种香草。每天浇水。"


@given(texts, texts)
def test_both_texts_can_be_read_from_the_pieces(before: str, after: str) -> None:
    pieces = find_differences(before, after)
    assert "".join(p.text for p in pieces if p.change != Change.NEW) == before
    assert "".join(p.text for p in pieces if p.change != Change.GONE) == after


def test_the_same_text_has_no_differences() -> None:
    assert find_differences("一样。", "一样。") == [Piece(Change.SAME, "一样。")]


def test_no_text_keeps_a_process_busy() -> None:
    began = perf_counter()
    for old, new in (
        ("啊" * 20_000, "啊" * 19_999),
        ("a. " * 6_000, "b. " * 6_000),
        ("ab" * 300, "ba" * 300),
    ):
        find_differences(old, new)
    assert perf_counter() - began < 3
