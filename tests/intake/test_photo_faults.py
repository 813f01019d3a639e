"""Photo and row never part: processes killed between them, and a disk that is truly full."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.db import db
from portal.core.outbox import enqueue
from portal.core.storage import get_store
from portal.core.worker import nightly, run_all
from portal.intake.jobs import SWEEP_PHOTOS
from portal.intake.models import DraftPhoto
from portal.threads.additions import Photo
from portal.threads.models import Thread
from portal.threads.photos import file_name, key_of_file
from tests.conftest import Stage
from tests.factories import form_fields
from tests.intake.walking import Walk
from tests.pictures import encode, post_files

ROOT = Path(__file__).parents[2]
LATER = datetime.now(UTC) + timedelta(days=2)


def kill_at(stage: Stage, moment: str) -> None:
    environment = {**os.environ, "LINLI_VAR_DIR": str(stage.var_dir), "LINLI_DATABASE_URL": stage.address}
    done = subprocess.run(
        [sys.executable, "-m", "tests.intake.killed", moment],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


def keys(session: Session, table: type[DraftPhoto | Photo]) -> list[str]:
    session.rollback()
    return list(session.scalars(select(table.key)))


def files() -> set[str]:
    return set(get_store().list_older(LATER))


def sweep(session: Session, now: datetime) -> None:
    enqueue(session, SWEEP_PHOTOS, {}, now=now)
    session.commit()
    run_all(now)


@pytest.mark.parametrize(
    ("moment", "rows", "left"),  # rows: photos of drafts and of submissions; left: files
    [
        ("first-file", (0, 0), 1),
        ("files", (0, 0), 2),
        ("row", (1, 0), 2),
        ("sending", (1, 0), 2),
        ("sent", (0, 1), 2),
    ],
)
def test_killed_at_any_moment_nothing_dangles_and_nothing_is_lost(
    stage: Stage, session: Session, moment: str, rows: tuple[int, int], left: int
) -> None:
    kill_at(stage, moment)
    named = keys(session, DraftPhoto) + keys(session, Photo)
    assert (len(keys(session, DraftPhoto)), len(keys(session, Photo))) == rows
    assert len(list(session.scalars(select(Thread)))) == rows[1]
    assert len(files()) == left
    assert {file_name(key, size) for key in named for size in ("large", "small")} <= files()
    sweep(session, datetime.now(UTC))
    assert len(files()) == left, "what is fresh may still get its row"
    sweep(session, LATER)
    assert {key_of_file(name) for name in files()} == set(named)


@pytest.mark.parametrize(("moment", "left"), [("taking-back", 1), ("taken-back", 0)])
def test_killed_while_a_photo_is_taken_back_it_is_all_there_or_all_gone(
    stage: Stage, session: Session, moment: str, left: int
) -> None:
    kill_at(stage, moment)
    named = keys(session, Photo)
    assert len(named) == left
    assert len(files()) == 2, "the files go after the row"
    run_all(datetime.now(UTC))
    assert {key_of_file(name) for name in files()} == set(named)


def test_the_sweep_is_planned_for_every_night() -> None:
    assert SWEEP_PHOTOS in nightly


@pytest.fixture
def full_disk(app: Flask, stage: Stage) -> Iterator[None]:
    """Photos lie on a file system of their own with room for 200 KB."""
    folder = stage.var_dir / "photos"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount; tests/core/test_storage.py tries it by a limit")
    yield
    subprocess.run(["umount", str(folder)], check=True)


def noise(mark: int) -> bytes:
    """Return a picture that can't be made small."""
    return encode(Image.effect_noise((1200 + mark, 900), 90), "JPEG", quality=90)


@pytest.mark.usefixtures("full_disk")
def test_on_a_full_disk_it_is_said_and_the_report_goes_without(app: Flask, client: FlaskClient) -> None:
    walk = Walk(client)
    walk.words()
    fields = form_fields(walk.open("photos"))
    answer = post_files(client, walk.at("photos"), fields, (("a.jpg", noise(0)), ("b.jpg", noise(1))))
    assert answer.status_code == 422
    assert "Photos can&#39;t be kept at the moment. You can go on without them." in answer.text
    with app.app_context():
        assert not keys(db.session(), DraftPhoto)
        assert not files()
    assert walk.send().location == "/report/sent"
