"""Passwords, kept as Argon2 hashes. Hashing is slow on purpose: do it outside a transaction."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.accounts.rules import plain_password

# The second of the settings OWASP recommends: 19 MiB, two rounds, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hash_password(password: str) -> str:
    """Return the hash to keep."""
    return _hasher.hash(_folded(password))


def is_right(password_hash: str | None, password: str) -> bool:
    """Tell whether this is the password. Without a hash it takes as long, and is wrong."""
    try:
        return _hasher.verify(password_hash or _nobodys(), _folded(password)) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")


def _folded(password: str) -> bytes:
    return plain_password(password).encode("utf-8", "surrogatepass")
