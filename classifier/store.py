"""Models on disk: versions side by side, one of them current, each with a manifest that shows any change.

A model is plain numbers (`weights.npz`, read without pickle) and plain text (`model.json`), so nothing in a
model file can run. The pointer `current` holds the version and the digest of its manifest; the manifest
holds the digest of each file. A reader therefore sees the whole old model or the whole new one.
"""

import hashlib
import json
import os
import platform
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version as version_of
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from classifier.errors import ModelError
from classifier.features import FeatureSettings
from classifier.linear import Head, Trust
from classifier.model import Model

__all__ = ["ModelError", "current_version", "list_versions", "load_model", "make_current", "save_model"]

FORMAT = 1
KEPT = 5
_POINTER = "current"
_MANIFEST = "manifest.json"
_MADE_WITH = ("numpy", "scipy", "scikit-learn", "opencc")


def save_model(
    model: Model, directory: Path, *, notes: Mapping[str, Any] | None = None, current: bool = True
) -> str:
    """Write `model` as a new version of the store, make it current if wanted, and return the version's name.

    `notes` go into the manifest. The five newest versions and the current one are kept.
    """
    version = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}"
    directory.mkdir(parents=True, exist_ok=True)
    staging = directory / f".{version}"
    staging.mkdir()
    files = {"weights.npz": _weights(model), "model.json": _dump(_settings(model))}
    manifest = _manifest(version, files, {"figures": dict(model.figures), **(notes or {})})
    for name, content in {**files, _MANIFEST: manifest}.items():
        _write(staging / name, content)
    staging.rename(directory / version)
    if current:
        make_current(directory, version)
    _prune(directory)
    return version


def load_model(directory: Path, version: str | None = None) -> Model:
    """Read the current or the named model; ModelError in one line where it is not as it was written."""
    pointed, digest = _read_pointer(directory)
    wanted = version or pointed
    folder = directory / wanted
    manifest = _read_manifest(folder, digest if wanted == pointed else None)
    files = {name: _read_checked(folder / name, entry) for name, entry in manifest["files"].items()}
    try:
        return _build(json.loads(files["model.json"]), files["weights.npz"], wanted, manifest)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise ModelError(f"{folder}: the model does not hold together: {error}") from None


def current_version(directory: Path) -> str:
    """Return the name of the version in use; ModelError where there is none."""
    return _read_pointer(directory)[0]


def list_versions(directory: Path) -> list[dict[str, Any]]:
    """Return the manifests of all versions, newest first; a version that cannot be read is left out."""
    found = []
    for folder in sorted(_version_folders(directory), reverse=True):
        try:
            found.append(_read_manifest(folder, None))
        except ModelError:
            continue
    return found


def make_current(directory: Path, version: str) -> None:
    """Point the store at `version` in one step, which readers see whole or not at all."""
    folder = directory / version
    manifest = _read_bytes(folder / _MANIFEST)
    _read_manifest(folder, None)
    pointer = _dump({"version": version, "manifest": hashlib.sha256(manifest).hexdigest()})
    fresh = directory / f".{_POINTER}-{secrets.token_hex(4)}"
    _write(fresh, pointer)
    os.replace(fresh, directory / _POINTER)
    _sync_folder(directory)


def _settings(model: Model) -> dict[str, Any]:
    return {
        "settings": asdict(model.settings),
        "heads": {name: _head_settings(head) for name, head in _heads(model).items()},
        "thresholds": dict(model.thresholds),
        "second_from": model.second_from,
        "danger_from": model.danger_from,
    }


def _heads(model: Model) -> dict[str, Head]:
    return {"category": model.category, "kind": model.kind, "urgency": model.urgency}


def _head_settings(head: Head) -> dict[str, Any]:
    return {
        "labels": list(head.labels),
        "homes": list(head.homes),
        "sharpness": head.sharpness,
        "trust": asdict(head.trust),
        "rarity_power": head.rarity_power,
    }


def _weights(model: Model) -> bytes:
    arrays: dict[str, Any] = {"rarity": model.rarity}
    for name, head in _heads(model).items():
        arrays |= {f"{name}.weights": head.weights, f"{name}.bias": head.bias, f"{name}.offset": head.offset}
    buffer = BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _build(content: dict[str, Any], weights: bytes, version: str, manifest: dict[str, Any]) -> Model:
    given: dict[str, Any] = content["settings"]
    settings = FeatureSettings(**given | {name: tuple(given[name]) for name in ("chinese", "latin")})
    with np.load(BytesIO(weights), allow_pickle=False) as arrays:
        heads = {name: _build_head(name, entry, arrays) for name, entry in content["heads"].items()}
        rarity = arrays["rarity"]
    if rarity.shape != (settings.width,):
        raise ValueError(f"{len(rarity)} columns instead of {settings.width}")
    return Model(
        settings=settings,
        rarity=rarity,
        category=heads["category"],
        kind=heads["kind"],
        urgency=heads["urgency"],
        thresholds=content["thresholds"],
        second_from=content["second_from"],
        danger_from=content["danger_from"],
        version=version,
        figures=manifest.get("figures", {}),
    )


def _build_head(name: str, entry: dict[str, Any], arrays: Any) -> Head:
    return Head(
        labels=tuple(entry["labels"]),
        weights=arrays[f"{name}.weights"],
        bias=arrays[f"{name}.bias"],
        homes=tuple(entry["homes"]),
        sharpness=float(entry["sharpness"]),
        trust=Trust(**entry["trust"]),
        offset=arrays[f"{name}.offset"],
        rarity_power=float(entry["rarity_power"]),
    )


def _manifest(version: str, files: Mapping[str, bytes], notes: Mapping[str, Any]) -> bytes:
    return _dump(
        {
            "format": FORMAT,
            "version": version,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "made_with": {"python": platform.python_version()}
            | {name: version_of(name) for name in _MADE_WITH},
            "files": {
                name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
                for name, content in files.items()
            },
            **notes,
        }
    )


def _dump(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _read_pointer(directory: Path) -> tuple[str, str]:
    if not directory.is_dir():
        raise ModelError(f"{directory}: there is no model here")
    content = _read_json(directory / _POINTER)
    try:
        version, digest = str(content["version"]), str(content["manifest"])
    except (KeyError, TypeError):
        raise ModelError(f"{directory / _POINTER}: does not name a model") from None
    if not version or Path(version).name != version:
        raise ModelError(f"{directory / _POINTER}: does not name a model")
    return version, digest


def _read_manifest(folder: Path, digest: str | None) -> dict[str, Any]:
    path = folder / _MANIFEST
    content = _read_bytes(path)
    if digest is not None and hashlib.sha256(content).hexdigest() != digest:
        raise ModelError(f"{path}: was altered since it was written")
    manifest = _read_json(path)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT or not manifest.get("files"):
        raise ModelError(f"{path}: is not a model manifest of format {FORMAT}")
    return manifest


def _read_checked(path: Path, entry: Mapping[str, Any]) -> bytes:
    content = _read_bytes(path)
    if len(content) < entry["bytes"]:
        raise ModelError(f"{path}: is cut short: {len(content)} of {entry['bytes']} bytes")
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise ModelError(f"{path}: was altered since it was written")
    return content


def _read_json(path: Path) -> Any:
    try:
        return json.loads(_read_bytes(path))
    except ValueError:
        raise ModelError(f"{path}: is not readable as JSON") from None


def _read_bytes(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror}") from None
    if not content:
        raise ModelError(f"{path}: is empty")
    return content


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _version_folders(directory: Path) -> list[Path]:
    return [path for path in directory.iterdir() if path.is_dir() and not path.name.startswith(".")]


def _prune(directory: Path) -> None:
    """Remove all but the five newest versions; the current one always stays."""
    try:
        in_use = current_version(directory)
    except ModelError:
        in_use = ""
    for folder in sorted(_version_folders(directory))[:-KEPT]:
        if folder.name != in_use:
            shutil.rmtree(folder, ignore_errors=True)
