"""The practice library: what worked, found by its problem, and what came of it at each place."""

from functools import partial

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import has_role, is_coordinator_at
from portal.accounts.identity import signed_in_person
from portal.accounts.models import RoleName
from portal.communities.directory import Directory, get_directory
from portal.core.db import db
from portal.core.guards import public
from portal.core.text import query_phrases
from portal.pilots.outcome_telling import SEVERITIES, VERDICTS, tell_cost, tell_counts
from portal.pilots.practices_queries import Trial, get_practice, list_practices, list_trials
from portal.pilots.words import tell_findings, unit_of, with_unit
from portal.threads.choices import category_ids, category_options
from portal.threads.models import Thread

blueprint = Blueprint("practices", __name__, url_prefix="/practices")
LONGEST_QUERY = 200


@blueprint.get("")
@public
def index() -> ResponseReturnValue:
    """Show the library, or what of it fits the words and the category asked for."""
    session = db.session()
    directory = get_directory(session)
    query = " ".join(request.args.get("q", "").split())[:LONGEST_QUERY]
    category = request.args.get("category", "")
    chosen = category_ids(category, directory)
    found = list_practices(session, query_phrases(query) if query else None, chosen or None)
    about = directory.categories
    return render_template(
        "pilots/practices.html",
        practices=[(p, directory.full_name(p.place_id), about.get(p.category_id or 0)) for p in found],
        query=query,
        category=category if chosen else "",
        categories=list(category_options(directory)),
        writes=has_role(signed_in_person(), RoleName.COORDINATOR),
    )


@blueprint.get("/<code>")
@public
def show(code: str) -> ResponseReturnValue:
    session = db.session()
    practice, directory = get_practice(session, code), get_directory(session)
    trials = list_trials(session, practice)
    thread = session.get_one(Thread, trials[0].pilot.thread_id)
    category = directory.categories.get(practice.category_id or 0)
    person, where = signed_in_person(), directory.places[practice.place_id]
    return render_template(
        "pilots/practice.html",
        practice=practice,
        place=directory.full_name(practice.place_id),
        category=category.name if category else "",
        trials=[(trial, directory.full_name(trial.pilot.place_id)) for trial in trials],
        verdicts=VERDICTS,
        severities=SEVERITIES,
        tell_counts=tell_counts,
        tell_cost=tell_cost,
        tell_measured=partial(tell_measured, directory),
        idea=thread if thread.is_listed else None,
        may_take_up=has_role(person, RoleName.COORDINATOR),
        may_change=is_coordinator_at(person, where.path),
    )


def tell_measured(
    directory: Directory, trial: Trial
) -> tuple[list[tuple[str, ...]], list[tuple[str, list[str]]]]:
    """Return what a trial measured, as rows of a table and in sentences that claim no more."""
    rows, found = [], []
    for indicator, measured in trial.measured:
        unit = unit_of(indicator)
        since = measured.difference.since
        numbers = (indicator.baseline, since, indicator.target)
        rows.append((indicator.name, *(with_unit(number, unit) for number in numbers)))
        beside = directory.places.get(indicator.comparison_place_id or 0)
        found.append((indicator.name, tell_findings(indicator, measured, beside.name if beside else "")))
    return rows, found
