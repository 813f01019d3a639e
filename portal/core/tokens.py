"""Secrets in links: random ones are kept as a digest, signed ones carry their purpose."""

import base64
import hashlib
import hmac
import secrets
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer


def new_token() -> str:
    """Return 192 random bits, safe in an address."""
    return secrets.token_urlsafe(24)


def digest(token: str) -> str:
    """Return the SHA-256 of a token in hex: what the database may keep."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def derive(purpose: str, secret: str) -> str:
    """Return a token that is always the same for this secret and can't be guessed from it."""
    key = f"linli:{purpose}:{_signing_key()}".encode()
    made = hmac.new(key, secret.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made[:24]).decode()


def sign(purpose: str, value: Any) -> str:
    """Return a link token that only `unsign` with the same purpose accepts."""
    return _serializer(purpose).dumps(value)


def unsign(purpose: str, token: str, max_age: int | None = None) -> Any | None:
    """Return the signed value, or None if forged, for another purpose or older (seconds)."""
    try:
        return _serializer(purpose).loads(token, max_age=max_age)
    except (BadSignature, UnicodeError):
        return None


def _signing_key() -> str:
    return str(current_app.secret_key)


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_signing_key(), salt=f"linli:{purpose}")
