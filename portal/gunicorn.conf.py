"""How gunicorn serves: two processes of four threads, everything heavy read once before they part."""

import ctypes
import gc
import os
from contextlib import suppress
from typing import Any

wsgi_app = "wsgi:app"
worker_class = "gthread"
workers = 2
threads = 4
preload_app = True
timeout = 60
graceful_timeout = 20
loglevel = "warning"
control_socket_disable = True

M_ARENA_MAX = -8  # of glibc's malloc.h


def on_starting(server: Any) -> None:
    """Where `make run` asks for it, make tables, model and first content before anyone is served."""
    keep_one_heap()
    if os.environ.get("PREPARE"):
        from portal.setup.commands import prepare_to_serve

        prepare_to_serve(server.app.wsgi(), os.environ)


def keep_one_heap() -> None:
    """Let all threads take memory from one heap: only one of them runs at a time, and each heap has gaps."""
    with suppress(OSError, AttributeError):  # no glibc
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def when_ready(server: Any) -> None:
    """Load in the parent, whose memory all processes share, what nearly every page needs.

    That is the classifier's model and word lists, and what an application says in `linli_warm_up`.
    """
    extensions = server.app.callable.extensions
    extensions["linli_advisor"].advise("热身 warm-up")
    if warm_up := extensions.get("linli_warm_up"):
        warm_up()


def pre_fork(_server: Any, _worker: Any) -> None:
    """Keep the collector off what was loaded before the fork, so that it stays shared."""
    gc.collect()
    gc.freeze()
