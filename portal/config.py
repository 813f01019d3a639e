"""Settings, read once from the environment and checked before anything starts."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SHORTEST_SECRET = 16  # characters


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
    stop_address: str = Field("", pattern=r"^([^@\s]+@[^@\s]+)?$")  # where mails that ask to stop are read
    hook_url: str = Field("", pattern=r"^(https?://\S+)?$")  # sends SMS and chat messages
    hook_secret: SecretStr = Field(SecretStr(""), validate_default=True)
    trusted_proxies: int = Field(0, ge=0, le=5)
    time_zone: str = "Asia/Shanghai"
    routing_precision: float = Field(0.95, ge=0.5, le=0.999)
    tile_url: str = Field("", pattern=r"^(https?://[\w.:-]+/[^\s;,]*)?$")  # maps are drawn plans without one
    tile_attribution: str = Field("", validate_default=True)
    s3_endpoint: str = Field("", pattern=r"^(https?://[^/\s]+)?$")  # photos lie in var_dir without one
    s3_bucket: str = Field("", validate_default=True)
    s3_region: str = "us-east-1"
    s3_access_key: str = ""
    s3_secret_key: SecretStr = SecretStr("")

    @field_validator("hook_secret")
    @classmethod
    def need_secret(cls, secret: SecretStr, given: ValidationInfo) -> SecretStr:
        if given.data.get("hook_url") and len(secret.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"LINLI_HOOK_URL needs a secret of {SHORTEST_SECRET} characters or more")
        return secret

    @field_validator("s3_bucket")
    @classmethod
    def need_bucket(cls, bucket: str, given: ValidationInfo) -> str:
        if given.data.get("s3_endpoint") and not bucket:
            raise ValueError("name the bucket that LINLI_S3_ENDPOINT keeps photos in")
        return bucket

    @field_validator("tile_url")
    @classmethod
    def need_coordinates(cls, url: str) -> str:
        if url and not all(part in url for part in ("{z}", "{x}", "{y}")):
            raise ValueError(
                "a tile's address holds {z}, {x} and {y}, as in https://tiles.example/{z}/{x}/{y}.png"
            )
        return url

    @field_validator("tile_attribution")
    @classmethod
    def need_attribution(cls, attribution: str, given: ValidationInfo) -> str:
        if given.data.get("tile_url") and not attribution:
            raise ValueError("say whose map the tiles of LINLI_TILE_URL are")
        return attribution

    @property
    def tile_host(self) -> str:
        """Where tiles come from, as the policy of pages names it; empty without tiles."""
        parts = urlsplit(self.tile_url)
        return f"{parts.scheme}://{parts.netloc}" if self.tile_url else ""

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
