"""A small web hook on this machine that takes messages, refuses, is broken, slow, or sends elsewhere."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

STATUS = {"takes": 202, "refuses": 400, "limits": 429, "breaks": 503, "leads_away": 302, "late": 200}


class HookServer(ThreadingHTTPServer):
    """`mood` says how the next messages fare; `asked` holds each request: headers, and body as it came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.mood = "takes"
        self.asked: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _headers, body in self.asked]


class Answer(BaseHTTPRequestHandler):
    server: HookServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.server.asked.append((dict(self.headers), body))
        if self.server.mood == "late":
            time.sleep(1)
        self.send_response(STATUS[self.server.mood])
        if self.server.mood == "leads_away":
            self.send_header("Location", f"{self.server.url}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST  # what follows a redirect comes as a GET

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def running() -> Iterator[HookServer]:
    with HookServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
