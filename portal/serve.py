"""Runs the web server and the worker side by side and stops both together.

`make run` starts this file by its path, not as part of the package: the process that only
watches two others should not hold the application in memory.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

GRACE_SECONDS = 30.0
LOOK_EVERY = 0.2
START_SECONDS = 60.0
PR_SET_PDEATHSIG = 1
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  # read, not bound


class Stop:
    """Becomes true at the first Ctrl-C, TERM or hang-up."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.ask)

    def ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


def main(environment: Mapping[str, str]) -> int:
    """Serve on HOST and PORT until told to stop; return 0 then, 1 if one of the two died."""
    host, port = environment.get("HOST", "127.0.0.1"), environment.get("PORT", "8000")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        sys.stderr.write(f"PORT: {port!r} is not a port number\n")
        return 2
    if trouble := cannot_listen(host, int(port)):
        sys.stderr.write(f"Linli can't listen on {host}, port {port}: {trouble}. Try PORT=8001.\n")
        return 2
    reach = EVERYWHERE.get(host, host)
    address = f"http://{bracketed(reach)}:{port}"
    settings = {"LINLI_BASE_URL": address, **environment}
    return supervise(commands(host, port), settings, announce=(reach, int(port), address))


def cannot_listen(host: str, port: int) -> str:
    """Return why nothing can listen there, or an empty string."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        return error.strerror or str(error)
    return ""


def commands(host: str, port: str) -> list[list[str]]:
    """Return how the web server and the worker are started."""
    settings = Path(__file__).with_name("gunicorn.conf.py")
    python = [sys.executable, "-m"]
    return [
        [*python, "gunicorn", "--config", str(settings), "--bind", f"{bracketed(host)}:{port}"],
        [*python, "flask", "--app", "wsgi", "work"],
    ]


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def supervise(
    programs: Sequence[Sequence[str]],
    environment: Mapping[str, str],
    announce: tuple[str, int, str] | None = None,
) -> int:
    """Run the programs until told to stop (0) or until one of them ends by itself (1)."""
    stop = Stop()
    running = [start(program, environment) for program in programs]
    waiting_until = time.monotonic() + START_SECONDS
    while not stop.asked and all(process.poll() is None for process in running):
        if announce and (answers(*announce[:2]) or time.monotonic() > waiting_until):
            say(f"\nLinli 邻里 is running:  {announce[2]}\nCtrl-C stops it; what was sent is kept.\n")
            announce = None
        time.sleep(LOOK_EVERY)
    for program, process in zip(programs, running, strict=True):
        if not stop.asked and process.poll() is not None:
            say(f"{' '.join(program)}\nended by itself: stopping the rest.")
    end(running)
    return 0 if stop.asked else 1


def start(program: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a program out of reach of the terminal's Ctrl-C: this process passes it on."""
    return subprocess.Popen(  # noqa: S603  # the programs are our own
        list(program),
        env=dict(environment),
        start_new_session=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509  # this process has one thread
    )


def end_with_parent() -> None:
    """Ask Linux to stop this process when its parent is killed; elsewhere it stays."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def answers(host: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((host, port), timeout=LOOK_EVERY):
        return True
    return False


def end(running: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask all to stop, and make those stop that don't within the time of grace."""
    for process in running:
        process.terminate()
    last = time.monotonic() + GRACE_SECONDS
    for process in running:
        try:
            process.wait(timeout=max(0.1, last - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(os.environ))
