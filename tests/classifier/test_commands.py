"""The four commands, as a person runs them: what they print, and one clear line when something is wrong."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from classifier.commands import main
from classifier.model import Model
from classifier.store import save_model

ROWS = (
    "title,body,label\n停水,家里停水三天了,甲\n水管,水管爆了,甲\n公交,公交车不来,乙\n站牌,公交站牌倒了,乙\n"
)


@pytest.fixture
def store(model: Model, tmp_path: Path) -> Path:
    save_model(model, tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text(ROWS, encoding="utf-8-sig")
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main([str(argument) for argument in arguments]) == 0
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main([str(argument) for argument in arguments]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


def predict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], store: Path, given: bytes
) -> list[dict]:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))
    return [json.loads(line) for line in run(capsys, "predict", "--model", store).splitlines()]


def test_train_on_any_columns_and_evaluate(
    rows: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    options = ("--text", "title,body,missing", "--label", "label")
    assert "4 messages, 2 labels" in run(capsys, "train", "--data", rows, *options, "--out", out)
    printed = run(capsys, "evaluate", "--model", out, "--data", rows, *options, "--json")
    assert json.loads(printed)["accuracy"] == 1
    assert "macro-F1" in run(capsys, "evaluate", "--model", out, "--data", rows, rows, *options)


def test_predict_reads_three_forms(
    store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = '停水了\n"停水了"\n{"text": "停水了"}\n\n{not json\n'.encode()
    first, second, third, empty, odd = predict(monkeypatch, capsys, store, given)
    assert first == second == third
    assert first.keys() >= {
        "kind",
        "category",
        "department",
        "probability",
        "alternatives",
        "urgency",
        "abstain",
        "words",
        "model",
    }
    assert first["category"] == "water"
    assert {"category", "department", "probability"} == first["alternatives"][0].keys()
    assert empty["words"] == []
    assert odd["category"]


def test_predict_from_a_shell(store: Path) -> None:
    command = [sys.executable, "-m", "classifier", "predict", "--model", str(store)]
    done = subprocess.run(command, input="停水了\n".encode(), capture_output=True, check=True)
    assert json.loads(done.stdout)["category"] == "water"


@pytest.mark.parametrize(
    ("given", "said"), [(b"", "nothing to read"), (b"\xff\xfe\n", "not UTF-8"), (b'{"words": 1}\n', '"text"')]
)
def test_predict_refuses(
    store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], given: bytes, said: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))
    assert said in refused(capsys, "predict", "--model", store)


def test_a_missing_model_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no model" in refused(capsys, "predict", "--model", tmp_path / "none")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"title,label\n", "no rows"),
        (b"title,other\na,b\n", "'label'"),
        (b"label\nx\n", "none of the columns"),
        ("title,label\n停水,甲\n".encode("gb18030"), "not UTF-8"),
        (b"title,label\n,\n", "no row"),
    ],
)
def test_bad_data_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    options = ("--text", "title", "--label", "label", "--out", tmp_path / "out")
    assert said in refused(capsys, "train", "--data", path, *options)
    assert not (tmp_path / "out").exists()


def test_an_unknown_label_is_refused(store: Path, rows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--data", rows, "--text", "body", "--label", "label")
    assert "known neither" in refused(capsys, "evaluate", "--model", store, *options)


def test_a_bad_map_is_refused(
    store: Path, rows: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "map.csv"
    path.write_text("water\n")
    options = ("--data", rows, "--text", "body", "--label", "label", "--map", path)
    assert "two columns" in refused(capsys, "evaluate", "--model", store, *options)


@pytest.mark.parametrize("steps", ["a", "0,-1"])
def test_bad_steps_are_refused(rows: Path, capsys: pytest.CaptureFixture[str], steps: str) -> None:
    options = ("--text", "body", "--label", "label", "--steps", steps)
    assert "--steps" in refused(capsys, "curve", "--data", rows, "--test", rows, *options)
