"""What one round of the sweeper is to do, as plain values: everything that sending needs without the database."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from server.messages import rules
from server.messages.models import Delivery
from server.platform import webpush


@dataclass(frozen=True)
class Try:
    """One push to make: everything it needs without the database."""

    attempt_id: UUID
    delivery_id: UUID
    device_id: UUID
    host: str
    target: webpush.Target
    body: dict[str, Any]
    topic: str
    urgent: bool
    begun_at: int


@dataclass(frozen=True)
class Note:
    """One call of a channel, for all that waits there for a group, or for one person's telephone."""

    channel_id: UUID
    kind: str
    address: str
    phone: str | None
    title: str
    body: str
    deliveries: tuple[UUID, ...]
    begun_at: int


@dataclass
class Claim:
    """What a round is to send and to write: pushes, calls, rows of tries, ends, and what waits until the morning."""

    now: int
    tries: list[Try] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    ends: dict[Delivery, rules.Next] = field(default_factory=dict)
    morning: dict[int, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    free_at: dict[UUID, int] = field(default_factory=dict)
    deliveries: dict[UUID, Delivery] = field(default_factory=dict)

    def keep(self, still: set[UUID], read: set[UUID]) -> None:
        """Only the deliveries that ``still`` wait; of what was ``read``, its end."""
        self.ends = {one: what for one, what in self.ends.items() if one.id in still or one.id in read}
        self.deliveries = {one_id: one for one_id, one in self.deliveries.items() if one_id in still}
        self.tries = [one for one in self.tries if one.delivery_id in still]
        self.rows = [row for row in self.rows if row["delivery_id"] in still]
        left = [replace(note, deliveries=tuple(one for one in note.deliveries if one in still)) for note in self.notes]
        self.notes = [note for note in left if note.deliveries]
        self.morning = defaultdict(
            list, {at: [one for one in waiting if one in still] for at, waiting in self.morning.items()}
        )
