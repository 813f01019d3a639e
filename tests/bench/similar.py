"""python -m tests.bench.similar [--noise FOLDER] [--background N] [--database postgresql]

How well similar submissions are found. The pairs of tests/threads/similar_pairs.csv (two messages on
one matter, and one on another matter of the same category and place) lie among other messages in one
community. The second of each pair is asked for: is the first among the five that a resident would be
shown, and how much of what is shown is right? The threshold was chosen on the odd pairs; the figures
are of the even ones. Only the first of the pair counts as right: another message of the noise on the
same matter counts as wrong.
"""

import argparse
import csv
import random
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from sqlalchemy.orm import Session

from classifier.labels import load_labels
from classifier.rows import read_corpus
from portal import create_app
from portal.communities.directory import Directory
from portal.config import Settings
from portal.core.db import db
from portal.intake.known import likely_categories
from portal.routing.advice import Advisor
from portal.threads.models import Kind, Thread
from portal.threads.similar import Matter, find_similar
from portal.threads.word_shares import count_words
from tests import factories
from tests.bench.__main__ import addresses
from tests.factories import NOW

PAIRS = Path(__file__).parents[1] / "threads" / "similar_pairs.csv"
REAL = ("zh_raw_train.csv", "zh_kind_train.csv", "en_newport_train.csv")


@dataclass
class Tally:
    """What was shown for the questions of one half, or of one language in it."""

    asked: int = 0
    found: int = 0
    first: int = 0
    shown: int = 0
    near: int = 0  # the other matter of the same category and place was shown

    def __str__(self) -> str:
        precision = self.found / self.shown if self.shown else 0.0
        return (
            f"{self.asked:4}   recall@5 {self.found / self.asked:.2f}   "
            f"first {self.first / self.asked:.2f}   "
            f"precision {precision:.2f}   shown {self.shown / self.asked:.2f}   "
            f"near miss shown {self.near / self.asked:.2f}"
        )


def main() -> None:
    options = read_options()
    with tempfile.TemporaryDirectory(prefix="linli-similar-") as folder:
        root = Path(folder)
        database = addresses(root, options.database).linli
        factories.train_starter_model(root / "model")
        app = create_app(Settings(var_dir=root, database_url=database))  # type: ignore[call-arg]
        with app.app_context():
            upgrade()
            session = db.session()
            factories.make_neighbourhood(session)
            pairs = read_pairs()
            fill(session, pairs, read_noise(options.noise, options.background))
            advisor = Advisor(root / "model")
            for number in (1, 0):
                print(f"\n{'odd pairs, tuned on' if number else 'even pairs'}")
                measure(session, pairs, number, advisor)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.similar", description=__doc__)
    parser.add_argument("--background", type=int, default=300, help="other open messages in the community")
    parser.add_argument("--noise", type=Path, help="folder of real messages to take the background from")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    return parser.parse_args()


def read_pairs() -> list[dict[str, str]]:
    with PAIRS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_noise(folder: Path | None, number: int) -> list[tuple[str, str | None]]:
    """Return other messages with their categories, where they have one, in an order that stays."""
    if folder is None:
        noise = [(row.text, row.category or None) for row in read_corpus() if len(row.text) >= 15]
    else:
        noise = [(text, None) for text in _real_texts(folder)]
    return random.Random(1).sample(noise, min(number, len(noise)))


def _real_texts(folder: Path) -> Iterator[str]:
    for name in REAL:
        path = folder / name
        if not path.exists():
            raise SystemExit(f"{path} isn't there")
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield "\n".join(row[key] for key in ("title", "body", "text") if row.get(key))


def fill(session: Session, pairs: Sequence[dict[str, str]], noise: Iterable[tuple[str, str | None]]) -> None:
    """Send the first and the near miss of each pair, and the noise, as reports of one community."""
    known = {category.code for category in load_labels().categories}
    for pair in pairs:
        for part in ("first", "near"):
            _send(session, pair[part], pair["category"], key=key_of(part, pair))
    for text, category in noise:
        _send(session, text, category if category in known else None)
    count_words(session)
    session.commit()


def key_of(part: str, pair: dict[str, str]) -> str:
    return f"{part}:{pair['second']}"[:100]


def _send(session: Session, text: str, category: str | None, **given: Any) -> None:
    factories.make_report(session, text, category=category, now=NOW, **given)


def measure(session: Session, pairs: Sequence[dict[str, str]], half: int, advisor: Advisor) -> None:
    """Ask for the second of each pair of this half, and print what was shown."""
    directory = factories.directory(session)
    tallies: dict[str, Tally] = {"all": Tally()}
    for pair in pairs[half::2]:
        found = shown_for(session, pair, directory, advisor)
        for tally in (tallies["all"], tallies.setdefault(pair["language"], Tally())):
            _note(tally, found)
    for name, tally in tallies.items():
        print(f"  {name:<8} {tally}")


def shown_for(session: Session, pair: dict[str, str], directory: Directory, advisor: Advisor) -> list[str]:
    """Return what each one shown is to the question: first, near, or other."""
    advice = advisor.advise(pair["second"])
    matter = Matter(
        text=pair["second"],
        kind=Kind.REPORT,
        place_id=directory.place_codes["liu-1"].id,
        likely=likely_categories(advice, directory),
    )
    keys = {key_of(part, pair): part for part in ("first", "near")}
    rows = find_similar(session, matter, directory, now=NOW)
    threads = [session.get_one(Thread, one.row.id) for one in rows]
    return [keys.get(thread.submission_key, "other") for thread in threads]


def _note(tally: Tally, found: Sequence[str]) -> None:
    tally.asked += 1
    tally.shown += len(found)
    tally.found += "first" in found
    tally.first += found[:1] == ["first"]
    tally.near += "near" in found


if __name__ == "__main__":
    main()
