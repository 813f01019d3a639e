"""A corpus so small that training takes no time, and a test's own folder of models."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import current_app
from sqlalchemy.orm import Session

from classifier.rows import Row
from portal.routing import learning

ROADS = ["路面坑洼积水严重", "人行道砖块松动", "The pavement is broken", "路上有个大坑", "马路塌陷"]
NOISE = ["夜里工地施工太吵", "广场舞音乐太大声", "Drilling all night", "酒吧噪音扰民", "装修噪声太大"]


@pytest.fixture
def small_corpus(monkeypatch: pytest.MonkeyPatch) -> list[Row]:
    """A corpus of two categories."""
    rows = [Row(f"{text} {n}号", "roads-paving", "report") for n in range(9) for text in ROADS]
    rows += [Row(f"{text} {n}号", "noise", "report") for n in range(9) for text in NOISE]
    rows += [Row(f"建议{text}的地方{n}", "roads-paving", "idea") for n in range(3) for text in ROADS]
    monkeypatch.setattr(learning, "read_corpus", lambda: rows)
    return rows


@pytest.fixture
def own_models(session: Session, tmp_path: Path) -> Iterator[Path]:
    """This test's own folder of models, empty."""
    folder: Path = current_app.extensions["linli_settings"].model_dir
    shared = folder.readlink()
    folder.unlink()
    folder.mkdir()
    yield folder
    folder.rename(tmp_path / "models")
    folder.symlink_to(shared)
