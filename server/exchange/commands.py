"""Tokens and webhooks of other systems are made and ended, calls are noted. Nothing here commits."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.exchange import queries, rules
from server.exchange.models import ExchangeCall, ExchangeHook, ExchangeToken
from server.exchange.queries import Caller
from server.kernel import clock, ids
from server.kernel.problems import Problem, insist
from server.people.rules import Holder, Thing, may
from server.platform import webpush
from server.platform.keys import b64


def make_token(session: Session, by: Holder, told: Mapping[str, Any]) -> tuple[ExchangeToken, str]:
    """The row and the token itself, which is shown once and kept nowhere.

    Refuses with ``not_allowed``, ``unit_unknown``, ``day_out_of_range``, ``invalid``.
    """
    insist(may(by, "exchange.set", Thing(county_code=by.county_code)))
    insist(rules.token_may_be(told["system"], told["scopes"], told["last_day"], clock.today()))
    if told["area_unit"] not in {unit.id for unit in queries.area_choices(session, by.county_code)}:
        raise Problem("unit_unknown")
    token = rules.PREFIX + b64(secrets.token_bytes(32))
    row = ExchangeToken(
        id=ids.new_id(),
        county_code=by.county_code,
        system=told["system"],
        name=told["name"],
        document_no=told["document_no"],
        scopes=sorted(set(told["scopes"])),
        area_unit=told["area_unit"],
        last_day=told["last_day"],
        token_hash=queries.hash_of(token),
        made_at=clock.now(),
        made_by=by.person_id,
        uses=0,
    )
    session.add(row)
    session.flush()
    return row, token


def revoke_token(session: Session, by: Holder, token_id: UUID) -> None:
    """At once, with its webhooks; again is nothing new. Refuses with ``not_found``, ``not_allowed``."""
    row = _own_token(session, by, token_id)
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by = clock.now(), by.person_id
    for hook in queries.hooks_of(session, row.id):
        _end(hook, by)
    session.flush()


def add_hook(
    session: Session, by: Holder, token_id: UUID, url: str, kinds: list[str], hosts: tuple[str, ...]
) -> tuple[ExchangeHook, str]:
    """The row and the secret that signs what it is told, shown once. Only changes from now on are told.

    Refuses with ``not_found``, ``not_allowed``, ``token_ended``, ``hook_address`` (no host of the list), ``invalid``.
    """
    token = _own_token(session, by, token_id)
    if not queries.facts_of(token).is_live(clock.today()):
        raise Problem("token_ended")
    insist(rules.hook_may_be(kinds, token.scopes))
    if not webpush.may_go_to(url, hosts):
        raise Problem("hook_address", fields=["url"])
    secret = b64(secrets.token_bytes(32))
    now = clock.now()
    hook = ExchangeHook(
        id=ids.new_id(),
        county_code=token.county_code,
        token_id=token.id,
        url=url,
        host=webpush.host_of(url),
        secret=secret,
        kinds=sorted(set(kinds)),
        made_at=now,
        made_by=by.person_id,
        looked_at=now,
        shut_until=0,
    )
    session.add(hook)
    session.flush()
    return hook, secret


def end_hook(session: Session, by: Holder, token_id: UUID, hook_id: UUID) -> None:
    """Refuses with ``not_found``, ``not_allowed``."""
    token = _own_token(session, by, token_id)
    hook = session.get(ExchangeHook, hook_id)
    if hook is None or hook.token_id != token.id:
        raise Problem("not_found")
    _end(hook, by)
    session.flush()


def _end(hook: ExchangeHook, by: Holder) -> None:
    if hook.ended_at is None:
        hook.ended_at, hook.ended_by = clock.now(), by.person_id


def _own_token(session: Session, by: Holder, token_id: UUID) -> ExchangeToken:
    insist(may(by, "exchange.set", Thing(county_code=by.county_code)))
    row = session.get(ExchangeToken, token_id, with_for_update=True, populate_existing=True)
    if row is None or row.county_code != by.county_code:
        raise Problem("not_found")
    return row


def note_call(
    session: Session, caller: Caller, *, method: str, route: str, scope: str, narrowed: Mapping[str, Any], status: int
) -> UUID:
    """Count a use and add the call to the log, a refused one too."""
    now = clock.now()
    session.execute(
        sa.update(ExchangeToken)
        .where(ExchangeToken.id == caller.token_id)
        .values(uses=ExchangeToken.uses + 1, last_used_at=now)
    )
    row = ExchangeCall(
        id=ids.new_id(),
        county_code=caller.county_code,
        token_id=caller.token_id,
        at=now,
        method=method[:8],
        route=route[:80],
        scope=scope,
        narrowed=dict(narrowed),
        status=status,
        is_whole=False,
    )
    session.add(row)
    session.flush()
    return row.id


def note_end(session: Session, call_id: UUID, row_count: int, *, is_whole: bool) -> None:
    """How many rows left, and whether the last of them did."""
    session.execute(
        sa.update(ExchangeCall).where(ExchangeCall.id == call_id).values(row_count=row_count, is_whole=is_whole)
    )
