"""What each command reads, does and prints; anything the caller can put right is one line and exit code 2."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from classifier import __doc__ as purpose
from classifier.errors import ClassifierError, DataError
from classifier.evaluate import Scores, evaluate
from classifier.labels import load_labels
from classifier.model import BATCH, Advice, Model
from classifier.rows import fingerprint, read_corpus, read_labelled, read_map
from classifier.store import load_model, save_model


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except ClassifierError as error:
        sys.stderr.write(f"classifier: {error}\n")
        return 2
    except BrokenPipeError:
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m classifier", description=purpose)
    commands = parser.add_subparsers(required=True, metavar="command")
    train = commands.add_parser("train", help="train a model from CSV files, or from the corpus that ships")
    train.add_argument("--data", type=Path, nargs="+", action="extend", help="CSV files; without: the corpus")
    train.add_argument("--out", type=Path, required=True, help="folder of the model")
    train.add_argument("--promise", type=float, default=0.95, help="share of auto-routed that shall be right")
    train.set_defaults(run=_train)
    predict = commands.add_parser("predict", help="read lines, write one JSON object for each")
    predict.add_argument("--model", type=Path, required=True)
    predict.set_defaults(run=_predict)
    test = commands.add_parser("evaluate", help="score a model on labelled messages")
    test.add_argument("--model", type=Path, required=True)
    test.add_argument("--data", type=Path, nargs="+", action="extend", required=True)
    test.add_argument("--json", action="store_true", help="print JSON")
    test.set_defaults(run=_evaluate)
    curve = commands.add_parser("curve", help="score the corpus plus the first N corrections, for each N")
    curve.add_argument("--data", type=Path, nargs="+", action="extend", required=True, help="corrections")
    curve.add_argument("--test", type=Path, nargs="+", action="extend", required=True)
    curve.add_argument("--steps", default="0,50,100,200,400", help="numbers of corrections")
    curve.add_argument("--draws", type=int, default=1, help="random orders to average over")
    curve.add_argument("--json", action="store_true", help="print JSON")
    curve.set_defaults(run=_curve)
    for command in (train, test, curve):
        command.add_argument("--text", type=_columns, default=["text"], help="text columns, comma-separated")
        command.add_argument("--label", default="category", help="label column")
    for command in (test, curve):
        command.add_argument("--map", type=Path, help="CSV category,label without header")
    return parser


def _columns(value: str) -> list[str]:
    return [column.strip() for column in value.split(",") if column.strip()]


def _train(options: argparse.Namespace) -> None:
    from classifier.train import TrainSettings, train  # scikit-learn is only needed here

    settings = TrainSettings(promise=options.promise)
    if options.data:
        rows, departments = read_labelled(options.data, options.text, options.label), {}
    else:
        rows, departments = read_corpus(), load_labels().department_of()
    model = train(rows, departments=departments, settings=settings)
    notes = {"data": {"rows": len(rows), "sha256": fingerprint(rows)}, "promise": options.promise}
    version = save_model(model, options.out, notes=notes)
    _say(f"{version}: {len(rows)} messages, {len(model.category.labels)} labels, in {options.out}")


def _predict(options: argparse.Namespace) -> None:
    model = load_model(options.model)
    empty = True
    for texts in _batches(_messages(sys.stdin.buffer)):
        empty = False
        for advice in model.advise_many(texts):
            _say(json.dumps(as_json(advice, model), ensure_ascii=False))
        sys.stdout.flush()
    if empty:
        raise DataError("there is nothing to read on standard input")


def as_json(advice: Advice, model: Model) -> dict[str, Any]:
    """Return what `predict` writes for one message."""
    return {
        "kind": advice.kind,
        "category": advice.category,
        "department": advice.department,
        "probability": round(advice.probability, 4),
        "department_probability": round(advice.department_probability, 4),
        "alternatives": [
            {
                "category": category,
                "department": model.departments.get(category, category),
                "probability": round(probability, 4),
            }
            for category, probability in advice.alternatives
        ],
        "second": advice.second,
        "urgency": advice.urgency,
        "urgency_words": advice.urgency_words,
        "people_at_risk": advice.people_at_risk,
        "abstain": advice.abstain,
        "words": [{"word": word, "weight": weight} for word, weight in advice.words],
        "model": advice.model,
    }


def _messages(lines: Iterable[bytes]) -> Iterator[str]:
    """Turn each line into a text: a JSON string, an object with "text", or else the line as it is."""
    for number, line in enumerate(lines, 1):
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            raise DataError(f"line {number}: is not UTF-8") from None
        yield _message(text, number)


def _message(line: str, number: int) -> str:
    if not line.startswith(("{", '"')):
        return line
    try:
        content = json.loads(line)
    except ValueError:
        return line
    if isinstance(content, str):
        return content
    if isinstance(content, dict) and isinstance(content.get("text"), str):
        return str(content["text"])
    raise DataError(f'line {number}: a JSON object needs "text"')


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _evaluate(options: argparse.Namespace) -> None:
    model = load_model(options.model)
    rows = read_labelled(options.data, options.text, options.label)
    scores = evaluate(model, rows, read_map(options.map) if options.map else None)
    _say(json.dumps(asdict(scores), ensure_ascii=False, indent=1) if options.json else table(scores))


def table(scores: Scores) -> str:
    """Return the scores as lines for a person."""
    lines = [
        f"messages            {scores.messages}",
        f"macro-F1            {scores.macro_f1:.3f}",
        f"accuracy            {scores.accuracy:.3f}",
        f"right in first two  {scores.top2:.3f}",
        f"coverage at {scores.promise:.2f}    {scores.coverage:.3f}",
        f"auto-routed         {scores.auto_routed:.3f} of which right {scores.auto_precision:.3f}",
        f"calibration error   {scores.calibration_error:.3f}",
        f"messages a second   {scores.per_second:.0f}",
        "precision recall    F1  messages  label",
    ]
    lines += [
        f"{score.precision:9.3f} {score.recall:6.3f} {score.f1:5.3f} {score.messages:9d}  {name}"
        for name, score in scores.labels.items()
    ]
    return "\n".join(lines)


def _curve(options: argparse.Namespace) -> None:
    from classifier.curve import learning_curve

    steps = _steps(options.steps)
    corrections = read_labelled(options.data, options.text, options.label)
    test = read_labelled(options.test, options.text, options.label)
    mapping = read_map(options.map) if options.map else {}
    points = learning_curve(corrections, test, mapping, steps=steps, draws=options.draws)
    if options.json:
        _say(json.dumps([asdict(point) for point in points], ensure_ascii=False, indent=1))
        return
    _say("corrections  macro-F1  accuracy  coverage  auto-routed  of which right  calibration error")
    for point in points:
        _say(
            f"{point.corrections:11d} {point.macro_f1:9.3f} {point.accuracy:9.3f} {point.coverage:9.3f}"
            f" {point.auto_routed:12.3f} {point.auto_precision:15.3f} {point.calibration_error:18.3f}"
        )


def _steps(value: str) -> list[int]:
    try:
        steps = [int(part) for part in value.split(",")]
    except ValueError:
        raise DataError(f"--steps: {value!r} is not a list of numbers such as 0,50,100") from None
    if any(step < 0 for step in steps):
        raise DataError("--steps: a number of corrections cannot be negative")
    return steps


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
