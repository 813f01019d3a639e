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
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

GRACE_SECONDS = 30.0
LOOK_EVERY = 0.2
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
    """Serve on HOST and PORT until told to stop (0); 1 if a part died, 2 if it couldn't begin."""
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
    web, worker = commands(host, port)
    return supervise(web, worker, settings, ready=lambda: answers(reach, int(port)), address=address)


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
    first: Sequence[str],
    second: Sequence[str],
    environment: Mapping[str, str],
    *,
    ready: Callable[[], bool] = lambda: True,
    address: str = "",
) -> int:
    """Run both programs, the second once the first is ready, until told to stop.

    Return 0 then, or 1 if one of them ended by itself, which stops the other.
    """
    stop = Stop()
    running = {" ".join(first): start(first, environment)}
    while not stop.asked and all(process.poll() is None for process in running.values()):
        if len(running) == 1 and ready():
            running[" ".join(second)] = start(second, environment)
            say(f"\nLinli 邻里 is running:  {address}\nCtrl-C stops it; what was sent is kept.\n")
        time.sleep(LOOK_EVERY)
    for name, process in running.items():
        if not stop.asked and process.poll() is not None:
            say(f"Ended by itself, so everything stops: {name}")
    end(list(running.values()))
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
    """Tell whether a server listens there; a connection that reached itself is none."""
    with suppress(OSError), socket.create_connection((host, port), timeout=LOOK_EVERY) as connection:
        return bool(connection.getsockname() != connection.getpeername())
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
