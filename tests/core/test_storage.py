"""Files are there whole or not at all: on disk, on a full one, and in S3-compatible storage."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import pytest

from portal.config import ConfigurationError, Settings, load_settings
from portal.core.storage import DiskStore, S3Store, Store, StoreFailed, open_store

LATER = datetime.now(UTC) + timedelta(days=2)


class FakeS3(ThreadingHTTPServer):
    """As much of S3 as we use; `failing` makes it refuse everything."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), FakeS3Handler)
        self.files: dict[str, bytes] = {}
        self.failing = False


class FakeS3Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeS3

    def log_message(self, *_args: object) -> None:
        pass

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["x-amz-content-sha256"] == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD":
            raise AssertionError("sent in chunks")
        if not self.refused():
            self.server.files[self.path_name()] = body
            self.answer(200, headers={"ETag": '"1"'})

    def do_GET(self) -> None:
        if self.refused():
            return
        name = self.path_name()
        if not name:
            self.answer(200, self.listing())
        elif name in self.server.files:
            self.answer(200, self.server.files[name])
        else:
            self.answer(404, b"<Error><Code>NoSuchKey</Code><Message>none</Message></Error>")

    def do_DELETE(self) -> None:
        if not self.refused():
            self.server.files.pop(self.path_name(), None)
            self.answer(204)

    def path_name(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix("/linli").strip("/")

    def listing(self) -> bytes:
        rows = "".join(
            f"<Contents><Key>{name}</Key><LastModified>2026-11-01T00:00:00.000Z</LastModified>"
            f'<ETag>"1"</ETag><Size>1</Size></Contents>'
            for name in self.server.files
        )
        start = '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>linli</Name>'
        return f"{start}<IsTruncated>false</IsTruncated>{rows}</ListBucketResult>".encode()

    def refused(self) -> bool:
        assert self.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=key/")
        if self.server.failing:
            self.answer(403, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
        return self.server.failing

    def answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        kind = "application/xml" if body.startswith(b"<") else "image/jpeg"
        for name, value in {"Content-Type": kind, **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def s3() -> Iterator[FakeS3]:
    server = FakeS3()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def s3_store(server: FakeS3, tmp_path: Path) -> Store:
    return open_store(
        Settings(
            var_dir=tmp_path,
            s3_endpoint=f"http://127.0.0.1:{server.server_port}",
            s3_bucket="linli",
            s3_access_key="key",
            s3_secret_key="secret",
        )
    )


@pytest.fixture(params=["disk", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "disk":
        return open_store(Settings(var_dir=tmp_path))
    return s3_store(request.getfixturevalue("s3"), tmp_path)


def test_a_file_is_kept_read_listed_and_removed(store: Store) -> None:
    store.put("abc-large.jpg", b"picture")
    assert store.get("abc-large.jpg") == b"picture"
    assert store.get("other-large.jpg") is None
    assert list(store.list_older(LATER)) == ["abc-large.jpg"]
    assert not list(store.list_older(datetime(2020, 1, 1, tzinfo=UTC)))
    for _again in range(2):
        store.remove("abc-large.jpg")
    assert store.get("abc-large.jpg") is None


def test_a_storage_that_refuses_is_said_to_fail(s3: FakeS3, tmp_path: Path) -> None:
    store = s3_store(s3, tmp_path)
    assert isinstance(store, S3Store)
    s3.failing = True
    for use in (lambda: store.put("a", b"x"), lambda: store.get("a"), lambda: store.remove("a")):
        with pytest.raises(StoreFailed):
            use()
    with pytest.raises(StoreFailed):
        list(store.list_older(LATER))


def test_a_storage_that_is_away_is_said_to_fail(tmp_path: Path) -> None:
    server = FakeS3()
    store = s3_store(server, tmp_path)
    server.server_close()
    with pytest.raises(StoreFailed):
        store.put("a", b"x")


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    DiskStore(tmp_path / "photos").put("abc-large.jpg", b"picture")
    path = tmp_path / "photos" / "ab" / "abc-large.jpg"
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


FILL = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from portal.core.storage import DiskStore, StoreFailed
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
store = DiskStore(Path(sys.argv[1]))
store.put("small", b"x" * 900)
try:
    store.put("large", b"x" * 5000)
except StoreFailed:
    print("refused", list(store.list_older(datetime(2100, 1, 1, tzinfo=UTC))))
"""


def test_a_file_for_which_there_is_no_room_leaves_nothing_behind(tmp_path: Path) -> None:
    """The system lets that process write no file larger than 1,000 bytes."""
    done = subprocess.run(
        [sys.executable, "-c", FILL, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "refused ['small']" in done.stdout


def test_a_name_that_was_half_written_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process killed in the middle leaves is found under no name, and swept later."""
    store = DiskStore(tmp_path)
    monkeypatch.setattr(Path, "replace", _die)
    with pytest.raises(KeyboardInterrupt):
        store.put("abc-large.jpg", b"half")
    monkeypatch.undo()
    assert store.get("abc-large.jpg") is None
    (left,) = store.list_older(LATER)
    store.remove(left)
    assert not list(store.list_older(LATER))


def _die(*_args: object) -> None:
    raise KeyboardInterrupt


def test_an_endpoint_needs_a_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "LINLI_S3_ENDPOINT", "https://s3.example")
    with pytest.raises(ConfigurationError, match="LINLI_S3_BUCKET"):
        load_settings()


class Disk(NamedTuple):
    total: int
    used: int
    free: int


def test_photos_leave_room_for_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(total=100_000_000_000, used=99_500_000_000, free=500_000_500)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: disk)
    DiskStore(tmp_path).put("abc-small.jpg", bytes(500))
    with pytest.raises(StoreFailed):
        DiskStore(tmp_path).put("abc-large.jpg", bytes(501))
    assert [p.name for p in tmp_path.rglob("*.jpg")] == ["abc-small.jpg"]
