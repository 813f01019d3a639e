"""WTForms' own messages that our forms can show, marked here so that the catalogues hold them."""

from portal.core.i18n import lazy_gettext

__all__ = ["MESSAGES"]

MESSAGES = (
    lazy_gettext("Invalid Choice: could not coerce."),
    lazy_gettext("Invalid input."),
    lazy_gettext("Not a valid choice."),
    lazy_gettext("Not a valid integer value."),
    lazy_gettext("This field is required."),
)
