"""The Flask application: one explicit list of rooms, put together here."""

import sys

from flask import Flask, get_flashed_messages
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import navigation
from portal.accounts import identity, sessions
from portal.accounts import jobs as account_jobs
from portal.accounts import views as accounts
from portal.administration import commands as administration_commands
from portal.administration import households as household_pages
from portal.administration import reply_templates
from portal.administration import views as administration
from portal.cases import file_views as case_files
from portal.cases import joint as joint_cases
from portal.cases import queries as case_queries
from portal.cases import telling as case_words
from portal.cases import views as cases
from portal.communities import views as communities
from portal.communities.directory import DirectoryCache
from portal.config import ConfigurationError, Settings, load_settings
from portal.core import health, i18n, uploads, web
from portal.core.db import db
from portal.core.logs import set_up_logs
from portal.core.storage import open_store
from portal.core.worker import work
from portal.ideas import about as idea_about
from portal.ideas import call_desk
from portal.ideas import call_views as calls
from portal.ideas import views as ideas
from portal.insight import department_pages as departments
from portal.insight import jobs as insight_jobs
from portal.insight import views as insight
from portal.insight import workload_pages as workload
from portal.intake import about, cookie, joining, mine, offline, track_photos, tracking
from portal.intake import arrival as arrivals
from portal.intake import commands as intake_commands
from portal.intake import entry as on_behalf
from portal.intake import posters as poster_pages
from portal.intake import views as intake
from portal.notifications import follow_jobs, follow_pages, inbox, passing_on, told, warning_jobs
from portal.notifications import jobs as notification_jobs
from portal.notifications import views as notifications
from portal.priority import jobs as priority_jobs
from portal.priority import section as priority_section
from portal.priority import views as priority
from portal.privacy import jobs as privacy_jobs
from portal.privacy import views as privacy
from portal.reports import actions as report_verbs
from portal.reports import closing
from portal.reports import jobs as report_jobs
from portal.reports import verdict_views as verdicts
from portal.reports import views as reports
from portal.routing import commands as routing_commands
from portal.routing.advice import Advisor, check_model
from portal.setup import commands as setup_commands
from portal.threads import comment_views as comments
from portal.threads import feeds, pages, word_shares
from portal.threads import jobs as thread_jobs
from portal.threads import photo_views as photos
from portal.threads import similar_views as similar
from portal.triage import bulk_views, filter_views, fixing, list_files, mode, overview, pane
from portal.triage import comments as comments_desk
from portal.triage import handing_pages as handing
from portal.triage import jobs as triage_jobs
from portal.triage import photos as staff_photos
from portal.triage import recurring_views as recurring
from portal.triage import similar as staff_similar
from portal.triage import split_views as splitting
from portal.triage import views as triage
from portal.triage import work as staff_verbs

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
    calls.blueprint,
    call_desk.blueprint,
    triage.blueprint,
    bulk_views.blueprint,
    filter_views.blueprint,
    list_files.blueprint,
    mode.blueprint,
    staff_photos.blueprint,
    fixing.blueprint,
    staff_similar.blueprint,
    splitting.blueprint,
    recurring.blueprint,
    comments_desk.blueprint,
    priority.blueprint,
    handing.blueprint,
    cases.blueprint,
    case_files.blueprint,
    intake.blueprint,
    joining.blueprint,
    tracking.blueprint,
    track_photos.blueprint,
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
    priority_jobs,
    notification_jobs,
    passing_on,
    follow_jobs,
    warning_jobs,
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

MAX_BODY = 1_000_000  # bytes; core.uploads allows more where files come in
csrf = CSRFProtect()
migrate = Migrate()


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application. Ends with a message naming the variable if a setting is wrong."""
    if settings is None:
        try:
            settings = load_settings()
        except ConfigurationError as error:
            sys.exit(f"Linli can't start, a setting is wrong:\n{error}")
    app = Flask(__name__, static_folder="../static", template_folder="../templates")
    configure(app, settings)
    set_up_logs(app)
    db.init_app(app)
    migrate.init_app(app, db, directory="portal/migrations", render_as_batch=True)
    uploads.set_up_uploads(app)
    csrf.init_app(app)
    for view in ONE_CLICK:
        csrf.exempt(view)
    i18n.babel.init_app(app, locale_selector=i18n.select_locale)
    identity.set_up_identity(app)
    web.set_up_pages(app)
    app.context_processor(navigation.navigation)
    app.context_processor(lambda: {"page_messages": get_flashed_messages(with_categories=True)})
    for room in ROOMS:
        app.register_blueprint(room)
    for command in COMMANDS:
        app.cli.add_command(command)
    health.checks["model"] = check_model
    pane.sections["priority/_section.html"] = priority_section.read_section
    pages.sections["reports/_closing.html"] = closing.read_closing
    pages.sections[idea_about.TEMPLATE] = idea_about.tell_idea
    pane.sections["notifications/_told.html"] = told.read_told
    overview.added["priority/_waiting.html"] = priority_section.read_waiting
    pages.sections["triage/_public_recurs.html"] = recurring.tell_public
    pane.sections[case_words.PANE_TEMPLATE] = case_words.read_pane_section
    pages.sections[case_words.PUBLIC_TEMPLATE] = case_words.tell_public
    overview.added[case_words.HOME_TEMPLATE] = case_words.read_home
    report_verbs.before_fixed[:] = [joint_cases.need_tasks_done]
    staff_verbs.after_move[:] = [case_queries.dismiss_guests]
    sessions.personal_cookies.add(cookie.COOKIE)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def configure(app: Flask, settings: Settings) -> None:
    settings.var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds what people wrote
    app.secret_key = settings.signing_key()
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_pre_ping": not settings.database.startswith("sqlite"),
            "hide_parameters": True,  # errors must not carry people's words into the logs
        },
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        SESSION_COOKIE_NAME="linli_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.behind_tls,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # pages behind a secret link send no referrer; the token is enough
        BABEL_DEFAULT_LOCALE=i18n.LOCALES[i18n.DEFAULT],
        BABEL_DEFAULT_TIMEZONE=settings.time_zone,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.extensions["linli_settings"] = settings
    app.extensions["linli_directory"] = DirectoryCache()
    app.extensions["linli_advisor"] = Advisor(settings.model_dir)
    app.extensions["linli_store"] = open_store(settings)
