from collections.abc import Iterator

import pytest
from flask import Flask
from pydantic import SecretStr

from tests.notifications import hook_server, mail_server
from tests.notifications.hook_server import HookServer


@pytest.fixture
def server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[mail_server.MailServer]:
    """A mail server that the application is set to use."""
    with mail_server.running() as running:
        settings = app.extensions["linli_settings"].model_copy(
            update={"smtp_host": "127.0.0.1", "smtp_port": running.port, "base_url": "https://linli.example"}
        )
        monkeypatch.setitem(app.extensions, "linli_settings", settings)
        yield running


@pytest.fixture
def hook(app: Flask, server: mail_server.MailServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[HookServer]:
    """A web hook that the application is set to use, besides the mail server."""
    with hook_server.running() as running:
        update = {"hook_url": running.url, "hook_secret": SecretStr("a shared secret of us")}
        settings = app.extensions["linli_settings"].model_copy(update=update)
        monkeypatch.setitem(app.extensions, "linli_settings", settings)
        yield running
