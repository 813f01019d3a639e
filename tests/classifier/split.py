"""python -m tests.classifier.split --data-dir DIR --out DIR: set a fifth of each file of real messages aside.

The files are not in the repository. A row is hidden when the SHA-256 of its text is divisible by five, so the
split is the same everywhere; FILE.dev.csv is for choosing by, FILE.hid.csv for the last table only.
"""

import argparse
import csv
import hashlib
import sys
from pathlib import Path

import opencc

from classifier.errors import DataError
from classifier.rows import read_table

TEXTS = {
    "zh_raw_train": ("title", "body"),
    "zh_seg_train": ("text",),
    "zh_kind_train": ("title", "body"),
    "en_kind_train": ("text",),
    "en_newport_train": ("text",),
}
UNSEEN = {"s2", "s4", "s6"}
Records = list[dict[str, str]]


def main() -> int:
    """Write the parts; 2 and one line where a file is not there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    try:
        files = {name: read_table(options.data_dir / f"{name}.csv") for name in TEXTS}
    except DataError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    options.out.mkdir(parents=True, exist_ok=True)
    for name, records in files.items():
        for part, wanted in (("dev", False), ("hid", True)):
            kept = [record for record in records if is_hidden(record, TEXTS[name]) is wanted]
            write(options.out / f"{name}.{part}.csv", kept)
    _write_variants(files, options.out)
    return 0


def is_hidden(record: dict[str, str], columns: tuple[str, ...]) -> bool:
    """Say whether a message is in the hidden fifth."""
    text = "".join(record[column] for column in columns)
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % 5 == 0


def _write_variants(files: dict[str, Records], out: Path) -> None:
    raw = [record for record in files["zh_raw_train"] if is_hidden(record, TEXTS["zh_raw_train"])]
    write(out / "first40.hid.csv", [{"text": row["body"][:40], "label": row["label"]} for row in raw])
    convert = opencc.OpenCC("s2t").convert
    traditional = [row | {column: convert(row[column]) for column in ("title", "body")} for row in raw]
    write(out / "traditional.hid.csv", traditional)
    kinds = files["en_kind_train"]
    write(out / "en_kind_seen.csv", [row for row in kinds if row["src"] not in UNSEEN])
    write(out / "en_kind_unseen.csv", [row for row in kinds if row["src"] in UNSEEN])


def write(path: Path, records: Records) -> None:
    """Write records as UTF-8 CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(records[0]))
        writer.writeheader()
        writer.writerows(records)


if __name__ == "__main__":
    sys.exit(main())
