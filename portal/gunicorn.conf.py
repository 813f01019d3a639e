"""How gunicorn serves: two processes of four threads, everything heavy read once before they part."""

import gc
import os
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


def on_starting(server: Any) -> None:
    """Where `make run` asks for it, make tables, model and first content before anyone is served."""
    if os.environ.get("PREPARE"):
        from portal.setup.commands import prepare_to_serve

        prepare_to_serve(server.app.wsgi(), os.environ)


def when_ready(server: Any) -> None:
    """Load the classifier's model and word lists in the parent, whose memory all processes share."""
    server.app.callable.extensions["linli_advisor"].advise("热身 warm-up")


def pre_fork(_server: Any, _worker: Any) -> None:
    """Keep the collector off what was loaded before the fork, so that it stays shared."""
    gc.collect()
    gc.freeze()
