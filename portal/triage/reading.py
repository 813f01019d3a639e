"""One submission laid open for staff: why it stands where it stands, who sent it, what happened."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import Row
from sqlalchemy.orm import Session

from portal.accounts.contacts import channel_names
from portal.accounts.models import Contact, Person
from portal.accounts.queries import names_of
from portal.communities.directory import CategoryEntry, Directory
from portal.core.i18n import gettext as _
from portal.routing.models import DecidedBy, RoutingDecision
from portal.threads.additions import Photo
from portal.threads.channels import TAKEN_DOWN
from portal.threads.gallery import SIZES, Shown, tell_state
from portal.threads.models import Event, Kind, Thread, Visibility
from portal.threads.photos import first_photos_of_any_state
from portal.threads.queries import list_events, original_words
from portal.threads.similar import Similar, find_similar_among
from portal.threads.similar_lines import SimilarLine, matter_of, tell_similar_with
from portal.threads.timeline import Entry, tell_timeline
from portal.triage.access import readable_by

ALTERNATIVES = 2


@dataclass(frozen=True)
class Proposal:
    """A place the classifier would send it to."""

    verb: str  # sort or idea
    category: CategoryEntry
    target: str  # the department, or the innovation queue
    percent: int


@dataclass(frozen=True)
class Routing:
    """Why it stands where it stands."""

    sentences: list[str]
    words: list[tuple[str, int]]  # with weights from 1 to 3
    danger_words: list[str]
    proposal: Proposal | None  # the classifier's first, where nobody has sorted it yet
    alternatives: list[Proposal]  # the two next best


def explain_routing(thread: Thread, said: RoutingDecision, directory: Directory) -> Routing:
    """Return the classifier's reasons, as kept when the thread came, and what else it thought of."""
    proposals = _proposals(thread, said, directory)
    proposal = proposals[0] if proposals and thread.needs_sorting else None
    others = [p for p in proposals if p != proposal and p.category.id != thread.category_id]
    return Routing(
        sentences=_sentences(thread, said),
        words=[] if _is_open_idea(thread) else _weighed(said.words),
        danger_words=list(said.urgency_words),
        proposal=proposal,
        alternatives=others[:ALTERNATIVES],
    )


def _proposals(thread: Thread, said: RoutingDecision, directory: Directory) -> list[Proposal]:
    proposals = []
    for code, chance in said.alternatives:
        category = directory.category_codes.get(code)
        if category is None or category.is_retired:
            continue
        is_idea = thread.kind == Kind.IDEA or (thread.kind == Kind.UNDECIDED and said.kind == Kind.IDEA)
        target = _("innovation queue")
        if not is_idea:
            target = directory.department_for(category.id, thread.place_id).name
        verb = "idea" if is_idea else "sort"
        proposals.append(Proposal(verb, category, target, round(100 * chance)))
    return proposals


def _is_open_idea(thread: Thread) -> bool:
    return thread.kind == Kind.IDEA and thread.category_id is None


def _sentences(thread: Thread, said: RoutingDecision) -> list[str]:
    if _is_open_idea(thread):
        return [_("Every idea goes to the innovation queue, whatever it is about.")]
    if said.decided_by == DecidedBy.NOBODY and not said.to_desk and said.category_id is not None:
        return [_("A person decided where it goes.")]
    if said.decided_by != DecidedBy.CLASSIFIER or said.probability is None:
        return [_("The automatic sorting could not be asked, so a person decides.")]
    sentences = [_how_sure(said.probability)]
    if said.to_desk:
        sentences.append(_why_a_person(said.probability, said.threshold))
    if thread.kind == Kind.IDEA or said.threshold is None:
        return sentences
    if _tells_apart(said.probability, said.threshold):
        sentences.append(_("It decides alone from %(percent)s%%.", percent=_percent(said.threshold)))
    return sentences


def _why_a_person(probability: float, threshold: float | None) -> str:
    if threshold is None or probability >= threshold:
        return _("The sender was not sure what it is, so a person decides.")
    if threshold > 1:
        return _("It does not decide alone for this department yet, so a person decides.")
    if not _tells_apart(probability, threshold):
        return _("For this department it must be a little surer still, so a person decides.")
    return _("That is not enough to decide alone, so a person decides.")


def _tells_apart(probability: float, threshold: float) -> bool:
    """Whether naming the threshold explains anything: it can be reached, and is not the same when rounded."""
    return threshold <= 1 and (probability >= threshold or _percent(probability) < _percent(threshold))


def _percent(share: float) -> int:
    return round(100 * share)


def _how_sure(probability: float) -> str:
    percent = {"percent": round(100 * probability)}
    if probability >= 0.9:
        return _("The automatic sorting was almost certain where it belongs (%(percent)s%%).", **percent)
    if probability >= 0.7:
        return _("The automatic sorting was fairly certain where it belongs (%(percent)s%%).", **percent)
    if probability >= 0.4:
        return _("The automatic sorting was uncertain where it belongs (%(percent)s%%).", **percent)
    return _("The automatic sorting could only guess where it belongs (%(percent)s%%).", **percent)


def _weighed(words: Sequence[tuple[str, float]]) -> list[tuple[str, int]]:
    most = max((weight for _word, weight in words), default=0) or 1
    return [(word, min(3, max(1, 1 + int(3 * weight / most)))) for word, weight in words]


def sender_facts(thread: Thread, author: Person, contacts: Sequence[Contact]) -> list[tuple[str, str]]:
    """Return what staff may know of the sender and the ways to reach them: never the address itself."""
    if author.erased_at:
        return [(_("Sender"), _("Removed, as the sender wished or the time for keeping is over"))]
    is_told = thread.author_name_shown or thread.channel in TAKEN_DOWN  # to staff, with consent
    name = author.name if is_told and author.name else _("Not shown")
    if author.email is None and contacts:
        contact = _("No e-mail address")
    elif author.email is None:
        contact = _("No e-mail address: reads answers on the tracking page only")
    elif author.has_confirmed_email:
        contact = _("E-mail address left and confirmed")
    else:
        contact = _("E-mail address left, not confirmed")
    home = [(_("Lives here"), _("Verified by the committee"))] if author.residency_confirmed_at else []
    names = channel_names()
    others = [(names[one.channel], _("Gets news this way")) for one in contacts]
    return [(_("Name of the person"), name), (_("Contact"), contact), *others, *home]


def tell_photo_to_staff(thread: Thread | Row[Any], photo: Photo) -> Shown:
    """Return the photo with addresses for those who may read the thread, whatever its state."""
    small, large = (
        url_for("staff_photos.picture", reference=thread.reference, number=photo.id, size=size)
        for size in SIZES
    )
    return Shown(small, large, photo.alt, photo.width, photo.height, tell_state(photo))


def visibility_text(visibility: Visibility) -> str:
    """Return in words what the public sees of it."""
    return {
        Visibility.PUBLIC: _("Everybody can read the words."),
        Visibility.FIRST_LOOK: _("The words wait for a first look by staff; the rest is public."),
        Visibility.HIDDEN: _("Hidden from the public."),
        Visibility.PRIVATE: _("Private: the sender wants only staff to see it."),
    }[visibility]


@dataclass(frozen=True)
class History:
    """The timeline for staff, and which part of it a person hasn't seen."""

    events: Sequence[Event]
    entries: list[Entry]
    names: dict[int, str]  # of the staff in it, and of whoever has the matter

    def since(self, seen: int) -> list[Entry]:
        """Return what happened after the event with this number."""
        return [
            entry for event, entry in zip(self.events, self.entries, strict=True) if event.sequence > seen
        ]


def read_history(session: Session, thread: Thread, directory: Directory) -> History:
    """Return what happened, with the names of the staff who did it, and words that were taken back."""
    events = list_events(session, thread.id, "staff")
    staff = {e.actor_id for e in events if e.actor_role != "resident"}
    names = names_of(session, staff | {e.data.get("person") for e in events} | {thread.assignee_id})
    entries = tell_timeline(events, directory)
    return History(events, [_named(*pair, names) for pair in zip(events, entries, strict=True)], names)


def _named(event: Event, entry: Entry, names: dict[int, str]) -> Entry:
    name = names.get(event.actor_id or 0, "") if event.actor_role != "resident" else ""
    entry = replace(entry, words=event.statement.text if event.statement else "")
    if event.kind == "thread.given":
        colleague = names.get(event.data["person"]) or _("a colleague")
        return replace(entry, by_name=name, sentence=_("Given to %(name)s.", name=colleague))
    return replace(entry, by_name=name)


def read_similar(
    session: Session, thread: Thread, person: Person, directory: Directory, now: datetime
) -> list[SimilarLine]:
    """Return the open submissions near there that may be the same matter, of those the person may read."""
    if thread.is_closed:
        return []
    matter = matter_of(thread, original_words(session, thread.id))
    seen = readable_by(person, directory)
    found = find_similar_among(session, matter, directory, seen, for_staff=True, now=now)
    photos = first_photos_of_any_state(session, [one.row.id for one in found])
    return [
        _with_photo(line, one, photos.get(one.row.id))
        for line, one in zip(tell_similar_with({}, found, directory), found, strict=True)
    ]


def _with_photo(line: SimilarLine, one: Similar, photo: Photo | None) -> SimilarLine:
    shown = tell_photo_to_staff(one.row, photo) if photo else None
    return replace(line, line=line.line._replace(photo=shown))
