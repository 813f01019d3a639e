"""The shape of what people type about their account."""

from typing import Any

from wtforms import BooleanField, Field, PasswordField, RadioField
from wtforms.validators import EqualTo, InputRequired, ValidationError

from portal.accounts.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD, is_easy_to_guess, plain_password
from portal.core.forms import EmailText, Form, Needed, ShortText, no_longer_than
from portal.core.i18n import LANGUAGES, lazy_gettext
from portal.core.i18n import gettext as _


def long_enough(_form: Any, field: Field) -> None:
    length = len(plain_password(field.data or ""))
    if length < SHORTEST_PASSWORD:
        raise ValidationError(_("Please use at least %(n)s characters.", n=SHORTEST_PASSWORD))
    if length > LONGEST_PASSWORD:
        raise ValidationError(_("Please use at most %(n)s characters.", n=LONGEST_PASSWORD))


def hard_to_guess(form: Any, field: Field) -> None:
    email = form.email.data if "email" in form else form.owner_email
    if is_easy_to_guess(field.data or "", email or ""):
        raise ValidationError(_("This password is easy to guess. Several words in a row are safer."))


def _old_password(label: Any) -> PasswordField:
    return PasswordField(label, [InputRequired(lazy_gettext("Please type your password."))])


def _new_password() -> PasswordField:
    return PasswordField(
        lazy_gettext("New password"),
        [InputRequired(lazy_gettext("Please choose a password.")), long_enough, hard_to_guess],
    )


def _again() -> PasswordField:
    return PasswordField(
        lazy_gettext("The new password once more"),
        [EqualTo("new_password", lazy_gettext("The two passwords differ. Please type both again."))],
    )


def _email() -> EmailText:
    return EmailText(
        lazy_gettext("E-mail address"), [Needed(lazy_gettext("Please write your e-mail address."))]
    )


def _name() -> ShortText:
    return ShortText(lazy_gettext("Your name"), [no_longer_than(80)])


class RegisterForm(Form):
    email = _email()
    name = _name()
    new_password = _new_password()
    again = _again()


class SignInForm(Form):
    email = _email()
    password = _old_password(lazy_gettext("Password"))


class ForgotForm(Form):
    email = _email()


class ConfirmForm(Form):
    """Only a button: for an address left with a submission."""


class ConfirmAccountForm(Form):
    password = _old_password(lazy_gettext("The password you chose"))


class ResetForm(Form):
    owner_email = ""
    new_password = _new_password()
    again = _again()


class CodeForm(Form):
    owner_email = ""
    code = ShortText(lazy_gettext("One-time code"), [Needed(lazy_gettext("Please type the code."))])
    new_password = _new_password()
    again = _again()


class HouseholdForm(Form):
    code = ShortText(lazy_gettext("Code of your household"), [Needed(lazy_gettext("Please type the code."))])


class DetailsForm(Form):
    name = _name()
    language = RadioField(lazy_gettext("Language of pages and mails"), choices=LANGUAGES)
    mails = BooleanField(lazy_gettext("Mail me when something happens to what I sent"))


class PasswordForm(Form):
    owner_email = ""
    password = _old_password(lazy_gettext("Your present password"))
    new_password = _new_password()
    again = _again()


class SecondStepForm(Form):
    code = ShortText(lazy_gettext("Code"), [Needed(lazy_gettext("Please type the code."))])


class FactorForm(Form):
    """What protects the second factor itself: both factors at once."""

    password = _old_password(lazy_gettext("Your password"))
    code = ShortText(lazy_gettext("Code"), [Needed(lazy_gettext("Please type the code."))])
