"""What the duties tell the envelope about themselves. Filled once by ``app.py``; the records room knows no duty."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import Schema
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Duty:
    """One kind of record.

    ``bodies`` gives the wire body of each id. ``correctable`` is a schema of the fields that ``records.correct`` may
    change; ``present`` gives their present values and ``change`` writes new ones.
    """

    kind: str
    bodies: Callable[[Session, Sequence[UUID]], Mapping[UUID, dict[str, Any]]]
    correctable: Schema
    present: Callable[[Session, UUID], dict[str, Any]]
    change: Callable[[Session, UUID, Mapping[str, Any]], None]
    is_fixed: Callable[[Session, UUID], bool] = lambda _session, _id: True


_duties: dict[str, Duty] = {}


def register(duty: Duty) -> None:
    _duties[duty.kind] = duty


def duty_of(kind: str) -> Duty:
    return _duties[kind]
