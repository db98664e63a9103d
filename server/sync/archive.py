"""Rows that left the feed after 92 days, read online."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.records.models import Record
from server.records.queries import feed_rows


def records_before(
    session: Session,
    streams: Sequence[str],
    before: int,
    before_id: UUID | None,
    limit: int,
    author: UUID | None = None,
) -> list[dict[str, Any]]:
    """Archived records of these streams acted on before an instant (ms), newest first, as a pull would give them.

    ``before_id`` goes on behind this record among those of the instant itself: many may share one. ``author``: theirs alone.
    """
    is_before = Record.acted_at < before
    if before_id is not None:
        is_before = sa.or_(is_before, sa.and_(Record.acted_at == before, Record.id < before_id))
    statement = (
        sa.select(Record.id)
        .where(Record.stream.in_(streams), Record.archived_at.is_not(None), is_before)
        .order_by(Record.acted_at.desc(), Record.id.desc())
        .limit(limit)
    )
    if author is not None:
        statement = statement.where(Record.author_id == author)
    ids = list(session.scalars(statement))
    rows = feed_rows(session, ids)
    return [rows[i] for i in ids]
