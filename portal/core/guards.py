"""Every route says who may use it; a test walks the URL map and fails on one that doesn't."""

from collections.abc import Callable
from functools import wraps
from typing import Any

View = Callable[..., Any]


def guard(name: str, check: Callable[[], None] | None = None) -> Callable[[View], View]:
    """Return a decorator that runs `check` (which raises) first and marks the view as guarded."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if check is not None:
                check()
            return view(*args, **kwargs)

        guarded.guard = name  # type: ignore[attr-defined]
        return guarded

    return decorate


public = guard("public")
BY_LINK = "by_link"
by_link = guard(BY_LINK)  # whoever holds the secret link; the view looks the token up


def reads_first(view: View) -> View:
    """Mark a POST view that does slow work before it writes and calls begin_write itself."""
    view.reads_first = True  # type: ignore[attr-defined]
    return view
