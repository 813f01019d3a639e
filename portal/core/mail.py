"""E-mail by SMTP, or as .eml files in var/mail where no server is set."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy, default
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlencode

from portal.config import Settings
from portal.core import clock

TIMEOUT_SECONDS = 20


class Unanswered(Exception):
    """The server got all of the mail, and its answer never came: it may have it or not."""


@dataclass(frozen=True)
class Letter:
    """One mail. The same message_id twice is the same mail: a mail program shows it once."""

    to: str
    subject: str
    text: str
    message_id: str
    language: str
    first_id: str = ""  # the Message-ID of the first mail of this exchange
    stop_link: str = ""  # a POST to it stops such mails, RFC 8058


class WholeHeader(UnstructuredHeader):
    """Written as it is. The library would encode what is longer than a line, and no program read it."""

    name: str

    def fold(self, *, policy: EmailPolicy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


registry = HeaderRegistry()
for whole in ("In-Reply-To", "References", "List-Unsubscribe"):
    registry.map_to_type(whole, WholeHeader)  # type: ignore[arg-type]  # made a header by the registry
POLICY = default.clone(header_factory=registry)


class Server(smtplib.SMTP):
    """Tells apart whether a connection ended before or after all of the mail was given."""

    def data(self, msg: str | bytes) -> tuple[int, bytes]:  # type: ignore[override]  # as smtplib has it
        try:
            return super().data(msg)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            raise Unanswered(str(error)) from error


def send_mail(settings: Settings, letter: Letter) -> None:
    """Hand one letter over.

    Raises OSError or smtplib.SMTPException if the server does not have it, Unanswered if nobody knows.
    """
    message = compose(settings, letter)
    if settings.smtp_host:
        _send_by_smtp(settings, message)
    else:
        _keep_as_file(settings.var_dir / "mail", message, letter.message_id)


def compose(settings: Settings, letter: Letter) -> EmailMessage:
    """Return the letter as a message with its headers."""
    message = EmailMessage(policy=POLICY)
    message["From"] = settings.mail_from
    message["To"] = letter.to
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    if letter.first_id:
        message["In-Reply-To"] = message["References"] = letter.first_id
    if letter.stop_link:
        message["List-Unsubscribe"] = ", ".join(_ways_to_stop(settings, letter))
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text, charset="utf-8")
    message["Content-Language"] = letter.language  # set_content drops what begins with Content
    return message


def _ways_to_stop(settings: Settings, letter: Letter) -> list[str]:
    by_mail = f"<mailto:{settings.stop_address}?{urlencode({'subject': letter.stop_link})}>"
    return [f"<{letter.stop_link}>"] + ([by_mail] if settings.stop_address else [])


def _send_by_smtp(settings: Settings, message: EmailMessage) -> None:
    server = Server(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS)
    try:
        if settings.smtp_starttls:
            server.starttls(context=ssl.create_default_context())  # smtplib's own trusts anybody
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        server.send_message(message)
        with suppress(smtplib.SMTPException, OSError):  # it has been taken, however the goodbye goes
            server.quit()
    finally:
        server.close()


def _keep_as_file(folder: Path, message: EmailMessage, message_id: str) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = message_id.strip("<>").split("@")[0]
    partial = folder / f".{name}.part"
    partial.touch(mode=0o600)  # mails hold secret links
    partial.write_bytes(bytes(message))
    partial.rename(folder / f"{name}.eml")
