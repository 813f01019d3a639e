"""The shape of what staff send: one form for each kind of move."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from wtforms import IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Optional, ValidationError
from wtforms.widgets import HiddenInput

from portal.communities.directory import CategoryEntry, Directory
from portal.core.forms import Form, LongText, Needed, ShortText, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.core.tokens import sign, unsign
from portal.ideas.rules import DECISIONS
from portal.reports.rules import leaves_open, says_what_was_done
from portal.threads.channels import TAKEN_DOWN, channel_label
from portal.threads.photos import Kept
from portal.threads.timeline import status_label
from portal.triage.scales import EXPOSURES, LIKELIHOODS, SEVERITIES

MAX_WORDS = 5_000
LONGEST_ALT = 200
PICTURES, PICTURES_SECONDS = "fix.pictures", 12 * 3600  # files that no row names go after a day
MAX_BODY = 200

# Category choices in groups, as WTForms takes them: {group: [(code, text)]}.
Grouped = dict[str, list[tuple[str, str]]]


class MoveForm(Form):
    """A single button. `seen` is the last event the person knew when the page was made.

    Several of these stand on one page, so each field's id begins with the verb.
    """

    seen = IntegerField(
        widget=HiddenInput(),
        validators=[InputRequired(lazy_gettext("Please load the page again, then repeat."))],
    )

    def __init__(self, *args: Any, verb: str = "move", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self:
            field.id = f"{verb}-{field.id}"

    def typed(self) -> list[tuple[str, str]]:
        """Return label and text of what was typed, to be shown where the form itself can't be."""
        return [(str(f.label.text), f.data) for f in self if isinstance(f, LongText | ShortText) and f.data]


def _words(label: Any) -> LongText:
    return LongText(label, [Needed(), no_longer_than(MAX_WORDS)])


class SortForm(MoveForm):
    """Where it goes: one of the proposals by its button (`best`), or a category from the list."""

    best = StringField()
    category = SelectField(lazy_gettext("Category"), default="")
    reason = LongText(lazy_gettext("Reason"), [no_longer_than(MAX_WORDS)])

    def offer(self, groups: Grouped) -> "SortForm":
        self.category.choices = {"": [("", _("Choose a category"))]} | groups
        return self

    def chosen(self, directory: Directory) -> CategoryEntry | None:
        return directory.category_codes.get(self.best.data or self.category.data or "")

    def validate_category(self, field: SelectField) -> None:
        codes = [choice[0] for choice in field.iter_choices()]
        if self.best.data and self.best.data not in codes:
            raise ValidationError(_("Please choose a category."))


class ToDepartmentForm(SortForm):
    def validate_category(self, field: SelectField) -> None:
        super().validate_category(field)
        if not field.data and not self.best.data:
            raise ValidationError(_("Please choose a category."))


class GiveForm(MoveForm):
    person = SelectField(
        lazy_gettext("Colleague"),
        default="",
        validators=[InputRequired(lazy_gettext("Please choose a colleague."))],
    )

    def offer(self, people: Iterable[tuple[int, str]]) -> "GiveForm":
        names = [(str(number), name) for number, name in people]
        self.person.choices = [("", _("Choose a colleague")), *names]
        return self


class AskForm(MoveForm):
    question = _words(lazy_gettext("Question"))


class ReplyForm(MoveForm):
    reply = _words(lazy_gettext("Reply"))


class NoteForm(MoveForm):
    note = _words(lazy_gettext("Note"))


class WeighForm(MoveForm):
    """How bad, how likely, how far-reaching; each from 1 to 5."""

    severity = SelectField(lazy_gettext("How bad would it be?"), default="")
    likelihood = SelectField(lazy_gettext("How likely is it?"), coerce=int)
    exposure = SelectField(lazy_gettext("How many people could be harmed?"), coerce=int)
    reason = _words(lazy_gettext("Reason"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.severity.choices = [("", _("As is usual in its category")), *_numbered(SEVERITIES)]
        self.likelihood.choices = _numbered(LIKELIHOODS)
        self.exposure.choices = _numbered(EXPOSURES)


def _numbered(scale: Sequence[Any]) -> list[tuple[int, str]]:
    return [
        (number, _("%(number)s – %(words)s", number=number, words=words))
        for number, words in enumerate(scale, 1)
    ]


class VoiceForm(MoveForm):
    channel = RadioField(
        lazy_gettext("How did they say it?"),
        validators=[InputRequired(lazy_gettext("Please choose how they said it."))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channel.choices = [(str(channel), channel_label(channel)) for channel in TAKEN_DOWN]


class FixForm(MoveForm):
    """What was done, in words or pictures. Pictures of a try that failed come again as a signed list."""

    done = LongText(lazy_gettext("What was done"), [no_longer_than(MAX_WORDS)])
    shows = ShortText(lazy_gettext("What can be seen in the photos?"), [no_longer_than(LONGEST_ALT)])
    kept = StringField(widget=HiddenInput())
    pictures: Sequence[Kept] = ()

    def take(self, new: Sequence[Kept]) -> None:
        """Take the pictures that came now, beside those of a try before."""
        before = unsign(PICTURES, self.kept.data or "", PICTURES_SECONDS) or []
        pictures = [*(Kept(*each) for each in before), *new]
        self.kept.data = sign(PICTURES, [[p.key, p.source, p.width, p.height] for p in pictures])
        self.pictures = [replace(picture, alt=self.shows.data or "") for picture in pictures]

    def validate_done(self, field: LongText) -> None:
        if leaves_open(field.data or ""):
            raise ValidationError(_("Please write right after the colon what was done."))
        if not self.pictures and not says_what_was_done(field.data or ""):
            raise ValidationError(_("Please say in a few words what was done, or show it with a photo."))


class StandForm(MoveForm):
    reason = _words(lazy_gettext("Why it stays closed as fixed"))


class OutsideForm(MoveForm):
    body = ShortText(lazy_gettext("For whom it waits"), [Needed(), no_longer_than(MAX_BODY)])
    reason = _words(lazy_gettext("What they have to do, and until when"))


class ReasonForm(MoveForm):
    reason = _words(lazy_gettext("Reason"))


class NotOursForm(MoveForm):
    reason = _words(lazy_gettext("Whose it is, and whom to turn to"))


class MergeForm(MoveForm):
    other = StringField(
        lazy_gettext("Reference of the one that goes on"),
        [Needed(), no_longer_than(20)],
        filters=[lambda text: (text or "").strip()],
    )
    other_seen = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def typed(self) -> list[tuple[str, str]]:
        return [(str(self.other.label.text), self.other.data or "")]


class BulkMergeForm(MoveForm):
    """Which of those that were chosen goes on for all of them."""

    other = RadioField(
        lazy_gettext("Which one goes on for all of them?"),
        validators=[InputRequired(lazy_gettext("Please choose the one that goes on."))],
    )

    def offer(self, threads: Iterable[tuple[str, str]]) -> None:
        self.other.choices = [
            (reference, _("%(title)s (%(reference)s)", title=title, reference=reference))
            for reference, title in threads
        ]


class DecideForm(MoveForm):
    decision = RadioField(
        lazy_gettext("Decision"), validators=[InputRequired(lazy_gettext("Please choose a decision."))]
    )
    reason = _words(lazy_gettext("Reason"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decision.choices = [(str(d), status_label(d)) for d in DECISIONS]


def category_groups(directory: Directory, place_id: int | None) -> Grouped:
    """Return the categories in their groups; with a place, each names the department it leads to."""
    groups: Grouped = {}
    for category in directory.categories_in_use():
        text = category.name
        if place_id is not None:
            department = directory.department_for(category.id, place_id)
            text = _("%(category)s → %(department)s", category=text, department=department.name)
        groups.setdefault(category.group_name, []).append((category.code, text))
    return groups
