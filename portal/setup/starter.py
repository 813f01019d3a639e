"""The model a new installation starts with, trained from the corpus that ships."""

import hashlib
import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from classifier.errors import ClassifierError
from classifier.labels import DATA
from classifier.store import current_version, load_model

STAMP = "starter.json"  # which version is the starter model, and from what it was trained


def needs_starter(folder: Path) -> bool:
    """Tell whether there is no model, or only a starter model of another corpus or a broken one.

    A model that somebody trained or chose stays, whatever the corpus.
    """
    try:
        version = current_version(folder)
    except ClassifierError:
        return True
    stamp = _read_stamp(folder)
    if stamp.get("version") != version:
        return False
    return stamp.get("data") != data_digest() or not _is_readable(folder)


def train_starter(folder: Path, promise: float) -> bool:
    """Train the starter model, which promises this precision, and put it to use.

    Return whether it worked.
    """
    if classifier(["train", "--out", str(folder.resolve()), "--promise", str(promise)]) != 0:
        return False
    stamp = {"version": current_version(folder), "data": data_digest()}
    (folder / STAMP).write_text(json.dumps(stamp))
    return True


def classifier(arguments: list[str]) -> int:
    """Run the classifier's own command: training needs libraries that serving should not hold."""
    command = [sys.executable, "-m", "classifier", *arguments]
    return subprocess.run(command, cwd=DATA.parents[1], check=False).returncode  # noqa: S603


def data_digest() -> str:
    """Return the SHA-256 of the files that a starter model is made from."""
    total = hashlib.sha256()
    for path in sorted(DATA.rglob("*.*")):
        total.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _read_stamp(folder: Path) -> dict[str, str]:
    with suppress(OSError, ValueError):
        content = json.loads((folder / STAMP).read_text())
        if isinstance(content, dict):
            return content
    return {}


def _is_readable(folder: Path) -> bool:
    try:
        load_model(folder)
    except ClassifierError:
        return False
    return True
