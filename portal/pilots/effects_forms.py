"""What somebody fills in who noticed what a pilot did, and what staff write about it."""

from typing import Any

from wtforms import BooleanField, HiddenField, RadioField
from wtforms.validators import InputRequired

from portal.core.forms import Form, LongText, Needed, ShortText, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.pilots.effects import Severity
from portal.pilots.effects_actions import Noticed
from portal.pilots.outcome_telling import SEVERITIES

LONGEST, SHORT = 2_000, 200  # characters
WANTED, UNWANTED = "wanted", "unwanted"


class EffectForm(Form):
    """`key` makes it the same effect when it is sent twice; `photo` is the signed key of one kept already."""

    key = HiddenField()
    photo = HiddenField()
    nature = RadioField(
        lazy_gettext("Is it good or bad?"),
        [InputRequired(lazy_gettext("Please choose whether it is good or bad."))],
    )
    text = LongText(
        lazy_gettext("What have you noticed?"),
        [Needed(lazy_gettext("Please write what you have noticed.")), no_longer_than(LONGEST)],
    )
    severity = RadioField(
        lazy_gettext("How much?"),
        [InputRequired(lazy_gettext("Please choose how much."))],
    )
    touched = ShortText(
        lazy_gettext("Whom does it touch?"),
        [no_longer_than(SHORT)],
        description=lazy_gettext("Such as: the old people of house 3, the shops at the gate."),
    )
    evidence = LongText(
        lazy_gettext("How can one see it?"),
        [no_longer_than(LONGEST)],
        description=lazy_gettext("When, where, how often; what you counted or measured."),
    )
    photo_alt = ShortText(lazy_gettext("What can be seen in the photo?"), [no_longer_than(SHORT)])
    follow = BooleanField(lazy_gettext("Tell me what becomes of the pilot"))

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.nature.choices = [(WANTED, _("Good: it helps")), (UNWANTED, _("Bad: it disturbs or harms"))]
        self.severity.choices = [(str(severity), str(name)) for severity, name in SEVERITIES.items()]

    def noticed(self, photo_key: str | None) -> Noticed:
        """Return what was told, once it is valid."""
        return Noticed(
            is_wanted=self.nature.data == WANTED,
            severity=Severity(self.severity.data),
            text=self.text.data or "",
            touched=self.touched.data or "",
            evidence=self.evidence.data or "",
            photo_key=photo_key,
            photo_alt=(self.photo_alt.data or "") if photo_key else "",
        )


class WordsForm(Form):
    """Why an effect is hidden, or what was done about it."""

    words = LongText(lazy_gettext("In words"), [no_longer_than(LONGEST)])
