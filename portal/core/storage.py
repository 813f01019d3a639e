"""Where files are kept that don't belong into the database: a folder, or S3-compatible storage.

A file is written under a name that was never used before, and is there whole or not at all. Its
row in the database is written afterwards; a file that no row names is swept away a day later.
"""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import structlog
from flask import current_app

from portal.config import Settings

RESERVE = 500_000_000  # bytes, or a twentieth of a small disk, that photos leave free: reports go on
SLOW = 10  # seconds that a storage may take to answer
log = structlog.get_logger()


class StoreFailed(Exception):
    """The file can't be kept, read or removed at the moment."""


class Store(Protocol):
    """Files by name. Each method raises StoreFailed where the storage refuses or is away."""

    def put(self, name: str, content: bytes) -> None:
        """Keep the file, on disk when this returns."""

    def get(self, name: str) -> bytes | None:
        """Return the file's content, or None if there is no such file."""

    def remove(self, name: str) -> None:
        """Remove the file; done again, it changes nothing."""

    def list_older(self, than: datetime) -> Iterator[str]:
        """Give the names of files last written before this moment."""


class DiskStore:
    """A folder; its files lie in subfolders by the first two signs of their names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name

    def put(self, name: str, content: bytes) -> None:
        path, fresh = self._path(name), self._path(f"new.{secrets.token_hex(8)}")
        try:
            for folder in (path.parent, fresh.parent):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            leave_room(self.folder, len(content))
            write_through(fresh, content)
            fresh.replace(path)
            for folder in (path.parent, self.folder):
                sync_folder(folder)
        except OSError as error:
            with suppress(OSError):
                fresh.unlink()
            log.error("storage.failed", error=error.strerror)
            raise StoreFailed from None

    def get(self, name: str) -> bytes | None:
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreFailed from error

    def remove(self, name: str) -> None:
        try:
            self._path(name).unlink(missing_ok=True)
        except OSError as error:
            raise StoreFailed from error

    def list_older(self, than: datetime) -> Iterator[str]:
        for folder, _folders, names in os.walk(self.folder):
            for name in names:
                with suppress(FileNotFoundError):  # removed meanwhile
                    written = datetime.fromtimestamp((Path(folder) / name).stat().st_mtime, UTC)
                    if written < than:
                        yield name


def leave_room(folder: Path, size: int) -> None:
    """Raise OSError where a file of this size would take the room that the database lives on."""
    disk = shutil.disk_usage(folder)
    if disk.free - size < min(RESERVE, disk.total // 20):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def write_through(path: Path, content: bytes) -> None:
    """Write a new file, readable by its owner only, and wait until it is on disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class S3Store:
    """A bucket of S3-compatible storage. It is never public: files are read through the application."""

    def __init__(self, settings: Settings) -> None:
        from minio import Minio
        from urllib3 import PoolManager, Retry

        endpoint = urlsplit(settings.s3_endpoint)
        self.bucket = settings.s3_bucket
        self.client = Minio(
            endpoint.netloc,
            access_key=settings.s3_access_key,
            secret_key=settings.s3_secret_key.get_secret_value(),
            region=settings.s3_region,
            secure=endpoint.scheme == "https",
            http_client=PoolManager(timeout=SLOW, retries=Retry(1, backoff_factor=0.2)),
        )

    def put(self, name: str, content: bytes) -> None:
        with s3_failures():
            self.client.put_object(self.bucket, name, BytesIO(content), len(content), "image/jpeg")

    def get(self, name: str) -> bytes | None:
        from minio import S3Error

        with s3_failures():
            try:
                answer = self.client.get_object(self.bucket, name)
            except S3Error as error:
                if error.code == "NoSuchKey":
                    return None
                raise
            try:
                return answer.read()
            finally:
                answer.close()
                answer.release_conn()

    def remove(self, name: str) -> None:
        with s3_failures():
            self.client.remove_object(self.bucket, name)

    def list_older(self, than: datetime) -> Iterator[str]:
        with s3_failures():
            for file in self.client.list_objects(self.bucket, recursive=True):
                if file.object_name and file.last_modified and file.last_modified < than:
                    yield file.object_name


@contextmanager
def s3_failures() -> Iterator[None]:
    """Turn what the storage's client raises into StoreFailed."""
    from minio.error import MinioException
    from urllib3.exceptions import HTTPError

    try:
        yield
    except (MinioException, HTTPError, OSError) as error:
        log.error("storage.failed", error=type(error).__name__)
        raise StoreFailed from None


def open_store(settings: Settings) -> Store:
    """Return the storage that the settings name: S3-compatible, else the folder in var_dir."""
    return S3Store(settings) if settings.s3_endpoint else DiskStore(settings.var_dir / "photos")


def get_store() -> Store:
    """Return the storage of this installation."""
    found: Store = current_app.extensions["linli_store"]
    return found
