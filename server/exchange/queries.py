"""Reads of the exchange: who calls, and the rows that may leave: inside the token's area, never class S, never of a team.

No row has a name, an address, words that somebody wrote, or who reported something.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.models import Grid, OrgUnit
from server.areas.queries import ancestors, borders_on, names_of_units, units_under
from server.areas.rules import outline_in_degrees, tier_of
from server.cases.models import CaseFile
from server.duties.hazards.models import Hazard
from server.duties.hazards.queries import fixed
from server.exchange import rules
from server.exchange.models import ExchangeCall, ExchangeHook, ExchangeNotice, ExchangeToken
from server.kernel import clock
from server.kernel.geo import to_degrees
from server.matters.queries import department_names, matter_list, matters_in_force
from server.people.models import Person
from server.platform.lists import Asked as ListAsked
from server.platform.lists import Leaf, leaf
from server.records.models import Record

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Caller:
    """The system behind a token."""

    token_id: UUID
    county_code: str
    system: str
    area_unit: UUID
    facts: rules.TokenFacts


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def facts_of(token: ExchangeToken) -> rules.TokenFacts:
    return rules.TokenFacts(frozenset(token.scopes), token.last_day, token.revoked_at is not None)


def caller_of(session: Session, token: str) -> Caller | None:
    """Whose token this is, a revoked or expired one too; None for no token of ours."""
    if not rules.TOKEN.fullmatch(token):
        return None
    found = session.scalar(sa.select(ExchangeToken).where(ExchangeToken.token_hash == hash_of(token)))
    if found is None:
        return None
    return Caller(found.id, found.county_code, found.system, found.area_unit, facts_of(found))


def is_live(session: Session, token_id: UUID) -> bool:
    """Whether a token still opens anything: asked again and again while a long answer is under way."""
    found = session.get(ExchangeToken, token_id, populate_existing=True)
    return found is not None and facts_of(found).is_live(clock.today())


# -- what leaves -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Walk:
    """Which rows: after this id, so many at most, of these days in China, of one kind; ``units`` are the caller's area."""

    units: frozenset[UUID]
    after: UUID | None = None
    most: int = 1000
    from_day: date | None = None
    to_day: date | None = None
    kind: str | None = None


def units_of(session: Session, caller: Caller) -> frozenset[UUID]:
    return frozenset(units_under(session, [caller.area_unit]))


def grids_of(units: frozenset[UUID]) -> sa.Select[UUID]:
    """Ids of the grids of these units, closed ones too: what was recorded there keeps its grid."""
    return sa.select(Grid.id).where(Grid.village_id.in_(units))


def may_leave(session: Session, county_code: str) -> sa.ColumnElement[bool]:
    """Records that may leave at all: of five duties, in no team, of no class S, nor of a matter that is S by now."""
    return sa.and_(
        Record.data_class != rules.SENSITIVE,
        Record.team_id.is_(None),
        Record.kind.in_(rules.RECORD_KINDS),
        sa.or_(Record.matter_code.is_(None), Record.matter_code.not_in(sensitive_codes(session, county_code))),
    )


def case_may_leave(session: Session, county_code: str) -> sa.ColumnElement[bool]:
    """Cases that may leave; needs an outer join of the record that a case was made of."""
    of_record = sa.and_(Record.data_class != rules.SENSITIVE, Record.team_id.is_(None))
    return sa.and_(
        sa.or_(CaseFile.record_id.is_(None), of_record),
        CaseFile.matter_code.not_in(sensitive_codes(session, county_code)),
    )


def sensitive_codes(session: Session, county_code: str) -> list[str]:
    """Codes of matters that any entry of the list calls class S."""
    return sorted({m.code for m in matter_list(session, county_code) if m.data_class == rules.SENSITIVE})


def records(session: Session, caller: Caller, walk: Walk) -> Rows:
    statement = (
        sa.select(
            Record.id, Record.version, Record.kind, Record.grid_id, Grid.code.label("grid_code"), Record.matter_code,
            Record.day, Record.state, Record.review_status,
        )
        .join(Grid, Grid.id == _unindexed(Record.grid_id))
        .where(may_leave(session, caller.county_code), Grid.village_id.in_(walk.units))
    )  # fmt: skip
    if walk.kind is not None:
        statement = statement.where(Record.kind == walk.kind)
    return _page(session, statement, Record.id, Record.day, walk)


def hazards(session: Session, caller: Caller, walk: Walk) -> Rows:
    """Hazards of matters that name nobody, with the place where they were found."""
    statement = (
        sa.select(
            Record.id, Record.version, Record.grid_id, Grid.code.label("grid_code"), Record.matter_code, Record.day,
            Record.state, Hazard.severity, fixed().label("is_fixed"), Hazard.lng, Hazard.lat,
        )
        .join(Grid, Grid.id == _unindexed(Record.grid_id))
        .join(Hazard, Hazard.record_id == Record.id)
        .where(
            may_leave(session, caller.county_code), Grid.village_id.in_(walk.units), Record.data_class == rules.PLACED
        )
    )  # fmt: skip
    rows = _page(session, statement, Record.id, Record.day, walk)
    for row in rows:
        row["is_fixed"] = bool(row["is_fixed"])
        row["lng"], row["lat"] = (to_degrees(row[name]) if row[name] is not None else None for name in ("lng", "lat"))
    return rows


def cases(session: Session, caller: Caller, walk: Walk) -> Rows:
    statement = (
        sa.select(
            CaseFile.id, CaseFile.version, CaseFile.grid_id, Grid.code.label("grid_code"), CaseFile.matter_code,
            CaseFile.source, CaseFile.level, CaseFile.state, OrgUnit.name_zh.label("lead_name"), CaseFile.opened_at,
            CaseFile.due_at, CaseFile.over_at, CaseFile.external_ref,
        )
        .join(Grid, Grid.id == _unindexed(CaseFile.grid_id))
        .outerjoin(Record, Record.id == CaseFile.record_id)
        .outerjoin(OrgUnit, OrgUnit.id == CaseFile.lead_unit)
        .where(case_may_leave(session, caller.county_code), Grid.village_id.in_(walk.units))
    )  # fmt: skip
    if walk.from_day is not None:
        statement = statement.where(CaseFile.opened_at >= clock.start_of(walk.from_day))
    if walk.to_day is not None:
        statement = statement.where(CaseFile.opened_at < clock.start_of(walk.to_day + timedelta(days=1)))
    rows = _page(session, statement, CaseFile.id, None, walk)
    for row in rows:
        row["external_ref"] = own_reference(caller, row["external_ref"])
        row |= {name: moment(row[name]) for name in ("opened_at", "due_at", "over_at")}
    return rows


def moment(instant: int | None) -> str | None:
    """ISO 8601 with China's offset."""
    return None if instant is None else clock.as_text(instant)


def own_reference(caller: Caller, kept: str | None) -> str | None:
    """The number that the caller gave; another system's numbers are none of its business."""
    mine = rules.reference(caller.system, "")
    return kept.removeprefix(mine) if kept is not None and kept.startswith(mine) else None


def matters(session: Session, caller: Caller, walk: Walk) -> Rows:
    """The list in force today in the county (Art. 8); it is public."""
    found = sorted(matters_in_force(session, caller.county_code, clock.today()), key=lambda one: one.id)
    found = [one for one in found if walk.after is None or one.id > walk.after][: walk.most]
    departments = department_names(session, [one.id for one in found])
    return [
        {
            "id": str(one.id),
            "code": one.code,
            "name_zh": one.name_zh,
            "name_en": one.name_en,
            "duty": one.duty,
            "data_class": one.data_class,
            "start_level": one.start_level,
            "departments": departments.get(one.id, []),
            "from_day": one.from_day.isoformat(),
            "last_day": one.last_day.isoformat() if one.last_day else None,
        }
        for one in found
    ]


def grids(session: Session, _caller: Caller, walk: Walk) -> Rows:
    """The open grids of the area with the borders of today."""
    statement = sa.select(Grid).where(Grid.village_id.in_(walk.units), Grid.closed_on.is_(None)).order_by(Grid.id)
    if walk.after is not None:
        statement = statement.where(Grid.id > walk.after)
    found = list(session.scalars(statement.limit(walk.most)))
    borders = borders_on(session, [one.id for one in found], clock.today())
    above = {village: ancestors(session, village) for village in {one.village_id for one in found}}
    return [
        {
            "id": str(one.id),
            "version": one.version,
            "code": one.code,
            "name": one.name_zh,
            "kind": one.kind,
            "village": above[one.village_id][0].name_zh,
            "town": next((unit.name_zh for unit in above[one.village_id] if tier_of(unit.kind) == "town"), None),
            "outline": outline_in_degrees(borders[one.id].rings) if one.id in borders else [],
        }
        for one in found
    ]


PAGES: Mapping[str, Callable[[Session, Caller, Walk], Rows]] = {
    rules.RECORDS: records,
    rules.HAZARDS: hazards,
    rules.CASES: cases,
    rules.MATTERS: matters,
    rules.GRIDS: grids,
}


def _page(session: Session, statement: Any, key: Any, day: Any, walk: Walk) -> Rows:
    if walk.after is not None:
        statement = statement.where(key > walk.after)
    if day is not None and walk.from_day is not None:
        statement = statement.where(day >= walk.from_day)
    if day is not None and walk.to_day is not None:
        statement = statement.where(day <= walk.to_day)
    found = session.execute(statement.order_by(key).limit(walk.most)).mappings()
    return [{name: _plain(value) for name, value in row.items()} for row in found]


def _unindexed(column: Any) -> Any:
    """The same value, by no index: a page is a stretch of the primary key, never all rows of a grid, sorted again each time."""
    return sa.func.coalesce(column, column)


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


# -- the office --------------------------------------------------------------------------------------------------------


def tokens_of(session: Session, county_code: str) -> list[ExchangeToken]:
    """Live ones first, the newest on top."""
    mine = sa.select(ExchangeToken).where(ExchangeToken.county_code == county_code)
    found = list(session.scalars(mine.order_by(ExchangeToken.made_at.desc(), ExchangeToken.id)))
    today = clock.today()
    return sorted(found, key=lambda one: not facts_of(one).is_live(today))


def token_row(session: Session, county_code: str, token_id: UUID) -> ExchangeToken | None:
    found = session.get(ExchangeToken, token_id)
    return found if found is not None and found.county_code == county_code else None


def hooks_of(session: Session, token_id: UUID) -> list[ExchangeHook]:
    mine = sa.select(ExchangeHook).where(ExchangeHook.token_id == token_id)
    return list(session.scalars(mine.order_by(ExchangeHook.made_at.desc(), ExchangeHook.id)))


def area_choices(session: Session, county_code: str) -> list[OrgUnit]:
    """Units of the county that have grids below them, or may have."""
    statement = sa.select(OrgUnit).where(OrgUnit.county_code == county_code, OrgUnit.kind.in_(rules.AREA_KINDS))
    return sorted(session.scalars(statement), key=lambda unit: (rules.AREA_KINDS.index(unit.kind), unit.name_zh))


def unit_names(session: Session, tokens: list[ExchangeToken]) -> dict[UUID, str]:
    return names_of_units(session, {one.area_unit for one in tokens})


def names_of_makers(session: Session, tokens: list[ExchangeToken]) -> dict[UUID, str]:
    people = {one.made_by for one in tokens} | {one.revoked_by for one in tokens if one.revoked_by}
    return {p.id: p.name for p in session.scalars(sa.select(Person).where(Person.id.in_(people)))}


def calls(session: Session, county_code: str, asked: ListAsked) -> Leaf:
    """Each call of the county's tokens, the newest on top."""
    statement = (
        sa.select(ExchangeCall, ExchangeToken.name)
        .join(ExchangeToken, ExchangeToken.id == ExchangeCall.token_id)
        .where(ExchangeCall.county_code == county_code)
        .order_by(ExchangeCall.at.desc(), ExchangeCall.id.desc())
    )
    if "scope" in asked.chosen:
        statement = statement.where(ExchangeCall.scope == asked.chosen["scope"])
    return leaf(session, statement, asked)


def live_scopes(session: Session, county_code: str, system: str, today: date) -> frozenset[str]:
    """What the tokens of one system open today."""
    mine = sa.select(ExchangeToken).where(ExchangeToken.county_code == county_code, ExchangeToken.system == system)
    facts = [facts_of(token) for token in session.scalars(mine)]
    return frozenset().union(*(one.scopes for one in facts if one.is_live(today)))


def last_uses(session: Session, county_code: str, system: str) -> dict[str, int]:
    """When each scope was last used with success by one system, ended tokens too (ms)."""
    statement = (
        sa.select(ExchangeCall.scope, sa.func.max(ExchangeCall.at))
        .join(ExchangeToken, ExchangeToken.id == ExchangeCall.token_id)
        .where(ExchangeToken.county_code == county_code, ExchangeToken.system == system, ExchangeCall.status < 300)
        .group_by(ExchangeCall.scope)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def notices(session: Session, token_id: UUID, asked: ListAsked) -> Leaf:
    """What the webhooks of a token were told, the newest on top."""
    statement = (
        sa.select(ExchangeNotice, ExchangeHook.host)
        .join(ExchangeHook, ExchangeHook.id == ExchangeNotice.hook_id)
        .where(ExchangeHook.token_id == token_id)
        .order_by(ExchangeNotice.made_at.desc(), ExchangeNotice.id.desc())
    )
    if "state" in asked.chosen:
        statement = statement.where(ExchangeNotice.state == asked.chosen["state"])
    return leaf(session, statement, asked)
