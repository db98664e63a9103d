"""Entering for a worker at the office's desk, from paper or by voice: the same acts as on a leader's phone.

Nothing sensitive, and no household: an office does not see the grid's households, so a visit says in words where it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from server.kernel import clock
from server.kernel.problems import Problem
from server.matters.queries import MatterFacts, matters_in_force
from server.people.models import Person
from server.people.queries import holder_of_person, in_post
from server.people.registry import GridPlace, neighbours
from server.people.rules import Holder
from server.records.rules import Act
from server.sync.mutations import MUTATIONS
from server.sync.running import load, run

DUTIES = {"hazards": "hazard", "visits": "visit", "publicity": "publicity"}  # duty of the matter → kind of record


@dataclass(frozen=True)
class Choices:
    """What the form offers for one grid and duty."""

    people: list[Person]
    matters: list[MatterFacts]


def grids_of(session: Session, holder: Holder) -> list[GridPlace]:
    """The grids below this village or town."""
    units = holder.office_units("village_committee") | holder.office_units("town_government")
    return neighbours().grids_under(session, units)


def choices(session: Session, grid: GridPlace, duty: str, day: date) -> Choices:
    """Who has a post in the grid or leads a micro-grid of it, and the matters of the duty that are nobody's secret."""
    matters = [m for m in matters_in_force(session, grid.county_code, day) if m.duty == duty and m.data_class != "S"]
    return Choices([p for p in in_post(session, grid.id, day) if _has_post(session, p, grid.id, day)], matters)


def _has_post(session: Session, person: Person, grid_id: UUID, day: date) -> bool:
    return any(p.grid_id == grid_id and p.acting_for is None for p in holder_of_person(session, person, day).posts)


def told_by(form: Mapping[str, str], duty: str) -> dict[str, Any]:
    """The report that a filled-in form stands for, as a phone would send it."""
    told: dict[str, Any] = {name: form.get(name, "") for name in ("id", "grid_id", "matter_code", "note")}
    told["on_behalf"] = {"person_id": form.get("person_id", ""), "day": form.get("day", "")}
    match duty:
        case "hazards":
            fixed = form.get("fixed_on_spot") == "yes"
            told |= {"severity": form.get("severity", ""), "fixed_on_spot": fixed}
            told |= {"place_words": form.get("place_words", ""), "place": {"source": "none"}}
        case "visits":
            told |= {"mode": form.get("mode", ""), "all_well": form.get("all_well") == "yes"}
        case "publicity":
            told |= {name: _whole(form.get(name, "")) for name in ("people", "households")}
    return told


def _whole(words: str) -> int | str:
    return int(words) if words.isascii() and words.isdigit() and len(words) < 7 else words or 0


def enter(session: Session, holder: Holder, duty: str, told: dict[str, Any]) -> None:
    """Do it under the name of whoever is at the desk; the author is asked to confirm. Refuses as the report does."""
    if duty not in DUTIES:
        raise Problem("invalid", fields=["duty"])
    mutation = MUTATIONS[f"{duty}.report"]
    now = clock.now()
    result = run(session, mutation, Act(holder, now, False, now), load(mutation, mutation.version, json.dumps(told)))
    if result.problem is not None and result.problem.code != "record_exists":  # sent twice by one form: it is there
        raise result.problem
