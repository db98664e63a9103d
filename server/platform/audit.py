"""The audit log: what office people did and asked, beside who looked (``looks``) and what left as a file (``exports``).

Rows are written in the transaction of the act itself and are linked into the chain afterwards (``platform.chain``). They
hold the personal part and may be deleted when their time is over; the chain holds none of it. Nothing here is changed
but for the two columns by which the chain knows a row. 数据安全法 Art. 27, GB/T 22239-2019 8.1.4.3.
"""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from flask import g, has_request_context
from sqlalchemy import event
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from server.kernel import clock, ids
from server.platform.db import Base, RoutedSession
from server.platform.types import Instant, Sealed


class Linked:
    """Columns of a table whose rows are linked into the chain: its number there, and the salt of its hash."""

    __tablename__: str
    salt: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    chain_seq: Mapped[int | None] = mapped_column(sa.BigInteger)

    @declared_attr.directive
    def __table_args__(cls) -> Any:
        return (*cls.own_arguments(), *linked_indexes(cls.__tablename__))

    @staticmethod
    def own_arguments() -> tuple[Any, ...]:
        """What else the table asks of the database."""
        return ()


def linked_indexes(table: str) -> tuple[sa.Index, ...]:
    """Finds a row by its number, and those that have none yet."""
    return (sa.Index(f"ix_{table}_chain_seq", "chain_seq"),)


class AuditEvent(Linked, Base):
    """One act at a desk, a sign-in, or a question of the auditor's. ``details`` is sealed JSON, without words of people."""

    __tablename__ = "audit_event"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    person_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    at: Mapped[int] = mapped_column(Instant)
    act: Mapped[str] = mapped_column(sa.String(80))
    object_kind: Mapped[str | None] = mapped_column(sa.String(30))
    object_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid, index=True)
    details: Mapped[Any | None] = mapped_column(Sealed("audit_event.details"))

    @staticmethod
    def own_arguments() -> tuple[Any, ...]:
        return (sa.Index(None, "person_id", "at"),)


def note(
    session: Session,
    act: str,
    *,
    county_code: str = "",
    person_id: uuid.UUID | None = None,
    object_kind: str | None = None,
    object_id: uuid.UUID | None = None,
    details: Any = None,
) -> None:
    """Add one act to the log, in the transaction of the act."""
    session.add(
        AuditEvent(
            id=ids.new_id(),
            county_code=county_code,
            person_id=person_id,
            at=clock.now(),
            act=act,
            object_kind=object_kind,
            object_id=object_id,
            details=details,
        )
    )


def begin_act(act: str, *, county_code: str, person_id: uuid.UUID, object_id: uuid.UUID | None) -> None:
    """The guard has let an act at a desk through: whatever its request commits first carries its line."""
    g.act = {"act": act[:80], "county_code": county_code, "person_id": person_id, "object_id": object_id}


def describe(object_kind: str | None = None, object_id: uuid.UUID | None = None, **details: Any) -> None:
    """Say more about the act of this request: what it was about, which question was asked."""
    told = g.get("act")
    if told is not None:
        told.update({"object_kind": object_kind, "object_id": object_id, "details": details or None})


@event.listens_for(RoutedSession, "before_commit")
def _note_act(session: Session) -> None:
    """In the same transaction as the act: neither is there without the other, and a transaction tried again says it anew."""
    if session.in_nested_transaction():  # fired for a savepoint's release too
        return
    if has_request_context() and g.get("act") is not None and not g.get("reading", False):
        note(session, **g.act)
        session.info["act_noted"] = True


@event.listens_for(RoutedSession, "after_commit")
def _act_is_noted(session: Session) -> None:
    if session.info.pop("act_noted", False) and has_request_context():
        g.act = None


@event.listens_for(RoutedSession, "after_rollback")
def _act_is_not_noted(session: Session) -> None:
    session.info.pop("act_noted", None)
