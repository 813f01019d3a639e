"""The comments on a public page, and the forms to add one and to report one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy.orm import Session
from wtforms import BooleanField

from portal.accounts.identity import current_person, signed_in_person
from portal.accounts.models import Person
from portal.accounts.telling import tell_mark
from portal.communities.directory import Directory
from portal.core.forms import Form, LongText, Needed, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.core.text import mask_personal
from portal.core.web import address_with, row_asked_for
from portal.threads.additions import Comment
from portal.threads.comments import NO_COMMENTS, RESIDENT, list_comments, role_of, takes_comments
from portal.threads.models import Thread
from portal.threads.queries import Published
from portal.threads.timeline import role_label

MAX_COMMENT = 2000


class CommentForm(Form):
    comment = LongText(
        lazy_gettext("Your comment"),
        [Needed(lazy_gettext("Please write in words what you want to say.")), no_longer_than(MAX_COMMENT)],
    )
    name_shown = BooleanField(lazy_gettext("Show my name beside it"))


class FlagForm(Form):
    why = LongText(lazy_gettext("What is wrong with it?"), [no_longer_than(500)])


@dataclass(frozen=True)
class CommentLine:
    """A comment as the public reads it, or as who said it does."""

    id: int
    text: str  # empty once it is taken back
    at: datetime
    by: str
    is_staff: bool
    is_mine: bool
    waits: bool
    hidden_because: str
    mark: str = ""  # the institution, firm or expert that an administrator has confirmed
    helpful: int = 0  # people who said so of an argument


def tell_comment(
    comment: Comment, thread: Thread, directory: Directory, reader: Person | None = None
) -> CommentLine:
    """Return a comment with personal numbers covered, and whose it is as far as they want it known."""
    name = comment.person.name if comment.name_shown else ""
    return CommentLine(
        id=comment.id,
        text=mask_personal(comment.text),
        at=comment.created_at,
        by=name or _role_name(comment, thread, directory),
        is_staff=comment.role != RESIDENT,
        is_mine=reader is not None and comment.person.root_id == reader.root_id,
        waits=not comment.is_shown,
        hidden_because=comment.hidden_reason if comment.hidden_at else "",
        mark=tell_mark(comment.person, named=bool(name)),
        helpful=comment.helpful_total,
    )


def _role_name(comment: Comment, thread: Thread, directory: Directory) -> str:
    if comment.person.erased_at and not thread.made_impersonal_at:
        return _("Account deleted")
    department = directory.departments.get(thread.department_id or 0)
    if comment.role == "officer" and department:
        return department.name
    return _("A neighbour") if comment.role == RESIDENT else role_label(comment.role)


def comment_values(
    session: Session, found: Published, directory: Directory, form: CommentForm | None = None
) -> dict[str, Any]:
    """Return what the comments on a submission's public page need; one query where there are any."""
    thread, person, reader = found.thread, signed_in_person(), current_person(session)
    open_now = takes_comments(thread, directory)
    before = row_asked_for("comments")
    page = list_comments(session, thread, before, reader=reader) if found.has_comments else NO_COMMENTS
    return {
        "comments": [tell_comment(c, thread, directory, reader) for c in page.comments],
        "comments_earlier": page.earlier and address_with(comments=str(page.earlier)),
        "comments_last": address_with(comments=None) if request.args.get("comments") else None,
        "comment_form": (form or CommentForm(formdata=None)) if open_now else None,
        "comment_role": _staff_role(person, thread, directory),
        "comment_name": person.name if person else "",
        "comment_waits": person is None or not person.is_verified,
    }


def _staff_role(person: Person | None, thread: Thread, directory: Directory) -> str:
    role = role_of(person, thread, directory) if person else RESIDENT
    return "" if role == RESIDENT else role_label(role)
