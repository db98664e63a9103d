"""What a benchmark tells: one figure with its unit, its limit and what it was compared with."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """``limit`` is the most that the issue allows (``at_least=True``: the least); ``None`` = only told."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False
    compared_with: str = ""

    @property
    def is_kept(self) -> bool:
        if self.limit is None:
            return True
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def as_row(self) -> dict[str, Any]:
        row = asdict(self) | {"value": round(self.value, 3), "is_kept": self.is_kept}
        return {key: value for key, value in row.items() if key != "name"}
