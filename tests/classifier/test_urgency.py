"""Urgency by rules alone: what is dangerous, what only sounds so, and who is at risk."""

import csv
import time
from pathlib import Path

import pytest

from classifier.urgency import judge

BLIND = Path(__file__).parent / "urgency_blind.csv"


@pytest.mark.parametrize(
    "text",
    [
        "楼道里有很浓的煤气味",
        "三楼着火了快来人",
        "电梯里困了两个人",
        "有人要跳楼",
        "电线断了掉在水里",
        "孩子掉进窨井了",
        "煤氣洩漏",
        "老人暈倒在路邊沒有反應",
        "我家著火了",
        "瓦斯外洩",
        "有人受困電梯",
        "電線走火",
        "土石流沖下來了",
        "楼上的墙要塌了",
        "他拿着刀堵在门口",
        "strong smell of gas in the hallway",
        "the kitchen is on fire",
        "a child is trapped in the lift",
        "live wire hanging over the pavement",
        "my neighbour is unconscious",
        "I want to kill myself",
        "balcony about to collapse",
        "he has a gun",
    ],
)
def test_danger(text: str) -> None:
    judged = judge(text)
    assert judged.level == "danger"
    assert judged.words


@pytest.mark.parametrize(
    "text",
    [
        "没有煤气味",
        "楼里没有着火",
        "消防通道被占",
        "火锅店生意火爆",
        "煤气费涨了",
        "周六消防演练通知",
        "火车站停车难",
        "请问在哪里办消防培训",
        "there is no smell of gas",
        "the fire drill is too loud",
        "my gas bill went up",
        "fire station open day",
        "the deadline is too short",
        "a burning question for the council",
    ],
)
def test_what_only_sounds_dangerous(text: str) -> None:
    assert judge(text).level != "danger"


@pytest.mark.parametrize(
    "text",
    [
        "去年这里着火过",
        "万一着火了怎么办",
        "last year there was a fire in the shed",
        "if it caught fire nobody could get out",
    ],
)
def test_what_was_or_may_be_is_not_present(text: str) -> None:
    assert judge(text).level == "soon"


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("停水两天了", "soon"),
        ("路灯坏了半个月，请尽快派人来修", "soon"),
        ("楼道漏水，希望盡快來人看看", "soon"),
        ("dangerous pothole by the school", "soon"),
        ("建议多种树", "routine"),
        ("", "routine"),
    ],
)
def test_the_lower_levels(text: str, level: str) -> None:
    assert judge(text).level == level


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("小学门口", {"children"}),
        ("轮椅上不去,老人小孩都难走", {"children", "elderly", "disabled"}),
        ("整栋楼几百户停水", {"many"}),
        ("a wheelchair user and two toddlers", {"children", "disabled"}),
        ("the planning office", set()),
    ],
)
def test_people_at_risk(text: str, groups: set[str]) -> None:
    assert set(judge(text).people_at_risk) == groups


def test_traditional_is_read_like_simplified() -> None:
    assert judge("樓下煤氣洩漏").level == judge("楼下煤气泄漏").level == "danger"


def test_it_is_quick_on_the_longest_text() -> None:
    text = "楼下煤气电线水墙有人小孩停水没有如果去年" * 1000
    judge(text)
    started = time.perf_counter()
    judge(text)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("unit", ["燃气泄", "电线炸", "墙塌", "扶梯坠", "水溃"])
def test_it_is_quick_on_nothing_but_danger_words(unit: str) -> None:
    judge(unit)
    started = time.perf_counter()
    judge(unit * 2000)
    assert time.perf_counter() - started < 2


def test_messages_written_apart_from_the_word_list() -> None:
    with BLIND.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    said = [(row["urgency"] == "danger", judge(row["text"]).level == "danger") for row in rows]
    found = sum(true and told for true, told in said)
    assert found / sum(true for true, _ in said) >= 0.5
    assert found / sum(told for _, told in said) >= 0.7
