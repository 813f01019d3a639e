import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.text import (
    MAX_SEARCH_TOKENS,
    clean_text,
    excerpt,
    fold,
    has_words,
    mask_personal,
    query_phrases,
    search_tokens,
)

FEW = settings(max_examples=80, deadline=None)
HAN = "路灯坏了三号楼电动车充电消防通道堵塞噪音施工学校门口停车下水道积水台"
TRADITIONAL = str.maketrans("灯坏号楼电动车门学阵积台", "燈壞號樓電動車門學陣積臺")


@given(st.text())
@FEW
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


@given(st.text())
@FEW
def test_clean_text_has_no_control_or_direction_marks(text: str) -> None:
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", clean_text(text)
    )


def test_lines_of_a_text_are_kept() -> None:
    assert clean_text(" one\r\ntwo\rthree\x00\u202e ") == "one\ntwo\nthree"


@pytest.mark.parametrize(
    ("text", "expected"), [("灯", True), ("a", True), ("7", True), ("🙂。!", False), ("", False)]
)
def test_words_are_told_from_pictures(text: str, expected: bool) -> None:
    assert has_words(text) is expected


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13812345678。", "电话138••••••78。"),
        ("请打138-1234-5678", "请打138••••••••78"),
        ("110101199003071234", "110•••••••••••••34"),
        ("11010119900307123X本人", "110•••••••••••••3X本人"),
        ("021-12345678", "021•••••••78"),
        ("mail wang.li@example.org now", "mail •••@••• now"),
        ("+44 20 7946 0958", "+44•••••••••••58"),
        ("１３８１２３４５６７８", "138••••••78"),
        ("138.1234.5678", "138••••••••78"),
        ("057188886666", "057•••••••66"),
        ("（0571）88886666", "（057••••••••66"),
        ("li＠example．org", "•••@•••"),
    ],
)
def test_personal_numbers_are_covered(text: str, masked: str) -> None:
    assert mask_personal(text) == masked


@pytest.mark.parametrize(
    "text", ["119", "12345", "3号楼2单元101室", "2026年3月2日", "订单138123456789012", "a13812345678b"]
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert mask_personal(text) == text


@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.sampled_from(["", "电话", "请打 ", "（"]),
    st.sampled_from(["", "。", "，谢谢", " please", "）"]),
)
@FEW
def test_no_mobile_number_gets_through(number: str, before: str, after: str) -> None:
    masked = mask_personal(before + number + after)
    assert number not in masked
    assert number[3:9] not in masked
    assert mask_personal(masked) == masked


@given(st.text(max_size=200), st.integers(2, 80))
@FEW
def test_an_excerpt_is_one_line_and_no_longer_than_wanted(text: str, length: int) -> None:
    short = excerpt(text, length)
    assert len(short) <= length
    assert "\n" not in short


def is_found(query: str, text: str) -> bool:
    """Look for each phrase as both engines do: its tokens in a row."""
    tokens = search_tokens(text)
    phrases = query_phrases(query)
    return bool(phrases) and all(
        any(tokens[i : i + len(p)] == p for i in range(len(tokens) - len(p) + 1)) for p in phrases
    )


@given(st.text(HAN + "，。 ab1", min_size=1, max_size=40), st.data())
@FEW
def test_any_part_of_a_chinese_text_is_found_in_either_script(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    part = text[start : data.draw(st.integers(start + 1, len(text)))]
    # A Latin word cut in two is another word.
    part = " ".join(re.findall(f"[{HAN}]+", part))
    if part:
        for query in (part, part.translate(TRADITIONAL)):
            assert is_found(query, text)
            assert is_found(query, text.translate(TRADITIONAL))


@pytest.mark.parametrize("query", ["灯坏路", "路坏", "门三"])
def test_what_does_not_stand_together_is_not_found(query: str) -> None:
    assert not is_found(query, "路灯坏了。门\n三号楼")


def test_words_fold_to_one_form() -> None:
    assert fold("ＡＢＣ 臺灣 Straße") == fold("abc 台湾 STRASSE")


def test_a_text_of_any_length_has_few_enough_tokens() -> None:
    tokens = search_tokens("".join(chr(0x4E00 + i % 20_000) for i in range(40_000)))
    assert len(tokens) == MAX_SEARCH_TOKENS


@pytest.mark.parametrize("unit", ["e\u0301\u0323", "\u0f73", "\uff9e\u0301"])
def test_marks_without_end_take_no_time(unit: str) -> None:
    """Sorting some hundred thousand marks of one letter would take minutes."""
    start = time.perf_counter()
    clean_text("e" + unit[-2:] * 150_000)
    fold("e" + unit * 10_000)
    assert time.perf_counter() - start < 2
    assert clean_text("Việt") == "Vi\u1ec7t"


@pytest.mark.parametrize("unit", ["a", "1", "+1-", "a.", "汉", "a@"])
def test_text_without_a_gap_is_covered_quickly(unit: str) -> None:
    start = time.perf_counter()
    mask_personal(unit * (20_000 // len(unit)))
    assert time.perf_counter() - start < 2


def test_marks_that_come_apart_are_thinned_for_good() -> None:
    once = clean_text("e" + "\u0344" * 40)
    assert clean_text(once) == once
