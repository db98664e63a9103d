"""What a rule answers: ``Allowed`` or ``Refused`` with a catalogued code. Both are plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class Allowed:
    """The act may go on."""

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True)
class Refused:
    """The act may not go on; ``code`` stands in the catalogue of problems."""

    code: str
    fields: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def __bool__(self) -> bool:
        return False


ALLOWED = Allowed()
Verdict = Allowed | Refused
