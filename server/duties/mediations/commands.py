"""Report a mediation, go on with it, change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from server.duties.mediations import rules
from server.duties.mediations.models import Mediation, MediationStep
from server.duties.mediations.queries import present
from server.kernel.problems import Problem, insist
from server.people.commands import team_for_mediation
from server.people.rules import with_team
from server.records.commands import NewRecord, advance, found_for, make, review_again
from server.records.models import Record
from server.records.rules import Act, photos_allowed


def report(session: Session, act: Act, told: Mapping[str, Any]) -> Record:
    """A mediation as the phone tells it; it lives in the team of its author and reviewer, whom this act names if need be.

    Refuses with ``photo_forbidden`` (whatever the matter's policy: parties are not photographed),
    ``settlement_not_open``, ``parties_lacking``, ``day_out_of_range``, ``team_needed`` and what ``records.make`` refuses.
    """
    if told["grid_id"] not in {post.grid_id for post in act.holder.posts}:
        raise Problem("not_found")
    insist(photos_allowed("forbidden", bool(told["photos"])))
    insist(rules.is_whole(told["matter_code"], told, told["obstructed"]))
    insist(rules.revisit_is_plausible(act.day, told["revisit_on"]))
    team_id = team_for_mediation(session, act.holder, told["grid_id"], act.now)
    if team_id is None:
        raise Problem("team_needed", matter=told["matter_code"])
    made = make(
        session,
        replace(act, holder=with_team(act.holder, team_id)),
        NewRecord(
            kind="mediation",
            duty="mediations",
            id=told["id"],
            grid_id=told["grid_id"],
            matter_code=told["matter_code"],
            team_id=team_id,
            obstructed=told["obstructed"],
            fixed=rules.is_ended(told["outcome"], told["revisit_on"]),
        ),
    )
    mediation = Mediation(record_id=made.id)
    _write(mediation, {name: told[name] for name in ("unsuited", "parties", "outcome", "note", "revisit_on")})
    session.add(mediation)
    session.flush()
    return made


def step(session: Session, act: Act, told: Mapping[str, Any]) -> Record:
    """Its author goes on: another talk, the outcome, a return visit. The outcome of one already reviewed is reviewed too.

    Refuses with ``not_found``, ``not_allowed``, ``record_exists``, ``invalid``, ``day_out_of_range``, ``outcome_told``,
    ``nothing_settled``.
    """
    found = found_for(session, act, told["mediation_id"], "record.correct")
    if found.kind != "mediation":
        raise Problem("not_found")
    if session.get(MediationStep, told["id"]) is not None:
        raise Problem("record_exists")
    mediation = session.get_one(Mediation, found.id)
    insist(rules.step_is_plain(told))
    insist(rules.step_is_open(mediation.outcome, told["outcome"], told["kept"]))
    insist(rules.revisit_is_plausible(act.day, told["revisit_on"]))
    session.add(
        MediationStep(
            id=told["id"],
            mediation_id=found.id,
            by_person=act.person_id,
            at=act.acted_at,
            words=told["words"],
            outcome=told["outcome"],
            kept=told["kept"],
        )
    )
    was: dict[str, Any] = {}
    if told["outcome"] is not None or told["kept"] is not None:
        was = {"outcome": mediation.outcome, "revisit_on": _day(mediation)}
        mediation.outcome = told["outcome"] or mediation.outcome
        mediation.revisit_on = told["revisit_on"]
    session.flush()
    if told["outcome"] is not None and found.review_status in ("approved", "lapsed"):
        review_again(session, found, act)
    advance(session, found, act, "revisited" if told["kept"] is not None else "mediated", was=was)
    return found


def change(session: Session, record_id: UUID, values: Mapping[str, Any]) -> None:
    """Write corrected values (see ``records.correct``). Refuses like ``report``."""
    record = session.get_one(Record, record_id)
    insist(rules.is_whole(record.matter_code or "", {**present(session, record_id), **values}, record.obstructed))
    insist(rules.revisit_is_plausible(record.day, values.get("revisit_on")))
    _write(session.get_one(Mediation, record_id), values)
    session.flush()


def _write(mediation: Mediation, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(mediation, name, [{**p, "id": str(p["id"])} for p in value] if name == "parties" else value)


def _day(mediation: Mediation) -> str | None:
    return mediation.revisit_on.isoformat() if mediation.revisit_on else None
