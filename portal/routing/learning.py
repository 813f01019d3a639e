"""Learning from what people decided: train a challenger, compare, promote it if worse in nothing.

Two sets of messages decide. The latest corrections of those held back are such that neither model
has learnt from them. The frozen part of the shipped corpus is another matter: the model in use may
have learnt from it, and so does the challenger. There twins stand in for both, trained in the same
way from the same corrections but without that part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from zlib import crc32

from sqlalchemy.orm import Session

from classifier.labels import load_labels
from classifier.model import Model
from classifier.rows import Row, fingerprint, read_corpus
from portal.communities.directory import Directory
from portal.routing.comparison import Answer, Tally, compare
from portal.routing.corrections import Judged, list_judged, newest_decision_id

if TYPE_CHECKING:
    from classifier.train import Correction

FROZEN_ONE_IN = 5
LATEST = 200  # of the corrections held back, so many of the newest decide


class Verdict(StrEnum):
    """Why a challenger was promoted or not."""

    FIRST = "first"  # no model could be used
    NOT_WORSE = "not_worse"
    WORSE = "worse"
    HELD = "held"  # a person went back to an earlier model, which stays until a person promotes one
    OVERTAKEN = "overtaken"  # another model was put to use meanwhile


@dataclass(frozen=True)
class Material:
    """All there is to learn from, read before the slow work begins."""

    corpus: tuple[Row, ...]
    departments: Mapping[str, str]  # of each category, by code
    judged: tuple[Judged, ...]

    @property
    def newest_decision_id(self) -> int:
        return newest_decision_id(self.judged)

    @property
    def learnt(self) -> list[Judged]:
        """What models learn from; the rest of the corrections is held back."""
        return [one for one in self.judged if not one.is_held_back]

    @property
    def latest(self) -> list[Judged]:
        """The latest corrections that no model learns from."""
        return [one for one in self.judged if one.is_held_back][-LATEST:]


@dataclass(frozen=True)
class InUse:
    """The model in use, and the newest decision it may have learnt from (0: from the corpus only)."""

    model: Model
    newest_decision_id: int


@dataclass(frozen=True)
class Challenger:
    """A newly trained model beside the one in use; without one there is nothing to compare."""

    model: Model
    corrections: int
    newest_decision_id: int
    replaced: str
    tallies: tuple[Tally, ...]

    @property
    def verdict(self) -> Verdict:
        if not self.replaced:
            return Verdict.FIRST
        return Verdict.WORSE if any(tally.is_worse for tally in self.tallies) else Verdict.NOT_WORSE

    @property
    def figures(self) -> dict[str, Any]:
        """Everything that was counted in comparing, for the record."""
        return {"tallies": [asdict(tally) | {"worse": tally.is_worse} for tally in self.tallies]}


def read_material(session: Session, directory: Directory) -> Material:
    """Read corpus and corrections. Without categories in the directory, those of the label file count.

    A message of the corpus whose category this neighbourhood does not have teaches its kind only.
    """
    departments = {
        category.code: directory.departments[category.department_id].code
        for category in directory.categories.values()
    }
    judged = tuple(list_judged(session, directory)) if departments else ()
    return corpus_material(departments or load_labels().department_of(), judged)


def corpus_material(departments: Mapping[str, str], judged: tuple[Judged, ...] = ()) -> Material:
    """Return the shipped corpus, in the categories that `departments` names, and these corrections."""
    rows = tuple(
        row if row.category in departments else replace(row, category="", also="") for row in read_corpus()
    )
    return Material(rows, departments, judged)


def train_challenger(material: Material, in_use: InUse | None, *, promise: float) -> Challenger:
    """Train from all there is, and compare with the model in use. Slow: some seconds to a minute."""
    model = _train(material, material.corpus, material.learnt, promise)
    return Challenger(
        model=model,
        corrections=len(material.learnt),
        newest_decision_id=material.newest_decision_id,
        replaced=in_use.model.version if in_use else "",
        tallies=tuple(_compare(material, in_use, model, promise)) if in_use else (),
    )


def manifest_notes(material: Material, promise: float) -> dict[str, Any]:
    """Return what a stored model says of its origin."""
    rows = [*material.corpus, *(Row(one.text, one.category, one.kind) for one in material.learnt)]
    return {
        "data": {"rows": len(rows), "sha256": fingerprint(rows)},
        "promise": promise,
        "corrections": {"count": len(material.learnt), "newest_decision": material.newest_decision_id},
    }


def _compare(material: Material, in_use: InUse, model: Model, promise: float) -> list[Tally]:
    seen = [one for one in material.learnt if one.decision_id <= in_use.newest_decision_id]
    rest = [row for row in material.corpus if not is_frozen(row)]
    frozen = [row for row in material.corpus if is_frozen(row)]
    twins = [_train(material, rest, learnt, promise) for learnt in (seen, material.learnt)]
    latest = [Row(one.text, one.category, one.kind) for one in material.latest]
    return [
        *_compare_on("frozen", frozen, twins, material.departments),
        *_compare_on("latest", latest, (in_use.model, model), material.departments),
    ]


def is_frozen(row: Row) -> bool:
    """Tell whether the message belongs to the frozen fifth of the corpus, by its words alone."""
    return crc32(row.text.encode()) % FROZEN_ONE_IN == 0


def _train(material: Material, rows: Sequence[Row], learnt: Sequence[Judged], promise: float) -> Model:
    from classifier.train import TrainSettings, train  # loads scikit-learn, which serving never needs

    return train(
        rows,
        departments=material.departments,
        corrections=[_correction(one) for one in learnt],
        settings=TrainSettings(promise=promise),
    )


def _correction(judged: Judged) -> "Correction":
    from classifier.train import Correction

    return Correction(judged.text, category=judged.category, kind=judged.kind)


def _compare_on(
    name: str, rows: Sequence[Row], models: Sequence[Model], departments: Mapping[str, str]
) -> list[Tally]:
    truth = [Answer(row.category, departments.get(row.category, ""), row.kind) for row in rows]
    before, after = (_answers(model, rows, departments) for model in models)
    return compare(name, truth, before, after)


def _answers(model: Model, rows: Sequence[Row], departments: Mapping[str, str]) -> list[Answer]:
    """Return what the model says, its departments named as they are today."""
    return [
        Answer(advice.category, departments.get(advice.category, advice.department), advice.kind)
        for advice in model.advise_many([row.text for row in rows])
    ]
