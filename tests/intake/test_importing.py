"""Past messages from CSV files: what goes in, what is refused, and twice is once."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.db import db
from portal.core.outbox import Job
from portal.core.worker import run_all
from portal.intake import commands
from portal.intake.importing import guess_language, place_of
from portal.intake.message_file import BadRow, Message, UnreadableFile, guess_encoding, open_message_file
from portal.notifications.models import Delivery
from portal.routing.models import RoutingDecision
from portal.threads.events import find_broken_event
from portal.threads.models import Event, Kind, Statement, Thread, Visibility
from tests.factories import NOW, directory

HEAD = "subject,body,area\r\n"
LAMP = '路灯坏了,"南门口的路灯坏了三盏,晚上看不见路。",柳荫一社区\r\n'
NOISE = 'Noise,"Drilling every night\nuntil two o\'clock, even on Sundays.",South Gate\r\n'
MAPPING = "text=body,title=subject,place=area"


def run(app: Flask, path: Path, *options: str, mapping: str = MAPPING) -> Result:
    return app.test_cli_runner().invoke(args=["import-messages", str(path), "--map", mapping, *options])


def last_line(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output.strip().splitlines()[-1]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "messages.csv"
    path.write_text(HEAD + LAMP + NOISE, encoding="utf-8", newline="")
    return path


def all_threads(session: Session) -> list[Thread]:
    return list(session.scalars(select(Thread).order_by(Thread.id)))


# Reading the file


def rows_of(path: Path, **mapping: str) -> list[Message | BadRow]:
    return list(open_message_file(path).rows(mapping or {"text": "body"}))


@pytest.mark.parametrize(
    ("encoding", "named"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("gb18030", "GB18030")]
)
def test_the_encoding_is_found(tmp_path: Path, encoding: str, named: str) -> None:
    path = tmp_path / "messages.csv"
    path.write_bytes((HEAD + LAMP + NOISE).encode(encoding))
    opened = open_message_file(path)
    assert opened.encoding == named
    first, second = opened.rows({"text": "body", "title": "subject", "place": "area"})
    assert first == Message(1, 2, "南门口的路灯坏了三盏,晚上看不见路。", "路灯坏了", "柳荫一社区")
    assert second == Message(
        2, 3, "Drilling every night\nuntil two o'clock, even on Sundays.", "Noise", "South Gate"
    )


def test_one_broken_line_does_not_change_the_encoding() -> None:
    assert guess_encoding("路灯\n噪音\n".encode() + b"\xff\xfe\n") == "UTF-8"


def test_a_file_in_utf_16_is_refused_with_advice(tmp_path: Path) -> None:
    path = tmp_path / "messages.csv"
    path.write_text(HEAD + LAMP, encoding="utf-16")
    with pytest.raises(UnreadableFile, match="UTF-16"):
        open_message_file(path)


def test_bad_rows_are_told_apart_from_the_good(tmp_path: Path) -> None:
    path = tmp_path / "messages.csv"
    lines = [
        b"body,area",
        "路灯坏了,liu-1".encode(),
        b"bad \xff byte,liu-1",
        b",liu-1",
        "😀😀,liu-1".encode(),
        b"one,two,three",
        b"",
        b"x" * 20_001 + b",liu-1",
        b'an "inner" quote is fine,liu-1',
        b'"a quote "in" quotes",liu-1',
        b"short row",
        b"nul \x00 and bell \x07,liu-1",
    ]
    path.write_bytes(b"\n".join(lines))
    told = {
        row.line: row.reason if isinstance(row, BadRow) else row.text
        for row in rows_of(path, text="body", place="area")
    }
    assert told == {
        2: "路灯坏了",
        3: "encoding: not UTF-8",
        4: "empty: no words",
        5: "empty: no words",
        6: "unknown column: 3 cells under 2 headings",
        8: "too long: 20,001 characters, at most 20,000",
        9: 'an "inner" quote is fine',
        10: "quotation marks don't match",
        11: "short row",
        12: "nul  and bell",
    }


def test_a_quotation_mark_left_open_spoils_its_own_line_only(tmp_path: Path) -> None:
    path = tmp_path / "messages.csv"
    path.write_text('body\nfirst\n"second\nthird\nfourth\n')
    assert [(row.number, row.line, isinstance(row, Message)) for row in rows_of(path)] == [
        (1, 2, True),
        (2, 3, False),
        (3, 4, True),
        (4, 5, True),
    ]


def test_a_title_too_long_for_one_stands_above_the_text(tmp_path: Path) -> None:
    path = tmp_path / "messages.csv"
    path.write_text(f"subject,body\n{'long ' * 30},The text.\n")
    (row,) = rows_of(path, text="body", title="subject")
    assert isinstance(row, Message)
    assert row.title == ""
    assert row.text.endswith("long\nThe text.")


@pytest.mark.parametrize("content", ["", "subject,text\n1,2\n"])
def test_a_missing_column_is_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / "messages.csv"
    path.write_text(content)
    with pytest.raises(UnreadableFile, match="has no column 'body'"):
        rows_of(path)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("南门口的路灯坏了三盏，晚上看不见路。", "zh-Hans"),
        ("渡口巴士末班車太早，我們每晚要走路回家。", "zh-Hant"),
        ("The lamp by the gate is dark.", "en"),
        ("The sign at 南门 says Exit, but there is none.", "en"),
        ("小区WiFi信号差", "zh-Hans"),
        ("123 !!", "en"),
    ],
)
def test_the_language_is_guessed_by_script(text: str, language: str) -> None:
    assert guess_language(text) == language


def test_a_place_is_known_by_code_or_any_of_its_names(session: Session) -> None:
    known = directory(session)
    lane, gate, whole = (known.place_codes[code] for code in ("liu-1", "liu-1-gate", "yunhe"))
    assert place_of("liu-1", whole, known) == (lane, None, "")
    assert place_of("Willow First Lane", whole, known) == (lane, None, "")
    assert place_of("南门", whole, known) == (lane, gate, "")
    assert place_of("12 Poplar Street", whole, known) == (whole, None, "12 Poplar Street")
    assert place_of("", whole, known) == (whole, None, "")


# The command


def test_messages_become_submissions(app: Flask, file: Path) -> None:
    assert last_line(run(app, file)) == "2 added, 0 already there, 0 refused"
    with app.app_context():
        session = db.session()
        lamp, noise = all_threads(session)
        assert (lamp.given_title, lamp.language, lamp.place_id) == (
            "路灯坏了",
            "zh-Hans",
            directory(session).place_codes["liu-1"].id,
        )
        assert noise.spot_id == directory(session).place_codes["liu-1-gate"].id
        original = session.scalars(select(Statement.text).where(Statement.thread_id == noise.id)).first()
        assert original == "Drilling every night\nuntil two o'clock, even on Sundays."
        assert lamp.visibility == Visibility.FIRST_LOOK
        assert lamp.author_id == noise.author_id
        decided = set(session.scalars(select(RoutingDecision.thread_id)))
        assert decided == {lamp.id, noise.id}
        assert all(t.needs_sorting or t.department_id or t.kind == Kind.IDEA for t in (lamp, noise))
        assert find_broken_event(session, f"thread:{lamp.id}") is None


def test_the_same_file_again_adds_nothing(app: Flask, file: Path) -> None:
    run(app, file)
    assert last_line(run(app, file)) == "0 added, 2 already there, 0 refused"


def test_the_same_file_under_another_name_adds_nothing(app: Flask, file: Path) -> None:
    run(app, file)
    assert (
        last_line(run(app, file.rename(file.with_name("copy.csv")))) == "0 added, 2 already there, 0 refused"
    )


def test_two_equal_rows_are_two_messages(app: Flask, file: Path) -> None:
    file.write_text(HEAD + LAMP + LAMP, encoding="utf-8", newline="")
    assert last_line(run(app, file)) == "2 added, 0 already there, 0 refused"


def test_bad_rows_are_listed_and_the_rest_goes_in(app: Flask, file: Path) -> None:
    file.write_text(HEAD + LAMP + "No words,,liu-1\r\n" + NOISE, encoding="utf-8", newline="")
    result = run(app, file)
    assert "line 3: empty: no words" in result.output
    assert last_line(result) == "2 added, 0 already there, 1 refused"
    assert last_line(run(app, file)) == "0 added, 2 already there, 1 refused"


class Killed(BaseException):
    """The process is killed here."""


def test_an_import_that_was_killed_goes_on_where_it_stopped(
    app: Flask, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("body\n" + "".join(f"Message number {i}\n" for i in range(7)))
    monkeypatch.setattr(commands, "BATCH", 3)
    whole, calls = commands.import_messages, []

    def die_in_the_second_batch(*given: object, **named: object) -> object:
        made = whole(*given, **named)  # type: ignore[arg-type]
        calls.append(1)
        if len(calls) == 2:
            raise Killed
        return made

    monkeypatch.setattr(commands, "import_messages", die_in_the_second_batch)
    with pytest.raises(Killed):
        run(app, file, mapping="text=body")
    assert last_line(run(app, file, mapping="text=body")) == "4 added, 3 already there, 0 refused"
    with app.app_context():
        session = db.session()
        assert len({t.submission_key for t in all_threads(session)}) == 7
        assert len({t.author_id for t in all_threads(session)}) == 1


@pytest.mark.parametrize(("kind", "becomes"), [("report", Kind.REPORT), ("idea", Kind.IDEA)])
def test_the_kind_can_be_said(app: Flask, file: Path, kind: str, becomes: Kind) -> None:
    run(app, file, "--kind", kind)
    with app.app_context():
        assert {thread.kind for thread in all_threads(db.session())} == {becomes}


def test_without_a_place_they_go_to_the_whole_district_or_where_said(app: Flask, file: Path) -> None:
    run(app, file, mapping="text=body")
    file.write_text("body\nSomething else entirely\n")
    run(app, file, "--place", "qiao-1", mapping="text=body")
    with app.app_context():
        known = directory(db.session())
        places = [known.places[t.place_id].code for t in all_threads(db.session())]
        assert places == ["yunhe", "yunhe", "qiao-1"]


def test_without_a_model_they_stand_at_the_desk(
    app: Flask, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.extensions["linli_advisor"], "_folder", file.parent / "nothing")
    assert last_line(run(app, file, "--kind", "report")) == "2 added, 0 already there, 0 refused"
    with app.app_context():
        assert all(thread.needs_sorting for thread in all_threads(db.session()))


def test_no_mail_goes_out(app: Flask, file: Path) -> None:
    run(app, file)
    with app.app_context():
        run_all(NOW.replace(year=2100))
        assert db.session.scalar(select(func.count()).where(Job.done_at.is_(None))) == 0
        assert db.session.scalar(select(func.count()).select_from(Delivery)) == 0


def test_the_import_is_on_record(app: Flask, file: Path) -> None:
    run(app, file)
    with app.app_context():
        event = db.session.scalars(select(Event).where(Event.kind == "messages.imported")).one()
        assert (event.data["added"], event.data["refused"]) == (2, 0)


@pytest.mark.parametrize(
    ("mapping", "options", "said"),
    [
        ("text=letter", (), "has no column 'letter'; its columns are: subject, body, area"),
        ("title=subject", (), "say at least which column holds the text"),
        ("text=body,author=x", (), "there is no field 'author'"),
        ("text", (), "say at least which column"),
        ("text=body", ("--place", "atlantis"), "there is no community or larger place 'atlantis'"),
        ("text=body", ("--place", "liu-1-gate"), "there is no community or larger place"),
        ("text=body", ("--kind", "poem"), "poem"),
    ],
)
def test_a_wrong_command_says_what_is_wrong(
    app: Flask, file: Path, mapping: str, options: tuple[str, ...], said: str
) -> None:
    result = run(app, file, *options, mapping=mapping)
    assert result.exit_code != 0
    assert said in result.output
    with app.app_context():
        assert not all_threads(db.session())


def test_a_missing_file_is_told(app: Flask, tmp_path: Path) -> None:
    result = run(app, tmp_path / "none.csv")
    assert result.exit_code == 1
    assert "No such file" in result.output
