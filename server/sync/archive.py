"""Rows that left the feed after 92 days, read online."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.records.models import Record
from server.records.queries import feed_rows


def records_before(session: Session, streams: Sequence[str], before: int, limit: int) -> list[dict[str, Any]]:
    """Archived records of these streams acted on before an instant, newest first, as a pull would give them."""
    statement = (
        sa.select(Record.id)
        .where(Record.stream.in_(streams), Record.archived_at.is_not(None), Record.acted_at < before)
        .order_by(Record.acted_at.desc(), Record.id)
        .limit(limit)
    )
    ids = list(session.scalars(statement))
    rows = feed_rows(session, ids)
    return [rows[i] for i in ids]
