"""Before the processes part: pages are loaded, no connection stays open, a missing table stops nothing."""

from pathlib import Path

from flask import Flask

from portal import create_app
from portal.config import Settings
from portal.core.db import db
from portal.warming import PAGES, warm_up
from tests import factories


def test_what_pages_need_is_there_and_no_connection_is(app: Flask) -> None:
    with app.app_context():
        factories.make_report(db.session())
        db.session.commit()
        db.session.remove()
    warm_up(app)
    assert {"reports/index.html", "reports/show.html", "ideas/index.html"} <= _loaded(app)
    with app.app_context():
        assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        assert db.engine.pool.checkedin() == 0  # type: ignore[attr-defined]


def _loaded(app: Flask) -> set[str]:
    assert app.jinja_env.cache is not None
    return {name for _loader, name in app.jinja_env.cache}


def test_each_page_is_there(app: Flask) -> None:
    browser = app.test_client()
    assert [browser.get(page).status_code for page in PAGES] == [200] * len(PAGES)


def test_an_empty_database_stops_nothing(tmp_path: Path) -> None:
    warm_up(create_app(Settings(var_dir=tmp_path)))  # type: ignore[call-arg]
