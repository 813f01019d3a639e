"""The pages of what counts for the whole installation: texts, and settings."""

from flask import url_for
from flask.typing import ResponseReturnValue

from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.administration.changes import Values, record_change, refuse_if_changed
from portal.administration.pages import edit
from portal.administration.setting_forms import AS_TYPED, SettingsForm, TextsForm
from portal.administration.visit import Visit, begin_visit_everywhere, blueprint
from portal.communities.preferences import put_preference
from portal.core.i18n import gettext as _
from portal.routing.promise import promised_precision

TEXTS = ("about", "privacy_contact")


@blueprint.route("/texts", methods=["GET", "POST"])
@staff_only(RoleName.ADMINISTRATOR)
def texts() -> ResponseReturnValue:
    visit = begin_visit_everywhere()
    present = present_values(visit, TEXTS)
    return edit_preferences(visit, TextsForm(data=TextsForm.data_of(present)), present, _("Texts"))


@blueprint.route("/settings", methods=["GET", "POST"])
@staff_only(RoleName.ADMINISTRATOR)
def settings() -> ResponseReturnValue:
    visit = begin_visit_everywhere()
    present = present_values(visit, AS_TYPED) | {"routing_precision": promised_precision(visit.session)}
    return edit_preferences(visit, SettingsForm(data=SettingsForm.data_of(present)), present, _("Settings"))


def present_values(visit: Visit, names: tuple[str, ...]) -> Values:
    return {name: getattr(visit.directory.preferences, name) for name in names}


def edit_preferences(
    visit: Visit, form: SettingsForm | TextsForm, present: Values, title: str
) -> ResponseReturnValue:
    def save(typed: Values, seen: str) -> None:
        keep_preferences(visit, present, typed, seen)

    home = url_for(".home")
    return edit(form, present, save, done=home, back=home, title=title)


def keep_preferences(visit: Visit, present: Values, typed: Values, seen: str) -> bool:
    """Keep what differs from what is there, and tell whether anything did. Conflict if that changed."""
    changed = {name: value for name, value in typed.items() if value != present[name]}
    if not changed:
        return False
    refuse_if_changed(present, seen)
    for name, value in changed.items():
        put_preference(visit.session, name, value)
    record_change(visit.session, ["preferences"], present, typed, by=visit.actor, now=visit.now)
    return True
