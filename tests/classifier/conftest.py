"""A tiny corpus and a model of it, so that no test trains on the whole."""

import pytest

from classifier.features import FeatureSettings
from classifier.model import Model
from classifier.rows import Row
from classifier.tasks import TrainSettings
from classifier.train import train

DEPARTMENTS = {"water": "construction", "roads": "construction", "noise": "environment", "buses": "transport"}
SMALL = TrainSettings(features=FeatureSettings(bits=12), folds=3)

_WATER = (
    "家里停水三天了",
    "水管爆了没人修",
    "自来水发黄不能喝",
    "水压太低洗不了澡",
    "停水也不通知",
    "水表走得飞快",
    "no water since Monday",
    "brown water from the tap",
    "water pressure is low on the top floor",
)
_ROADS = (
    "路面坑坑洼洼",
    "人行道的砖翘起来了",
    "井盖被压坏了",
    "路灯不亮",
    "修路修了半年",
    "盲道被占",
    "a pothole on Mill Road",
    "the pavement is broken outside the shop",
    "street light is out",
)
_NOISE = (
    "广场舞音响太吵",
    "工地半夜施工睡不着",
    "楼下空调外机噪音大",
    "酒吧唱到凌晨",
    "工厂机器轰鸣",
    "夜里鸣笛扰民",
    "music from the bar at night",
    "building noise at five in the morning",
    "the fan is loud all night",
)
_BUSES = (
    "公交车等了一小时",
    "公交司机不停站",
    "地铁站电梯太少",
    "末班公交太早",
    "公交站牌倒了",
    "老年卡刷不上公交",
    "the bus never comes on time",
    "bus driver did not stop",
    "more buses on Sunday please",
)
_IDEAS = (
    "建议给公交站装座椅",
    "建议路灯换成节能的",
    "希望能开通夜班公交",
    "提议每月一天不鸣笛",
    "可以在广场设分贝牌",
    "let us plant trees by the pavement",
    "we should share a water meter app",
    "why not a quiet hour at noon",
)
_DANGERS = (
    "水管爆炸有人受伤",
    "路面塌了有人掉进去",
    "smoke on the bus",
    "a man fell into the hole in the road",
)


def tiny_corpus() -> list[Row]:
    """Return some forty messages in four categories, with a few ideas and dangers."""
    rows = [
        Row(text, category, kind="report", urgency="routine")
        for category, texts in zip(DEPARTMENTS, (_WATER, _ROADS, _NOISE, _BUSES), strict=True)
        for text in texts
    ]
    rows += [Row(text, kind="idea", urgency="routine", is_example=True) for text in _IDEAS]
    return rows + [Row(text, urgency="danger", is_example=True) for text in _DANGERS]


@pytest.fixture(scope="session")
def model() -> Model:
    """A model of the tiny corpus; it cannot be changed, so all tests may share it."""
    return train(tiny_corpus(), departments=DEPARTMENTS, settings=SMALL)
