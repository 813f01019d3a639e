"""What panellists fill in: a score and a reason for each criterion of a review; and remarks."""

from collections.abc import Sequence
from typing import Any

from wtforms import RadioField
from wtforms.validators import Optional

from portal.core.forms import Form, LongText, Needed, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.ideas.call_forms import SeenForm
from portal.panels.marking import HIGHEST
from portal.panels.rubric import levels_of
from portal.panels.scores import Yardstick
from portal.panels.scoring import Answer

MOST_WORDS = 2_000
ABSTAIN = "abstain"


class ScoreForm(SeenForm):
    """One radio list and one reason for each criterion; `seen` is the revision of the sheet."""

    yardsticks: Sequence[Yardstick] = ()

    def pairs(self) -> list[tuple[Yardstick, RadioField, LongText]]:
        """Return each criterion with its two fields."""
        return [(y, self[f"choice_{y.id}"], self[f"reason_{y.id}"]) for y in self.yardsticks]

    def answers(self) -> dict[int, Answer]:
        """Return what was filled in, by the number of the criterion."""
        return {
            y.id: Answer(
                None if choice.data in (None, "", ABSTAIN) else int(choice.data),
                abstains=choice.data == ABSTAIN,
                reason=reason.data or "",
            )
            for y, choice, reason in self.pairs()
        }

    def is_whole(self) -> bool:
        """Tell whether it can be handed in; says at each field what is missing."""
        for yardstick, choice, reason in self.pairs():
            if not choice.data:
                choice.errors = [_("%(criterion)s: please choose, or abstain.", criterion=yardstick.name)]
            if not reason.data:
                reason.errors = [_("%(criterion)s: please say why.", criterion=yardstick.name)]
        return not self.errors


def make_form(yardsticks: Sequence[Yardstick], given: dict[int, Answer], *, seen: int) -> ScoreForm:
    """Return the form for these criteria, filled with what was answered before."""
    fields: dict[str, Any] = {"yardsticks": yardsticks}
    data: dict[str, Any] = {"seen": seen}
    for y in yardsticks:
        fields[f"choice_{y.id}"] = RadioField(y.name, [Optional()])
        fields[f"reason_{y.id}"] = LongText(_("Why"), [no_longer_than(MOST_WORDS)])
        answer = given.get(y.id, Answer())
        data[f"choice_{y.id}"] = ABSTAIN if answer.abstains else _text(answer.value)
        data[f"reason_{y.id}"] = answer.reason
    form: ScoreForm = type("FilledScoreForm", (ScoreForm,), fields)(data=data)
    for y, choice, _reason in form.pairs():
        choice.choices = choices_of(y)
    return form


def _text(value: int | None) -> str | None:
    return None if value is None else str(value)


def choices_of(yardstick: Yardstick) -> list[tuple[str, str]]:
    """Return what can be chosen: the scores with what they mean, or yes and no; and to abstain."""
    if yardstick.is_knock_out:
        return [("1", _("Yes")), ("0", _("No")), (ABSTAIN, _("I abstain"))]
    levels = levels_of(yardstick)
    scores = [(str(n), f"{n} – {levels[n]}" if levels[n] else str(n)) for n in range(HIGHEST, -1, -1)]
    return [*scores, (ABSTAIN, _("I abstain"))]


class RemarkForm(Form):
    text = LongText(lazy_gettext("Your remark"), [Needed(), no_longer_than(MOST_WORDS)])
