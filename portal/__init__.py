"""The Flask application: one explicit list of rooms, put together here."""

import sys

from flask import Flask, get_flashed_messages
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import navigation
from portal.accounts import identity
from portal.communities.directory import DirectoryCache
from portal.config import ConfigurationError, Settings, load_settings
from portal.core import health, i18n, uploads, web
from portal.core.db import db
from portal.core.logs import set_up_logs
from portal.core.storage import open_store
from portal.joining import join_rooms
from portal.rooms import COMMANDS, ONE_CLICK, ROOMS
from portal.routing.advice import Advisor, check_model
from portal.warming import warm_up

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
    join_rooms()
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
    app.extensions["linli_warm_up"] = lambda: warm_up(app)
