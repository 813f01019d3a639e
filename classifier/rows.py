"""Labelled messages and the CSV files they are read from."""

import csv
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from classifier.errors import DataError
from classifier.labels import DATA

csv.field_size_limit(10_000_000)
CORPUS = DATA / "corpus"


@dataclass(frozen=True)
class Row:
    """One labelled message; an empty label means that nobody has said."""

    text: str
    category: str = ""
    kind: str = ""
    urgency: str = ""
    also: str = ""


def read_corpus(folder: Path = CORPUS) -> list[Row]:
    """Read every CSV of `folder` with the columns text, category, kind, urgency, also, in order of file name."""
    files = sorted(folder.glob("*.csv"))
    if not files:
        raise DataError(f"{folder}: there is no CSV file")
    return [_corpus_row(record) for path in files for record in read_table(path, ["text", "category"])]


def read_examples(folder: Path = DATA) -> list[Row]:
    """Read the messages that have no category: those of `kind-examples.csv` and `urgency-examples.csv`."""
    kinds = [
        Row(record["text"], kind=record["kind"])
        for record in read_table(folder / "kind-examples.csv", ["text", "kind"])
    ]
    levels = read_table(folder / "urgency-examples.csv", ["text", "urgency"])
    return kinds + [Row(record["text"], urgency=record["urgency"]) for record in levels]


def read_labelled(paths: Sequence[Path], text: Sequence[str], label: str) -> list[Row]:
    """Read messages of any columns: those of `text` joined by line breaks, a missing one counting as empty.

    The label is kept as the row's category. Rows without any text are left out; DataError where a file has
    none of the text columns, no label column, or where nothing is left.
    """
    rows = []
    for path in paths:
        records = read_table(path, [label])
        if not any(column in records[0] for column in text):
            raise DataError(f"{path}: has none of the columns {', '.join(text)}")
        rows += [Row(join_text(record, text), record[label].strip()) for record in records]
    kept = [row for row in rows if row.text and row.category]
    if not kept:
        raise DataError(f"{paths[0]}: no row has both text and {label}")
    return kept


def join_text(record: dict[str, str], columns: Sequence[str]) -> str:
    """Join the columns that are there and not empty by line breaks, so that a title stays a first line."""
    return "\n".join(part for column in columns if (part := (record.get(column) or "").strip()))


def read_table(path: Path, needed: Iterable[str] = ()) -> list[dict[str, str]]:
    """Read one UTF-8 CSV (with or without BOM) as records; DataError for missing, empty, wrong encoding or column."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            names = reader.fieldnames or []
            records = [{key: value or "" for key, value in record.items() if key} for record in reader]
    except UnicodeDecodeError:
        raise DataError(f"{path}: is not UTF-8; save it as UTF-8 first") from None
    except (OSError, csv.Error) as error:
        raise DataError(f"{path}: cannot be read: {_reason(error)}") from None
    if missing := [column for column in needed if column not in names]:
        raise DataError(f"{path}: has no column {missing[0]!r}" if names else f"{path}: is empty")
    if not records:
        raise DataError(f"{path}: has no rows")
    return records


def read_map(path: Path) -> dict[str, str]:
    """Read a two-column CSV without header, `category,label`, that renames predictions before they are compared."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            pairs = [row for row in csv.reader(file) if row]
    except UnicodeDecodeError:
        raise DataError(f"{path}: is not UTF-8; save it as UTF-8 first") from None
    except (OSError, csv.Error) as error:
        raise DataError(f"{path}: cannot be read: {_reason(error)}") from None
    if not pairs or any(len(pair) != 2 for pair in pairs):
        raise DataError(f"{path}: needs two columns, category and label, in every line")
    return {category.strip(): label.strip() for category, label in pairs}


def fingerprint(rows: Iterable[Row]) -> str:
    """Return the SHA-256 of texts and labels, whatever their order."""
    digests = sorted(hashlib.sha256("\x1f".join(vars(row).values()).encode()).digest() for row in rows)
    return hashlib.sha256(b"".join(digests)).hexdigest()


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _corpus_row(record: dict[str, str]) -> Row:
    return Row(
        **{name: record.get(name, "").strip() for name in ("text", "category", "kind", "urgency", "also")}
    )
