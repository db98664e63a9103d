"""Pure decisions about emergencies. Nothing that a person says of one is refused for being odd: it is put right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

NUMBERS = ("119", "110", "120", "gas")  # gas: the county's repair service, whose number is a setting
MOST_CALLS = 20


def calls_in_order(calls: Iterable[Mapping[str, Any]], latest: int) -> list[dict[str, Any]]:
    """The calls by time, each once; none later than ``latest`` (ms UTC), which a phone's wrong clock may claim."""
    held = {(min(call["at"], latest), call["number"]) for call in calls}
    return [{"number": number, "at": at} for at, number in sorted(held)]
