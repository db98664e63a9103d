"""Requests of other systems (Open311): which services there are, where a request lies, how it becomes a case, what it came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.models import Grid, OrgUnit
from server.areas.queries import borders_on
from server.areas.rules import outline_in_degrees
from server.cases import intake
from server.cases.models import CaseFile, CaseStep
from server.cases.rules import OVER, PLATFORM, levels_of
from server.exchange import queries, rules
from server.exchange.queries import Caller
from server.exchange.schemas import PLACE_LENGTH
from server.kernel import clock, ids
from server.kernel.geo import Position, contains
from server.kernel.problems import Problem, insist
from server.matters.queries import matters_in_force
from server.matters.rules import MatterFacts
from server.records.models import Record

MOST, MOST_IDS, SPAN_MS = 1000, 50, 90 * clock.DAY_MS
OPEN, CLOSED = STATUSES = ("open", "closed")


def services(session: Session, county_code: str) -> list[MatterFacts]:
    """Matters in force today that may become a case and name nobody of class S."""
    found = matters_in_force(session, county_code, clock.today())
    return [one for one in found if one.data_class != rules.SENSITIVE and _levels(one)]


def _levels(matter: MatterFacts) -> tuple[str, ...]:
    return levels_of(matter.start_level, matter.max_level)


# -- handing in --------------------------------------------------------------------------------------------------------


def hand_in(session: Session, caller: Caller, told: Mapping[str, Any]) -> CaseFile:
    """A request becomes a case of the grid where it lies, under the number that the caller has for it.

    Refuses with ``matter_not_in_force``, ``place_unclear``, ``ref_taken``, ``day_out_of_range``, ``invalid``.
    """
    matter = next((m for m in services(session, caller.county_code) if m.code == told["service_code"]), None)
    if matter is None:
        raise Problem("matter_not_in_force")
    number = told["external_ref"] or str(ids.new_id())
    insist(rules.reference_may_be(caller.system, number))
    case = {
        "grid_id": _grid(session, caller, told),
        "matter_code": matter.code,
        "level": rules.case_level(_levels(matter)),
        "external_ref": rules.reference(caller.system, number),
        "place_words": _place_words(told),
        "told_words": told["description"] or matter.name_zh,
    }
    return intake.hand_in(session, case)


def handed_in(session: Session, caller: Caller, number: str) -> UUID | None:
    """The request that the caller has handed in under this number before, inside the token's area."""
    case = intake.of_reference(session, caller.county_code, PLATFORM, rules.reference(caller.system, number))
    return case.id if case is not None and one(session, caller, case.id) is not None else None


def _grid(session: Session, caller: Caller, told: Mapping[str, Any]) -> UUID:
    """By its code, by a point inside its border, or the only one of the area."""
    mine = sa.select(Grid).where(Grid.village_id.in_(queries.units_of(session, caller)), Grid.closed_on.is_(None))
    if told["address_id"]:
        found = list(session.scalars(mine.where(Grid.code == told["address_id"]).limit(1)))
    else:
        found = list(session.scalars(mine))
        if told["lat"] is not None and told["long"] is not None:
            found = _around(session, found, Position(told["long"], told["lat"]))
    if len(found) != 1:
        raise Problem("place_unclear")
    return found[0].id


def _around(session: Session, grids: list[Grid], point: Position) -> list[Grid]:
    borders = borders_on(session, [grid.id for grid in grids], clock.today())
    outlines = {area: outline_in_degrees(border.rings) for area, border in borders.items()}
    return [
        grid
        for grid in grids
        if (rings := outlines.get(grid.id))
        and contains(rings[0], point)
        and not any(contains(hole, point) for hole in rings[1:])
    ]


def _place_words(told: Mapping[str, Any]) -> str:
    point = f"{told['long']:.6f}, {told['lat']:.6f}" if told["lat"] is not None and told["long"] is not None else ""
    words = told["address_string"]
    return f"{words[: PLACE_LENGTH - 30]} {point}".strip() if point else words


# -- what it came to ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """Which requests: these ids, or these codes, statuses, and a span of instants ``[begin, end)``."""

    ids: tuple[UUID, ...] = ()
    codes: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    begin: int = 0
    end: int = 0


def question(told: Mapping[str, str]) -> Question:
    """What was asked; the last 90 days by default, and no more than 90 in one question. Problem ``invalid``."""
    named = _parts(told["service_request_id"])
    if named:
        found = tuple(one for one in (ids.parse_id(part) for part in named) if one is not None)
        if len(found) != len(named) or len(found) > MOST_IDS:
            raise Problem("invalid", fields=["service_request_id"])
        return Question(ids=found)
    statuses = _parts(told["status"])
    if not set(statuses) <= set(STATUSES):
        raise Problem("invalid", fields=["status"])
    begin, end = (_instant(told[name], name) for name in ("start_date", "end_date"))
    if begin is None:
        end = clock.now() + 1 if end is None else end
        begin = end - SPAN_MS
    elif end is None:
        end = begin + SPAN_MS
    if not 0 <= end - begin <= SPAN_MS:
        raise Problem("invalid", fields=["start_date", "end_date"])
    return Question(codes=_parts(told["service_code"]), statuses=statuses, begin=begin, end=end)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _instant(text: str, name: str) -> int | None:
    """Of a date and time in W3C's form; without an offset it is China's."""
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
        return int((read if read.tzinfo else read.replace(tzinfo=clock.CHINA)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise Problem("invalid", fields=[name]) from None


def find(session: Session, caller: Caller, asked: Question) -> list[dict[str, Any]]:
    """The newest first, a thousand at most."""
    statement = _mine(session, caller)
    if asked.ids:
        statement = statement.where(CaseFile.id.in_(asked.ids))
    else:
        statement = statement.where(CaseFile.opened_at >= asked.begin, CaseFile.opened_at < asked.end)
        if asked.codes:
            statement = statement.where(CaseFile.matter_code.in_(asked.codes))
        if set(asked.statuses) == {OPEN}:
            statement = statement.where(CaseFile.state.not_in(OVER))
        if set(asked.statuses) == {CLOSED}:
            statement = statement.where(CaseFile.state.in_(OVER))
    found = session.execute(statement.order_by(CaseFile.opened_at.desc(), CaseFile.id.desc()).limit(MOST)).mappings()
    return [dict(row) for row in found]


def one(session: Session, caller: Caller, case_id: UUID) -> dict[str, Any] | None:
    found = session.execute(_mine(session, caller).where(CaseFile.id == case_id)).mappings().one_or_none()
    return None if found is None else dict(found)


def _mine(session: Session, caller: Caller) -> sa.Select[Any]:
    village, lead = sa.orm.aliased(OrgUnit), sa.orm.aliased(OrgUnit)
    last_step = sa.select(sa.func.max(CaseStep.at)).where(CaseStep.case_id == CaseFile.id).scalar_subquery()
    return (
        sa.select(
            CaseFile.id, CaseFile.matter_code, CaseFile.state, CaseFile.opened_at, CaseFile.due_at,
            last_step.label("changed_at"), Grid.code.label("grid_code"), Grid.name_zh.label("grid_name"),
            village.name_zh.label("village_name"), lead.name_zh.label("lead_name"),
        )
        .join(Grid, Grid.id == CaseFile.grid_id)
        .join(village, village.id == Grid.village_id)
        .outerjoin(lead, lead.id == CaseFile.lead_unit)
        .outerjoin(Record, Record.id == CaseFile.record_id)
        .where(
            queries.case_may_leave(session, caller.county_code),
            Grid.village_id.in_(queries.units_of(session, caller)),
        )
    )  # fmt: skip


def status_of(state: str) -> str:
    return CLOSED if state in OVER else OPEN
