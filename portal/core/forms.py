"""The shape of input: our own form base, whose messages come from our catalogue."""

import re
import unicodedata
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, StopValidation, ValidationError

from portal.core.i18n import catalogue, lazy_gettext
from portal.core.i18n import gettext as _
from portal.core.text import clean_text, has_words

__all__ = ["EmailText", "Form", "LongText", "Needed", "ShortText", "no_longer_than"]

MAX_EMAIL = 254
_EMAIL = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}", re.A
)


class CatalogueTranslations:
    """WTForms' own messages through our catalogue, which is complete in all languages."""

    def gettext(self, string: str) -> str:
        return str(_(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return the message as it stands: WTForms itself puts its values in."""
        return catalogue().ngettext(singular, plural, n)


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    class Meta:
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Read the fields of a form and nothing else: JSON or a file in a field's place is no text."""
            if formdata is None or request.method in ("GET", "HEAD", "OPTIONS"):
                return None
            return request.form

        def get_translations(self, form: Any) -> CatalogueTranslations:
            return CatalogueTranslations()


def _clean(value: str | None) -> str:
    return clean_text(value or "")


class ShortText(StringField):
    """One line, cleaned."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators or [], filters=[_one_line], **kwargs)


class EmailText(StringField):
    """An e-mail address in lower case; signs typed full width count as the plain ones."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators or [], filters=[_plain_address], **kwargs)

    def pre_validate(self, form: Any) -> None:
        if self.data and not (len(self.data) <= MAX_EMAIL and _EMAIL.fullmatch(self.data)):
            raise StopValidation(_("Please write the address as in name@example.org."))


def _plain_address(value: str | None) -> str:
    return unicodedata.normalize("NFKC", _one_line(value)).lower()


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
