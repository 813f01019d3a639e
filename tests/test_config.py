import stat
from pathlib import Path

import pytest

from portal.config import ConfigurationError, Settings, load_settings, read_or_make_secret


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LINLI_SMTP_PORT", "mail"),
        ("LINLI_BASE_URL", "linli.example"),
        ("LINLI_SECRET_KEY", "short"),
        ("LINLI_TRUSTED_PROXIES", "-1"),
        ("LINLI_MAIL_FROM", "nobody"),
        ("LINLI_ROUTING_PRECISION", "95"),
        ("LINLI_ROUTING_PRECISION", "0.3"),
        ("LINLI_TILE_URL", "https://tiles.example.org/map.png"),
        ("LINLI_TILE_URL", "tiles.example.org/{z}/{x}/{y}.png"),
        ("LINLI_TILE_URL", "https://a.example; script-src *//{z}/{x}/{y}"),
        ("LINLI_TILE_URL", "https://user@tiles.example.org/{z}/{x}/{y}.png"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=name):
        load_settings()


def test_a_secret_is_made_once_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret_key"
    first = read_or_make_secret(path)
    assert len(first) >= 48
    assert read_or_make_secret(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["secret_key"]


def test_a_given_secret_leaves_no_file(tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path, secret_key="x" * 32)  # type: ignore[arg-type]
    assert settings.signing_key() == "x" * 32
    assert not list(tmp_path.iterdir())


def test_a_postgresql_address_uses_the_installed_driver() -> None:
    assert Settings(database_url="postgresql://h/d").database == "postgresql+psycopg://h/d"


def test_tiles_are_shown_only_with_whose_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_TILE_URL", "https://tiles.example.org:8443/{z}/{x}/{y}.png?key=1")
    with pytest.raises(ConfigurationError, match="LINLI_TILE_ATTRIBUTION"):
        load_settings()
    monkeypatch.setenv("LINLI_TILE_ATTRIBUTION", "© Example")
    assert load_settings().tile_host == "https://tiles.example.org:8443"
