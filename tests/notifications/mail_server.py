"""A small mail server on this machine that takes mails, refuses, is slow, or dies at the worst time."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern


class MailServer(socketserver.ThreadingTCPServer):
    """`mood` says how the next mails fare; `taken` holds what the server has accepted."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Conversation)
        self.mood = "takes"  # takes, refuses, busy, slow, dies, late, hangs, rude
        self.taken: list[EmailMessage] = []
        self.is_asked = threading.Event()
        self.may_go = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.say("220 mail.test ready")
        while line := self.rfile.readline():
            verb = line[:4].upper().strip()
            if verb == b"QUIT":
                self.say("421 go away" if self.server.mood == "rude" else "221 bye")
                return
            if verb == b"DATA":
                if not self.take():
                    return
            elif verb == b"RCPT":
                self.say(self.answer_to_recipient(line.decode()))
            else:
                self.say("250 fine")

    def answer_to_recipient(self, line: str) -> str:
        address = line.partition("<")[2].partition(">")[0]
        if self.server.mood == "refuses":
            return f"550 {address} is unknown here"
        return "451 try later" if self.server.mood == "busy" else "250 fine"

    def take(self) -> bool:
        """Read one mail; return False where the connection breaks before the answer."""
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        message = message_from_bytes(b"".join(lines), _class=EmailMessage, policy=modern)
        self.server.taken.append(message)
        self.server.is_asked.set()
        if self.server.mood == "dies":
            return False
        if self.server.mood == "hangs":
            self.server.may_go.wait(30)
            return False
        if self.server.mood in ("slow", "late"):
            time.sleep(1)
        if self.server.mood == "late":
            return False
        self.say("250 taken")
        return True


@contextmanager
def running(port: int = 0) -> Iterator[MailServer]:
    with MailServer(port) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
