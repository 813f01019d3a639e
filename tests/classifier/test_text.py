"""Folding: what is read, and that places in the text are kept."""

import pytest

from classifier.text import MAX_CHARS, cap, fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("路燈壞了", "路灯坏了"),
        ("ＢＵＳ　１２", "bus 12"),
        ("Street LIGHT", "street light"),
        ("", ""),
        ("  \n水 ", "水"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_folding_keeps_the_length() -> None:
    text = "電梯İ壞了，ＡＢ \U0001f600"
    assert len(fold(text)) == len(cap(text))


def test_text_is_capped() -> None:
    assert len(fold("水" * (MAX_CHARS * 3))) == MAX_CHARS
