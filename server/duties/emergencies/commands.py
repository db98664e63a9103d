"""Report an emergency, and add to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from server.duties.emergencies import rules
from server.duties.emergencies.models import Emergency
from server.kernel import clock
from server.records.commands import NewRecord, make, name_matter
from server.records.models import Record
from server.records.rules import Act
from server.records.spots import check_place, lies_in_grid, put_spot
from server.records.telling import tell_leaders

DUTY = "emergencies"
FIELDS = ("gas_smell", "note", "place_id", "place_words")


def report(session: Session, act: Act, told: Mapping[str, Any]) -> Record:
    """An emergency as the phone tells it. It stands in the grid's feed at once and rings all who lead the grid.

    Refuses with ``place_elsewhere`` and what ``records.make`` refuses.
    """
    made = make(
        session,
        act,
        NewRecord(
            kind="emergency",
            duty=DUTY,
            id=told["id"],
            grid_id=told["grid_id"],
            matter_code=told["matter_code"],
            photos=told["photos"],
            photo_gap=told["photo_gap"],
            obstructed=told["obstructed"],
            place_in_grid=lies_in_grid(session, told["grid_id"], told["place"], act.day),
        ),
    )
    check_place(session, told["grid_id"], told["place_id"])
    emergency = Emergency(record_id=made.id)
    _write(emergency, told, act.acted_at)
    session.add(emergency)
    session.flush()
    tell_leaders(session, made, act, "emergency_reported", urgent=True)
    return made


def change(session: Session, record_id: UUID, values: Mapping[str, Any]) -> None:
    """Write what was added or corrected (see ``records.correct``); what kind of emergency it was may be said later.

    Refuses with ``place_elsewhere``, ``matter_not_in_force``, ``matter_wrong_duty``.
    """
    record = session.get_one(Record, record_id)
    if "matter_code" in values:
        name_matter(session, record, DUTY, values["matter_code"])
    check_place(session, record.grid_id, values.get("place_id"))
    _write(session.get_one(Emergency, record_id), values, clock.now())
    session.flush()


def _write(emergency: Emergency, values: Mapping[str, Any], latest: int) -> None:
    for name in FIELDS:
        if name in values:
            setattr(emergency, name, values[name])
    if "calls" in values:
        emergency.calls = rules.calls_in_order(values["calls"], latest)
    if "place" in values:
        put_spot(emergency, values["place"])
