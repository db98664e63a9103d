"""Report a hazard, change it, look back at it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from server.duties.hazards import rules
from server.duties.hazards.models import Hazard, Relook
from server.kernel.problems import Problem, insist
from server.photos.commands import link
from server.records.commands import NewRecord, advance, found_for, make, name_matter
from server.records.models import Record
from server.records.rules import Act
from server.records.spots import check_place, lies_in_grid, put_spot
from server.records.telling import tell_leaders


def report(session: Session, act: Act, told: Mapping[str, Any]) -> Record:
    """A hazard as the phone tells it. Review never delays it: it stands in the feed at once and rings the leader
    (of a sensitive one: a leader in its team).

    Refuses with ``day_out_of_range``, ``place_elsewhere`` and what ``records.make`` refuses.
    """
    insist(rules.days_are_plausible(act.day, told["advised_fix_by"], told["relook_on"]))
    made = make(
        session,
        act,
        NewRecord(
            kind="hazard",
            duty="hazards",
            id=told["id"],
            grid_id=told["grid_id"],
            matter_code=told["matter_code"],
            photos=told["photos"],
            photo_gap=told["photo_gap"],
            obstructed=told["obstructed"],
            patrol_id=told["patrol_id"],
            fixed=told["fixed_on_spot"],
            place_in_grid=lies_in_grid(session, told["grid_id"], told["place"], act.day),
        ),
    )
    check_place(session, told["grid_id"], told["place_id"])
    hazard = Hazard(record_id=made.id, place_source="none", same_as=_same(session, made, told["same_as"]))
    _write(hazard, told)
    session.add(hazard)
    session.flush()
    tell_leaders(session, made, act, "hazard_reported")
    return made


FIELDS = ("severity", "advice", "advised_fix_by", "fixed_on_spot", "relook_on", "note", "place_id", "place_words")


def change(session: Session, record_id: UUID, values: Mapping[str, Any]) -> None:
    """Write corrected values (see ``records.correct``)."""
    record = session.get_one(Record, record_id)
    if "matter_code" in values:
        name_matter(session, record, "hazards", values["matter_code"])
    insist(rules.days_are_plausible(record.day, values.get("advised_fix_by"), values.get("relook_on")))
    if values.get("place_id"):
        check_place(session, record.grid_id, values["place_id"])
    _write(session.get_one(Hazard, record_id), values)
    session.flush()


def relook(session: Session, act: Act, told: Mapping[str, Any]) -> Record:
    """A look back: fixed, not fixed or worse, with optional photos and the day of the next look. Everybody of the grid may.

    Once it is fixed nothing is due: a day told all the same is left out. Refuses with ``day_out_of_range``, ``not_found``,
    ``record_exists``.
    """
    next_on = None if told["outcome"] == rules.FIXED else told["next_on"]
    insist(rules.days_are_plausible(act.day, next_on))
    found = found_for(session, act, told["hazard_id"], "record.relook")
    if found.kind != "hazard":
        raise Problem("not_found")
    if session.get(Relook, told["id"]) is not None:
        raise Problem("record_exists")
    hashes = [p["sha256"] for p in told["photos"]]
    session.add(
        Relook(
            id=told["id"],
            hazard_id=found.id,
            by_person=act.person_id,
            at=act.acted_at,
            outcome=told["outcome"],
            note=told["note"],
            photos=hashes,
            photo_gap=told["photo_gap"],
            next_on=next_on,
        )
    )
    session.flush()
    for photo in told["photos"]:
        link(
            session,
            county_code=found.county_code,
            sha256=photo["sha256"],
            kind="record",
            object_id=found.id,
            role=photo["role"],
            author_id=act.person_id,
        )
    advance(session, found, act, "relooked", reason=told["outcome"])
    return found


def _same(session: Session, made: Record, told: UUID | None) -> UUID | None:
    """The hazard that was reported before. One that never arrived, or lies elsewhere, leaves a report like any other."""
    other = session.get(Record, told) if told and told != made.id else None
    is_beside = other is not None and (other.kind, other.grid_id, other.stream) == ("hazard", made.grid_id, made.stream)
    return told if is_beside else None


def _write(hazard: Hazard, values: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in values:
            setattr(hazard, name, values[name])
    if "place" in values:
        put_spot(hazard, values["place"])
