"""How good a model is on labelled messages, as numbers."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.calibration import macro_f1
from classifier.errors import DataError
from classifier.linear import Floats
from classifier.model import Model
from classifier.rows import Row

_BINS = 10


@dataclass(frozen=True)
class LabelScore:
    """One label: shares between 0 and 1, and how many messages truly have it."""

    precision: float
    recall: float
    f1: float
    messages: int


@dataclass(frozen=True)
class Scores:
    """A model on one set of messages; every share lies between 0 and 1.

    `auto_routed` is the share the model would route unasked and `auto_precision` the share of those that is
    right. `coverage` is the largest share that could be routed at `promise` if the best single threshold were
    known. `calibration_error` is the expected one over ten bins of equal width of the best probability.
    """

    messages: int
    macro_f1: float
    accuracy: float
    top2: float
    coverage: float
    promise: float
    auto_routed: float
    auto_precision: float
    calibration_error: float
    per_second: float
    labels: Mapping[str, LabelScore]


def evaluate(
    model: Model, rows: Sequence[Row], mapping: Mapping[str, str] | None = None, promise: float = 0.95
) -> Scores:
    """Score `model` on rows whose `category` is the truth.

    With `mapping` each predicted category counts as the label it is mapped to, probabilities added up. Where
    the labels of the rows are kinds (report, idea, question) and no categories, the kind is scored, among the
    kinds that occur in the rows. DataError names a label that neither the model nor the mapping knows.
    """
    texts = [row.text for row in rows]
    truth = [row.category for row in rows]
    names, probabilities = predict_labels(model, texts, truth, mapping)
    started = time.perf_counter()
    advices = model.advise_many(texts)
    seconds = time.perf_counter() - started
    right = np.array([names.index(label) for label in truth])
    best = probabilities.argmax(axis=1)
    routed = np.array([not advice.abstain for advice in advices])
    hits = best == right
    return Scores(
        messages=len(rows),
        macro_f1=macro_f1(right, best, len(names)),
        accuracy=float(hits.mean()),
        top2=top_share(probabilities, right, 2),
        coverage=coverage(probabilities.max(axis=1), hits, promise),
        promise=promise,
        auto_routed=float(routed.mean()),
        auto_precision=float(hits[routed].mean()) if routed.any() else 0.0,
        calibration_error=calibration_error(probabilities.max(axis=1), hits),
        per_second=len(rows) / seconds,
        labels={
            name: label_score(right, best, place)
            for place, name in enumerate(names)
            if (right == place).any()
        },
    )


def predict_labels(
    model: Model, texts: Sequence[str], truth: Sequence[str], mapping: Mapping[str, str] | None
) -> tuple[list[str], Floats]:
    """Return label names and (messages, labels) probabilities in the words of the truth."""
    wanted = set(truth)
    if not mapping and wanted <= set(model.kind.labels) and not wanted <= set(model.category.labels):
        return _among(list(model.kind.labels), model.kind_probabilities(texts), wanted)
    spoken = [(mapping or {}).get(label, label) for label in model.category.labels]
    names = sorted(set(spoken))
    if unknown := sorted(wanted - set(names)):
        raise DataError(f"label {unknown[0]!r} is known neither to the model nor to the map")
    membership = np.array([[float(label == name) for name in names] for label in spoken])
    return names, model.category_probabilities(texts) @ membership


def _among(labels: list[str], probabilities: Floats, wanted: set[str]) -> tuple[list[str], Floats]:
    """Keep the kinds that the rows know; where they know no questions, a question counts as a report."""
    table = dict(zip(labels, probabilities.T, strict=True))
    if "question" not in wanted and {"question", "report"} <= table.keys():
        table["report"] = table["report"] + table["question"]
    kept = [label for label in labels if label in wanted]
    part = np.stack([table[label] for label in kept], axis=1)
    return kept, part / part.sum(axis=1, keepdims=True)


def label_score(truth: NDArray[np.int64], predicted: NDArray[np.int64], label: int) -> LabelScore:
    """Return precision, recall and F1 of one label; zero where there is nothing to divide by."""
    both = float(((truth == label) & (predicted == label)).sum())
    said, true = float((predicted == label).sum()), float((truth == label).sum())
    return LabelScore(both / max(said, 1), both / max(true, 1), 2 * both / max(said + true, 1), int(true))


def top_share(probabilities: Floats, truth: NDArray[np.int64], best: int) -> float:
    """Return the share of messages whose truth is among the `best` likeliest labels."""
    order = np.argsort(-probabilities, axis=1)[:, :best]
    return float((order == truth[:, None]).any(axis=1).mean())


def coverage(sure: Floats, right: NDArray[np.bool_], promise: float) -> float:
    """Return the largest share of messages, surest first, of which at least `promise` are right."""
    order = np.argsort(-sure, kind="stable")
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    kept = np.flatnonzero(shares >= promise)
    return float((kept[-1] + 1) / len(order)) if len(kept) else 0.0


def calibration_error(sure: Floats, right: NDArray[np.bool_]) -> float:
    """Return the mean gap of confidence and accuracy over ten bins, weighed by their messages."""
    bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    gaps = [abs(sure[bins == place].sum() - right[bins == place].sum()) for place in range(_BINS)]
    return float(sum(gaps) / len(sure))
