"""Short messages by a web hook: one POST of JSON, signed, to whoever sends SMS or chat messages."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, NoReturn
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from portal.config import Settings

TIMEOUT_SECONDS = 15
# It may go well another time; any other 4xx is the last word.
PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)


class HookFailed(Exception):
    """The message was not taken; `is_final` where it never will be."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


class StayHere(HTTPRedirectHandler):
    """Follows no redirect: the message and its signature are for one address."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


opener = build_opener(StayHere)


def post_to_hook(settings: Settings, message: Mapping[str, str]) -> None:
    """Hand one message over. Raises HookFailed.

    The message's "id" is the same at each try, so that the other side can send it once.
    """
    if not settings.hook_url:
        raise HookFailed("no LINLI_HOOK_URL is set")
    body = json.dumps(message, ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": message["id"],
        "Linli-Signature": f"sha256={sign_body(settings, body)}",
        "User-Agent": "Linli",
    }
    request = Request(settings.hook_url, body, headers)  # noqa: S310  # the setting begins with http
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS):
            pass
    except HTTPError as error:
        _refuse(error)
    except (OSError, HTTPException) as error:
        raise HookFailed(str(error) or type(error).__name__) from None


def sign_body(settings: Settings, body: bytes) -> str:
    """Return the HMAC-SHA256 of the body in hex, by which the other side knows us."""
    return hmac.new(settings.hook_secret.get_secret_value().encode(), body, hashlib.sha256).hexdigest()


def _refuse(error: HTTPError) -> NoReturn:
    with error:
        is_final = 400 <= error.code < 500 and error.code not in PASSING
        raise HookFailed(f"{error.code} {error.reason}", is_final=is_final) from None
