"""Final outcomes that come later: of mutations held until the version they build on exists again (sync contract, Restore)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.sync.models import MutationLog


def feed_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Rows ``outcome``: the answer that the push could not give yet.

    This row stays in the person's own stream whatever becomes of the scope, so of a conflict it names only the fields;
    the other side's row comes in its own stream, or does not.
    """
    found = session.scalars(sa.select(MutationLog).where(MutationLog.id.in_(ids), MutationLog.outcome != "held"))
    return {m.id: {**_without_row(m.answer), "id": str(m.id), "lane": m.lane, "seq": m.seq} for m in found}


def _without_row(answer: Mapping[str, Any]) -> dict[str, Any]:
    if "server" not in answer:
        return dict(answer)
    return {**answer, "server": {name: answer["server"].get(name) for name in ("id", "version", "fields")}}
