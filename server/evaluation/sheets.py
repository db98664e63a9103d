"""What people read of evaluation: the phone's rows of sheets and rule sets, an office's sheets. Never in an order by points."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.models import Grid, OrgUnit
from server.areas.queries import names_of_units, units_under
from server.evaluation import queries, rules
from server.evaluation.models import (
    EvaluationRun,
    Objection,
    OutsideFact,
    Proposal,
    RuleSet,
    ScoreSheet,
    SheetVersion,
    UnitAverage,
)
from server.evaluation.running import set_of
from server.people.queries import names_of
from server.people.rules import Holder, may
from server.records.models import Record

# -- the phone ---------------------------------------------------------------------------------------------------------


def feed_rows(session: Session, kind: str, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Rows ``score_sheet`` (the person's own stream) and ``rule_set`` (the county's), docs/wire.md §5."""
    return _sheet_rows(session, ids) if kind == "score_sheet" else _set_rows(session, ids)


def _set_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    found = session.scalars(sa.select(RuleSet).where(RuleSet.id.in_(ids), RuleSet.state != rules.DRAFT))
    return {
        one.id: {
            "id": str(one.id),
            "version": one.version,
            "title": one.title,
            "sha256": one.sha256,
            "body": orjson.loads(one.body),
        }
        for one in found
    }


def _sheet_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    sheets = list(session.scalars(sa.select(ScoreSheet).where(ScoreSheet.id.in_(ids))))
    runs = {
        one.id: one
        for one in session.scalars(sa.select(EvaluationRun).where(EvaluationRun.id.in_({s.run_id for s in sheets})))
    }
    versions = versions_of(session, ids)
    objections = queries.objections_of(session, ids)
    averages = _averages(session, runs)
    return {
        sheet.id: _sheet_row(
            sheet,
            runs[sheet.run_id],
            versions[sheet.id],
            objections.get(sheet.id, []),
            averages.get((sheet.run_id, sheet.unit_id)),
        )
        for sheet in sheets
    }


def versions_of(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[SheetVersion]]:
    """All versions of these sheets, the first first."""
    found: dict[UUID, list[SheetVersion]] = {key: [] for key in ids}
    statement = sa.select(SheetVersion).where(SheetVersion.sheet_id.in_(ids))
    for one in session.scalars(statement.order_by(SheetVersion.sheet_id, SheetVersion.version)):
        found[one.sheet_id].append(one)
    return found


def _averages(session: Session, run_ids: Mapping[UUID, Any]) -> dict[tuple[UUID, UUID], str]:
    found = session.scalars(sa.select(UnitAverage).where(UnitAverage.run_id.in_(run_ids)))
    return {(one.run_id, one.unit_id): one.average for one in found}


def _sheet_row(
    sheet: ScoreSheet,
    run: EvaluationRun,
    versions: list[SheetVersion],
    objections: list[Objection],
    average: str | None,
) -> dict[str, Any]:
    newest = versions[-1]
    return {
        "id": str(sheet.id),
        "version": sheet.version,
        "period": run.period,
        "object_until": run.object_until.isoformat() if run.object_until else None,
        "closed": run.state == rules.CLOSED,
        "rule_set_id": str(run.rule_set_id),
        "facts": orjson.loads(newest.facts),
        "sheet": orjson.loads(newest.sheet),
        "sheet_sha256": newest.sheet_sha256,
        "at": newest.at,
        "earlier": [earlier_row(one) for one in versions[:-1]],
        "objections": [_objection_row(one) for one in objections],
        **({"average": average} if average else {}),
    }


def earlier_row(version: SheetVersion) -> dict[str, Any]:
    """What an earlier version of a sheet said; its lines by points alone."""
    told = orjson.loads(version.sheet)
    return {
        "version": version.version,
        "at": version.at,
        "total": told["total"],
        "sha256": version.sheet_sha256,
        "points": {line["indicator"]: line["points"] for line in told["lines"]},
    }


def _objection_row(one: Objection) -> dict[str, Any]:
    row = {
        "id": str(one.id),
        "indicator": one.indicator,
        "stage": one.stage,
        "reason": one.reason,
        "words": one.words,
        "evidence": one.evidence or None,
        "at": one.made_at,
        "answer_by": one.answer_by.isoformat(),
        "outcome": one.outcome,
        "answer_words": one.answer_words,
        "answered_at": one.answered_at,
    }
    return {name: value for name, value in row.items() if value is not None}


# -- the office --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SheetLine:
    """A sheet as an office lists it: by unit and name."""

    id: UUID
    person: str
    unit: str
    status: str
    total: str | None
    grade: str | None
    version: int


def sets_of(session: Session, county_code: str) -> list[RuleSet]:
    """The county's rule sets, drafts on top, then the newest."""
    own = sa.select(RuleSet).where(RuleSet.county_code == county_code)
    order = (sa.case((RuleSet.state == rules.DRAFT, 0), else_=1), RuleSet.made_at.desc(), RuleSet.id)
    return list(session.scalars(own.order_by(*order)))


def set_seen(session: Session, holder: Holder, set_id: UUID) -> RuleSet | None:
    found = session.get(RuleSet, set_id)
    return found if found is not None and found.county_code == holder.county_code else None


def runs_of(session: Session, county_code: str) -> list[EvaluationRun]:
    """The county's runs, the newest period first."""
    own = sa.select(EvaluationRun).where(EvaluationRun.county_code == county_code)
    return list(session.scalars(own.order_by(EvaluationRun.from_day.desc(), EvaluationRun.id)))


def run_seen(session: Session, holder: Holder, run_id: UUID) -> EvaluationRun | None:
    """A run of the county; for an office below it, one in which its units have sheets."""
    found = session.get(EvaluationRun, run_id)
    if found is None or found.county_code != holder.county_code:
        return None
    own = sa.select(ScoreSheet.id).where(
        ScoreSheet.run_id == run_id, ScoreSheet.unit_id.in_([unit.id for unit in units_seen(session, holder)])
    )
    return found if may(holder, "evaluation.set") or session.scalar(own.limit(1)) is not None else None


def units_seen(session: Session, holder: Holder) -> list[OrgUnit]:
    """Units whose sheets an office may read: its own and those below it."""
    own = {unit for office in ("town_government", "county_authority") for unit in holder.office_units(office)}
    below = units_under(session, own)
    return list(session.scalars(sa.select(OrgUnit).where(OrgUnit.id.in_(below)).order_by(OrgUnit.name_zh, OrgUnit.id)))


def lines_of(session: Session, run: EvaluationRun, units: Sequence[OrgUnit]) -> list[SheetLine]:
    """The sheets of these units in a run, by unit and name; never by points."""
    wanted = {unit.id: unit.name_zh for unit in units}
    found = list(queries.results_of(session, run.id, units=wanted))
    names = names_of(session, [one.person_id for one in found])
    lines = [
        SheetLine(
            one.sheet_id, names[one.person_id], wanted[one.unit_id], one.status, one.total, one.grade, one.version
        )
        for one in found
    ]
    return sorted(lines, key=lambda line: (line.unit, line.person, line.id.bytes))


@dataclass(frozen=True)
class SheetShown:
    """One sheet with all its versions, for an office."""

    row: ScoreSheet
    run: EvaluationRun
    told: Mapping[str, Any]
    person: str
    unit: str
    earlier: list[dict[str, Any]]
    objections: list[Objection]


def sheet_seen(session: Session, holder: Holder, sheet_id: UUID) -> SheetShown | None:
    """None where the sheet lies outside the office's units."""
    sheet = session.get(ScoreSheet, sheet_id)
    if sheet is None or sheet.county_code != holder.county_code:
        return None
    if sheet.unit_id not in {unit.id for unit in units_seen(session, holder)}:
        return None
    versions = versions_of(session, [sheet.id])[sheet.id]
    return SheetShown(
        sheet,
        session.get_one(EvaluationRun, sheet.run_id),
        orjson.loads(versions[-1].sheet),
        names_of(session, [sheet.person_id])[sheet.person_id],
        names_of_units(session, [sheet.unit_id])[sheet.unit_id],
        [earlier_row(one) for one in versions[:-1]],
        queries.objections_of(session, [sheet.id]).get(sheet.id, []),
    )


@dataclass(frozen=True)
class EvidenceShown:
    """A record that speaks for an objection: what, where and when, nothing that was written in it. Of a record of a team no
    more than its duty and day."""

    id: UUID
    kind: str
    day: date
    matter_code: str | None
    grid: str | None


@dataclass(frozen=True)
class ObjectionShown:
    """An objection on the office's list, with the line as it stands."""

    row: Objection
    person: str
    unit: str
    run: EvaluationRun
    line: Mapping[str, Any]
    evidence: list[EvidenceShown]
    is_mine: bool


def objections_seen(session: Session, holder: Holder) -> list[ObjectionShown]:
    """Open ones first, the oldest on top; ``is_mine``: of a stage that this office answers."""
    units = {unit.id: unit.name_zh for unit in units_seen(session, holder)}
    statement = (
        sa.select(Objection, ScoreSheet, EvaluationRun, SheetVersion)
        .join(ScoreSheet, ScoreSheet.id == Objection.sheet_id)
        .join(EvaluationRun, EvaluationRun.id == ScoreSheet.run_id)
        .join(
            SheetVersion,
            sa.and_(SheetVersion.sheet_id == ScoreSheet.id, SheetVersion.version == ScoreSheet.version),
        )
        .where(Objection.county_code == holder.county_code, ScoreSheet.unit_id.in_(units))
        .order_by(Objection.outcome.is_not(None), Objection.answer_by, Objection.id)
        .limit(MOST)
    )
    found = session.execute(statement).all()
    names = names_of(session, [one.person_id for one, *_ in found])
    evidence = _evidence(session, [one for one, *_ in found])
    may_again = bool(may(holder, "objection.rule_again"))
    return [
        ObjectionShown(
            one,
            names[one.person_id],
            units[sheet.unit_id],
            run,
            _line_of(session, run, orjson.loads(version.sheet), one.indicator),
            [evidence[key] for key in map(UUID, one.evidence or []) if key in evidence],
            one.stage == rules.FIRST or may_again,
        )
        for one, sheet, run, version in found
    ]


def _evidence(session: Session, objections: Collection[Objection]) -> dict[UUID, EvidenceShown]:
    """By record; the person's own alone were taken in."""
    ids = {UUID(key) for one in objections for key in one.evidence or []}
    statement = sa.select(Record, Grid.name_zh).outerjoin(Grid, Grid.id == Record.grid_id).where(Record.id.in_(ids))
    found = {}
    for record, grid in session.execute(statement):
        is_open = record.team_id is None and record.data_class != "S"
        more = (record.matter_code, grid) if is_open else (None, None)
        found[record.id] = EvidenceShown(record.id, record.kind, record.day, *more)
    return found


def _line_of(session: Session, run: EvaluationRun, sheet: Mapping[str, Any], code: str) -> Mapping[str, Any]:
    """The line objected to; of a veto, which has none, its words in the set and what it still goes by."""
    for line in sheet["lines"]:
        if line["indicator"] == code:
            return dict(line)
    indicator = next(one for one in set_of(session, run)[1]["indicators"] if one["code"] == code)
    sources = [source for veto in sheet["vetoes"] if veto["indicator"] == code for source in veto["sources"]]
    return {**indicator, "sources": sources}


MOST = 100


@dataclass(frozen=True)
class ProposalShown:
    row: Proposal
    person: str
    unit: str
    period: str
    decider: str | None


def proposals_seen(session: Session, holder: Holder) -> list[ProposalShown]:
    """What waits for a person to decide first; by unit and name, never by points."""
    statement = (
        sa.select(Proposal, ScoreSheet.unit_id, EvaluationRun.period)
        .join(ScoreSheet, ScoreSheet.id == Proposal.sheet_id)
        .join(EvaluationRun, EvaluationRun.id == Proposal.run_id)
        .where(Proposal.county_code == holder.county_code)
        .order_by(Proposal.decision.is_not(None), EvaluationRun.period.desc(), ScoreSheet.unit_id, Proposal.person_id)
        .limit(MOST)
    )
    found = session.execute(statement).all()
    people = names_of(session, [p for one, *_ in found for p in (one.person_id, one.decider_id) if p])
    units = names_of_units(session, {unit for _, unit, _ in found})
    return [
        ProposalShown(
            one, people[one.person_id], units[unit], period, people[one.decider_id] if one.decider_id else None
        )
        for one, unit, period in found
    ]


def outside_facts(session: Session, county_code: str) -> list[tuple[OutsideFact, str]]:
    """What came from outside last, with the person's name."""
    own = sa.select(OutsideFact).where(OutsideFact.county_code == county_code)
    found = list(session.scalars(own.order_by(OutsideFact.at.desc(), OutsideFact.id).limit(MOST)))
    names = names_of(session, [one.person_id for one in found])
    return [(one, names[one.person_id]) for one in found]
