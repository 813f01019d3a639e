"""Training: from labelled messages and corrections to a model with calibrated probabilities and thresholds.

The category is learnt by one linear boundary for each label (LinearSVC) over hashed n-grams. A correction
may name only the department: then the model of everything else says which of that department's categories it
most likely is, and the correction is learnt as that category.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from classifier.calibration import (
    NEVER,
    choose_danger,
    choose_offset,
    choose_second,
    choose_sharpness,
    choose_thresholds,
    choose_trust,
    homes_of,
    macro_f1,
    same_home,
)
from classifier.corrections import Correction
from classifier.errors import DataError
from classifier.linear import Floats, Head, membership, softmax, trusted
from classifier.model import Model
from classifier.rows import Row
from classifier.tasks import (
    Material,
    Task,
    TrainSettings,
    category_task,
    learn,
    out_of_fold,
    plain_task,
    urgency_task,
)
from classifier.urgency import DANGER

__all__ = ["Correction", "TrainSettings", "train"]

# Sharper than likelihood asks for: the lead over the next department then ranks right before wrong best.
_LEADING = 1.8
# Up to so many labels the balance between them and the power of rarity are chosen out of fold.
_FEW = 12
# Fewer rows than this cannot tell a better balance from luck.
_ENOUGH = 200


@dataclass(frozen=True)
class _Fitted:
    head: Head
    task: Task
    probabilities: Floats
    voices: Floats


def train(
    rows: Sequence[Row],
    *,
    departments: Mapping[str, str],
    corrections: Sequence[Correction] = (),
    settings: TrainSettings | None = None,
) -> Model:
    """Train on `rows` and `corrections`; a category without rows is never predicted.

    `departments` names the department of each category; one it does not name is its own department.
    DataError where there is nothing to learn from.
    """
    settings = settings or TrainSettings()
    if not any(row.category for row in rows):
        raise DataError("there are no labelled messages to learn from")
    material = Material.of(rows, corrections, settings)
    category = _fit(category_task(material), settings, departments)
    kind = _fit(
        plain_task(material, [row.kind for row in rows], [each.kind for each in corrections]), settings
    )
    urgency = _fit(urgency_task(material), settings)
    return Model(
        settings=settings.features,
        rarity=material.rarity,
        category=category.head,
        kind=kind.head,
        urgency=urgency.head,
        thresholds=choose_thresholds(
            category.probabilities,
            category.task.allowed,
            category.voices,
            category.head.homes,
            settings.promise,
        ),
        second_from=_second_from(category, rows),
        danger_from=_danger_from(urgency, settings),
        figures={
            "category_accuracy": _accuracy(category, category.head.labels),
            "department_accuracy": _accuracy(category, category.head.homes),
            "kind_accuracy": _accuracy(kind, kind.head.labels),
        },
    )


def _fit(task: Task, settings: TrainSettings, departments: Mapping[str, str] | None = None) -> _Fitted:
    """Fit one head on all rows, and calibrate it on out-of-fold scores."""
    labels = len(task.names)
    if not labels:
        empty = np.zeros((task.counts.shape[1], 0), np.float32)
        return _Fitted(Head((), empty, np.zeros(0), (), np.zeros(0)), task, np.zeros((0, 0)), np.zeros(0))
    power, scores = _best_power(task, settings)
    coefficients, bias = learn(task, np.arange(len(task.learnt)), power, settings)
    homes = homes_of(task.names, departments or {})
    widened = same_home(task.allowed, homes)
    right = widened[np.arange(len(scores)), scores.argmax(axis=1)]
    voices = task.judging_weights(right, settings)
    sharpness = choose_sharpness(scores, widened, voices)
    balanced = departments is not None and labels <= _FEW and len(scores) >= _ENOUGH
    offset = (
        choose_offset(softmax(sharpness * scores), task.learnt) * _LEADING if balanced else np.zeros(labels)
    )
    sharpness *= _LEADING
    shares = softmax(sharpness * scores + offset)
    trust = choose_trust(shares, task.allowed, voices, homes)
    head = Head(task.names, coefficients, bias, homes, offset, sharpness, trust, power)
    return _Fitted(head, task, trusted(shares, homes, trust), voices)


def _best_power(task: Task, settings: TrainSettings) -> tuple[float, Floats]:
    """Return the power of rarity that does best out of fold, and its scores; for many labels the first."""
    powers = settings.rarity_powers if len(task.names) <= _FEW else settings.rarity_powers[:1]
    tried = [(power, out_of_fold(task, power, settings)) for power in powers]
    return max(tried, key=lambda pair: macro_f1(task.learnt, pair[1].argmax(axis=1), len(task.names)))


def _second_from(category: _Fitted, rows: Sequence[Row]) -> float:
    labelled = [row for row in rows if row.category]
    places = {name: place for place, name in enumerate(category.task.names)}
    also = np.array([places.get(row.also, -1) for row in labelled])
    return choose_second(category.probabilities[: len(labelled)], category.task.learnt[: len(labelled)], also)


def _danger_from(urgency: _Fitted, settings: TrainSettings) -> float:
    if DANGER not in urgency.task.names:
        return NEVER
    place = urgency.task.names.index(DANGER)
    return choose_danger(
        urgency.probabilities[:, place], urgency.task.learnt == place, settings.danger_recall
    )


def _accuracy(fitted: _Fitted, homes: tuple[str, ...]) -> float:
    """Out of fold, the share of rows whose best group is a right one; zero where there are no rows."""
    if not len(fitted.probabilities):
        return 0.0
    _, inside = membership(homes)
    best = (fitted.probabilities @ inside).argmax(axis=1)
    return float((fitted.task.allowed & (inside.T[best] > 0)).any(axis=1).mean())
