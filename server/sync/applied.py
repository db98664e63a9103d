"""What a command reports back to the road."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID


class Applied(NamedTuple):
    """The row that a mutation made or changed, with its new version; all None when it is about no row."""

    kind: str | None
    object_id: UUID | None
    version: int | None
