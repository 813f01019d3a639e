"""The pages of reply templates: coordinators, heads and administrators write those of their places."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms import Field, SelectField, ValidationError

from portal.accounts.access import places_reached, roles_at
from portal.accounts.identity import me, staff_only
from portal.accounts.models import Person, RoleName
from portal.administration.changes import (
    Values,
    add_row,
    change_row,
    lock_set_up,
    name_row,
    record_change,
    values_of,
)
from portal.administration.forms import NamesForm
from portal.administration.pages import edit, run, show
from portal.communities.directory import Directory, get_directory
from portal.core import clock
from portal.core.dates import day
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.forms import LongText
from portal.core.i18n import LANGUAGES, in_language, lazy_gettext, localized
from portal.core.i18n import gettext as _
from portal.core.languages import FIELDS as LANGUAGE_FIELDS
from portal.core.languages import from_fields, language_fields, to_fields
from portal.threads.events import Actor
from portal.triage.models import ReplyTemplate
from portal.triage.placeholders import DUE, PLACEHOLDERS, fill, has_lone_brace, unknown_gaps
from portal.triage.reply_templates import PURPOSES

MAKERS = (RoleName.COORDINATOR, RoleName.HEAD, RoleName.ADMINISTRATOR)
VALUES = ("place_id", "verb", "category_id", "category_group", "names", "texts")
LONGEST = 3_000  # characters of one text
GROUP = "group:"

blueprint = Blueprint("reply_templates", __name__, url_prefix="/staff/reply-templates")


class TemplateForm(NamesForm):
    leading = ("place", "verb", "scope")
    place = SelectField(
        lazy_gettext("Place"),
        coerce=int,
        description=lazy_gettext("It counts there and in all that lies below."),
    )
    verb = SelectField(lazy_gettext("What it is for"))
    scope = SelectField(lazy_gettext("Categories"))
    text_hans, text_hant, text_en = language_fields(lazy_gettext("Text"), longest=LONGEST, kind=LongText)

    def __init__(self, person: Person, directory: Directory, **given: Any) -> None:
        super().__init__(**given)
        allowed = set(places_reached(person, directory, *MAKERS))
        places = sorted((p for p in directory.places_in_use() if p.id in allowed), key=lambda p: p.path)
        self.place.choices = [(p.id, directory.full_name(p.id)) for p in places]
        self.verb.choices = [(verb, str(label)) for verb, label in PURPOSES.items()]
        self.scope.choices = _scopes(directory)
        self.text_hans.description = _(
            "Filled in by themselves: %(gaps)s. A text with %(due)s, the day until which an answer is "
            "promised, is offered while that day lies ahead.",
            gaps=" ".join(f"{{{name}}}" for name in PLACEHOLDERS),
            due=DUE,
        )

    def texts(self) -> dict[str, str]:
        texts: dict[str, str] = from_fields("text", self.data)
        return texts

    def validate_text_hans(self, field: Field) -> None:
        if not self.texts():
            raise ValidationError(_("Please write the text in at least one language."))
        check_gaps(field)

    def validate_text_hant(self, field: Field) -> None:
        check_gaps(field)

    def validate_text_en(self, field: Field) -> None:
        check_gaps(field)

    def values(self) -> Values:
        scope = self.scope.data or ""
        return {
            "place_id": self.place.data,
            "verb": self.verb.data,
            "category_id": int(scope) if scope.isdecimal() else None,
            "category_group": scope.removeprefix(GROUP) if scope.startswith(GROUP) else "",
            "names": self.names(),
            "texts": self.texts(),
        }

    @staticmethod
    def data_of(values: Values) -> dict[str, Any]:
        group = values["category_group"]
        return (
            to_fields("name", values["names"])
            | to_fields("text", values["texts"])
            | {
                "place": values["place_id"],
                "verb": values["verb"],
                "scope": GROUP + group if group else str(values["category_id"] or ""),
            }
        )


def check_gaps(field: Field) -> None:
    """Refuse a text with a placeholder that nothing would fill, and name it."""
    text = field.data or ""
    unknown = unknown_gaps(text)
    if unknown:
        known = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise ValidationError(
            _(
                "Nothing can be put in for %(unknown)s. There are: %(known)s",
                unknown=unknown[0],
                known=known,
            )
        )
    if has_lone_brace(text):
        raise ValidationError(_("A brace { or } stands alone. A placeholder has both, as in {reference}."))


def _scopes(directory: Directory) -> dict[str, list[tuple[str, str]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    names = {}
    for c in directory.categories_in_use():
        groups.setdefault(c.group_name, []).append((str(c.id), c.name))
        names[GROUP + c.group] = c.group_name
    return {"": [("", _("All categories"))], _("A whole group"): list(names.items())} | groups


@blueprint.get("")
@staff_only(*MAKERS)
def index() -> ResponseReturnValue:
    session, directory = db.session(), get_directory(db.session())
    places = places_reached(me(), directory, *MAKERS)
    rows = session.scalars(
        select(ReplyTemplate).where(ReplyTemplate.place_id.in_(places)).order_by(ReplyTemplate.id)
    ).all()
    used = [
        (label, [r for r in rows if r.verb == verb and not r.retired_at]) for verb, label in PURPOSES.items()
    ]
    return render_template(
        "administration/reply_templates.html",
        purposes=[(label, found) for label, found in used if found],
        retired=[row for row in rows if row.retired_at],
        directory=directory,
        tell_scope=tell_scope,
        localized=localized,
    )


def tell_scope(row: ReplyTemplate, directory: Directory) -> str:
    """Return in words which submissions it is for."""
    category = directory.categories.get(row.category_id or 0)
    group = next((c.group_name for c in directory.categories.values() if c.group == row.category_group), "")
    about = category.name if category else group or _("All categories")
    return f"{about} · {directory.full_name(row.place_id)}"


@blueprint.route("/add", methods=["GET", "POST"])
@staff_only(*MAKERS)
def add() -> ResponseReturnValue:
    session, person, directory = begin()
    form = TemplateForm(person, directory)

    def save(typed: Values, _seen: str) -> None:
        by = actor_at(person, typed["place_id"], directory)
        add_row(session, ReplyTemplate(**typed), typed, by=by, now=clock.now())

    return answer(form, {}, save, _("Add a reply template"), directory)


@blueprint.route("/<int:number>", methods=["GET", "POST"])
@staff_only(*MAKERS)
def edit_one(number: int) -> ResponseReturnValue:
    session, person, directory = begin()
    row = find_own(number, person, directory)
    present = values_of(row, *VALUES)

    def save(typed: Values, seen: str) -> None:
        by = actor_at(person, typed["place_id"], directory)
        change_row(session, row, typed, seen=seen, by=by, now=clock.now())

    form = TemplateForm(person, directory, data=TemplateForm.data_of(present))
    return answer(form, present, save, _("Change a reply template"), directory)


@blueprint.post("/<int:number>/retire")
@staff_only(*MAKERS)
def retire(number: int) -> ResponseReturnValue:
    return set_retired(number, True)


@blueprint.post("/<int:number>/bring-back")
@staff_only(*MAKERS)
def bring_back(number: int) -> ResponseReturnValue:
    return set_retired(number, False)


def set_retired(number: int, wanted: bool) -> ResponseReturnValue:
    """Offer the template no more, or again; done twice it is done once."""
    session, person, directory = begin()
    row, now = find_own(number, person, directory), clock.now()

    def change() -> None:
        if (row.retired_at is not None) == wanted:
            return
        row.retired_at = now if wanted else None
        session.flush()
        by = actor_at(person, row.place_id, directory)
        was, is_ = {"retired": not wanted}, {"retired": wanted}
        record_change(session, name_row(row), was, is_, by=by, now=now)

    return run(change, done=url_for(".index"))


def begin() -> tuple[Any, Person, Directory]:
    """Return the session, who is there, and the set-up, which nobody else changes meanwhile."""
    person, session = me(), db.session()
    if request.method == "POST":
        lock_set_up(session)
    return session, person, get_directory(session)


def find_own(number: int, person: Person, directory: Directory) -> ReplyTemplate:
    """Return the template; NotFound if it is of a place that is not the person's."""
    row = db.session.get(ReplyTemplate, number)
    if row is None or not roles_at(person, directory.places[row.place_id].path, *MAKERS):
        raise NotFound()
    return row


def actor_at(person: Person, place_id: int, directory: Directory) -> Actor:
    held = {role.name for role in roles_at(person, directory.places[place_id].path, *MAKERS)}
    return Actor(person, str(next(name for name in MAKERS if name in held)))


def answer(
    form: TemplateForm,
    present: Values,
    save: Callable[[Values, str], None],
    title: str,
    directory: Directory,
) -> ResponseReturnValue:
    """Show the form, its preview, or save it."""
    shown: dict[str, Any] = {
        "page": "administration/reply_template.html",
        "title": title,
        "back": url_for(".index"),
        "preview": True,
    }
    if "preview" in request.form and form.validate_on_submit():
        return show(form, None, examples=examples_of(form, directory), **shown)
    return edit(form, present, save, done=url_for(".index"), **shown)


def examples_of(form: TemplateForm, directory: Directory) -> list[tuple[str, str, str]]:
    """Return code and name of each language with its text as it would be sent."""
    found = []
    for code in LANGUAGE_FIELDS:
        text = form.texts().get(code)
        if text:
            with in_language(code):
                found.append((code, LANGUAGES[code], fill(text, example_values(form, directory))))
    return found


def example_values(form: TemplateForm, directory: Directory) -> dict[str, str]:
    department = next(iter(directory.departments_in_use()), None)
    return {
        "reference": "123-456-782",
        "place": directory.full_name(form.place.data),
        "department": department.name if department else _("the committee"),
        "due": day(clock.now()),
        "staff": me().name or _("the committee"),
    }
