from datetime import timedelta

import pytest

from portal.threads.likeness import (
    ENOUGH,
    RARE,
    Circumstances,
    Weights,
    common_words,
    likeness,
    read_features,
    share_of,
    weight,
    words_to_look_up,
)

COMMON = {"小区": 0.4, "the": 0.7, "in": 0.5, "小": 0.5, "区": 0.5}
WEIGHTS = Weights({word: weight(share) for word, share in COMMON.items()}, {"the": weight(0.7)})
LAMP = "小区南门的路灯坏了,晚上很黑"


def alike(a: str, b: str, **around: object) -> float:
    return likeness(read_features(a), read_features(b), Circumstances(**around), WEIGHTS)  # type: ignore[arg-type]


def test_the_same_words_are_most_alike_and_others_not_at_all() -> None:
    assert alike(LAMP, LAMP) == pytest.approx(1.0)
    assert alike(LAMP, "楼上漏水泡坏吊顶") < ENOUGH
    assert alike("", LAMP) == 0
    assert alike("!?", "……") == 0


def test_simplified_and_traditional_are_one() -> None:
    assert alike("路燈壞了", "路灯坏了") == pytest.approx(1.0)


def test_what_everybody_writes_counts_for_little() -> None:
    assert alike("小区 路灯", "小区 电梯") < alike("小区 路灯", "路灯 电梯")


@pytest.mark.parametrize(("a", "b"), [("楼上漏水", "天花板渗水"), ("The pipe is leaking", "A leak in pipes")])
def test_other_forms_of_a_word_are_met_too(a: str, b: str) -> None:
    assert alike(a, b) > 0


def test_circumstances_raise_and_lower() -> None:
    plain = alike(LAMP, LAMP)
    assert alike(LAMP, LAMP, category=1.0) > plain
    assert alike(LAMP, LAMP, same_spot=True) > plain > alike(LAMP, LAMP, other_spot=True)
    assert alike(LAMP, LAMP, metres=20.0) > plain > alike(LAMP, LAMP, metres=800.0)
    assert alike(LAMP, LAMP, metres=200.0) == plain
    assert alike(LAMP, LAMP, age=timedelta(days=700)) == alike(LAMP, LAMP, age=timedelta(days=365)) < plain


@pytest.mark.parametrize(
    ("a", "b", "c"),
    [
        ("7号楼电梯坏了", "7栋电梯坏了", "8号楼电梯坏了"),
        ("Lift in block 7", "lift, building 7", "Lift in block 8"),
    ],
)
def test_another_building_is_another_matter(a: str, b: str, c: str) -> None:
    assert not read_features(a).buildings.isdisjoint(read_features(b).buildings)
    assert read_features(a).buildings.isdisjoint(read_features(c).buildings)
    assert alike(a, c) < alike(a, b)


def test_the_rarest_words_are_looked_up_and_not_too_many() -> None:
    words = words_to_look_up(read_features(LAMP), WEIGHTS, total=100)
    assert dict(words)["路灯"] == RARE
    assert dict(words)["小区"] == pytest.approx(weight(0.4))
    for long_text in ("".join(map(chr, range(0x4E00, 0x5000))), "the " * 9):
        found = words_to_look_up(read_features(long_text), WEIGHTS, total=100_000)
        rows = sum(share_of(w) * 100_000 for _, w in found if w < RARE)
        assert len(found) <= 56
        assert rows <= 4_000
    assert words_to_look_up(read_features("?"), WEIGHTS, total=9) == []


def test_the_words_that_both_say_are_shown_as_they_were_written() -> None:
    theirs = read_features("南門的路燈一直不亮 The LAMP in")
    assert common_words("小区南門的路燈坏了, the Lamp, IN", theirs, WEIGHTS) == ["南門的路燈", "Lamp"]
    assert common_words("晚上的路灯了", read_features("门外的路灯了"), WEIGHTS) == ["路灯"]
    assert common_words("小区", read_features("小区"), WEIGHTS) == []
