"""The form in which staff take down what somebody tells them."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, ValidationError

from portal.accounts.contacts import read_address
from portal.accounts.models import ContactChannel
from portal.communities.directory import Directory, PlaceEntry
from portal.core.errors import Invalid
from portal.core.forms import EmailText, ShortText, no_longer_than
from portal.core.i18n import LANGUAGES, lazy_gettext
from portal.core.i18n import gettext as _
from portal.core.tokens import digest, new_token
from portal.intake.actions import places_of
from portal.intake.forms import WhereForm, WordsForm
from portal.intake.taking import Told
from portal.threads.channels import TAKEN_DOWN, channel_label
from portal.threads.models import Channel, Kind

KINDS = {
    Kind.REPORT: lazy_gettext("A risk or a problem"),
    Kind.IDEA: lazy_gettext("An idea"),
    Kind.UNDECIDED: lazy_gettext("Not sure"),
}


class EntryForm(WordsForm, WhereForm):
    """Words, place, how it came, and how the person can be reached. `key` makes it one submission."""

    kind = RadioField(lazy_gettext("What is it?"))
    channel = RadioField(lazy_gettext("How did it come?"))
    language = SelectField(lazy_gettext("Language of the person"), choices=LANGUAGES)
    name = ShortText(lazy_gettext("Name of the person"), [no_longer_than(80)])
    phone = ShortText(lazy_gettext("Telephone"), [no_longer_than(40)])
    email = EmailText(lazy_gettext("E-mail address"))
    consent = BooleanField(lazy_gettext("They agree that we keep this to tell them what becomes of it"))
    private = BooleanField(lazy_gettext("They want to keep it private: only staff may read it"))
    alt = ShortText(lazy_gettext("What can be seen in the photos?"), [no_longer_than(200)])
    key = HiddenField(
        default=new_token,
        validators=[
            InputRequired(lazy_gettext("Please load the page again, then repeat.")),
            no_longer_than(64),
        ],
    )

    def __init__(self, directory: Directory, allowed: Sequence[PlaceEntry], **given: Any) -> None:
        super().__init__(directory, **given)
        self.kind.choices = {str(kind): str(label) for kind, label in KINDS.items()}
        self.channel.choices = {str(channel): channel_label(channel) for channel in TAKEN_DOWN}
        codes = {place.code for place in allowed}
        self.places = {
            group: [choice for choice in choices if choice[0] in codes]
            for group, choices in self.places.items()
        }
        whole = self.places.pop("", [])
        self.place.choices = {"": [("", _("Choose a community")), *whole]} | self.places
        self.places[""] = whole

    def validate_phone(self, field: Field) -> None:
        if field.data:
            try:
                read_address(ContactChannel.PHONE, field.data)
            except Invalid as error:
                raise ValidationError(error.message) from error

    def validate_consent(self, field: Field) -> None:
        if not field.data and (self.name.data or self.phone.data or self.email.data):
            raise ValidationError(_("Please ask whether we may keep this, or leave it out."))

    def told(self) -> Told:
        """Return what was written, once it is valid."""
        place, spot = places_of(self.place.data, self.spot.data, self.directory)
        return Told(
            text=self.text.data or "",
            title=self.title.data or "",
            place_id=place.id,
            spot_id=spot.id if spot else None,
            address=self.address.data or "",
            channel=Channel(self.channel.data),
            language=self.language.data,
            private=self.private.data,
            name=self.name.data or "",
            phone=self.phone.data or "",
            email=self.email.data or "",
        )

    def submission_key(self) -> str:
        """Return the same for the same form sent twice, and another if something was changed since."""
        return digest(f"{self.key.data}:{self.kind.data}:{self.told()}")
