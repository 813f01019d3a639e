"""The house rules that a machine can check."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from importlinter.cli import lint_imports

ROOT = Path(__file__).parent.parent
ROOMS = sorted(
    p.name for p in (ROOT / "portal").iterdir() if (p / "__init__.py").exists() and p.name != "migrations"
)


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (ROOT / folder).rglob("*.py")


def functions(path: Path) -> list[ast.FunctionDef]:
    return [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.FunctionDef)]


def test_imports_keep_to_the_floor_plan() -> None:
    assert lint_imports(config_filename=str(ROOT / "setup.cfg"), no_cache=True) == 0


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_has_tests_and_a_docstring(room: str) -> None:
    assert list((ROOT / "tests" / room).glob("test_*.py"))
    assert ast.get_docstring(ast.parse((ROOT / "portal" / room / "__init__.py").read_text()))


def test_every_route_says_who_may_use_it(app: Flask) -> None:
    unguarded = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and not hasattr(app.view_functions[rule.endpoint], "guard")
    ]
    assert not unguarded


def test_no_test_is_missed_by_its_name() -> None:
    """A function in a test module that asserts something but isn't collected never runs."""
    missed = []
    for path in python_files("tests"):
        if not path.name.startswith("test_"):
            continue
        tree = ast.parse(path.read_text())
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("test"):
                continue
            called = len(re.findall(rf"\b{node.name}\b", path.read_text())) > 1
            if not called and not node.decorator_list:
                missed.append(f"{path.name}:{node.name}")
    assert not missed


def test_no_action_is_called_by_tests_alone() -> None:
    sources = {p: p.read_text() for p in python_files("portal", "classifier")}
    lonely = []
    for path, source in sources.items():
        if path.name not in ("actions.py", "queries.py", "rules.py", "votes.py", "access.py"):
            continue
        for node in ast.parse(source).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            uses = sum(len(re.findall(rf"\b{node.name}\b", text)) for text in sources.values())
            uses += sum(
                len(re.findall(rf"\b{node.name}\b", t.read_text()))
                for t in (ROOT / "templates").rglob("*.html")
            )
            if uses < 2:
                lonely.append(f"{path.parent.name}.{node.name}")
    assert not lonely


def test_modules_stay_small() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in python_files("portal", "classifier")
        if "migrations" not in p.parts and (n := len(p.read_text().splitlines())) > 300
    }
    assert not long


def test_functions_stay_small() -> None:
    lengths = sorted(
        (f.end_lineno or f.lineno) - f.lineno + 1
        for p in python_files("portal", "classifier")
        if "migrations" not in p.parts
        for f in functions(p)
    )
    assert lengths[int(len(lengths) * 0.9)] <= 30


def test_nobody_but_the_clock_asks_the_time() -> None:
    asking = [
        str(p.relative_to(ROOT))
        for p in python_files("portal")
        if p.name != "clock.py" and re.search(r"datetime\.now\(|utcnow\(|date\.today\(", p.read_text())
    ]
    assert not asking


def test_the_lock_files_name_no_host() -> None:
    for name in ("requirements.txt", "requirements-test.txt", "package-lock.json"):
        text = (ROOT / name).read_text()
        assert "://" not in text, name
        assert "index-url" not in text, name


def test_templates_hold_no_inline_script_or_style() -> None:
    offenders = [
        str(p.relative_to(ROOT))
        for p in (ROOT / "templates").rglob("*.html")
        if re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", p.read_text())
    ]
    assert not offenders
