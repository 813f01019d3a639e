"""Photos on their way in: the step that asks for them, and what it shares with adding them later."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeVar

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.errors import TooMany
from portal.core.forms import Form, ShortText, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import ngettext
from portal.core.pictures import MAX_BYTES
from portal.intake.actions import add_draft_photos, describe_photos, remove_draft_photo, save_step
from portal.intake.models import Draft, DraftPhoto
from portal.intake.rules import MOST_SENT, step_before
from portal.intake.visit import Visit, danger
from portal.threads.gallery import SIZES, Shown
from portal.threads.receiving import Received, count_upload, files_chosen, receive_files

MOST_BODY = MOST_SENT * MAX_BYTES + 1_000_000
LONGEST_ALT = 200


SomeForm = TypeVar("SomeForm", bound=Form)


class Described(Protocol):
    """A photo of a draft or of a thread."""

    key: str
    alt: str


def photos_form(numbered: Iterable[tuple[int, Described]], kind: type[SomeForm], **given: Any) -> SomeForm:
    """Return a form of this kind that also asks what can be seen in each photo, called by its number."""
    fields = {
        alt_name(photo): ShortText(
            _("What can be seen in photo %(number)s?", number=number),
            [no_longer_than(LONGEST_ALT)],
            default=photo.alt,
        )
        for number, photo in numbered
    }
    form: SomeForm = type("PhotosForm", (kind,), fields)(**given)
    return form


def alt_name(photo: Described) -> str:
    return f"alt_{photo.key}"


def given_alts(form: Form) -> dict[str, str]:
    """Return what was typed of each photo, by its key; too long a text is left out."""
    return {
        f.name.removeprefix("alt_"): f.data
        for f in form
        if f.name in request.form and f.name.startswith("alt_") and not f.errors
    }


def photos_step(visit: Visit, step: str) -> ResponseReturnValue:
    """Show the photos of the draft, or take what was sent: files, words for them, or one to remove."""
    if request.method != "POST":
        return visit.remember(show_photos(visit))
    try:
        received = receive_for_draft(visit)
    except TooMany as refused:
        return visit.remember((show_photos(visit, [refused.message]), refused.status))
    return take_photos(visit, step, received)


def receive_for_draft(visit: Visit) -> Received:
    """Keep the files chosen, which is slow, before anything but the attempt is written. Raises TooMany."""
    if not files_chosen():
        return Received()
    visit.begin_write()
    try:
        count_upload(visit.session, f"browser:{visit.keys.browser}", visit.now)
    except TooMany:
        visit.session.rollback()
        raise
    visit.session.commit()
    return receive_files(MOST_SENT - len(visit.photos), [p.source for p in visit.photos])


def take_photos(visit: Visit, step: str, received: Received) -> Response:
    """Keep what was given. Files that were chosen come back with the question what they show."""
    visit.begin_write()
    if visit.draft is None:
        return visit.go("words")
    form = photos_form(enumerate(visit.photos, 1), Form)
    valid = form.validate() and not received.problems
    keep_photos(visit, visit.draft, form, received)
    visit.draft = save_step(
        visit.session,
        visit.draft,
        key=visit.keys.begin(visit.path),
        path=visit.path,
        step=step,
        given={},
        valid=valid,
        now=visit.now,
    )
    visit.answers = visit.draft.answers
    visit.session.commit()
    if not valid:
        return visit.remember((show_photos(visit, received.problems), 422))
    return visit.go(step) if has_changed_photos(received) else visit.go_on(step)


def keep_photos(visit: Visit, draft: Draft, form: Form, received: Received) -> None:
    """Give the draft the files that came and the words for its photos; take out the one not wanted."""
    describe_photos(visit.photos, given_alts(form))
    remove_draft_photo(visit.session, draft, request.form.get("remove", ""), now=visit.now)
    add_draft_photos(visit.session, draft, received.kept)


def has_changed_photos(received: Received) -> bool:
    """Tell whether the person is to see the page of the photos again, as it is now."""
    return bool(received.kept or request.form.get("remove"))


def show_photos(visit: Visit, problems: Sequence[str] = ()) -> str:
    form = photos_form(enumerate(visit.photos, 1), Form)
    if request.method == "POST":
        form.validate()
    form.form_errors = list(problems)
    return render_template(
        "intake/photos.html",
        **photo_values(visit, form),
        path=visit.path,
        draft=visit.draft_name,
        back=url_for("intake.step", path=visit.path, step=step_before("photos")),
        **danger(visit, "photos"),
    )


def photo_values(visit: Visit, form: Form) -> dict[str, Any]:
    """Return what the fields for the draft's photos show."""
    return {
        "form": form,
        "photos": [(tell_draft_photo(visit.path, p), form[alt_name(p)], p.key) for p in visit.photos],
        "room": tell_room(MOST_SENT - len(visit.photos)),
    }


def tell_draft_photo(path: str, photo: DraftPhoto) -> Shown:
    """Return the photo with addresses that only the draft's browser can read."""
    small, large = (url_for("intake.draft_photo", path=path, key=photo.key, size=size) for size in SIZES)
    return Shown(small, large, photo.alt, photo.width, photo.height)


def tell_room(room: int) -> str:
    """Return how many photos there is still room for, in words; nothing where there is none."""
    if room <= 0:
        return ""
    return ngettext(
        "There is room for %(num)s photo: JPEG, PNG, WebP or HEIC, up to 10 MB.",
        "There is room for %(num)s photos: JPEG, PNG, WebP or HEIC, up to 10 MB each.",
        room,
    )
