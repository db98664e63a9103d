"""Reads of the inbox: its rows as the phone gets them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.messages.models import Message
from server.text import text


def feed_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The wire rows (docs/wire.md §5, kind ``message``)."""
    found = session.scalars(sa.select(Message).where(Message.id.in_(ids)))
    return {message.id: _row(message) for message in found}


def _row(message: Message) -> dict[str, Any]:
    row = {
        "id": str(message.id),
        "version": message.version,
        "kind": message.kind,
        "at": message.at,
        "record_id": str(message.record_id) if message.record_id else None,
        "task_id": str(message.task_id) if message.task_id else None,
        "text_zh": text(f"message.{message.kind}", "zh"),
        "text_en": text(f"message.{message.kind}", "en"),
        "quiet": message.quiet or None,
        "read": True if message.read_at is not None else None,
    }
    return {name: value for name, value in row.items() if value is not None}
