"""What a run did, in numbers."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Figures:
    """What a run did."""

    operations: int = 0
    acts: int = 0
    requests: int = 0
    quiet_points: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
