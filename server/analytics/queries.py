"""A month of an area in figures: what was recorded, what became of cases, refusals and re-looks.

What lives in a team (care, mediations) is counted by duty alone and opened by nobody here. No figure is of a person, none
is ordered by a count, and where fewer than five full-time workers stand behind it none is told (``is_withheld``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.analytics import rules
from server.analytics.rules import Month
from server.areas.models import Grid, OrgUnit
from server.areas.queries import units_of_county, units_under
from server.cases.models import CaseFile, CaseStep
from server.cases.rules import CONTESTED, OF_A_CASE, OVER, RUNNING
from server.duties.hazards.models import Hazard, Relook
from server.duties.hazards.queries import promised_looks
from server.feedback.queries import open_by_unit
from server.kernel import clock
from server.kernel.problems import Problem
from server.matters.queries import matter_list
from server.people.models import Appointment
from server.people.rules import TABLE, Holder
from server.platform.lists import Asked, Leaf, ListShape, leaf
from server.records.models import Record
from server.tasks.models import Refusal, Task
from server.tasks.rules import RULINGS

KINDS = ("patrol", "information", "hazard", "mediation", "visit", "emergency", "publicity")
UNIT_KINDS = ("county", "zone", "town", "subdistrict", "village", "community")
WAITING = "waiting"
_OPEN = sa.and_(Record.team_id.is_(None), Record.data_class != "S")  # what an office may open


@dataclass(frozen=True)
class Area:
    """What is looked at: a unit and all below it; ``is_withheld``: its figures would tell of people."""

    unit: OrgUnit
    units: frozenset[UUID]
    grids: tuple[UUID, ...]
    is_withheld: bool


@dataclass(frozen=True)
class DutyFigure:
    """Records of one duty: in the month, and on each of its days."""

    kind: str
    count: int
    by_day: list[int]


@dataclass(frozen=True)
class MatterFigure:
    code: str
    name_zh: str
    name_en: str | None
    count: int


@dataclass(frozen=True)
class PlaceFigure:
    """A unit below; no count where it would tell of people."""

    unit: OrgUnit
    count: int | None


@dataclass(frozen=True)
class LevelFigure:
    """Cases of a level: opened in the month, of these ended, still open and overdue now; hours to the first result."""

    level: str
    opened: int
    ended: int
    running: int
    overdue: int
    median_hours: float | None


@dataclass(frozen=True)
class RelookFigure:
    """Re-looks (回头看) promised for days of the month."""

    promised: int
    in_time: int
    late: int

    @property
    def open(self) -> int:
        return self.promised - self.in_time - self.late


def areas_of(session: Session, holder: Holder) -> list[OrgUnit]:
    """The units that the holder may look at: those of the own offices and what lies below, departments left out."""
    own = {post.org_unit_id for post in holder.posts if post.role in TABLE["figures.see"].offices}
    under = units_under(session, own) if own else set()
    units = units_of_county(session, holder.county_code)
    return [unit for unit in units if unit.id in under and unit.kind in UNIT_KINDS]


def area(session: Session, holder: Holder, unit_id: UUID | None, month: Month) -> Area:
    """The unit asked for, else the highest of the holder's. Problem ``not_found`` outside the scope."""
    choices = {unit.id: unit for unit in areas_of(session, holder)}
    found = next((unit for unit in choices.values() if unit_id in (None, unit.id)), None)
    if found is None:
        raise Problem("not_found")
    units = frozenset(units_under(session, [found.id]))
    grids = tuple(session.scalars(sa.select(Grid.id).where(Grid.village_id.in_(units)).order_by(Grid.code)))
    return Area(found, units, grids, _is_withheld(session, found, units, choices, month))


def _is_withheld(
    session: Session, unit: OrgUnit, units: Collection[UUID], choices: Mapping[UUID, OrgUnit], month: Month
) -> bool:
    """Too few people behind it, or it would give away the figures of a unit beside it or beside one above it."""
    workers = _workers_by_unit(session, units, month)
    if rules.tells_of_people(len(set[UUID]().union(*workers.values()))):
        return True
    while unit.parent_id is not None and (parent := choices.get(unit.parent_id)):
        if unit.id in _withheld_below(session, parent.id, month):
            return True
        unit = parent
    return False


def _below(session: Session, unit_id: UUID) -> Sequence[OrgUnit]:
    below = sa.select(OrgUnit).where(OrgUnit.parent_id == unit_id, OrgUnit.kind.in_(UNIT_KINDS))
    return session.scalars(below.order_by(OrgUnit.name_zh, OrgUnit.id)).all()


def _withheld_below(session: Session, unit_id: UUID, month: Month) -> set[UUID]:
    """Units right below whose figures are told to nobody who sees those of the whole."""
    workers = _workers_by_unit(session, units_under(session, [unit_id]), month)
    counts = {
        unit.id: len(set[UUID]().union(*(workers[one] for one in units_under(session, [unit.id]))))
        for unit in _below(session, unit_id)
    }
    return rules.withheld(counts)


def duties(session: Session, area: Area, month: Month) -> list[DutyFigure]:
    """One line for each kind of record that there is."""
    statement = sa.select(Record.kind, Record.day, sa.func.count()).where(_made_in(area, month))
    by_kind: dict[str, list[int]] = {kind: [0] * month.days for kind in KINDS}
    for kind, day, count in session.execute(statement.group_by(Record.kind, Record.day)):
        by_kind.setdefault(kind, [0] * month.days)[day.day - 1] = count
    return [DutyFigure(kind, sum(days), days) for kind, days in by_kind.items()]


def matters(session: Session, area: Area, month: Month) -> list[MatterFigure]:
    """By matter, in the order of the list; what lives in a team is left out."""
    statement = sa.select(Record.matter_code, sa.func.count()).where(
        _made_in(area, month), _OPEN, Record.matter_code.is_not(None)
    )
    counts = {str(row[0]): row[1] for row in session.execute(statement.group_by(Record.matter_code))}
    names = {entry.code: entry for entry in matter_list(session, area.unit.county_code)}
    return [
        MatterFigure(code, names[code].name_zh if code in names else code, _english(names, code), count)
        for code, count in sorted(counts.items())
    ]


def places(session: Session, area: Area, month: Month) -> list[PlaceFigure]:
    """The units right below, in the order of their names."""
    below = _below(session, area.unit.id)
    if not below:
        return []
    withheld = _withheld_below(session, area.unit.id, month)
    villages = sa.select(Grid.village_id, sa.func.count()).join(Record, Record.grid_id == Grid.id)
    counts = {
        row[0]: row[1] for row in session.execute(villages.where(_made_in(area, month)).group_by(Grid.village_id))
    }
    return [
        PlaceFigure(
            unit,
            None
            if area.is_withheld or unit.id in withheld
            else sum(counts.get(one, 0) for one in units_under(session, [unit.id])),
        )
        for unit in below
    ]


def cases(session: Session, area: Area, month: Month) -> list[LevelFigure]:
    """By level, of what was opened in the month; no words of a case are read; how long it took is withheld where it would tell of
    people."""
    opened = sa.and_(
        CaseFile.grid_id.in_(area.grids),
        CaseFile.opened_at >= clock.start_of(month.first),
        CaseFile.opened_at < _end_of(month),
    )
    reported = sa.and_(CaseStep.case_id == CaseFile.id, CaseStep.step == "reported")
    first = (
        sa.select(sa.func.min(CaseStep.at)).where(reported).scalar_subquery()
    )  # by the case, not over all that ever were
    statement = sa.select(CaseFile.level, CaseFile.state, CaseFile.opened_at, CaseFile.due_at, first).where(opened)
    found: dict[str, list[_Case]] = defaultdict(list)
    for row in session.execute(statement):
        found[row[0]].append(_Case(*row[1:]))
    return [_level(level, found[level], area) for level in OF_A_CASE if found[level]]


def refusals(session: Session, area: Area, month: Month) -> dict[str, int]:
    """Refusals under Art. 12 made in the month, by ruling; taken back ones are none."""
    statement = (
        sa.select(Refusal.ruling, sa.func.count())
        .join(Task, Task.id == Refusal.task_id)
        .where(
            Task.grid_id.in_(area.grids),
            Refusal.taken_back_at.is_(None),
            Refusal.at >= clock.start_of(month.first),
            Refusal.at < _end_of(month),
        )
        .group_by(Refusal.ruling)
    )
    found = {ruling or WAITING: count for ruling, count in session.execute(statement)}
    return {ruling: found[ruling] for ruling in (WAITING, *RULINGS) if ruling in found}


def relooks(session: Session, area: Area, month: Month) -> RelookFigure:
    """Promised for a day of the month, by a report or by the look before: done by then, done later, or not yet."""
    first = sa.select(sa.func.min(Relook.at)).where(Relook.hazard_id == Hazard.record_id).scalar_subquery()
    statement = (
        sa.select(Hazard.relook_on, first)
        .join(Record, Record.id == Hazard.record_id)
        .where(Record.grid_id.in_(area.grids), _OPEN, Hazard.relook_on.between(month.first, month.last))
    )
    rows = [(promised, clock.day_of(at) if at else None) for promised, at in session.execute(statement)]
    again = (
        sa.select(Relook.hazard_id)
        .join(Record, Record.id == Relook.hazard_id)
        .where(Record.grid_id.in_(area.grids), _OPEN, Relook.next_on.between(month.first, month.last))
    )
    for look, kept in promised_looks(session, again).values():
        if look.next_on is not None and month.first <= look.next_on <= month.last:
            rows.append((look.next_on, kept.day if kept else None))
    done = [day <= promised for promised, day in rows if day is not None]
    return RelookFigure(len(rows), done.count(True), done.count(False))


@dataclass(frozen=True)
class ComplaintFigure:
    """What a unit has to settle now of what people say, and how much of it is past its day; by office, never by grid."""

    unit: OrgUnit
    open: int
    overdue: int
    is_own: bool


def complaints(session: Session, holder: Holder, area: Area) -> list[ComplaintFigure]:
    """Of the units of the area, in the order of their names. Whoever also works in a grid is told nothing: one number may
    be enough to know what is said about them (Art. 14)."""
    if holder.grids:
        return []
    found = open_by_unit(session, area.unit.county_code, clock.today())
    units = session.scalars(
        sa.select(OrgUnit).where(OrgUnit.id.in_(area.units & set(found))).order_by(OrgUnit.name_zh, OrgUnit.id)
    )
    own = {post.org_unit_id for post in holder.posts}
    return [ComplaintFigure(unit, *found[unit.id], unit.id in own) for unit in units]


# -- the records behind a figure ---------------------------------------------------------------------------------------


SHAPE = ListShape("figure_records", "/office/figures/records", {"kind": KINDS}, page=50)


@dataclass(frozen=True)
class Line:
    """One record behind a figure: what, where and when; not by whom, and nothing that was written in it."""

    day: date
    kind: str
    matter_code: str | None
    grid: str
    state: str
    review: str


def records(session: Session, area: Area, month: Month, asked: Asked, matter_code: str | None) -> Leaf:
    """The newest first; narrowed to a duty and a matter."""
    statement = (
        sa.select(Record.day, Record.kind, Record.matter_code, Grid.name_zh, Record.state, Record.review_status)
        .join(Grid, Grid.id == Record.grid_id)
        .where(_made_in(area, month), _OPEN)
        .order_by(Record.day.desc(), Record.id.desc())
    )
    if kind := asked.chosen.get("kind"):
        statement = statement.where(Record.kind == kind)
    if matter_code is not None:
        statement = statement.where(Record.matter_code == matter_code)
    found = leaf(session, statement, asked)
    return Leaf([Line(*row) for row in found.rows], found.has_more)


def _made_in(area: Area, month: Month) -> sa.ColumnElement[bool]:
    return sa.and_(Record.grid_id.in_(area.grids), Record.day.between(month.first, month.last))


def _end_of(month: Month) -> int:
    return clock.start_of(month.last) + clock.DAY_MS


def _workers_by_unit(session: Session, units: Collection[UUID], month: Month) -> dict[UUID, set[UUID]]:
    """Full-time workers with a post for a day of the month."""
    statement = sa.select(Appointment.org_unit_id, Appointment.person_id).where(
        Appointment.role == "full_time_worker",
        Appointment.org_unit_id.in_(units),
        Appointment.from_day <= month.last,
        sa.or_(Appointment.to_day.is_(None), Appointment.to_day > month.first),
    )
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for unit_id, person_id in session.execute(statement):
        found[unit_id].add(person_id)
    return found


@dataclass(frozen=True)
class _Case:
    state: str
    opened_at: int
    due_at: int | None
    reported_at: int | None


def _level(level: str, rows: Sequence[_Case], area: Area) -> LevelFigure:
    now = clock.now()
    late = [one for one in rows if one.state in (*RUNNING, CONTESTED) and one.due_at and one.due_at < now]
    ended = sum(one.state in OVER for one in rows)
    took = [one.reported_at - one.opened_at for one in rows if one.reported_at is not None and not area.is_withheld]
    return LevelFigure(level, len(rows), ended, len(rows) - ended, len(late), rules.median_hours(took))


def _english(names: dict[str, Any], code: str) -> str | None:
    return names[code].name_en if code in names else None
