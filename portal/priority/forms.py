"""The shape of what is asked of the committee, and of a voice."""

from datetime import datetime, time

from wtforms import BooleanField, DateField, IntegerField, RadioField
from wtforms.validators import InputRequired, Optional

from portal.core.dates import local_time
from portal.core.forms import Form, LongText, Needed, no_longer_than
from portal.core.i18n import lazy_gettext
from portal.priority.models import Choice
from portal.priority.telling import choice_label

MOST_WORDS = 2_000


class AskForm(Form):
    """Without `proposed`, of an idea: whether to take it up."""

    question = LongText(
        lazy_gettext("What is to be decided, and why"),
        [Needed(), no_longer_than(MOST_WORDS)],
        description=lazy_gettext("Coordinators and officers of this place read it."),
    )
    proposed = IntegerField(lazy_gettext("Proposed priority, from 0 to 100"), [Optional()])
    ends_on = DateField(
        lazy_gettext("Last day"), [InputRequired(lazy_gettext("Please choose the last day of the vote."))]
    )
    quorum = IntegerField(
        lazy_gettext("How many must take part"),
        [Optional()],
        description=lazy_gettext(
            "With a number, the vote ends early once that many have voted and the others can't change "
            "the result; with fewer nothing is decided."
        ),
    )
    is_public = BooleanField(lazy_gettext("Tell everybody the result, without names and reasons"))

    def ends_at(self, now: datetime) -> datetime:
        """Return the last moment of the last day, on the clock of the neighbourhood. The form is right."""
        assert self.ends_on.data  # noqa: S101  # the field is required
        return datetime.combine(self.ends_on.data, time(23, 59, 59), local_time(now).tzinfo)


class VoiceForm(Form):
    choice = RadioField(
        lazy_gettext("Your vote"), validators=[InputRequired(lazy_gettext("Please choose how you vote."))]
    )
    reason = LongText(
        lazy_gettext("Reason"),
        [no_longer_than(MOST_WORDS)],
        description=lazy_gettext("An objection needs one. Those who may vote read it, with your name."),
    )

    def __init__(self, **given: object) -> None:
        super().__init__(**given)
        self.choice.choices = [(str(choice), choice_label(choice)) for choice in Choice]
