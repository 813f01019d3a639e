"""Structured logs, one JSON object a line, without anybody's words or addresses."""

import logging
import sys
import time
from typing import Any

import structlog
from flask import Flask, Response, g, request
from structlog.tracebacks import ExceptionDictTransformer


def set_up_logs(app: Flask) -> None:
    """Write logs to standard error as JSON, and one line for each request."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Without the values of variables: they hold people's words.
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    app.log_exception = log_failure  # type: ignore[assignment,method-assign]  # Flask's own would log the address
    app.before_request(start_timer)
    app.after_request(log_request)


def log_failure(failure: Any) -> None:
    """Log the kind of error where even the error page failed: (type, error, traceback)."""
    structlog.get_logger().error("request.failed", error=failure[0].__name__)


def start_timer() -> None:
    g.started = time.perf_counter()


def log_request(response: Response) -> Response:
    """Log the route's pattern, never the address itself: that may hold a secret link."""
    if request.endpoint != "static":
        structlog.get_logger().info(
            "request",
            method=request.method,
            route=request.url_rule.rule if request.url_rule else None,
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        )
    return response
