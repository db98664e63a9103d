"""Rate limits at the doors that anybody may knock at. Counted in memory: a restart forgives, which does no harm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from server.kernel import clock
from server.platform.config import current_settings

F = TypeVar("F", bound=Callable[..., Any])
limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)


def rate(limit: str | Callable[[], str], key: Callable[[], str] = get_remote_address) -> Callable[[F], F]:
    """``@rate("30/minute")``: more answers ``too_many_requests`` with ``Retry-After``. ``key`` = address unless told.

    A limit that the installation sets comes as a function.
    """
    limited: Any = limiter.limit(limit, key_func=key, exempt_when=_is_off, on_breach=_note_wait)
    return limited


def by_session() -> str:
    """Counts per session, for doors behind a sign-in: a village's people share one address."""
    return str(g.get("sign_in_id") or get_remote_address() or request.remote_addr)


def init_limits(app: Flask) -> None:
    limiter.init_app(app)


def _is_off() -> bool:
    return not current_settings().rate_limits


def _note_wait(breached: Any) -> Response | None:
    g.retry_after = max(1, round(breached.reset_at - clock.now() / 1_000))
    return None
