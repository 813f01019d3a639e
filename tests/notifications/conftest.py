from collections.abc import Iterator

import pytest
from flask import Flask

from tests.notifications import mail_server


@pytest.fixture
def server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[mail_server.MailServer]:
    """A mail server that the application is set to use."""
    with mail_server.running() as running:
        settings = app.extensions["linli_settings"].model_copy(
            update={"smtp_host": "127.0.0.1", "smtp_port": running.port, "base_url": "https://linli.example"}
        )
        monkeypatch.setitem(app.extensions, "linli_settings", settings)
        yield running
