"""Report publicity and change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from server.duties.publicity import rules
from server.duties.publicity.models import Publicity
from server.kernel.problems import insist
from server.records.commands import NewRecord, make, name_matter
from server.records.models import Record
from server.records.rules import Act


def report(session: Session, act: Act, told: Mapping[str, Any]) -> Record:
    """One session as the phone tells it. Refuses with what ``records.make`` refuses, and ``nobody_reached``."""
    made = make(
        session,
        act,
        NewRecord(
            kind="publicity",
            duty="publicity",
            id=told["id"],
            grid_id=told["grid_id"],
            matter_code=told["matter_code"],
            photos=told["photos"],
            photo_gap=told["photo_gap"],
            obstructed=told["obstructed"],
        ),
    )
    insist(rules.is_told_whom(told["people"], told["households"], told["obstructed"]))
    session.add(Publicity(record_id=made.id, people=told["people"], households=told["households"], note=told["note"]))
    session.flush()
    return made


def change(session: Session, record_id: UUID, values: Mapping[str, Any]) -> None:
    """Write corrected values (see ``records.correct``). Refuses with ``nobody_reached``."""
    publicity = session.get_one(Publicity, record_id)
    record = session.get_one(Record, record_id)
    if "matter_code" in values:
        name_matter(session, record, "publicity", values["matter_code"])
    for name, value in values.items():
        if name != "matter_code":
            setattr(publicity, name, value)
    insist(rules.is_told_whom(publicity.people, publicity.households, record.obstructed))
    session.flush()
