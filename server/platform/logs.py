"""Structured logs: one JSON line a request, and nothing in it that names anybody.

A line holds the request's id, the route's template (never the path, which holds ids, nor the query), status, time in
milliseconds and a keyed hash of the person. An unexpected error is told by its type and the places it passed through,
without its message, which may quote data.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time
import traceback
from typing import Any

import structlog
from flask import Flask, Response, g, request

from server.platform.keys import keyring

SAFE_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
FRAMES = 12


class _StandardError:
    """Writes whole lines to whatever ``sys.stderr`` is at the moment."""

    def _line(self, message: str) -> None:
        sys.stderr.write(message + "\n")

    debug = info = warning = error = critical = log = msg = _line


def configure(level: str) -> None:
    """JSON lines from ``level`` on; the standard library's own loggers speak only from WARNING on."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
        ),
        logger_factory=lambda *_: _StandardError(),
        cache_logger_on_first_use=False,
    )
    logging.getLogger("werkzeug").setLevel(logging.WARNING)


def log() -> Any:
    """The logger of every room: ``log().info("what_happened", count=3)``, never with a name, a text or an address."""
    return structlog.get_logger()


def pseudonym(person_id: object) -> str:
    """A keyed hash by which lines of one person can be told apart, and by nobody without the key."""
    return keyring().blind(str(person_id), "log")[:6].hex()


def unexpected(error: Exception) -> None:
    """One line about an error nobody planned for."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    places = [f"{frame.filename.rsplit('/server/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
    log().error("unexpected_error", kind=type(error).__name__, request_id=g.get("request_id"), places=places)


def init_logs(app: Flask, level: str) -> None:
    configure(level)

    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if SAFE_REQUEST_ID.fullmatch(given) else _new_id()
        g.began_at = time.perf_counter()

    @app.after_request
    def line(response: Response) -> Response:
        took = (time.perf_counter() - g.get("began_at", time.perf_counter())) * 1000
        person_id = g.get("person_id")
        log().info(
            "request",
            request_id=g.get("request_id"),
            method=request.method,
            route=route_template(),
            status=response.status_code,
            ms=round(took, 1),
            person=pseudonym(person_id) if person_id else None,
        )
        return response


def route_template() -> str:
    """``/api/v1/devices/<uuid:device_id>``; ``unknown`` when no route matched."""
    return request.url_rule.rule if request.url_rule else "unknown"


def _new_id() -> str:
    return secrets.token_hex(8)
