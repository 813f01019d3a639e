"""The rooms of the house, one explicit list: their pages, their background work and their commands."""

from portal.accounts import jobs as account_jobs
from portal.accounts import views as accounts
from portal.administration import commands as administration_commands
from portal.administration import households as household_pages
from portal.administration import reply_templates
from portal.administration import views as administration
from portal.cases import file_views as case_files
from portal.cases import jobs as case_jobs
from portal.cases import views as cases
from portal.communities import views as communities
from portal.core import health
from portal.core.worker import work
from portal.ideas import (
    aim_views,
    arguing,
    asked_views,
    call_desk,
    call_files,
    combining_desk,
    lineage_pages,
    need_views,
    proposal_desk,
)
from portal.ideas import call_views as calls
from portal.ideas import combining_views as combining
from portal.ideas import version_views as versions
from portal.ideas import views as ideas
from portal.insight import department_pages as departments
from portal.insight import jobs as insight_jobs
from portal.insight import satisfaction_pages as satisfaction
from portal.insight import views as insight
from portal.insight import workload_pages as workload
from portal.intake import about, changing, joining, mine, offline, track_aims, track_photos, tracking
from portal.intake import arrival as arrivals
from portal.intake import commands as intake_commands
from portal.intake import entry as on_behalf
from portal.intake import posters as poster_pages
from portal.intake import views as intake
from portal.notifications import follow_jobs, follow_pages, inbox, passing_on, told, warning_jobs
from portal.notifications import jobs as notification_jobs
from portal.notifications import pilot_jobs as pilot_mails
from portal.notifications import views as notifications
from portal.panels import appraisal_pages as appraisals
from portal.panels import deciding, seats
from portal.panels import desk as panels
from portal.panels import jobs as panel_jobs
from portal.panels import log_pages as decision_log
from portal.panels import result_views as panel_results
from portal.panels import reveal_jobs as panel_reveal_jobs
from portal.panels import score_views as scoring
from portal.pilots import desk as pilots_desk
from portal.pilots import (
    effects_desk,
    effects_views,
    gates_jobs,
    gates_views,
    judging,
    practices_desk,
    practices_views,
)
from portal.pilots import jobs as pilot_jobs
from portal.pilots import measuring as pilot_measures
from portal.pilots import tables as public_tables
from portal.pilots import views as pilots
from portal.priority import jobs as priority_jobs
from portal.priority import views as priority
from portal.privacy import jobs as privacy_jobs
from portal.privacy import views as privacy
from portal.reports import jobs as report_jobs
from portal.reports import verdict_views as verdicts
from portal.reports import views as reports
from portal.routing import commands as routing_commands
from portal.setup import commands as setup_commands
from portal.threads import comment_views as comments
from portal.threads import feeds, word_shares
from portal.threads import jobs as thread_jobs
from portal.threads import photo_views as photos
from portal.threads import similar_views as similar
from portal.triage import asking_views, bulk_views, filter_views, fixing, list_files, mode
from portal.triage import comments as comments_desk
from portal.triage import handing_pages as handing
from portal.triage import jobs as triage_jobs
from portal.triage import photos as staff_photos
from portal.triage import recurring_views as recurring
from portal.triage import similar as staff_similar
from portal.triage import split_views as splitting
from portal.triage import tables as staff_tables
from portal.triage import versions as staff_versions
from portal.triage import views as triage

ROOMS = (
    health.blueprint,
    accounts.blueprint,
    communities.blueprint,
    comments.blueprint,
    feeds.blueprint,
    photos.blueprint,
    similar.blueprint,
    reports.blueprint,
    verdicts.blueprint,
    ideas.blueprint,
    arguing.blueprint,
    aim_views.blueprint,
    need_views.blueprint,
    versions.blueprint,
    asked_views.blueprint,
    combining.blueprint,
    lineage_pages.blueprint,
    combining_desk.blueprint,
    calls.blueprint,
    call_files.blueprint,
    call_desk.blueprint,
    proposal_desk.blueprint,
    triage.blueprint,
    bulk_views.blueprint,
    filter_views.blueprint,
    list_files.blueprint,
    staff_tables.blueprint,
    mode.blueprint,
    staff_photos.blueprint,
    fixing.blueprint,
    staff_similar.blueprint,
    splitting.blueprint,
    staff_versions.blueprint,
    asking_views.blueprint,
    recurring.blueprint,
    comments_desk.blueprint,
    priority.blueprint,
    scoring.blueprint,
    panel_results.blueprint,
    handing.blueprint,
    panels.blueprint,
    deciding.blueprint,
    seats.blueprint,
    appraisals.blueprint,
    decision_log.blueprint,
    effects_views.blueprint,
    effects_desk.blueprint,
    gates_views.blueprint,
    judging.blueprint,
    practices_views.blueprint,
    practices_desk.blueprint,
    cases.blueprint,
    case_files.blueprint,
    public_tables.blueprint,
    pilots.blueprint,
    pilots_desk.blueprint,
    pilot_measures.blueprint,
    intake.blueprint,
    joining.blueprint,
    tracking.blueprint,
    track_photos.blueprint,
    track_aims.blueprint,
    changing.blueprint,
    about.blueprint,
    offline.blueprint,
    mine.blueprint,
    on_behalf.blueprint,
    arrivals.blueprint,
    poster_pages.blueprint,
    notifications.blueprint,
    told.blueprint,
    follow_pages.blueprint,
    inbox.blueprint,
    insight.blueprint,
    departments.blueprint,
    satisfaction.blueprint,
    workload.blueprint,
    privacy.blueprint,
    household_pages.blueprint,
    reply_templates.blueprint,
    administration.blueprint,
)
# Importing them tells the worker who does what.
JOBS = (
    account_jobs,
    thread_jobs,
    word_shares,
    report_jobs,
    triage_jobs,
    case_jobs,
    priority_jobs,
    panel_reveal_jobs,
    panel_jobs,
    pilot_jobs,
    gates_jobs,
    notification_jobs,
    passing_on,
    follow_jobs,
    warning_jobs,
    pilot_mails,
    insight_jobs,
    privacy_jobs,
)
COMMANDS = (
    work,
    *routing_commands.commands,
    *intake_commands.commands,
    *setup_commands.commands,
    *administration_commands.commands,
)

# Mail programs post to these without a form of ours; the signed link is the proof.
ONE_CLICK = (notifications.stop_mail, follow_pages.stop)
