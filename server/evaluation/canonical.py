"""One spelling of a JSON value, and its hash: RFC 8785 for values without numbers and with ASCII names."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson


def canonical(value: Any) -> bytes:
    """RFC 8785 JSON. orjson sorts names as RFC 8785 does as long as they are ASCII, and escapes alike; numbers, which it would
    write in its own way, are strings in everything that is hashed here (a test compares with a library of the standard)."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()
