"""What is filled in to propose that ideas go on as one."""

import re
from collections.abc import Sequence

from sqlalchemy.orm import Session
from wtforms import RadioField, SelectMultipleField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core.errors import Invalid
from portal.core.forms import Form, LongText, Needed, ShortText, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext, listed
from portal.core.references import parse_reference
from portal.ideas.combining import Proposal
from portal.threads.models import Thread
from portal.threads.queries import list_listed
from portal.threads.similar_lines import SimilarLine

THIS, OTHER, JOINT = "this", "other", "joint"
SEPARATOR = re.compile(r"[,，、;；]|\s(?=\d{3}\D)")
LONGEST_TEXT = 5_000  # characters, as of any submission


class CombineForm(Form):
    picked = SelectMultipleField(
        lazy_gettext("Similar ideas nearby"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,  # one that is no longer similar is found by its reference all the same
    )
    others = ShortText(
        lazy_gettext("Other ideas, by their references"),
        [no_longer_than(200)],
        description=lazy_gettext("As in 482-613-905. Put commas between several."),
    )
    into = RadioField(
        lazy_gettext("In which words should they go on?"),
        [InputRequired(lazy_gettext("Please choose in which words they should go on."))],
        choices=lambda: [
            (THIS, _("In those of this idea")),
            (OTHER, _("In those of the other one")),
            (JOINT, _("In new words, written for all")),
        ],
        default=THIS,
    )
    title = ShortText(lazy_gettext("Title of the new text"), [no_longer_than(120)])
    text = LongText(lazy_gettext("The new text"), [no_longer_than(LONGEST_TEXT)])
    why = LongText(
        lazy_gettext("Why they belong together"),
        [Needed(lazy_gettext("Please give a reason.")), no_longer_than(1_000)],
        description=lazy_gettext("The authors read it, and once the ideas are combined, everybody."),
    )

    def offer(self, similar: Sequence[SimilarLine]) -> None:
        """Offer what looks like the idea; what was picked before and isn't among it stays."""
        options = [(one.reference, f"{one.reference} {one.title}") for one in similar]
        known = {reference for reference, _text in options}
        options += [(picked, picked) for picked in self.picked.data or [] if picked not in known]
        self.picked.choices = options

    @property
    def named(self) -> list[str]:
        """Return the references that were picked or written, each once, as they were written."""
        written = [part for part in SEPARATOR.split(str(self.others.data or "")) if part]
        return list(dict.fromkeys([*(self.picked.data or []), *written]))


def read_others(session: Session, form: CombineForm, idea: Thread) -> list[Thread]:
    """Return the other public ideas that were named. Invalid for none, or one that there is not."""
    wanted = {text.strip(): parse_reference(text) for text in form.named}
    found = {t.reference: t for t in list_listed(session, [r for r in wanted.values() if r])}
    missing = [text for text, reference in wanted.items() if reference not in found]
    if missing:
        raise Invalid(_("There is no public idea %(reference)s.", reference=listed(missing)[:100]))
    others = [found[reference] for reference in wanted.values() if reference and reference != idea.reference]
    if not others:
        raise Invalid(_("Please name at least one other idea."))
    return list(dict.fromkeys(others))


def read_proposal(form: CombineForm, idea: Thread, others: Sequence[Thread]) -> Proposal:
    """Return what is proposed. Invalid where it is left open in whose words they go on."""
    why = str(form.why.data or "")
    if form.into.data == JOINT:
        return Proposal(why, title=str(form.title.data or ""), text=str(form.text.data or ""))
    if form.into.data == THIS:
        return Proposal(why, idea)
    if len(others) != 1:
        raise Invalid(_("You name several others. Propose it on the page of the one whose words stay."))
    return Proposal(why, others[0])
