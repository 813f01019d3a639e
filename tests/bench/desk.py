"""python -m tests.bench.desk [--size 100000] [--databases sqlite,postgresql] [--rounds N]

Fills each database with submissions and a year of events, asks the pages that staff work with as an
officer, a head of department and a coordinator, and prints the median time of each. The aim is 100 ms.
"""

import argparse
import os
import platform
import random
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import quote

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from portal import create_app
from portal.config import Settings
from portal.core import clock
from portal.core.db import begin_write, db
from portal.threads.models import Kind, Thread
from tests import factories
from tests.bench.__main__ import expect, prepare, settle
from tests.bench.fill import fill_linli
from tests.bench.servers import Client, fields_of, serve
from tests.bench.year import PASSWORD, add_staff, live_a_year, note_figures

AIM_MS = 100
PAGES = (
    ("officer", "home", "/staff"),
    ("coordinator", "home, coordinator", "/staff"),
    ("coordinator", "desk", "/staff/desk"),
    ("officer", "queue", "/staff/queue"),
    ("coordinator", "queue, coordinator", "/staff/queue"),
    ("coordinator", "ideas", "/staff/ideas"),
    ("officer", "search 路灯", f"/staff/search?q={quote('路灯')}"),
    ("coordinator", "search 小区", f"/staff/search?q={quote('小区')}"),
    ("coordinator", "search noise", "/staff/search?q=noise"),
    ("coordinator", "one submission", "/staff/{reference}"),
    ("head", "workload, head", "/staff/workload"),
    ("coordinator", "workload", "/staff/workload"),
    ("officer", "my work", "/staff/workload/{officer}"),
    ("coordinator", "hand over", "/staff/hand-over?from={colleague}&to=department"),
)


def main() -> None:
    options = read_options()
    random.seed(1)
    print(
        f"{date.today()}, {platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    for engine in options.databases.split(","):
        with tempfile.TemporaryDirectory(prefix="linli-desk-") as folder:
            root = Path(folder)
            address = prepare(root, engine).linli
            started = time.monotonic()
            names = fill(root, address, options.size)
            print(f"\n{engine}: {options.size:,} submissions, filled in {time.monotonic() - started:.0f} s")
            measure(root, address, names, options.rounds)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.desk", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="number of submissions")
    parser.add_argument("--rounds", type=int, default=40, help="requests of each page")
    parser.add_argument("--databases", default="sqlite,postgresql")
    return parser.parse_args()


def fill(root: Path, address: str, size: int) -> dict[str, str]:
    """Fill the database; return what the gaps of the addresses are filled with."""
    app = create_app(Settings(var_dir=root, database_url=address))  # type: ignore[call-arg]
    with app.app_context():
        session, now = db.session(), clock.now()
        begin_write(session)
        officers = add_staff(session)
        session.commit()
        author, directory = factories.person(session, "resident").id, factories.directory(session)
        session.rollback()
        with db.engine.connect() as connection:
            fill_linli(connection, directory, author, size)
            live_a_year(connection, officers, now)
            settle(connection)
        begin_write(session)
        note_figures(session, now)
        session.commit()
        construction = directory.department_codes["construction"].id
        names = {
            "officer": str(factories.person(session, "officer").id),
            "colleague": str(officers[construction][0]),
        }
        with db.engine.connect() as connection:
            settle(connection)
    return names


def measure(root: Path, address: str, names: dict[str, str], rounds: int) -> None:
    with Session(create_engine(address)) as session:
        found = select(Thread.reference).where(Thread.kind == Kind.REPORT, ~Thread.is_closed).limit(300)
        references = list(session.scalars(found))
    with serve("wsgi:app", {"LINLI_VAR_DIR": str(root), "LINLI_DATABASE_URL": address}) as server:
        clients = {who: sign_in(server.port, who) for who in {who for who, _, _ in PAGES}}
        for who, name, path in PAGES:

            def ask(who: str = who, path: str = path) -> None:
                chosen = path.format(reference=random.choice(references), **names)
                expect(clients[who].get(chosen)[0], 200)

            tell(name, ask, rounds)


def sign_in(port: int, who: str) -> Client:
    client = Client(port)
    form = fields_of(client.get("/sign-in")[1])
    typed = {"email": f"{who}@example.org", "password": PASSWORD}
    expect(client.post("/sign-in", form | typed)[0], 303)
    return client


def tell(name: str, ask: Callable[[], None], rounds: int) -> None:
    """Print the median and the 95th percentile of a page, and whether it takes longer than it should."""
    times = []
    for _round in range(rounds + 3):
        start = time.perf_counter()
        ask()
        times.append((time.perf_counter() - start) * 1000)
    middle, late = median(times[3:]), quantiles(times[3:], n=20)[-1]
    print(f"  {name:<20} {middle:8.1f} ms   p95 {late:8.1f} ms{'' if middle < AIM_MS else '   OVER'}")


if __name__ == "__main__":
    main()
