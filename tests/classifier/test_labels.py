"""The label file: complete, consistent, and refused in one line when it isn't."""

from pathlib import Path

import pytest

from classifier.errors import DataError
from classifier.labels import DATA, LANGUAGES, load_labels
from classifier.rows import read_map

ENTRY = """
[[department]]
code = "d"
name = { zh-Hans = "局", zh-Hant = "局", en = "D" }
[[group]]
code = "g"
name = { zh-Hans = "组", zh-Hant = "組", en = "G" }
[[category]]
code = "c"
group = "g"
department = "d"
name = { zh-Hans = "类", zh-Hant = "類", en = "C" }
answer_days = 3
fix_days = 9
"""


def test_the_shipped_labels_are_complete() -> None:
    labels = load_labels()
    assert len(labels.departments) == 10
    assert len(labels.categories) >= 40
    for entry in (*labels.departments, *labels.groups, *labels.categories):
        assert set(entry.names) == set(LANGUAGES)
        assert all(entry.names.values())
    assert all(0 < category.answer_days <= category.fix_days for category in labels.categories)
    assert set(labels.department_of().values()) == {department.code for department in labels.departments}


def test_the_map_names_each_category_once_and_seven_labels() -> None:
    mapping = read_map(DATA / "map-seven.csv")
    assert list(mapping) == [category.code for category in load_labels().categories]
    assert len(set(mapping.values())) == 7


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('department = "d"', 'department = "x"', "unknown department 'x'"),
        ('group = "g"', 'group = "x"', "unknown group 'x'"),
        ("answer_days = 3", "", "answer_days"),
        ("[[group]]", ENTRY + "[[group]]", "twice"),
        ("[[group]]", "[[", "cannot be read"),
    ],
)
def test_a_faulty_file_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "labels.toml"
    path.write_text(ENTRY.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=said):
        load_labels(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        load_labels(tmp_path / "none.toml")
