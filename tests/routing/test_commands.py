"""`flask model`: what a keeper of the site can do with the models, and what is recorded of it."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from classifier.rows import Row
from classifier.store import current_version
from portal import create_app
from portal.config import Settings
from portal.routing import learning
from portal.routing.advice import Advisor
from portal.routing.models import ModelTraining
from portal.threads.models import Event
from tests.factories import make_report


@pytest.fixture
def runner(app: Flask, small_corpus: list[Row], own_models: Path) -> FlaskCliRunner:
    return app.test_cli_runner()


def train_models(runner: FlaskCliRunner, folder: Path, number: int) -> list[str]:
    """Train so many models and return their versions, oldest first."""
    versions = []
    for _ in range(number):
        result = runner.invoke(args=["model", "train"])
        assert result.exit_code == 0, result.output
        versions.append(current_version(folder))
    return versions


def test_training_puts_the_first_model_to_use(runner: FlaskCliRunner, own_models: Path) -> None:
    result = runner.invoke(args=["model", "train"])
    assert "in use from now on" in result.output
    assert Advisor(own_models).problem() == ""


def test_training_compares_with_the_model_in_use(runner: FlaskCliRunner, own_models: Path) -> None:
    train_models(runner, own_models, 1)
    result = runner.invoke(args=["model", "train"])
    assert "right department, frozen messages" in result.output
    assert "worse than the one before in nothing" in result.output


def test_the_list_marks_the_one_in_use(runner: FlaskCliRunner, own_models: Path) -> None:
    assert "There is no model yet" in runner.invoke(args=["model", "list"]).output
    old, new = train_models(runner, own_models, 2)
    lines = runner.invoke(args=["model", "list"]).output.splitlines()
    assert lines[0].startswith(f"* {new}")
    assert lines[1].startswith(f"  {old}")


def test_five_models_are_kept(runner: FlaskCliRunner, own_models: Path) -> None:
    versions = train_models(runner, own_models, 7)
    output = runner.invoke(args=["model", "list"]).output
    assert [version for version in versions if version in output] == versions[2:]


def test_rolling_back_holds_until_somebody_promotes(
    runner: FlaskCliRunner, own_models: Path, session: Session
) -> None:
    old, _new = train_models(runner, own_models, 2)
    assert f"{old} is in use again" in runner.invoke(args=["model", "rollback"]).output
    result = runner.invoke(args=["model", "train"])
    assert "somebody went back to an earlier model" in result.output
    assert current_version(own_models) == old
    held = session.scalars(select(ModelTraining.version).where(ModelTraining.reason == "held")).one()
    assert "in use from now on" in runner.invoke(args=["model", "promote", held]).output
    assert current_version(own_models) == held
    train_models(runner, own_models, 1)
    assert current_version(own_models) != held
    kinds = session.scalars(select(Event.kind).where(Event.thread_id.is_(None)).order_by(Event.id)).all()
    assert kinds[-5:] == ["model.promoted"] * 2 + ["model.rolled_back"] + ["model.promoted"] * 2


def test_rolling_back_twice_goes_back_twice(runner: FlaskCliRunner, own_models: Path) -> None:
    versions = train_models(runner, own_models, 3)
    for expected in (versions[1], versions[0]):
        runner.invoke(args=["model", "rollback"])
        assert current_version(own_models) == expected
    result = runner.invoke(args=["model", "rollback"])
    assert result.exit_code != 0
    assert "no earlier model" in result.output


def test_refused_models_do_not_push_out_those_in_use_before(
    runner: FlaskCliRunner, own_models: Path, session: Session
) -> None:
    old, _new = train_models(runner, own_models, 2)
    runner.invoke(args=["model", "rollback"])
    train_models(runner, own_models, 6)
    assert current_version(own_models) == old
    assert len(list(own_models.glob("2*"))) == 3


@pytest.mark.parametrize("version", ["20260101T000000000000-abcdef", "../model", ""])
def test_what_is_not_kept_cannot_be_promoted(runner: FlaskCliRunner, own_models: Path, version: str) -> None:
    train_models(runner, own_models, 1)
    result = runner.invoke(args=["model", "promote", version])
    assert result.exit_code != 0
    assert "There is no such model" in result.output


def test_a_damaged_model_cannot_be_promoted(
    runner: FlaskCliRunner, own_models: Path, session: Session
) -> None:
    old, new = train_models(runner, own_models, 2)
    (own_models / old / "weights.npz").write_bytes(b"damaged")
    result = runner.invoke(args=["model", "promote", old])
    assert result.exit_code != 0
    assert "weights.npz" in result.output
    assert current_version(own_models) == new
    assert (
        session.scalars(select(Event.kind).where(Event.kind.like("model.%"))).all() == ["model.promoted"] * 2
    )


def test_a_model_that_cannot_be_read_is_replaced(runner: FlaskCliRunner, own_models: Path) -> None:
    (broken,) = train_models(runner, own_models, 1)
    (own_models / broken / "weights.npz").unlink()
    assert "no model that could be used" in runner.invoke(args=["model", "train"]).output
    assert Advisor(own_models).problem() == ""


@pytest.mark.usefixtures("small_corpus")
def test_training_works_before_there_is_a_database(tmp_path: Path) -> None:
    app = create_app(Settings(var_dir=tmp_path))  # type: ignore[call-arg]
    result = app.test_cli_runner().invoke(args=["model", "train"])
    assert result.exit_code == 0, result.output
    assert "from the corpus alone" in result.output
    assert Advisor(tmp_path / "model").problem() == ""


@pytest.mark.usefixtures("small_corpus")
def test_a_training_that_fails_leaves_the_model_in_use(
    runner: FlaskCliRunner, own_models: Path, monkeypatch: pytest.MonkeyPatch, session: Session
) -> None:
    make_report(session)
    (before,) = train_models(runner, own_models, 1)
    monkeypatch.setattr(learning, "read_corpus", list)
    assert runner.invoke(args=["model", "train"]).exit_code != 0
    assert current_version(own_models) == before
