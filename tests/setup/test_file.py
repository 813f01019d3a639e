from pathlib import Path

import pytest
from flask import Flask

from portal.setup.file import SetupError, SetupFile, find_unknown, read_setup_file

ROOT = Path(__file__).parents[2]
PLACE = '[[place]]\ncode = "yunhe"\nkind = "district"\nname = "Yunhe"\n'


def faults_of(path: Path) -> str:
    with pytest.raises(SetupError) as caught:
        read_setup_file(path)
    return caught.value.tell(path)


def written(folder: Path, text: str) -> Path:
    path = folder / "my.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("file", ["docs/setup-example.toml", "portal/setup/demo.toml"])
def test_the_files_that_ship_are_right(app: Flask, file: str) -> None:
    with app.app_context():
        setup = read_setup_file(ROOT / file)
    assert setup.place
    assert not list(find_unknown(setup, set(), known_departments(), known_categories()))


def known_departments() -> set[str]:
    from classifier.labels import load_labels

    return {department.code for department in load_labels().departments}


def known_categories() -> set[str]:
    from classifier.labels import load_labels

    return {category.code for category in load_labels().categories}


def test_a_plain_name_counts_for_every_language(tmp_path: Path) -> None:
    setup = read_setup_file(written(tmp_path, PLACE))
    assert setup.place[0].name == {"zh-Hans": "Yunhe", "zh-Hant": "Yunhe", "en": "Yunhe"}


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    path.write_text(PLACE, encoding="utf-8-sig")
    assert read_setup_file(path).place[0].code == "yunhe"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('kind = "district"\nname = "Yunhe"', "line 4, [[place]] number 1, code: is missing"),
        ('code = "a b"\nkind = "district"\nname = "A"', "line 4, [[place]] number 1, code:"),
        ('code = "a"\nkind = "town"\nname = "A"', "line 4, [[place]] number 1, kind:"),
        ('code = "a"\nkind = "spot"\nname = "A"', "a spot stands in `spots` of its community"),
        ('code = "a"\nkind = "street"\nname = "A"\nnmae = "B"', "nmae: there is no such setting"),
        ('code = "a"\nkind = "street"\nname = { fr = "A" }', "there is no language 'fr'"),
        ('code = "a"\nkind = "street"\nname = ""', "line 4, [[place]] number 1, name"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, f"# A comment\n\n\n[[place]]\n{text}\n")
    told = faults_of(path)
    assert said in told
    assert str(path) in told


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    told = faults_of(written(tmp_path, '[[place]]\nkind = "street"\n\n[[person]]\nname = "He"\n'))
    assert "line 1, [[place]] number 1, code" in told
    assert "line 4, [[person]] number 1, email" in told


def test_a_misspelt_table_is_told(tmp_path: Path) -> None:
    assert "plcae: there is no such setting" in faults_of(written(tmp_path, PLACE.replace("place", "plcae")))


def test_a_second_thing_of_the_same_code_is_told(tmp_path: Path) -> None:
    assert "line 5, [[place]] number 2: yunhe is there twice" in faults_of(written(tmp_path, PLACE + PLACE))


def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path) -> None:
    assert "line 5" in faults_of(written(tmp_path, PLACE + "name =\n"))


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    path.write_bytes('[[place]]\nname = "运河区"'.encode("gb18030"))
    assert "is not UTF-8" in faults_of(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert "No such file" in faults_of(tmp_path / "none.toml")


def test_an_officer_needs_a_department(tmp_path: Path) -> None:
    person = '[[person]]\nemail = "he@example.org"\nname = "He"\n'
    officer = 'roles = [{ role = "officer", place = "yunhe" }]\n'
    assert "an officer or a head has a department" in faults_of(written(tmp_path, person + officer))


def test_codes_that_lead_nowhere_are_found() -> None:
    setup = SetupFile.model_validate(
        {
            "place": [{"code": "lane", "kind": "community", "name": "Lane", "within": "nowhere"}],
            "category": [{"code": "dragons"}, {"code": "noise", "department": "wizards"}],
            "route": [{"categories": ["dragons"], "place": "lane", "department": "wizards"}],
            "person": [
                {"email": "a@b.cd", "name": "A", "roles": [{"role": "coordinator", "place": "elsewhere"}]}
            ],
        }
    )
    found = [what for _at, what in find_unknown(setup, {"yunhe"}, {"construction"}, {"noise"})]
    assert found == [
        "there is no place 'nowhere' above this one",
        "there is no category 'dragons'",
        "there is no department 'wizards'",
        "there is no category 'dragons'",
        "there is no department 'wizards'",
        "there is no place 'elsewhere'",
    ]


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"/>'
PLAN = 'plan = { file = "plan.svg", south = 31.30, west = 120.60, north = 31.33, east = 120.64 }'


def test_a_plan_is_looked_for_where_the_setup_file_is(tmp_path: Path) -> None:
    (tmp_path / "plan.svg").write_text(SVG)
    place = read_setup_file(written(tmp_path, f"{PLACE}position = [31.31, 120.61]\n{PLAN}\n")).place[0]
    assert place.plan
    assert place.plan.svg.startswith("<svg")
    assert place.plan.bounds.middle == pytest.approx((31.315, 120.62))
    assert place.position == (31.31, 120.61)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (PLAN.replace("plan.svg", "other.svg"), "other.svg: No such file"),
        (PLAN.replace("plan.svg", "bad.svg"), "a plan can't have <script> in it"),
        (PLAN.replace("31.33", "31.20"), "south must be less than north"),
        (PLAN.replace("120.64", "220.64"), "in degrees"),
        ("position = [120.61, 31.31]", "a position is latitude, then longitude"),
    ],
)
def test_a_plan_or_position_that_cannot_be_is_told(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "plan.svg").write_text(SVG)
    (tmp_path / "bad.svg").write_text(SVG.replace("/>", "><script/></svg>"))
    told = faults_of(written(tmp_path, f"{PLACE}{line}\n"))
    assert said in told
    assert "line 1, [[place]] number 1" in told
