"""Labelled messages and the CSV files they are read from."""

import csv
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path

from classifier.errors import DataError
from classifier.labels import DATA

csv.field_size_limit(10_000_000)


@dataclass(frozen=True)
class Row:
    """One labelled message; an empty label means that nobody has said.

    `is_example` marks a message that was written to teach a kind or an urgency, and has no category;
    `is_real` one that somebody really sent.
    """

    text: str
    category: str = ""
    kind: str = ""
    urgency: str = ""
    also: str = ""
    is_example: bool = False
    is_real: bool = False


def read_corpus(folder: Path = DATA) -> list[Row]:
    """Read the corpus that ships: every CSV of `corpus/`, in order of name, and then the examples.

    The columns are text, category, kind, urgency and also; DataError where one of the first two is missing.
    """
    files = sorted((folder / "corpus").glob("*.csv"))
    if not files:
        raise DataError(f"{folder / 'corpus'}: there is no CSV file")
    rows = [_corpus_row(record) for path in files for record in read_table(path, ["text", "category"])]
    return rows + _read_examples(folder)


def _read_examples(folder: Path) -> list[Row]:
    found = []
    for path in sorted(folder.glob("*-examples.csv")):
        found += [replace(_corpus_row(record), is_example=True) for record in read_table(path, ["text"])]
    return found


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
        rows += [Row(join_text(record, text), record[label].strip(), is_real=True) for record in records]
    kept = [row for row in rows if row.text and row.category]
    if not kept:
        raise DataError(f"{paths[0]}: no row has both text and {label}")
    return kept


def join_text(record: dict[str, str], columns: Sequence[str]) -> str:
    """Join the columns that are there and not empty by line breaks, so that a title stays a first line."""
    return "\n".join(part for column in columns if (part := (record.get(column) or "").strip()))


def read_table(path: Path, needed: Iterable[str] = ()) -> list[dict[str, str]]:
    """Read a UTF-8 CSV, with or without BOM, as records; DataError in one line where that cannot be done."""
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
    """Read a CSV `category,label` without header, which renames predictions before they are compared."""
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
    digests = sorted(hashlib.sha256("\x1f".join(map(str, astuple(row))).encode()).digest() for row in rows)
    return hashlib.sha256(b"".join(digests)).hexdigest()


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _corpus_row(record: dict[str, str]) -> Row:
    text, category, kind, urgency, also = (
        record.get(name, "").strip() for name in ("text", "category", "kind", "urgency", "also")
    )
    return Row(text, category, kind, urgency, also)
