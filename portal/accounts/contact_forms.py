"""The shape of what people type about ways to reach them."""

from typing import Any

from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired

from portal.accounts.models import ContactChannel
from portal.accounts.numbers import LONGEST_NAME
from portal.core.forms import Form, Needed, ShortText, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext


class ContactForm(Form):
    """For a telephone that staff ring, and for what the web hook sends, where there is one."""

    channel = RadioField(
        lazy_gettext("How shall we reach you?"), [InputRequired(lazy_gettext("Please choose one."))]
    )
    address = ShortText(
        lazy_gettext("Your number, or your name in the chat"),
        [Needed(lazy_gettext("Please write the number or name.")), no_longer_than(LONGEST_NAME)],
    )
    agreed = BooleanField(
        lazy_gettext("I agree that Linli keeps this and tells me this way what becomes of what I sent."),
        [
            InputRequired(
                lazy_gettext("Please tick the box if you agree. Without it we can't reach you this way.")
            )
        ],
    )

    def __init__(self, *, has_hook: bool, **given: Any) -> None:
        super().__init__(**given)
        by_hook = [(str(ContactChannel.SMS), _("SMS")), (str(ContactChannel.CHAT), _("Chat"))]
        self.channel.choices = [
            (str(ContactChannel.PHONE), _("Telephone: staff ring me")),
            *(by_hook if has_hook else []),
        ]
        if not has_hook:
            self.address.label.text = _("Your telephone number")


class ContactCodeForm(Form):
    code = ShortText(
        lazy_gettext("The code with six digits"), [Needed(lazy_gettext("Please type the code."))]
    )
