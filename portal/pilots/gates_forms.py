"""What coordinators and evaluators fill in at the reviews of a pilot."""

from collections.abc import Sequence
from typing import Any

from wtforms import DateField, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from portal.core.forms import EmailText, Form, LongText, Needed, ShortText, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.ideas.call_forms import SeenForm
from portal.pilots.allowances import MOST
from portal.pilots.gates import NOT_SAID, GateKind, Verdict
from portal.pilots.gates_actions import Decided
from portal.pilots.gates_rules import verdicts_at
from portal.pilots.outcome_telling import VERDICTS

LONGEST, SHORT = 3_000, 120  # characters
NOBODY = 0
FREE, PART = "free", "part"
OUT_OF_RANGE = lazy_gettext("Please write a number from %(least)s to %(most)s.", least=0, most=MOST)


class DayForm(SeenForm):
    day = DateField(
        lazy_gettext("Day of the review"),
        [InputRequired(lazy_gettext("Please write the day, as in 2026-03-31."))],
    )


class AskForm(SeenForm):
    """Somebody of the panel, or anybody with an account here by their address."""

    person = SelectField(lazy_gettext("Of the panel"), coerce=int)
    email = EmailText(
        lazy_gettext("Or somebody else: their e-mail address"),
        description=lazy_gettext("An expert or a professional body with a confirmed account here."),
    )
    body = ShortText(
        lazy_gettext("For which body or profession they speak"),
        [no_longer_than(SHORT)],
        description=lazy_gettext("Such as: fire safety institute."),
    )

    def offer(self, people: Sequence[tuple[int, str]]) -> "AskForm":
        self.person.choices = [(NOBODY, _("Nobody chosen")), *people]
        return self


class DeclareForm(Form):
    part = RadioField(
        lazy_gettext("Do you have a part in this pilot?"),
        [InputRequired(lazy_gettext("Please say whether you have a part in it."))],
    )
    interest = LongText(lazy_gettext("Which part?"), [no_longer_than(LONGEST)])

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.part.choices = [
            (FREE, _("No: I neither own nor carry out this pilot, and gain nothing by it")),
            (PART, _("Yes, or one could think so: I step back")),
        ]

    def told(self) -> str:
        """Return the person's interest; nothing if they have none."""
        return (self.interest.data or NOT_SAID) if self.part.data == PART else ""


class OpinionForm(Form):
    advice = RadioField(
        lazy_gettext("What do you advise?"), [InputRequired(lazy_gettext("Please choose what you advise."))]
    )
    text = LongText(
        lazy_gettext("Why? What do the numbers and the effects show, and what not?"),
        [Needed(lazy_gettext("Please give a reason.")), no_longer_than(LONGEST)],
    )

    def at(self, kind: GateKind) -> "OpinionForm":
        self.advice.choices = [(str(v), str(VERDICTS[v])) for v in verdicts_at(kind)]
        return self


class DecideForm(SeenForm):
    verdict = RadioField(
        lazy_gettext("What becomes of it?"), [InputRequired(lazy_gettext("Please choose a decision."))]
    )
    reason = LongText(
        lazy_gettext("Why? Everybody can read this"),
        [Needed(lazy_gettext("Please give a reason.")), no_longer_than(LONGEST)],
    )
    dissent = LongText(
        lazy_gettext("Who sees it otherwise, and why"),
        [no_longer_than(LONGEST)],
        description=lazy_gettext("Dissent is part of the record, and public."),
    )
    unheard = LongText(
        lazy_gettext("Why you decide without an opinion"),
        [no_longer_than(LONGEST)],
        description=lazy_gettext("Only where no evaluator has given one. Everybody can read this."),
    )
    lessons = LongText(
        lazy_gettext("What others can learn from it"),
        [no_longer_than(LONGEST)],
        description=lazy_gettext("Needed when you stop it. It is published, with thanks."),
    )
    ends_on = DateField(
        lazy_gettext("New last day"),
        [Optional()],
        description=lazy_gettext("Needed when you extend it, and when you adjust it at its end."),
    )
    next_review = DateField(lazy_gettext("Next review"), [Optional()])

    def at(self, kind: GateKind) -> "DecideForm":
        self.verdict.choices = [(str(v), str(VERDICTS[v])) for v in verdicts_at(kind)]
        return self

    def decided(self) -> Decided:
        """Return what was decided, once it is valid; what belongs to another verdict is left out."""
        verdict = Verdict(self.verdict.data)
        goes_on = verdict not in (Verdict.SCALE, Verdict.STOP)
        moves = verdict in (Verdict.EXTEND, Verdict.ADJUST)
        return Decided(
            verdict=verdict,
            reason=self.reason.data or "",
            dissent=self.dissent.data or "",
            unheard=self.unheard.data or "",
            lessons=(self.lessons.data or "") if verdict == Verdict.STOP else "",
            next_review=self.next_review.data if goes_on else None,
            ends_on=self.ends_on.data if moves else None,
        )


class RoomForm(Form):
    """How much room each community of a place has for trials."""

    place = SelectField(lazy_gettext("Place"), coerce=int)
    at_once = IntegerField(lazy_gettext("Trials at once"), [NumberRange(0, MOST, OUT_OF_RANGE)])
    in_a_year = IntegerField(lazy_gettext("Trials begun in a year"), [NumberRange(0, MOST, OUT_OF_RANGE)])
