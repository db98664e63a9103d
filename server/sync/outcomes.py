"""Final outcomes that come later: of mutations held until the version they build on exists again (sync contract, Restore)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.sync.models import MutationLog


def feed_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Rows ``outcome``: the answer that the push could not give yet."""
    found = session.scalars(sa.select(MutationLog).where(MutationLog.id.in_(ids), MutationLog.outcome != "held"))
    return {m.id: {**m.answer, "id": str(m.id), "lane": m.lane, "seq": m.seq} for m in found}
