"""The model a new installation starts with, trained from the corpus that ships."""

import hashlib
import json
from contextlib import suppress
from pathlib import Path

from classifier.errors import ClassifierError
from classifier.labels import DATA, load_labels
from classifier.rows import CORPUS, fingerprint, read_corpus
from classifier.store import current_version, load_model, save_model

STAMP = "starter.json"  # which version is the starter model, and from what it was trained


def needs_starter(folder: Path) -> bool:
    """Tell whether there is no model, or only a starter model from another corpus or that is broken.

    A model that somebody trained or chose stays, whatever the corpus.
    """
    try:
        version = current_version(folder)
    except ClassifierError:
        return True
    stamp = _read_stamp(folder)
    if stamp.get("version") != version:
        return False
    return stamp.get("corpus") != corpus_digest() or not _is_readable(folder)


def train_starter(folder: Path) -> str:
    """Train the starter model and put it to use. Return its version."""
    from classifier.train import train  # loads scikit-learn, which serving never needs

    rows = read_corpus()
    notes = {"data": {"rows": len(rows), "sha256": fingerprint(rows)}}
    version = save_model(train(rows, departments=load_labels().department_of()), folder, notes=notes)
    stamp = {"version": version, "corpus": corpus_digest()}
    (folder / STAMP).write_text(json.dumps(stamp))
    return version


def corpus_digest() -> str:
    """Return the SHA-256 of the files that a starter model is made from."""
    total = hashlib.sha256()
    for path in [DATA / "categories.toml", *sorted(CORPUS.glob("*.csv"))]:
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
