"""What the office has to decide: records that nobody in the grid may, and disputed returns."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel.clock import parse_day
from server.matters.queries import matter_in_force
from server.people.models import Appointment
from server.people.registry import neighbours
from server.people.rules import LEADER, Holder, may
from server.records.models import Record
from server.records.queries import feed_rows, thing_of

MOST = 100


def for_the_office(session: Session, holder: Holder) -> list[dict[str, Any]]:
    """Wire rows of what this person may decide, oldest first: waiting records of leaders, disputes for the town."""
    units = holder.office_units("village_committee") | holder.office_units("town_government")
    grids = [place.id for place in neighbours().grids_under(session, units)]
    leaders = sa.select(Appointment.person_id).where(Appointment.role == LEADER, Appointment.grid_id == Record.grid_id)
    statement = (
        sa.select(Record)
        .where(
            Record.grid_id.in_(grids),
            Record.team_id.is_(None),
            sa.or_(
                sa.and_(Record.review_status == "waiting", Record.author_id.in_(leaders)),
                Record.review_status == "disputed",
            ),
        )
        .order_by(Record.acted_at)
        .limit(MOST)
    )
    ids = [found.id for found in session.scalars(statement) if _may_decide(session, holder, found)]
    rows = feed_rows(session, ids)
    return [rows[i] for i in ids]


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
