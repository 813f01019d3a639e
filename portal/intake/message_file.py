"""Reading a CSV file of past messages, row by row, the bad rows with what is wrong with them."""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from portal.core.text import MAX_TEXT, clean_text, has_words

csv.field_size_limit(10_000_000)

FIELDS = ("text", "title", "place")
LONGEST_TITLE = 100
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
NEVER_CLOSED = "unexpected end of data"


class UnreadableFile(Exception):
    """The file as a whole can't be used. The message says why."""


@dataclass(frozen=True)
class Message:
    """A row of the file: cleaned, and short enough to be a submission."""

    number: int  # counted from 1 without the heading: with the file's digest it names the row
    line: int
    text: str
    title: str
    place: str


@dataclass(frozen=True)
class BadRow:
    """A row that can't be a submission, and why."""

    number: int
    line: int
    reason: str


@dataclass(frozen=True)
class MessageFile:
    """The file's content, decoded, with the digest of its bytes."""

    digest: str
    encoding: str
    lines: Sequence[str]

    def rows(self, mapping: Mapping[str, str]) -> Iterator[Message | BadRow]:
        """Return the rows in order; `mapping` names the column of each field.

        Raises UnreadableFile if a column isn't there.
        """
        records = read_records(self.lines)
        _line, header = next(records, (0, []))
        columns = _find_columns(header if isinstance(header, list) else [], mapping)
        for number, (line, cells) in enumerate(records, 1):
            if isinstance(cells, str):
                yield BadRow(number, line, cells)
            elif len(cells) > len(header):
                yield BadRow(number, line, f"unknown column: {len(cells)} cells under {len(header)} headings")
            else:
                yield self._message(number, line, [*cells, *[""] * (len(header) - len(cells))], columns)

    def _message(
        self, number: int, line: int, cells: Sequence[str], columns: Mapping[str, int]
    ) -> Message | BadRow:
        given = {field: cells[column] for field, column in columns.items()}
        if any("\udc80" <= sign <= "\udcff" for value in given.values() for sign in value):
            return BadRow(number, line, f"encoding: not {self.encoding}")
        text, title, place = (clean_text(given.get(field, "")) for field in FIELDS)
        title = " ".join(title.split())
        if not has_words(text):
            return BadRow(number, line, "empty: no words")
        if len(title) > LONGEST_TITLE:  # too long for a title, so it stands above the text
            title, text = "", f"{title}\n{text}"
        if len(text) > MAX_TEXT:
            return BadRow(number, line, f"too long: {len(text):,} characters, at most {MAX_TEXT:,}")
        return Message(number, line, text, title, " ".join(place.split()))


def open_message_file(path: Path) -> MessageFile:
    """Read the file. Raises UnreadableFile."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(error.strerror or "can't be read") from None
    if content.startswith(UTF16_MARKS):
        raise UnreadableFile("is UTF-16; save it as CSV UTF-8 first")
    encoding = guess_encoding(content)
    text = content.decode("utf-8-sig" if encoding == "UTF-8" else "gb18030", "surrogateescape")
    lines = io.StringIO(text, newline="").readlines()
    return MessageFile(hashlib.sha256(content).hexdigest(), encoding, lines)


def guess_encoding(content: bytes) -> str:
    """Return "UTF-8" or "GB18030", by which more lines with other than plain letters are."""
    foreign = [line for line in content.split(b"\n") if not line.isascii()]
    right = sum(map(_is_utf8, foreign))
    return "UTF-8" if right * 2 >= len(foreign) else "GB18030"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def read_records(lines: Sequence[str]) -> Iterator[tuple[int, list[str] | str]]:
    """Return (the line it begins in, cells) of each record, or what is wrong instead of the cells.

    Blank lines are no records. A quotation mark that is never closed spoils its own line only.
    """
    before, reader = 0, csv.reader(lines, strict=True)
    while True:
        line = before + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, _tell(error)
            if NEVER_CLOSED in str(error):
                before, reader = line, csv.reader(islice(lines, line, None), strict=True)
            continue
        if cells:
            yield line, cells


def _tell(error: csv.Error) -> str:
    if "field limit" in str(error):
        return "too long"
    return "quotation marks don't match"


def _find_columns(header: Sequence[str], mapping: Mapping[str, str]) -> dict[str, int]:
    names = [name.strip() for name in header]
    for column in mapping.values():
        if column not in names:
            raise UnreadableFile(f"has no column {column!r}; its columns are: {', '.join(names) or 'none'}")
    return {field: names.index(column) for field, column in mapping.items()}
