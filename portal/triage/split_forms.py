"""What staff fill in to split a message: for each part what it is about, and where it belongs."""

from typing import Any

from wtforms import Field, SelectField, StringField
from wtforms.validators import ValidationError

from portal.communities.directory import Directory
from portal.core.forms import ShortText, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.triage.forms import MoveForm, category_groups
from portal.triage.splitting import MOST_PARTS, Part

IDEA = "idea"
MOST_TITLE = 200


class SplitForm(MoveForm):
    """`about_1`, `target_1` and so on; a part of which neither is filled in is left out."""

    def __init__(self, *args: Any, directory: Directory, place_id: int, **kwargs: Any) -> None:
        super().__init__(*args, verb="split", **kwargs)
        choices = {"": [("", _("Choose where it belongs"))], **category_groups(directory, place_id)}
        choices[_("Ideas")] = [(IDEA, _("An idea → innovation queue"))]
        for number in self.numbers:
            self[f"target_{number}"].choices = choices

    @property
    def numbers(self) -> range:
        return range(1, MOST_PARTS + 1)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check each part, and that there is one."""
        valid: bool = super().validate(*args, **kwargs)
        if valid and not any(self[f"about_{number}"].data for number in self.numbers):
            self["about_1"].errors = [_("Please say what the first part is about.")]
            return False
        return valid

    def parts(self, directory: Directory) -> list[Part]:
        return [
            Part(self[f"about_{n}"].data, directory.category_codes.get(self[f"target_{n}"].data))
            for n in self.numbers
            if self[f"about_{n}"].data
        ]

    def typed(self) -> list[tuple[str, str]]:
        return [(str(f.label.text), f.data) for f in self if isinstance(f, StringField) and f.data]


def _goes_with(other: str, message: Any) -> Any:
    """Return the validator of a field that is needed where the other one of its part is filled in."""

    def check(form: SplitForm, field: Field) -> None:
        if form[f"{other}_{field.name.rpartition('_')[2]}"].data and not field.data:
            raise ValidationError(str(message))

    return check


for _number in range(1, MOST_PARTS + 1):
    _about = ShortText(
        lazy_gettext("What it is about"),
        [
            _goes_with("target", lazy_gettext("Please say what this part is about.")),
            no_longer_than(MOST_TITLE),
        ],
    )
    _target = SelectField(
        lazy_gettext("Where it belongs"),
        [_goes_with("about", lazy_gettext("Please choose where this part belongs."))],
        default="",
    )
    setattr(SplitForm, f"about_{_number}", _about)
    setattr(SplitForm, f"target_{_number}", _target)
