"""The guard of the room: whose token a call carries, whether it opens this door, and the line in the log.

``Authorization: Bearer``; on Open311's doors also what its clients can say: ``api_key`` in the form or the address
(GeoReport v2), or the token as the password of Basic.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, g, request

from server.exchange import commands, queries, rules
from server.exchange.queries import Caller
from server.kernel import clock
from server.kernel.problems import Problem, insist
from server.platform.config import current_settings
from server.platform.db import aside, reading
from server.platform.limits import counted_address
from server.platform.logs import route_template

OPEN311 = "/open311/"
LONGEST = 100


def admit(scope: str) -> None:
    """Called by the guard. Refuses with ``token_needed``, ``token_ended``, ``token_scope``."""
    token = _told()
    with reading() as session:
        found = queries.caller_of(session, token) if len(token) <= LONGEST else None
    if found is None:
        raise Problem("token_needed", headers={"WWW-Authenticate": "Bearer"})
    g.exchange_caller, g.exchange_scope = found, scope
    insist(rules.may_open(found.facts, scope, clock.today()))


def caller() -> Caller:
    found: Caller = g.exchange_caller
    return found


def by_token() -> str:
    """What the rate limit counts by."""
    found: Caller | None = g.get("exchange_caller")
    return str(found.token_id) if found else counted_address()


def calls_allowed() -> str:
    return f"{current_settings().exchange_per_minute}/minute"


def narrowed(told: Mapping[str, Any]) -> None:
    """What this call asked for, for its line in the log; never what it brought."""
    g.exchange_narrowed = {name: _written(value) for name, value in told.items() if value not in (None, "")}


def note(response: Response) -> Response:
    """After every call with a known token: no answer without its line."""
    found: Caller | None = g.get("exchange_caller")
    if found is None:
        return response
    with aside() as session:
        g.exchange_call = commands.note_call(
            session,
            found,
            method=request.method,
            route=route_template(),
            scope=g.exchange_scope,
            narrowed=g.get("exchange_narrowed", {}),
            status=response.status_code,
        )
    return response


def note_end(row_count: int, *, is_whole: bool) -> None:
    """When the last row has left, or the answer was cut."""
    call_id: UUID | None = g.get("exchange_call")
    if call_id is not None:
        with aside() as session:
            commands.note_end(session, call_id, row_count, is_whole=is_whole)


def _told() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    if not request.path.startswith(OPEN311):
        return ""
    if request.authorization is not None and request.authorization.type == "basic":
        return request.authorization.password or ""
    return request.form.get("api_key", "") or request.args.get("api_key", "")


def _written(value: Any) -> str | int:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int) else str(value)[:200]
