"""The model in use: what it says about a message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from classifier.calibration import NEVER
from classifier.features import Batch, FeatureSettings, read
from classifier.linear import Floats, Head, Weights, membership, scale
from classifier.text import cap, fold
from classifier.urgency import DANGER, ROUTINE, Urgency, judge, raised
from classifier.words import weighed_words

BATCH = 256
ALTERNATIVES = 3


@dataclass(frozen=True)
class Advice:
    """What the classifier says about one message.

    `probability` is the category's, `department_probability` that of all categories of its department
    together; `abstain` is true where the latter is below `threshold`. `alternatives` are the next best
    categories, best first; `second` is a second matter that the message also holds. `words` are whole words
    with their weight for the category, heaviest first.
    """

    kind: str
    kind_probability: float
    category: str
    probability: float
    department: str
    department_probability: float
    alternatives: tuple[tuple[str, float], ...]
    second: str | None
    urgency: str
    urgency_words: tuple[str, ...]
    people_at_risk: tuple[str, ...]
    words: tuple[tuple[str, float], ...]
    abstain: bool
    threshold: float
    model: str


@dataclass(frozen=True)
class Model:
    """Immutable, so any number of threads may ask it at once."""

    settings: FeatureSettings
    rarity: Weights
    category: Head
    kind: Head
    urgency: Head
    thresholds: Mapping[str, float]
    second_from: float
    danger_from: float
    version: str = "unsaved"
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def departments(self) -> dict[str, str]:
        """The department of each category that can be predicted."""
        return dict(zip(self.category.labels, self.category.homes, strict=True))

    def advise(self, text: str) -> Advice:
        """Say what one message is about; text beyond 5,000 characters is not read."""
        return self.advise_many([text])[0]

    def advise_many(self, texts: Sequence[str]) -> list[Advice]:
        """Say what each message is about, in the same order."""
        advices: list[Advice] = []
        for start in range(0, len(texts), BATCH):
            advices += self._advise_batch([cap(text) for text in texts[start : start + BATCH]])
        return advices

    def category_probabilities(self, texts: Sequence[str]) -> Floats:
        """Return (messages, categories) probabilities, columns as in `category.labels`."""
        return self._probabilities(self.category, texts)

    def kind_probabilities(self, texts: Sequence[str]) -> Floats:
        """Return (messages, kinds) probabilities, columns as in `kind.labels`."""
        return self._probabilities(self.kind, texts)

    def _probabilities(self, head: Head, texts: Sequence[str]) -> Floats:
        parts = [np.zeros((0, len(head.labels)))]
        for start in range(0, len(texts), BATCH):
            batch = read([fold(text) for text in texts[start : start + BATCH]], self.settings)
            parts.append(head.probabilities(scale(batch.matrix, self.rarity, head.rarity_power)))
        return np.concatenate(parts)

    def _advise_batch(self, texts: list[str]) -> list[Advice]:
        folded = [fold(text) for text in texts]
        batch = read(folded, self.settings)
        by_power = self._by_power(batch)
        features = by_power[self.category.rarity_power]
        categories = self.category.probabilities(features)
        _, inside = membership(self.category.homes)
        departments = categories @ inside
        best = departments.argmax(axis=1)
        winners = np.where(inside.T[best] > 0, categories, -1.0).argmax(axis=1)
        words = weighed_words(
            texts, folded, batch=batch, features=features, weights=self.category.weights, winners=winners
        )
        kinds = self._best_kinds(by_power[self.kind.rarity_power])
        levels = self._urgencies(texts, by_power[self.urgency.rarity_power])
        return [
            self._advice(
                kind=kinds[row],
                level=levels[row],
                categories=categories[row],
                winner=int(winners[row]),
                department_probability=float(departments[row, best[row]]),
                words=words[row],
            )
            for row in range(len(texts))
        ]

    def _by_power(self, batch: Batch) -> dict[float, sparse.csr_matrix]:
        """The features of the batch, scaled once for each power of rarity that a head asks for."""
        powers = {head.rarity_power for head in (self.category, self.kind, self.urgency)}
        return {power: scale(batch.matrix, self.rarity, power) for power in powers}

    def _best_kinds(self, features: sparse.csr_matrix) -> list[tuple[str, float]]:
        """Kind and probability of each message; where none was learnt, a report with probability zero."""
        if not self.kind.labels:
            return [("report", 0.0)] * features.shape[0]
        kinds = self.kind.probabilities(features)
        best = kinds.argmax(axis=1)
        return [(self.kind.labels[place], float(kinds[row, place])) for row, place in enumerate(best)]

    def _urgencies(self, texts: Sequence[str], features: sparse.csr_matrix) -> list[Urgency]:
        """What the rules say; what has been learnt can only raise it."""
        judged = [judge(text) for text in texts]
        if not self.urgency.labels:
            return judged
        chances = self.urgency.probabilities(features)
        column = dict(zip(self.urgency.labels, chances.T, strict=True))
        danger = column[DANGER] >= self.danger_from if DANGER in column else np.zeros(len(texts), bool)
        soon = chances.argmax(axis=1) != self.urgency.labels.index(ROUTINE) if ROUTINE in column else danger
        return [
            raised(said, bool(high), bool(middle))
            for said, high, middle in zip(judged, danger, soon, strict=True)
        ]

    def _advice(
        self,
        *,
        kind: tuple[str, float],
        level: Urgency,
        categories: Floats,
        winner: int,
        department_probability: float,
        words: tuple[tuple[str, float], ...],
    ) -> Advice:
        order = [int(place) for place in np.argsort(-categories, kind="stable") if place != winner]
        others = [(self.category.labels[place], float(categories[place])) for place in order[:ALTERNATIVES]]
        department = self.category.homes[winner]
        threshold = self.thresholds.get(department, NEVER)
        return Advice(
            kind=kind[0],
            kind_probability=kind[1],
            category=self.category.labels[winner],
            probability=float(categories[winner]),
            department=department,
            department_probability=department_probability,
            alternatives=tuple(others),
            second=others[0][0] if others and others[0][1] >= self.second_from else None,
            urgency=level.level,
            urgency_words=level.words,
            people_at_risk=level.people_at_risk,
            words=words,
            abstain=department_probability < threshold,
            threshold=threshold,
            model=self.version,
        )
