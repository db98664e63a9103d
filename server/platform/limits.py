"""Rate limits at the doors that anybody may knock at. Counted in memory: a restart forgives, which does no harm."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import os
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, g, request
from flask_limiter import Limiter
from limits import parse

from server.kernel import clock
from server.platform.config import current_settings

F = TypeVar("F", bound=Callable[..., Any])
_salt = os.urandom(32)  # of this process: what is counted under it cannot be traced afterwards
NET6 = 64  # bits of an address that one customer has: whoever has one has 2^64 of them


def counted_address() -> str:
    """The address of the request as it is counted: of IPv6 the network, of a mapped one its IPv4."""
    told = (request.remote_addr or "").partition("%")[0]
    try:
        found = ipaddress.ip_address(told)
    except ValueError:
        return told
    if isinstance(found, ipaddress.IPv4Address):
        return told
    return str(found.ipv4_mapped or ipaddress.ip_network((int(found), NET6), strict=False))


limiter = Limiter(counted_address, storage_uri="memory://", headers_enabled=False)


def rate(limit: str | Callable[[], str], key: Callable[[], str] = counted_address) -> Callable[[F], F]:
    """``@rate("30/minute")``: more answers ``too_many_requests`` with ``Retry-After``. ``key`` = address unless told.

    A limit that the installation sets comes as a function.
    """
    limited: Any = limiter.limit(limit, key_func=key, exempt_when=_is_off, on_breach=_note_wait)
    return limited


def by_session() -> str:
    """Counts per session, for doors behind a sign-in: a village's people share one address."""
    return str(g.get("sign_in_id") or counted_address())


def seconds_to_wait(limit: str, what: str) -> int:
    """Whether one more fits into ``limit`` for the address of the request: 0, or the seconds until there is room.

    For forms that anybody may send. Neither the address nor anything that leads back to it is kept: a hash under a key that
    dies with the process, in memory, for as long as the limit runs. ``count`` adds one.
    """
    if _is_off():
        return 0
    item, key = parse(limit), _hashed_address()
    if limiter.limiter.test(item, what, key):
        return 0
    return max(1, round(limiter.limiter.get_window_stats(item, what, key).reset_time - clock.now() / 1_000))


def count(limit: str, what: str) -> None:
    """One more of these came from the address of the request."""
    if not _is_off():
        limiter.limiter.hit(parse(limit), what, _hashed_address())


def _hashed_address() -> str:
    return hmac.new(_salt, counted_address().encode(), hashlib.sha256).hexdigest()


def init_limits(app: Flask) -> None:
    limiter.init_app(app)


def _is_off() -> bool:
    return not current_settings().rate_limits


def _note_wait(breached: Any) -> Response | None:
    g.retry_after = max(1, round(breached.reset_at - clock.now() / 1_000))
    return None
