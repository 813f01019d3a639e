"""The picture of combined ideas: nothing covers anything, and titles stay inside their boxes."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from portal.ideas.lineage_drawing import Box, Drawing, Node, draw_lineage, width_of, wrap_title

titles = st.text(st.sampled_from("种树遮阳的墙 ab,word。"), max_size=60)
leaves = st.builds(Node, titles, st.just("zh-Hans"), st.just("3 支持"), st.booleans())
nodes = st.recursive(
    leaves,
    lambda parents: st.builds(
        Node,
        titles,
        st.just("en"),
        st.just(""),
        st.booleans(),
        st.lists(parents, min_size=1, max_size=4),
    ),
    max_leaves=8,
)


def count(node: Node) -> int:
    return 1 + sum(map(count, node.parents))


def overlap(one: Box, other: Box, drawing: Drawing) -> bool:
    beside = abs(one.x - other.x) >= drawing.box_width
    return not beside and abs(one.y - other.y) < drawing.box_height


@given(nodes)
def test_a_box_for_each_and_none_covers_another(top: Node) -> None:
    drawing = draw_lineage(top)
    assert len(drawing.boxes) == count(top)
    assert not any(overlap(one, other, drawing) for one, other in combinations(drawing.boxes, 2))
    for box in drawing.boxes:
        assert 0 <= box.x <= drawing.width - drawing.box_width + 0.01
        assert 0 <= box.y <= drawing.height - drawing.box_height


@given(nodes)
def test_each_that_went_into_another_has_a_curve_to_it(top: Node) -> None:
    drawing = draw_lineage(top)
    assert len(drawing.curves) == count(top) - 1
    ends = {(box.x, box.y + drawing.box_height / 2) for box in drawing.boxes}
    assert all((curve.x2, curve.y2) in ends and curve.x1 < curve.x2 for curve in drawing.curves)


@given(titles, st.integers(3, 14))
def test_a_title_keeps_to_its_box(title: str, room: int) -> None:
    lines = wrap_title(title, room)
    assert len(lines) <= 2
    assert all(width_of(line) <= room for line in lines)
    whole = "".join("".join(lines).split())
    assert "".join(title.split()).startswith(whole.removesuffix("…"))


def test_a_long_title_is_cut_and_a_short_one_stays() -> None:
    assert wrap_title("院子里多种树", 12) == ["院子里多种树"]
    assert wrap_title("Plant trees along the wall", 9) == ["Plant trees", "along the wall"]
    assert wrap_title("Plant many more trees along the wall by the gate", 9) == [
        "Plant many more",
        "trees along th…",
    ]
