"""Chance from a seed, for the driver and for the server: the same seed gives the same ids in the same order."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def seeded_server(seed: int) -> Iterator[None]:
    """While open, ``os.urandom`` and ``secrets`` of this process draw from the seed. For a simulation only."""
    source = random.Random(seed)
    real = os.urandom, random._urandom  # type: ignore[attr-defined]
    os.urandom = source.randbytes
    random._urandom = source.randbytes  # type: ignore[attr-defined]
    try:
        yield
    finally:
        os.urandom, random._urandom = real  # type: ignore[attr-defined]
