"""Settings, read once from the environment and checked before anything starts."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class ConfigurationError(Exception):
    """A setting is wrong; the message names the variable."""


class Settings(BaseSettings):
    """Everything an installation can set, each as LINLI_<NAME> in the environment."""

    model_config = SettingsConfigDict(env_prefix="LINLI_", frozen=True)

    var_dir: Path = Path("var")
    database_url: str = ""
    base_url: str = Field("http://127.0.0.1:8000", pattern=r"^https?://[^/\s]+$")
    secret_key: SecretStr | None = Field(None, min_length=32)
    mail_from: str = Field("linli@localhost", pattern=r"^[^@\s]+@[^@\s]+$")
    smtp_host: str = ""
    smtp_port: int = Field(25, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_starttls: bool = False
    trusted_proxies: int = Field(0, ge=0, le=5)
    time_zone: str = "Asia/Shanghai"
    routing_precision: float = Field(0.95, ge=0.5, le=0.999)

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database; SQLite in var_dir unless one is set."""
        if not self.database_url:
            return f"sqlite:///{self.var_dir.resolve() / 'linli.db'}"
        if self.database_url.startswith("postgresql://"):
            return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
        return self.database_url

    @property
    def model_dir(self) -> Path:
        return self.var_dir / "model"

    @property
    def behind_tls(self) -> bool:
        return urlsplit(self.base_url).scheme == "https"

    def signing_key(self) -> str:
        """The key that signs cookies and links: LINLI_SECRET_KEY, or one made in var_dir once."""
        if self.secret_key is not None:
            return self.secret_key.get_secret_value()
        return read_or_make_secret(self.var_dir / "secret_key")


def read_or_make_secret(path: Path) -> str:
    """Return the secret kept in the file; make it with mode 600 if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    if not path.exists():
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):  # another process was first: then that one's counts
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text().strip()


def load_settings() -> Settings:
    """Read the environment. Raises ConfigurationError with a line for each wrong variable."""
    try:
        return Settings()  # type: ignore[call-arg]  # every field comes from the environment
    except ValidationError as error:
        lines = [f"LINLI_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]
        raise ConfigurationError("\n".join(lines)) from None
