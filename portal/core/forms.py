"""The shape of input: our own form base, whose messages come from our catalogue."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext, ngettext
from portal.core.text import clean_text, has_words

__all__ = ["Form", "LongText", "Needed", "ShortText", "no_longer_than"]


class CatalogueTranslations:
    """WTForms' own messages through our catalogue, which is complete in all languages."""

    def gettext(self, string: str) -> str:
        return str(_(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(ngettext(singular, plural, n))


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    class Meta:
        def get_translations(self, form: Any) -> CatalogueTranslations:
            return CatalogueTranslations()


def _clean(value: str | None) -> str:
    return clean_text(value or "")


class ShortText(StringField):
    """One line, cleaned."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators or [], filters=[_one_line], **kwargs)


class LongText(TextAreaField):
    """Several lines, cleaned."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators or [], filters=[_clean], **kwargs)


def _one_line(value: str | None) -> str:
    return " ".join(_clean(value).split())


class Needed(InputRequired):
    """The field must hold words, not only spaces or pictures."""

    def __call__(self, form: Any, field: Field) -> None:
        if not has_words(field.data or ""):
            raise ValidationError(str(self.message or _("Please fill this in.")))


def no_longer_than(most: int) -> Length:
    """Return the validator for a length in characters, with the number in its message."""
    return Length(max=most, message=lazy_gettext("Please use at most %(n)s characters.", n=f"{most:,}"))
