import json
import shutil
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from classifier.store import current_version
from portal.communities.models import Place
from portal.config import Settings
from portal.core.db import db
from portal.setup import commands, starter
from portal.threads.models import Thread

LANE = '[[place]]\ncode = "liu-3"\nkind = "community"\nname = "Third Lane"\nwithin = "liu"\n'
PERSON = '[[person]]\nemail = "new@example.org"\nname = "New"\n'


def run(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(args=[str(a) for a in arguments])


def file_of(folder: Path, text: str) -> Path:
    path = folder / "my.toml"
    path.write_text(text)
    return path


def count(app: Flask, table: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_setup_says_what_it_did_and_shows_codes_once(app: Flask, tmp_path: Path) -> None:
    path = file_of(tmp_path, LANE + PERSON)
    first = run(app, "setup", path)
    assert first.exit_code == 0
    assert "added      1 place       liu-3" in first.output
    assert "/first-sign-in" in first.output
    second = run(app, "setup", path)
    assert second.output.startswith("Nothing to change.\n")
    assert "One-time codes" not in second.output
    third = run(app, "setup", path, "--new-codes")
    assert "new@example.org" in third.output


def test_setup_says_whose_queues_nobody_sees(app: Flask, tmp_path: Path) -> None:
    output = run(app, "setup", file_of(tmp_path, LANE)).output
    assert "Note: Departments without an officer" in output
    assert "construction" not in output
    assert "Nobody sorts" not in output
    alone = '[[place]]\ncode = "island"\nkind = "district"\nname = "The island"\n'
    output = run(app, "setup", file_of(tmp_path, alone)).output
    assert "Note: Nobody sorts what is sent to the whole of The island" in output


def test_a_faulty_file_loads_nothing(app: Flask, tmp_path: Path) -> None:
    before = count(app, Place)
    path = file_of(tmp_path, LANE + LANE.replace("liu-3", "liu-4").replace('"liu"', '"nowhere"'))
    result = run(app, "setup", path)
    assert result.exit_code == 1
    assert "nothing was loaded" in result.output
    assert f"{path}: line 6, [[place]] number 2, within: there is no place 'nowhere'" in result.output
    assert count(app, Place) == before


def test_the_demo_leaves_a_database_in_use_alone(app: Flask) -> None:
    result = run(app, "demo")
    assert result.exit_code == 1
    assert "isn't empty" in result.output
    assert count(app, Thread) == 0


def test_the_demo_fills_an_empty_one_once(app: Flask, empty: Session) -> None:
    empty.close()
    first = run(app, "prepare", "--demo")
    assert first.exit_code == 0, first.output
    assert "coordinator@example.org" in first.output
    threads = count(app, Thread)
    assert threads > 50
    kept = app.extensions["linli_settings"].var_dir / "demo-sign-ins.txt"
    second = run(app, "prepare", "--demo")
    kept_in = str(kept)
    kept.unlink()
    assert kept_in in second.output
    assert count(app, Thread) == threads


def test_without_demo_and_setup_it_says_what_to_do(app: Flask, empty: Session) -> None:
    empty.close()
    result = run(app, "prepare")
    assert "make run DEMO=0 SETUP=my.toml" in result.output
    assert count(app, Place) == 0


def test_prepare_loads_a_setup_file(app: Flask, tmp_path: Path) -> None:
    result = run(app, "prepare", "--setup", file_of(tmp_path, LANE))
    assert result.exit_code == 0
    assert "liu-3" in result.output


def train_by_copying(model_dir: Path) -> object:
    def train(arguments: list[str]) -> int:
        folder = Path(arguments[2])
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(model_dir, folder)
        return 0

    return train


@pytest.fixture
def store(tmp_path: Path, model_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model store with the starter model in it."""
    monkeypatch.setattr(starter, "classifier", train_by_copying(model_dir))
    folder = tmp_path / "model"
    assert starter.needs_starter(folder)
    assert starter.train_starter(folder, promise=0.95)
    return folder


def test_a_starter_model_is_trained_once(store: Path) -> None:
    assert not starter.needs_starter(store)


def test_another_corpus_asks_for_another_starter_model(store: Path) -> None:
    stamp = store / starter.STAMP
    stamp.write_text(json.dumps({"version": current_version(store), "data": "older"}))
    assert starter.needs_starter(store)


def test_a_model_that_somebody_chose_stays(store: Path) -> None:
    (store / starter.STAMP).write_text(json.dumps({"version": "another", "data": "older"}))
    assert not starter.needs_starter(store)


def test_a_broken_starter_model_is_made_anew(store: Path) -> None:
    weights = store / current_version(store) / "weights.npz"
    weights.write_bytes(weights.read_bytes()[:100])
    assert starter.needs_starter(store)


def test_people_sort_where_no_model_can_be_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(starter, "classifier", lambda _arguments: 2)
    commands.prepare_model(Settings(var_dir=tmp_path), 0.95)  # type: ignore[call-arg]
    assert "people will sort everything" in capsys.readouterr().err
