"""Both applications behind the same gunicorn, and a client that keeps its connection."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

START_SECONDS = 60
CONFIGURATION = Path(__file__).parents[2] / "portal" / "gunicorn.conf.py"


@dataclass
class Server:
    """A running gunicorn master with two workers."""

    process: subprocess.Popen[bytes]
    port: int

    def memory_mb(self) -> float:
        """Return the PSS of master and workers together, in MB."""
        pids = [self.process.pid, *_children(self.process.pid)]
        return sum(_pss_kb(pid) for pid in pids) / 1024


@contextmanager
def serve(target: str, environment: Mapping[str, str]) -> Iterator[Server]:
    """Serve an application as Linli is served, 2 workers of 4 threads, until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", target, "--bind", f"127.0.0.1:{port}"]
    command += ["--config", str(CONFIGURATION), "--log-level", "error"]
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        wait_until_listening(port, process)
        yield Server(process, port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


@dataclass
class Client:
    """One browser: one connection, its cookies, no scripts."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> tuple[int, str]:
        return self.request("GET", path)[:2]

    def post(self, path: str, fields: Mapping[str, str]) -> tuple[int, str, str]:
        """Return status, body and where a redirect leads."""
        return self.request("POST", path, urlencode(fields))

    def close(self) -> None:
        if self.connection:
            self.connection.close()
        self.connection = None

    def request(self, method: str, path: str, body: str | None = None) -> tuple[int, str, str]:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        for attempt in (1, 2):
            self.connection = self.connection or http.client.HTTPConnection("127.0.0.1", self.port)
            try:
                self.connection.request(method, path, body, headers)
                answer = self.connection.getresponse()
                text = answer.read().decode()
                break
            except (http.client.HTTPException, ConnectionError):
                self.close()  # the server ended an idle connection
                if attempt == 2:
                    raise
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.status, text, answer.getheader("Location") or ""


def fields_of(html: str) -> dict[str, str]:
    """Return the hidden fields of the page's first form that is posted."""
    form = next(f for f in re.findall(r"<form\b.*?</form>", html, re.S) if 'method="post"' in f)
    inputs = re.findall(r"<input[^>]*>", form)
    pairs = (_name_and_value(tag) for tag in inputs if 'type="hidden"' in tag)
    return dict(pairs)


def _name_and_value(tag: str) -> tuple[str, str]:
    attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
    return attributes["name"], unescape(attributes.get("value", ""))


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_listening(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when the server answers; RuntimeError if it ends or takes too long."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError("the server ended at once; run it by hand to see why")
        if _answers(port):
            return
        time.sleep(0.1)
    raise RuntimeError("the server did not start in time")


def _answers(port: int) -> bool:
    """Ask in HTTP: a bare connection to a free port may reach itself."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _children(pid: int) -> list[int]:
    return [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _pss_kb(pid: int) -> int:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.M)
    return int(found.group(1)) if found else 0
