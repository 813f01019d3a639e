"""python -m tests.bench.desk_keys [--texts FILE.csv --column text] [--number 40] [--database postgresql]

Serves Linli as it is served, lets a browser clear the sorting desk by keys alone, and prints the keys for
each submission and the milliseconds from a key to the next one shown. Without --texts they come from the
corpus that ships; with it, from a column of a file of real messages.
"""

import argparse
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

from flask import Flask
from playwright.sync_api import sync_playwright

from classifier.rows import read_corpus, read_table
from portal import create_app
from portal.config import Settings
from portal.core.db import begin_write, db
from tests.bench.__main__ import prepare
from tests.bench.servers import serve
from tests.browser.clearing import Clearing, clear_desk, put_on_desk
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.everything import cookies_of
from tests.factories import Browse

AIM_MS = 150
READING_MS = 1000  # nobody decides sooner what to do with the next one


def main() -> None:
    options = read_options()
    texts = read_texts(options.texts, options.column, options.number)
    with tempfile.TemporaryDirectory(prefix="linli-desk-") as folder:
        root = Path(folder)
        address = prepare(root, options.database).linli
        app = create_app(Settings(var_dir=root, database_url=address))  # type: ignore[call-arg]
        fill_desk(app, texts)
        cookies = cookies_of(Browse(app)("coordinator"))
        environment = {"LINLI_VAR_DIR": str(root), "LINLI_DATABASE_URL": address}
        with serve("wsgi:app", environment) as server:
            report(sit(f"http://127.0.0.1:{server.port}", cookies, len(texts)), len(texts), options.database)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.desk_keys", description=__doc__)
    parser.add_argument("--texts", type=Path, help="a CSV of messages")
    parser.add_argument("--column", default="text", help="the column of the words, or several with commas")
    parser.add_argument("--number", type=int, default=40)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    return parser.parse_args()


def read_texts(path: Path | None, column: str, number: int) -> list[str]:
    """Return so many messages, spread over the file, or over the corpus that ships."""
    if path is None:
        texts = [row.text for row in read_corpus() if len(row.text) >= 30]
    elif not path.exists():
        sys.exit(f"{path} isn't here: give the address of a CSV with a column {column}")
    else:
        columns = column.split(",")
        texts = ["\n".join(record[c] for c in columns) for record in read_table(path, columns)]
    return [text[:5000] for text in texts[:: max(1, len(texts) // number)][:number]]


def fill_desk(app: Flask, texts: list[str]) -> None:
    with app.app_context():
        session = db.session()
        advice = app.extensions["linli_advisor"].advise_many(texts)
        begin_write(session)
        put_on_desk(session, texts, advice)
        session.commit()


def sit(address: str, cookies: dict[str, str], number: int) -> Clearing:
    """Clear the desk in a browser of the usual size."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        context.add_cookies([{"name": n, "value": v, "url": address} for n, v in cookies.items()])
        sitting = Clearing(context.new_page(), pause=READING_MS)
        clear_desk(sitting, f"{address}/staff/desk", number)
        browser.close()
    return sitting


def report(sitting: Clearing, number: int, database: str) -> None:
    waits = sorted(sitting.waits)
    p95 = quantiles(waits, n=20)[-1]
    machine = f"{platform.system()}, Python {platform.python_version()}, {os.cpu_count()} cores"
    print(f"{datetime.now(UTC):%Y-%m-%d}, {machine}, load {os.getloadavg()[0]:.1f}, {database}")
    print(f"  {number} submissions cleared with {sitting.keys} keys, {sitting.keys / number:.1f} each")
    print("  from a key to the next one shown:", end=" ")
    print(f"median {median(waits):.0f} ms, p95 {p95:.0f} ms, most {waits[-1]:.0f} ms")
    print(f"  aim: p95 under {AIM_MS} ms, {'reached' if p95 < AIM_MS else 'not reached'}")


if __name__ == "__main__":
    main()
