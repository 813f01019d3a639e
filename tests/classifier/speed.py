"""python -m tests.classifier.speed [--model DIR]: how quick the classifier is beside a bare one.

The bare one is scikit-learn's HashingVectorizer and LogisticRegression, trained on the same corpus, asked
for nothing but the label. Asked in turn with ours, the same message each time. Times are of the processor,
except with two processes and of a fresh process, so that a busy machine does not blur them.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from classifier.labels import load_labels
from classifier.model import Model
from classifier.rows import Row, read_corpus
from classifier.store import load_model, save_model
from classifier.train import train

MESSAGES = 10_000
LOAD = """
import sys, time, pathlib
started = time.perf_counter()
from classifier.store import load_model
load_model(pathlib.Path(sys.argv[1])).advise("路灯坏了")
seconds = time.perf_counter() - started
pss = next(line for line in open("/proc/self/smaps_rollup") if line.startswith("Pss:")).split()[1]
print(seconds, int(pss) / 1024)
"""


def main() -> None:
    """Measure and print one figure a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="a stored model; without: the corpus is trained first")
    folder = parser.parse_args().model
    corpus = [row for row in read_corpus() if row.category]
    with tempfile.TemporaryDirectory() as scratch:
        if folder is None:
            folder = Path(scratch)
            save_model(train(read_corpus(), departments=load_labels().department_of()), folder)
        _measure(folder, corpus)


def _measure(folder: Path, corpus: list[Row]) -> None:
    texts = [row.text for row in corpus]
    model = load_model(folder)
    bare = _bare(corpus)
    ours, theirs = _in_turn(texts[::10], model.advise, lambda text: bare.predict([text]))
    _say("one message", f"{ours * 1000:.2f} ms, bare {theirs * 1000:.2f} ms: {ours / theirs:.2f} times")
    _say("in batch, 1 process", f"{_rate(model, _many(texts)):.0f} messages a second")
    _say("in batch, 2 processes", f"{_rate_of_two(folder, _many(texts)):.0f} messages a second")
    seconds, pss = _fresh(folder)
    _say("load and first advice", f"{seconds:.2f} s in a fresh process of {pss:.0f} MB (PSS)")
    started = time.process_time()
    train(_many(corpus), departments=load_labels().department_of())
    _say(f"train on {MESSAGES} messages", f"{time.process_time() - started:.0f} s")


def _bare(corpus: list[Row]) -> LogisticRegression:
    bare = make_pipeline(
        HashingVectorizer(analyzer="char", ngram_range=(1, 2), n_features=2**17),
        LogisticRegression(max_iter=15, tol=0.1),
    )
    return bare.fit([row.text for row in corpus], [row.category for row in corpus])


def _in_turn(texts: list[str], *ways: Callable[[str], object]) -> list[float]:
    """Return the median seconds of each way, asked in turn."""
    times: list[list[float]] = [[] for _ in ways]
    for text in texts:
        for way, taken in zip(ways, times, strict=True):
            started = time.process_time()
            way(text)
            taken.append(time.process_time() - started)
    return [median(taken) for taken in times]


def _many(things: list[Any]) -> list[Any]:
    return (things * (MESSAGES // len(things) + 1))[:MESSAGES]


def _rate(model: Model, texts: list[str]) -> float:
    started = time.process_time()
    model.advise_many(texts)
    return len(texts) / (time.process_time() - started)


def _rate_of_two(folder: Path, texts: list[str]) -> float:
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(_advise, [folder] * 2, [texts[:10]] * 2))
        started = time.perf_counter()
        list(pool.map(_advise, [folder] * 2, [texts[::2], texts[1::2]]))
        return len(texts) / (time.perf_counter() - started)


def _advise(folder: Path, texts: list[str]) -> int:
    return len(load_model(folder).advise_many(texts))


def _fresh(folder: Path) -> tuple[float, float]:
    done = subprocess.run([sys.executable, "-c", LOAD, folder], capture_output=True, check=True, text=True)
    seconds, pss = done.stdout.split()
    return float(seconds), float(pss)


def _say(what: str, figure: str) -> None:
    sys.stdout.write(f"{what:28} {figure}\n")


if __name__ == "__main__":
    main()
