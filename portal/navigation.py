"""The links at the top of every page, by who is looking."""

from typing import Any

from flask import g, request, url_for

from portal.accounts.access import administers_all, has_role
from portal.accounts.identity import signed_in_person
from portal.accounts.models import OF_DEPARTMENT, Person, RoleName
from portal.communities.directory import get_directory
from portal.core.db import db
from portal.core.i18n import gettext as _
from portal.notifications.inbox import count_unread

Link = tuple[str, str, bool]


def navigation() -> dict[str, Any]:
    """Return `nav_items` and `staff_nav_items` for the page frame; none after a failure."""
    if g.get("failed"):
        return {}
    return {
        "nav_items": resident_links(),
        "staff_nav_items": staff_links(),
        "staff_keys": {url_for("triage.search"): "/"},
        "footer_items": [
            (_("How Linli works"), url_for("about.about")),
            (_("The departments and how they do"), url_for("departments.index")),
            (_("Pilots"), url_for("pilots.index")),
            (_("Practice library"), url_for("practices.index")),
            (_("Your words and your data"), url_for("about.privacy")),
        ],
    }


def resident_links() -> list[Link]:
    links = [_link(_("Reports"), "reports.index"), _link(_("Ideas"), "ideas.index")]
    person = signed_in_person()
    if person is None:
        return [*links, _link(_("Sign in"), "accounts.sign_in")]
    return [*links, inbox_link(person), _link(_("My account"), "accounts.profile")]


def inbox_link(person: Person) -> Link:
    """Return the link to the inbox, with the number of what is unread."""
    unread = count_unread(db.session(), person)
    return _link(_("Inbox (%(number)s)", number=unread) if unread else _("Inbox"), "inbox.index")


def staff_links() -> list[Link]:
    person = signed_in_person()
    if person is None or not person.is_staff:
        return []
    links = [_link(_("Overview"), "triage.home")]
    if has_role(person, RoleName.COORDINATOR):
        links.append(_link(_("Sorting desk"), "triage.desk"))
    if has_role(person, *OF_DEPARTMENT, RoleName.COORDINATOR):
        links.append(_link(_("Enter for somebody"), "entry.enter"))
        links.append(_link(_("Queue"), "triage.queue"))
        links.append(_link(_("Comments"), "comments_desk.index"))
        links.append(_link(_("Calls to make"), "told.calls"))
    if has_role(person, RoleName.COORDINATOR, RoleName.PANELLIST):
        links.append(_link(_("Ideas to weigh"), "triage.ideas"))
    if has_role(person, RoleName.COORDINATOR):
        links.append(_link(_("The panel"), "panels.index"))
    if has_role(person, RoleName.PANELLIST):
        links.append(_link(_("My reviews"), "reviews.mine"))
    if has_role(person, *OF_DEPARTMENT, RoleName.COORDINATOR, RoleName.PANELLIST):
        links.append(_link(_("Pilots"), "pilots_desk.index"))
        links.append(_link(_("Search"), "triage.search"))
    if has_role(person, RoleName.HEAD, RoleName.COORDINATOR, RoleName.ADMINISTRATOR):
        links.append(_link(_("Workload"), "workload.index"))
    if has_role(person, RoleName.COORDINATOR, RoleName.ADMINISTRATOR):
        links.append(_link(_("How well it sorts"), "insight.sorting"))
    if has_role(person, RoleName.ADMINISTRATOR):
        links.append(_link(_("Setting up"), "administration.home"))
    if administers_all(person, get_directory(db.session())):
        links.append(_link(_("Outgoing messages"), "notifications.mail"))
    return links


def _link(label: str, endpoint: str) -> Link:
    return label, url_for(endpoint), request.endpoint == endpoint
