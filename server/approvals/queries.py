"""What the office has to decide: records that nobody in the grid may, and disputed returns.

Nobody decides a record of their own, nor one that they entered for another: whoever leads the grid beside them does, a
stand-in among them; where there is nobody, or all who lead are away, it is the village's, then the town's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.households.queries import names_of_targets
from server.kernel import clock
from server.kernel.clock import parse_day
from server.matters.queries import advice_words, matter_in_force
from server.people.registry import neighbours
from server.people.roster import away_of, leaders_in
from server.people.rules import Holder, may
from server.photos.queries import held_photos
from server.records.models import Record
from server.records.queries import feed_rows, thing_of

MOST = 100


def for_the_office(session: Session, holder: Holder) -> list[dict[str, Any]]:
    """Wire rows of what this person may decide, oldest first: waiting records of leaders, disputes for the town."""
    units = holder.office_units("village_committee") | holder.office_units("town_government")
    grids = [place.id for place in neighbours().grids_under(session, units)]
    led = _leaders_there(session, grids)
    nobody = [grid for grid in grids if not led[grid]]
    waits = sa.or_(
        Record.grid_id.in_(nobody), *(sa.and_(Record.grid_id == grid, _is_of(led[grid])) for grid in grids if led[grid])
    )
    statement = (
        sa.select(Record)
        .where(
            Record.grid_id.in_(grids),
            Record.team_id.is_(None),
            sa.or_(sa.and_(Record.review_status == "waiting", waits), Record.review_status == "disputed"),
        )
        .order_by(Record.acted_at)
        .limit(MOST)
    )
    ids = [found.id for found in session.scalars(statement) if _may_decide(session, holder, found)]
    rows = feed_rows(session, ids)
    return [rows[i] for i in ids]


@dataclass(frozen=True)
class Looked:
    """What records name beside themselves: doors and places, words of advice, which photos of looks back have come."""

    where: Mapping[str, str]
    advice: Mapping[str, str]
    held: Collection[str]

    def held_of(self, photos: Iterable[str]) -> list[str]:
        return [sha256 for sha256 in photos if sha256 in self.held]


def looked_up(session: Session, rows: list[dict[str, Any]], lang: str) -> Looked:
    """For the page that shows these records; of a household its door alone, no name and no telephone."""
    bodies = [row["body"] for row in rows]
    targets = [UUID(body[name]) for body in bodies for name in ("household_id", "place_id") if body.get(name)]
    photos = {sha256 for body in bodies for look in body.get("relooks", ()) for sha256 in look["photos"]}
    names = names_of_targets(session, targets)
    return Looked(
        {str(one): name for one, name in names.items()}, advice_words(session, lang), held_photos(session, photos)
    )


def _leaders_there(session: Session, grids: list[UUID]) -> dict[UUID, set[UUID]]:
    """Who leads each grid today, stand-ins too, without those who are away."""
    today = clock.today()
    led = leaders_in(session, grids, today)
    away = away_of(session, sorted({person for people in led.values() for person in people}, key=str), today)
    return {grid: people - away for grid, people in led.items()}


def _is_of(leaders: set[UUID]) -> sa.ColumnElement[bool]:
    """No leader who is there may review it: each wrote it or entered it."""
    return sa.and_(
        *(
            sa.or_(Record.author_id == one, sa.and_(Record.confirmation.is_not(None), Record.entered_by == one))
            for one in leaders
        )
    )


def _may_decide(session: Session, holder: Holder, found: Record) -> bool:
    action = "record.rule_dispute" if found.review_status == "disputed" else "record.review"
    return bool(may(holder, action, thing_of(session, found)))


def matter_names(session: Session, rows: list[dict[str, Any]], county_code: str, lang: str) -> dict[str, str]:
    """Name of each record's matter by code, as in force on its day."""
    names: dict[str, str] = {}
    for row in rows:
        code, day = row.get("matter_code"), parse_day(row["day"])
        facts = matter_in_force(session, county_code, code, day) if code and day else None
        if facts is not None:
            names[facts.code] = (facts.name_en if lang == "en" else None) or facts.name_zh
    return names
