"""Identifiers. Rows are named by UUIDv7 (RFC 9562), made where the row is born, phone or server."""

from __future__ import annotations

import os
import uuid

from server.kernel import clock


def new_id(at: int | None = None) -> uuid.UUID:
    """A UUIDv7 for ``at`` (ms UTC, default now): sortable by time, 74 random bits."""
    milliseconds = clock.now() if at is None else at
    value = (milliseconds & (2**48 - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def parse_id(text: object) -> uuid.UUID | None:
    """The id written in ``text``, or None when it is not one."""
    if isinstance(text, uuid.UUID):
        return text
    if not isinstance(text, str) or len(text) != 36:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
