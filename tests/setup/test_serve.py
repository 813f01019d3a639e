import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal import serve

ROOT = Path(__file__).parents[2]
SUPERVISE = """
import os, sys
from runpy import run_path
serve = run_path({path!r})
one, two = ([sys.executable, "-c", p] for p in {programs!r})
sys.exit(serve["supervise"](one, two, os.environ))
"""
STAY = "import pathlib, sys, time; pathlib.Path({0!r}).write_text('up'); time.sleep(60)"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def supervise(*programs: str) -> subprocess.Popen[str]:
    script = SUPERVISE.format(path=str(ROOT / "portal" / "serve.py"), programs=list(programs))
    return subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)


def wait_for(*paths: Path) -> None:
    deadline = time.monotonic() + 20
    while not all(path.exists() for path in paths):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_both_stop_when_told(tmp_path: Path, number: signal.Signals) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    parent = supervise(STAY.format(str(one)), STAY.format(str(two)))
    wait_for(one, two)
    parent.send_signal(number)
    parent.communicate(timeout=20)
    assert parent.returncode == 0


def test_when_one_dies_the_other_stops(tmp_path: Path) -> None:
    stays = tmp_path / "stays"
    began = time.monotonic()
    dies = f"import pathlib, time\nwhile not pathlib.Path({str(stays)!r}).exists(): time.sleep(.05)"
    parent = supervise(STAY.format(str(stays)), dies)
    said, _ = parent.communicate(timeout=30)
    assert parent.returncode == 1
    assert "Ended by itself" in said
    assert time.monotonic() - began < 30


def test_children_end_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    program = (
        f"import os, pathlib, time; pathlib.Path({str(pid)!r}).write_text(str(os.getpid())); time.sleep(60)"
    )
    parent = supervise(program, program)
    wait_for(pid)
    time.sleep(0.1)
    parent.kill()
    parent.communicate(timeout=20)
    deadline = time.monotonic() + 10
    while alive(int(pid.read_text())):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.parametrize("port", ["", "abc", "0", "70000"])
def test_a_wrong_port_is_named(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert serve.main({"PORT": port}) == 2
    assert "PORT" in capsys.readouterr().err


def test_a_taken_port_is_said_before_anything_starts(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert serve.main({"PORT": str(taken.getsockname()[1])}) == 2
    assert "can't listen" in capsys.readouterr().err


def test_web_and_worker_serve_together(tmp_path: Path, model_dir: Path) -> None:
    port = free_port()
    (tmp_path / "model").symlink_to(model_dir)
    parent = serve_in(tmp_path, port, SETUP="docs/setup-example.toml")
    assert parent.stdout
    try:
        said = "".join(iter(parent.stdout.readline, "Ctrl-C stops it; what was sent is kept.\n"))
        assert "/first-sign-in" in said
        assert said.endswith(f"http://127.0.0.1:{port}\n")
        assert "ok" in wait_until_ready(port)
    finally:
        parent.terminate()
        parent.communicate(timeout=40)
    assert parent.returncode == 0


def serve_in(folder: Path, port: int, **settings: str) -> subprocess.Popen[str]:
    """Start what `make run` starts."""
    return subprocess.Popen(
        [sys.executable, "-P", "portal/serve.py"],
        cwd=ROOT,
        env={**os.environ, "LINLI_VAR_DIR": str(folder), "PORT": str(port), "PREPARE": "1", **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_nothing_is_served_from_a_faulty_setup_file(tmp_path: Path, model_dir: Path) -> None:
    (tmp_path / "model").symlink_to(model_dir)
    faulty = tmp_path / "my.toml"
    faulty.write_text("[[place]]\n")
    parent = serve_in(tmp_path, free_port(), SETUP=str(faulty))
    said, complained = parent.communicate(timeout=60)
    assert parent.returncode == 1
    assert "line 1, [[place]] number 1, code: is missing" in complained
    assert "is running" not in said


def wait_until_ready(port: int) -> str:
    """Return the answer of /readyz once the worker has been seen."""
    from http.client import HTTPConnection

    deadline = time.monotonic() + 30
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/readyz")
        answer = connection.getresponse().read().decode()
        connection.close()
        if '"worker":"ok"' in answer or time.monotonic() > deadline:
            return answer
        time.sleep(0.2)
