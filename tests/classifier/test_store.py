"""The store: what is read is what was written, whole, or one clear line says what is wrong."""

import json
from pathlib import Path

import numpy as np
import pytest

from classifier.model import Model
from classifier.store import (
    KEPT,
    ModelError,
    current_version,
    list_versions,
    load_model,
    make_current,
    save_model,
)

TEXTS = ["停水三天了", "the bus is late", "路灯不亮", ""]


@pytest.fixture
def saved(model: Model, tmp_path: Path) -> Path:
    save_model(model, tmp_path)
    return tmp_path


def _file(folder: Path, name: str) -> Path:
    return folder / current_version(folder) / name


def test_a_model_comes_back_as_it_was(model: Model, saved: Path) -> None:
    again = load_model(saved)
    assert np.array_equal(again.category_probabilities(TEXTS), model.category_probabilities(TEXTS))
    assert np.array_equal(again.kind_probabilities(TEXTS), model.kind_probabilities(TEXTS))
    assert again.thresholds == model.thresholds
    assert again.version == current_version(saved)


def test_the_manifest_tells_where_the_model_comes_from(model: Model, tmp_path: Path) -> None:
    save_model(model, tmp_path, notes={"data": {"rows": 3}})
    (manifest,) = list_versions(tmp_path)
    assert manifest["data"] == {"rows": 3}
    assert manifest["figures"].keys() == model.figures.keys()
    assert manifest["made_with"].keys() >= {"python", "numpy", "scikit-learn"}


@pytest.mark.parametrize("name", ["weights.npz", "model.json", "manifest.json"])
@pytest.mark.parametrize("harm", ["missing", "empty", "truncated", "altered"])
def test_a_harmed_file_is_refused_in_one_line(saved: Path, name: str, harm: str) -> None:
    path = _file(saved, name)
    content = path.read_bytes()
    middle = len(content) // 2
    match harm:
        case "missing":
            path.unlink()
        case "empty":
            path.write_bytes(b"")
        case "truncated":
            path.write_bytes(content[:middle])
        case "altered":
            path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    with pytest.raises(ModelError) as error:
        load_model(saved)
    assert name in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("pointer", ["", "{", "[]", '{"version": "../else", "manifest": "x"}'])
def test_a_broken_pointer_is_refused(saved: Path, pointer: str) -> None:
    (saved / "current").write_text(pointer)
    with pytest.raises(ModelError):
        load_model(saved)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model"):
        load_model(tmp_path / "nowhere")
    with pytest.raises(ModelError):
        load_model(tmp_path)


def test_a_manifest_of_another_format_is_refused(saved: Path) -> None:
    version = current_version(saved)
    manifest = json.loads(_file(saved, "manifest.json").read_text())
    _file(saved, "manifest.json").write_text(json.dumps(manifest | {"format": 99}))
    with pytest.raises(ModelError, match="format"):
        make_current(saved, version)


def test_an_earlier_version_can_be_current_again(model: Model, saved: Path) -> None:
    first = current_version(saved)
    second = save_model(model, saved)
    assert current_version(saved) == second
    make_current(saved, first)
    assert load_model(saved).version == first
    assert load_model(saved, second).version == second


def test_a_new_version_need_not_be_current(model: Model, saved: Path) -> None:
    before = current_version(saved)
    save_model(model, saved, current=False)
    assert current_version(saved) == before
    assert len(list_versions(saved)) == 2


def test_five_versions_are_kept_and_the_current_one_always(model: Model, saved: Path) -> None:
    first = current_version(saved)
    for _ in range(KEPT + 1):
        save_model(model, saved, current=False)
    assert len(list_versions(saved)) == KEPT + 1
    assert load_model(saved).version == first


def test_what_a_crash_left_half_written_is_not_a_version(saved: Path) -> None:
    (saved / ".20990101T000000-half").mkdir()
    assert len(list_versions(saved)) == 1
    assert load_model(saved).version == current_version(saved)
