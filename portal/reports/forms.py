"""The shape of an answer to "is it fixed?": which button was pressed says the rest."""

from portal.core.forms import Form, LongText, no_longer_than
from portal.core.i18n import lazy_gettext

MAX_WHY = 1_000


class VerdictForm(Form):
    why = LongText(lazy_gettext("In a line: what did you see?"), [no_longer_than(MAX_WHY)])
