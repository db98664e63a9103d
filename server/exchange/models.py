"""Tables of the exchange: tokens of other systems, each of their calls, webhooks, and what these were told."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Json, Sealed


class ExchangeToken(Base):
    """What one other system may fetch or hand in: kinds of data, one unit's area, until a last day.

    ``system`` is the short name under which its own numbers are kept; a renewed token keeps it. The token itself is kept
    nowhere, only its SHA-256: it is 32 random bytes.
    """

    __tablename__ = "exchange_token"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6), index=True)
    system: Mapped[str] = mapped_column(sa.String(12))
    name: Mapped[str] = mapped_column(sa.String(80))
    document_no: Mapped[str] = mapped_column(sa.String(80))
    scopes: Mapped[Any] = mapped_column(Json)
    area_unit: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"))
    last_day: Mapped[date]
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary, unique=True)
    made_at: Mapped[int] = mapped_column(Instant)
    made_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    revoked_at: Mapped[int | None] = mapped_column(Instant)
    revoked_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    uses: Mapped[int] = mapped_column(default=0)
    last_used_at: Mapped[int | None] = mapped_column(Instant)


class ExchangeCall(Base):
    """One call with a token that is known, refused ones too; rows are only added.

    ``row_count`` is told when the last row has left; ``is_whole`` stays false for an answer that was cut off.
    """

    __tablename__ = "exchange_call"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    token_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("exchange_token.id"))
    at: Mapped[int] = mapped_column(Instant)
    method: Mapped[str] = mapped_column(sa.String(8))
    route: Mapped[str] = mapped_column(sa.String(80))
    scope: Mapped[str] = mapped_column(sa.String(10))
    narrowed: Mapped[Any] = mapped_column(Json)
    status: Mapped[int]
    row_count: Mapped[int | None]
    is_whole: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (sa.Index(None, "county_code", "at"), sa.Index(None, "token_id", "at"))


class ExchangeHook(Base):
    """An address of another system that is told of changes, under a token: what that may not fetch is not told.

    ``looked_at``: until when changes were looked for; ``shut_until``: after trouble, when it is tried again.
    """

    __tablename__ = "exchange_hook"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    token_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("exchange_token.id"), index=True)
    url: Mapped[str] = mapped_column(Sealed("exchange_hook.url"))
    host: Mapped[str] = mapped_column(sa.String(253))
    secret: Mapped[str] = mapped_column(Sealed("exchange_hook.secret"))
    kinds: Mapped[Any] = mapped_column(Json)
    made_at: Mapped[int] = mapped_column(Instant)
    made_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    ended_at: Mapped[int | None] = mapped_column(Instant)
    ended_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    looked_at: Mapped[int] = mapped_column(Instant)
    shut_until: Mapped[int] = mapped_column(Instant, default=0)


class ExchangeNotice(Base):
    """One change that a webhook tells of: which object in which version, and what came of telling it."""

    __tablename__ = "exchange_notice"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    hook_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("exchange_hook.id"))
    kind: Mapped[str] = mapped_column(sa.String(10))
    object_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    version: Mapped[int]
    made_at: Mapped[int] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(sa.String(10))
    due_at: Mapped[int] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(default=0)
    status: Mapped[int | None]
    outcome: Mapped[str | None] = mapped_column(sa.String(20))
    tried_at: Mapped[int | None] = mapped_column(Instant)
    __table_args__ = (
        sa.UniqueConstraint("hook_id", "kind", "object_id", "version"),
        sa.Index(None, "state", "due_at"),
        sa.CheckConstraint("state IN ('waiting', 'delivered', 'given_up')", name="state"),
    )
