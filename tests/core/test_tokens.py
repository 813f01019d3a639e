from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from portal.core.tokens import digest, new_token, sign, unsign


def test_tokens_are_long_and_never_the_same() -> None:
    made = {new_token() for _ in range(100)}
    assert len(made) == 100
    assert all(len(token) == 32 for token in made)


def test_a_digest_tells_nothing_and_is_always_the_same() -> None:
    assert digest("a") == digest("a") != digest("b")
    assert len(digest("\udcff")) == 64


def test_a_signed_link_is_for_its_purpose_only(app: Flask) -> None:
    with app.app_context():
        token = sign("track", 7)
        assert unsign("track", token) == 7
        assert unsign("confirm", token) is None
        for forged in (token[:-1], token + "x", "", "x.y.z", "\udcff", "é"):
            assert unsign("track", forged) is None


def test_a_signed_link_ends(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        token = sign("reset", 7)
        later = (datetime.now(UTC) + timedelta(hours=2)).timestamp()
        monkeypatch.setattr("itsdangerous.timed.time.time", lambda: later)
        assert unsign("reset", token, max_age=3600) is None
        assert unsign("reset", token) == 7
