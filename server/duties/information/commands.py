"""Report information and change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.duties.information import rules
from server.duties.information.models import Information
from server.duties.information.queries import present
from server.households.chosen import micro_grid_of_household
from server.kernel.problems import Problem, insist
from server.records.commands import NewRecord, make
from server.records.models import Record
from server.records.rules import Act

FIELDS = ("household_id", "finding", "business_name", "place_words", "wants_answer", "note")


def report(session: Session, act: Act, told: Mapping[str, Any]) -> Record:
    """Information as the phone tells it. Where none of its matter is reviewed, it rings all who lead the grid.

    Refuses with ``household_elsewhere``, ``field_not_asked``, ``information_lacking`` and what ``records.make`` refuses.
    """
    if told["grid_id"] not in {post.grid_id for post in act.holder.posts}:
        raise Problem("not_found")
    micro_grid_id = None
    if told["household_id"] is not None:
        micro_grid_id = micro_grid_of_household(session, act.holder, told["grid_id"], told["household_id"])
    made = make(
        session,
        act,
        NewRecord(
            kind="information",
            duty="information",
            id=told["id"],
            grid_id=told["grid_id"],
            matter_code=told["matter_code"],
            micro_grid_id=micro_grid_id,
            photos=told["photos"],
            photo_gap=told["photo_gap"],
            obstructed=told["obstructed"],
            tells="information_reported",
        ),
    )
    insist(rules.is_whole(told["matter_code"], told, told["obstructed"]))
    session.add(Information(record_id=made.id, **{name: told[name] for name in FIELDS}))
    session.flush()
    return made


def change(session: Session, record_id: UUID, values: Mapping[str, Any]) -> None:
    """Write corrected values (see ``records.correct``). Refuses like ``report``."""
    record = session.get_one(Record, record_id)
    told = {**present(session, record_id), **values}
    insist(rules.is_whole(record.matter_code or "", told, record.obstructed, stay=frozenset({"household_id"})))
    information = session.get_one(Information, record_id)
    for name, value in values.items():
        setattr(information, name, value)
    session.flush()


def forget_household(session: Session, household_id: UUID) -> None:
    """The household is to be deleted: its information stays, without saying whose. For the households room."""
    session.execute(sa.update(Information).where(Information.household_id == household_id).values(household_id=None))
