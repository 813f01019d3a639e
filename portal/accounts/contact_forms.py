"""The shape of what people type about ways to reach them."""

from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired

from portal.accounts.models import ContactChannel
from portal.accounts.numbers import LONGEST_NAME
from portal.core.forms import Form, Needed, ShortText, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext


class ContactForm(Form):
    """For what the web hook sends; a telephone to be rung is noted by staff."""

    channel = RadioField(
        lazy_gettext("How shall we write?"),
        [InputRequired(lazy_gettext("Please choose one."))],
        choices=lambda: {str(ContactChannel.SMS): _("SMS"), str(ContactChannel.CHAT): _("Chat")},
    )
    address = ShortText(
        lazy_gettext("Your number, or your name in the chat"),
        [Needed(lazy_gettext("Please write the number or name.")), no_longer_than(LONGEST_NAME)],
    )
    agreed = BooleanField(
        lazy_gettext("I agree that Linli keeps this and sends me news of what I sent."),
        [InputRequired(lazy_gettext("Please tick the box if you agree. Without it we can't write to you."))],
    )


class ContactCodeForm(Form):
    code = ShortText(
        lazy_gettext("The code with six digits"), [Needed(lazy_gettext("Please type the code."))]
    )
