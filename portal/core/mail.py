"""E-mail by SMTP, or as .eml files in var/mail where no server is set."""

import smtplib
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from portal.config import Settings
from portal.core import clock

TIMEOUT_SECONDS = 20


def send_mail(settings: Settings, *, to: str, subject: str, text: str, message_id: str) -> None:
    """Hand one message over. Raises OSError or smtplib.SMTPException if it couldn't be.

    The same message_id twice is the same message: a mail program shows it once.
    """
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = to
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, charset="utf-8")
    if settings.smtp_host:
        _send_by_smtp(settings, message)
    else:
        _keep_as_file(settings.var_dir / "mail", message, message_id)


def _send_by_smtp(settings: Settings, message: EmailMessage) -> None:
    with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS) as server:
        if settings.smtp_starttls:
            server.starttls()
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        server.send_message(message)


def _keep_as_file(folder: Path, message: EmailMessage, message_id: str) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = message_id.strip("<>").split("@")[0]
    partial = folder / f".{name}.part"
    partial.touch(mode=0o600)  # mails hold secret links
    partial.write_bytes(bytes(message))
    partial.rename(folder / f"{name}.eml")
