"""The ideas that were combined into one: as a list, and as a picture."""

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.orm import Session

from portal.core.i18n import gettext as _
from portal.core.i18n import ngettext
from portal.ideas.lineage_drawing import Drawing, Node, draw_lineage
from portal.threads.lineage import Lineage, read_lineage
from portal.threads.models import Thread, Visibility
from portal.threads.pages import page_address
from portal.threads.timeline import status_label


@dataclass(frozen=True)
class Branch:
    """An idea, and those that went into it. Of one that is not public, nothing but that there is one."""

    title: str
    reference: str
    address: str
    language: str
    status: str
    status_label: str
    supporters: str
    is_here: bool
    parents: list["Branch"]


class Shown(NamedTuple):
    """The lineage of an idea, to be shown."""

    top: Branch
    drawing: Drawing


def tell_lineage(session: Session, thread: Thread) -> Shown | None:
    """Return the whole that an idea is part of; None where nothing was combined."""
    lineage = read_lineage(session, thread)
    if lineage is None:
        return None
    top = _tell(lineage, thread)
    return Shown(top, draw_lineage(_node(top)))


def _tell(lineage: Lineage, here: Thread) -> Branch:
    thread = lineage.thread
    is_public = thread.is_listed and thread.visibility == Visibility.PUBLIC
    count = thread.votes_total
    return Branch(
        title=thread.title if is_public else _("An idea that is not public"),
        reference=thread.reference if is_public else "",
        address=page_address(thread) if is_public else "",
        language=thread.language if is_public else "",
        status=thread.status if is_public else "",
        status_label=status_label(thread.status) if is_public else "",
        supporters=ngettext("%(num)s supporter", "%(num)s supporters", count) if is_public else "",
        is_here=thread.id == here.id,
        parents=[_tell(parent, here) for parent in lineage.parents],
    )


def _node(branch: Branch) -> Node:
    parents = [_node(parent) for parent in branch.parents]
    return Node(branch.title, branch.language, branch.supporters, branch.is_here, parents)
