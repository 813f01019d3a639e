"""Aims in words: what an idea would prevent, and how many reports of it there were."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from portal.communities.directory import Directory
from portal.communities.models import PlaceKind
from portal.core.dates import day
from portal.core.i18n import gettext as _
from portal.core.i18n import ngettext
from portal.ideas.aims import Target
from portal.ideas.needs import WITHIN, count_reports
from portal.threads.chains import list_chain
from portal.threads.models import Thread


@dataclass(frozen=True)
class Told:
    """A target as pages show it."""

    key: str
    what: str
    count: str  # of reports, in words
    href: str  # to the reports
    title: str = ""  # of the newest report of what comes up again
    language: str = ""


def tell_targets(
    session: Session, targets: Sequence[Target], directory: Directory, now: datetime
) -> list[Told]:
    """Return targets in the language of the request; one query for all, and one for each chain."""
    plain = [target for target in targets if target.report_id is None]
    counts = count_reports(session, plain, directory, since=now - WITHIN)
    told = (
        _tell_chain(session, target, directory) if target.report_id else _tell(target, counts, directory)
        for target in targets
    )
    return [one for one in told if one is not None]


def _tell(target: Target, counts: Mapping[str, int], directory: Directory) -> Told:
    return Told(
        target.key,
        what_where(target.category_id, target.place_id, directory),
        reports_in_a_year(counts[target.key]),
        reports_address(target.category_id, target.place_id, directory),
    )


def _tell_chain(session: Session, target: Target, directory: Directory) -> Told | None:
    """Return what is public of a chain; nothing where its report is not public any more."""
    report = session.get(Thread, target.report_id)
    if report is None or not report.is_listed:
        return None
    chain = [thread for thread in list_chain(session, report.id) if thread.is_listed]
    is_readable = report.visibility == "public"
    return Told(
        target.key,
        what_where(target.category_id, report.spot_id or target.place_id, directory)
        if is_readable
        else what_where(target.category_id, target.place_id, directory),
        tell_times(len(chain), chain[0].created_at),
        url_for("reports.show", reference=report.reference),
        report.title if is_readable else _("Waiting for a first look"),
        report.language if is_readable else "",
    )


def what_where(category_id: int, place_id: int, directory: Directory) -> str:
    """Return "category, place"."""
    category, place = directory.categories[category_id].name, directory.full_name(place_id)
    return _("%(category)s, %(place)s", category=category, place=place)


def tell_times(times: int, since: datetime) -> str:
    return ngettext(
        "It has come up %(num)s time since %(day)s",
        "It has come up %(num)s times since %(day)s",
        times,
        day=day(since),
    )


def reports_in_a_year(number: int) -> str:
    """Return how many reports there were in twelve months, in words."""
    if not number:
        return _("no reports in twelve months")
    return ngettext("%(num)s report in twelve months", "%(num)s reports in twelve months", number)


def reports_address(category_id: int, place_id: int, directory: Directory) -> str:
    """Return the address of the public list of these reports; of a named place that of its neighbourhood."""
    place = next(p for p in directory.ancestors(place_id) if p.kind != PlaceKind.SPOT)
    category = directory.categories[category_id].code
    return url_for("reports.index", category=category, place=place.code if place.parent_id else None)


def tell_answered(ideas: int, reports: int) -> str:
    """Return the sentence of a need: how many ideas answer how many reports."""
    came = ngettext("%(num)s such report", "%(num)s such reports", reports)
    if not ideas:
        return _("No idea answers %(reports)s yet", reports=came)
    return ngettext(
        "%(num)s idea answers %(reports)s", "%(num)s ideas answer %(reports)s", ideas, reports=came
    )
