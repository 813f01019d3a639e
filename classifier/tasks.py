"""What there is to learn: settings, and for each head the rows that have a label for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from classifier.calibration import Bools
from classifier.corrections import Correction
from classifier.features import FeatureSettings, count
from classifier.fitting import Ints, assign_folds, fit_linear
from classifier.linear import Floats, Weights, rarity, scale
from classifier.rows import Row

PROMISE = 0.95
_OPENING = 40
_LONG = 80


@dataclass(frozen=True)
class TrainSettings:
    """Choices of training; `promise` is the share of auto-routed messages that shall be right.

    `strength` is LinearSVC's C. Of several `rarity_powers` the best out of fold is taken, where there are few
    labels. A correction counts `correction_weight` times a message of the corpus in learning; in calibrating,
    once there are corrections, the whole corpus counts as much as `corpus_voice` of them; before that,
    what it gets wrong out of fold counts `corpus_misses` times. Messages that
    were written as examples of a kind or urgency count `example_weight` times. The opening of
    a long message, which is all that some people write, is learnt too, with `opening_weight`. `danger_recall`
    is the share of the dangers in the corpus that the learnt part alone shall find.
    """

    features: FeatureSettings = FeatureSettings()  # noqa: RUF009  # frozen, so it can be shared
    strength: float = 0.5
    rarity_powers: tuple[float, ...] = (1.5, 0.5)
    correction_weight: float = 3.0
    corpus_voice: float = 25.0
    corpus_misses: float = 0.5
    example_weight: float = 3.0
    opening_weight: float = 0.5
    danger_recall: float = 0.83
    promise: float = PROMISE
    folds: int = 5
    seed: int = 0


@dataclass(frozen=True)
class Task:
    """One head to fit: the rows that have a label, what each is learnt as, what is right, weights.

    `openings` has a row for each row of `counts`, empty where there is none to learn.
    """

    counts: sparse.csr_matrix
    openings: sparse.csr_matrix
    rarity: Weights
    names: tuple[str, ...]
    learnt: Ints
    allowed: Bools
    weights: Floats
    corrected: Bools
    written: Bools

    def judging_weights(self, right: Bools, settings: "TrainSettings") -> Floats:
        """How much each row, out of fold `right` or not, says of messages to come.

        Corrections are such messages, and once there are some the corpus has little to say. Without any, its
        misses count less: it was written to be broad, and is harder than what people send.
        """
        if self.corrected.any():
            return np.where(self.corrected, 1.0, settings.corpus_voice / max(1, int((~self.corrected).sum())))
        return np.where(self.written & ~right, settings.corpus_misses, 1.0)


@dataclass(frozen=True)
class Material:
    """What all heads learn from: counts of the rows and then of the corrections."""

    counts: sparse.csr_matrix
    openings: sparse.csr_matrix
    rarity: Weights
    rows: Sequence[Row]
    corrections: Sequence[Correction]
    settings: TrainSettings

    @property
    def written(self) -> Bools:
        """Which rows were written for the corpus rather than sent by somebody."""
        return np.array([not row.is_real for row in self.rows] + [False] * len(self.corrections))

    @classmethod
    def of(
        cls, rows: Sequence[Row], corrections: Sequence[Correction], settings: TrainSettings
    ) -> "Material":
        """Count the features of all texts and of their openings."""
        texts = [row.text for row in rows] + [correction.text for correction in corrections]
        counts = count(texts, settings.features)
        openings = count([opening(text) for text in texts], settings.features)
        return cls(counts, openings, rarity(counts), rows, corrections, settings)


def opening(text: str) -> str:
    """Return the first line of a long text, or its first forty characters; nothing of a short one."""
    if len(text) <= _LONG:
        return ""
    title, _, body = text.partition("\n")
    return title if body and len(title) <= _LONG else text[:_OPENING]


def category_task(material: Material) -> Task:
    """What each row is about; a correction may leave several categories open."""
    rows, corrections, settings = material.rows, material.corrections, material.settings
    names = _names([row.category for row in rows] + [correction.category for correction in corrections])
    said = [{row.category} for row in rows] + [correction.allowed for correction in corrections]
    allowed = np.array([[name in labels for name in names] for labels in said])
    known = np.flatnonzero(allowed.any(axis=1))
    weights = np.array([1.0] * len(rows) + [settings.correction_weight] * len(corrections))
    task = Task(
        material.counts[known],
        material.openings[known],
        material.rarity,
        names,
        allowed[known].argmax(axis=1),
        allowed[known],
        weights[known],
        known >= len(rows),
        material.written[known],
    )
    return _made_exact(task, settings) if (allowed.sum(axis=1) > 1).any() else task


def _made_exact(task: Task, settings: TrainSettings) -> Task:
    """Let each row with several right labels be learnt as the likeliest of them."""
    vague = task.allowed.sum(axis=1) > 1
    power = settings.rarity_powers[0]
    coefficients, bias = learn(task, np.flatnonzero(~vague), power, settings)
    scores = scale(task.counts[vague], task.rarity, power) @ coefficients + bias
    learnt = task.learnt.copy()
    learnt[vague] = np.where(task.allowed[vague], scores, -np.inf).argmax(axis=1)
    return replace(task, learnt=learnt)


def plain_task(material: Material, of_rows: Sequence[str], of_corrections: Sequence[str]) -> Task:
    """A head whose labels stand by themselves."""
    labels = [*of_rows, *of_corrections]
    names = _names(labels)
    settings = material.settings
    weights = np.array(
        [settings.example_weight if row.is_example else 1.0 for row in material.rows]
        + [settings.correction_weight] * len(material.corrections)
    )
    known = np.flatnonzero([bool(label) for label in labels])
    learnt = np.array([names.index(labels[place]) for place in known], dtype=np.int64)
    allowed = np.eye(len(names), dtype=bool)[learnt]
    empty = sparse.csr_matrix((len(known), material.counts.shape[1]), dtype=np.float32)
    corrected = known >= len(of_rows)
    return Task(
        material.counts[known],
        empty,
        material.rarity,
        names,
        learnt,
        allowed,
        weights[known],
        corrected,
        material.written[known],
    )


def urgency_task(material: Material) -> Task:
    """Danger, soon and routine with equal weight in all, as nobody knows how many dangers will come."""
    task = plain_task(material, [row.urgency for row in material.rows], [""] * len(material.corrections))
    if not task.names:
        return task
    totals = np.bincount(task.learnt, task.weights, minlength=len(task.names))
    return replace(task, weights=task.weights * (totals.sum() / len(task.names) / totals)[task.learnt])


def _names(labels: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({label for label in labels if label}))


def learn(task: Task, chosen: Ints, power: float, settings: TrainSettings) -> tuple[Weights, Floats]:
    """Fit the boundaries on the chosen rows of a task and on their openings."""
    openings = task.openings[chosen]
    has = np.diff(openings.indptr) > 0
    features = scale(sparse.vstack([task.counts[chosen], openings[has]]).tocsr(), task.rarity, power)
    learnt = np.concatenate([task.learnt[chosen], task.learnt[chosen][has]])
    weights = np.concatenate([task.weights[chosen], settings.opening_weight * task.weights[chosen][has]])
    return fit_linear(features, learnt, len(task.names), settings.strength, weights)


def out_of_fold(task: Task, power: float, settings: TrainSettings) -> Floats:
    """Return (rows, labels) scores, each from a model that has not seen the row."""
    features = scale(task.counts, task.rarity, power)
    folds = assign_folds(task.learnt, settings.folds, settings.seed)
    scores = np.zeros((len(task.learnt), len(task.names)))
    for fold in range(settings.folds):
        held, seen = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        if len(held) and len(seen):
            coefficients, bias = learn(task, seen, power, settings)
            scores[held] = features[held] @ coefficients + bias
    return scores
