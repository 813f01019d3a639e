"""A power cut between any two steps: what a resident was shown is still true afterwards."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from portal.threads.models import Thread
from tests.bench.servers import Client, Server, fields_of, free_port, wait_until_listening
from tests.conftest import Stage

STEPS = [
    ("words", {"text": "The lamp by the south gate is dark."}),
    ("where", {"place": "liu-1"}),
    ("who", {"how": "anonymous"}),
]


@contextmanager
def running(stage: Stage, port: int) -> Iterator[Server]:
    """Serve the stage's database in a process group of its own, and kill it hard at the end."""
    environment = {"LINLI_VAR_DIR": str(stage.var_dir), "LINLI_DATABASE_URL": stage.address}
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(
        [*command, "--workers", "1", "--threads", "2"],
        env={**os.environ, **environment},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until_listening(port, process)
        yield Server(process, port)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def take_step(client: Client, step: str, answers: dict[str, str]) -> None:
    form = fields_of(client.get(f"/report/{step}?lang=en")[1])
    assert client.post(f"/report/{step}", form | answers)[0] == 303


def test_no_reference_that_was_shown_is_lost(stage: Stage, app: object) -> None:
    port = free_port()
    client = Client(port)
    for step, answers in STEPS:  # killed after each step: the draft must go on
        with running(stage, port):
            take_step(client, step, answers)
        client.close()
    with running(stage, port):
        form = fields_of(client.get("/report/check")[1])
        assert client.post("/report/check", form)[2].endswith("/sent")
    client.close()
    with running(stage, port):
        shown = re.search(r"\d{3}-\d{3}-\d{3}", client.get("/report/sent")[1])
        assert shown
        again = client.post("/report/check", form)
        assert again[2].endswith("/sent")
        assert shown.group() in client.get("/report/sent")[1]
        assert client.get(f"/reports/{shown.group()}")[0] == 200
        client.close()
    with stage.app.app_context():
        from portal.core.db import db

        assert db.session.query(Thread).count() == 1
        db.session.remove()
