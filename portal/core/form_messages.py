"""WTForms' own messages that our forms can show, marked here so that the catalogues hold them."""

from portal.core.i18n import lazy_gettext, ngettext

__all__ = ["MESSAGES", "not_choices"]

MESSAGES = (
    lazy_gettext("Invalid choice(s): one or more data inputs could not be coerced."),
    lazy_gettext("Invalid Choice: could not coerce."),
    lazy_gettext("Invalid input."),
    lazy_gettext("Not a valid choice."),
    lazy_gettext("Not a valid date value."),
    lazy_gettext("Not a valid datetime value."),
    lazy_gettext("Not a valid integer value."),
    lazy_gettext("This field is required."),
)


def not_choices(n: int, value: str) -> str:
    """Return what WTForms says of choices that aren't offered; a plural can't be marked otherwise."""
    return ngettext(
        "'%(value)s' is not a valid choice for this field.",
        "'%(value)s' are not valid choices for this field.",
        n,
        value=value,
    )
