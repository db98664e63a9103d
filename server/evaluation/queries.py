"""The one place that makes facts of a person and a period: records, tasks, marks, facts from outside, losses, corrections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import units_under
from server.evaluation import registry, rules, staff
from server.evaluation.facts import UNITS, Facts, PastGrade, Period, Row
from server.evaluation.gathering import Scope
from server.evaluation.models import (
    EvaluationRun,
    EvaluationSetting,
    ManualMark,
    Objection,
    OutsideFact,
    RuleSet,
    ScoreSheet,
    SheetVersion,
)
from server.evaluation.sources import DUE, gather
from server.findings.queries import confirmed
from server.kernel import clock
from server.people.rules import Holder

OFFICES = ("village_committee", "town_government", "county_authority")
MARKS, OUTSIDE, FINDINGS = "marks", "outside", "findings"
COUNTS = "met"
IN_TIME = {"took": dict.fromkeys(UNITS, "0")}
NO_LIMIT = {"allowed": "0", "allowed_unit": "clock_hours"}


def setting_of(session: Session, county_code: str) -> EvaluationSetting | None:
    """The county's newest word; None while it never said one: off."""
    own = sa.select(EvaluationSetting).where(EvaluationSetting.county_code == county_code)
    return session.scalars(own.order_by(EvaluationSetting.at.desc(), EvaluationSetting.id.desc()).limit(1)).first()


def is_on(session: Session, county_code: str) -> bool:
    found = setting_of(session, county_code)
    return found is not None and found.is_on


def facts_wanted(body: Mapping[str, Any]) -> frozenset[str]:
    """Names of the facts that a set counts: nothing else is looked up."""
    return frozenset(one["fact"] for one in body["indicators"] if "fact" in one)


def scope_of(session: Session, county_code: str, role: str, period: rules.Period, people: Sequence[UUID]) -> Scope:
    return Scope(county_code, role, period, staff.workers(session, role, people, period))


def facts_of(
    session: Session, scope: Scope, body: Mapping[str, Any], *, rule_set_id: UUID | None = None
) -> dict[UUID, Facts]:
    """Facts of everybody in the scope, as a set counts them. ``rule_set_id``: whose marks and earlier grades go in."""
    wanted = facts_wanted(body)
    found = gather(session, scope, wanted)
    _forgive_losses(session, scope, found)
    _add_outside(session, scope, wanted, found)
    if FINDINGS in wanted:
        _add_findings(session, scope, found)
    if MARKS in wanted and rule_set_id is not None:
        _add_marks(session, scope, rule_set_id, found)
    history = past_grades(session, scope, body) if _looks_back(body) else {}
    kind = body["period"]
    last = scope.period.to_day - timedelta(days=1)
    period = Period(kind, scope.period.from_day.isoformat(), last.isoformat())
    return {
        person_id: _facts(worker, scope, period, found[person_id], history.get(person_id, ()))
        for person_id, worker in scope.workers.items()
    }


def _facts(
    worker: staff.Worker, scope: Scope, period: Period, rows: Mapping[str, Sequence[Row]], history: Sequence[PastGrade]
) -> Facts:
    due, present = worker.days(scope.period)
    return Facts(
        person=str(worker.person_id),
        role=scope.role,
        period=period,
        days_due=str(due),
        days_present=str(present),
        facts=rows,
        area_kind=worker.area_kind,
        history=history,
    )


def _forgive_losses(session: Session, scope: Scope, found: Mapping[UUID, dict[str, list[Row]]]) -> None:
    """As many things not done as acts of the person are known to be lost: neutral, the oldest first. What two facts count is one
    thing."""
    period = scope.period
    lost = registry.losses(session, list(scope.workers), clock.start_of(period.from_day), clock.start_of(period.to_day))
    for person_id, count in lost.items():
        rows = found.get(person_id, {})
        open_ = {(row.on, row.kind, row.id) for name in DUE for row in rows.get(name, ()) if row.outcome == "unmet"}
        forgiven = set(sorted(open_)[:count])
        for name in DUE:
            rows[name] = [
                replace(row, outcome="neutral", why="known_loss") if (row.on, row.kind, row.id) in forgiven else row
                for row in rows.get(name, ())
            ]


def _add_findings(session: Session, scope: Scope, found: Mapping[UUID, dict[str, list[Row]]]) -> None:
    """What a named authority confirmed in the period after hearing the person (Arts. 13, 24); nothing else that was said."""
    told = confirmed(session, list(scope.workers), scope.period.from_day, scope.period.to_day)
    for person_id, findings in told.items():
        for one in findings:
            row = Row("finding", str(one.id), one.confirmed_on.isoformat(), "unmet", category=f"13.{one.ground}")
            found[person_id][FINDINGS].append(replace(row, finding=one.document_no))


def _add_outside(
    session: Session, scope: Scope, wanted: Collection[str], found: Mapping[UUID, dict[str, list[Row]]]
) -> None:
    statement = sa.select(OutsideFact).where(
        OutsideFact.person_id.in_(scope.workers),
        OutsideFact.day >= scope.period.from_day,
        OutsideFact.day < scope.period.to_day,
        OutsideFact.kind.in_(wanted),
        OutsideFact.taken_back_at.is_(None),
    )
    for fact in session.scalars(statement):
        found[fact.person_id][fact.kind].append(Row(OUTSIDE, str(fact.id), fact.day.isoformat(), **fact.told))


def _add_marks(session: Session, scope: Scope, rule_set_id: UUID, found: Mapping[UUID, dict[str, list[Row]]]) -> None:
    """The newest mark of each rater under each indicator."""
    on = (scope.period.to_day - timedelta(days=1)).isoformat()
    for mark in newest_marks(session, rule_set_id, scope.period.label, scope.workers):
        row = Row(
            "mark", str(mark.id), on, category=mark.indicator, value=mark.mark, rater=mark.rater, reason=mark.reason
        )
        found[mark.person_id][MARKS].append(row)


def newest_marks(session: Session, rule_set_id: UUID, period: str, people: Iterable[UUID]) -> list[ManualMark]:
    statement = sa.select(ManualMark).where(
        ManualMark.rule_set_id == rule_set_id, ManualMark.period == period, ManualMark.person_id.in_(list(people))
    )
    newest: dict[tuple[UUID, str, str], ManualMark] = {}
    for mark in session.scalars(statement.order_by(ManualMark.at, ManualMark.id)):
        newest[mark.person_id, mark.indicator, mark.rater] = mark
    return list(newest.values())


def _looks_back(body: Mapping[str, Any]) -> int:
    return max((int(one["periods"]) for one in body["indicators"] if one["type"] == "streak"), default=0)


def past_grades(session: Session, scope: Scope, body: Mapping[str, Any]) -> dict[UUID, list[PastGrade]]:
    """Grades of earlier closed runs for the same role and kind of period, as far back as a streak asks."""
    runs = sa.select(EvaluationRun).join(RuleSet, RuleSet.id == EvaluationRun.rule_set_id)
    runs = runs.where(
        EvaluationRun.county_code == scope.county_code,
        RuleSet.role == scope.role,
        RuleSet.period_type == body["period"],
        EvaluationRun.to_day <= scope.period.from_day,
        EvaluationRun.state == rules.CLOSED,
    )
    found: dict[UUID, list[PastGrade]] = defaultdict(list)
    for run in session.scalars(runs.order_by(EvaluationRun.from_day.desc()).limit(_looks_back(body))):
        last = (run.to_day - timedelta(days=1)).isoformat()
        for one in results_of(session, run.id, people=scope.workers):
            if one.grade is not None:
                found[one.person_id].append(PastGrade(run.from_day.isoformat(), last, one.grade))
    return found


@dataclass(frozen=True)
class Result:
    """What a sheet came to; its lines and facts stay where they are, so that a whole city's fit into memory."""

    sheet_id: UUID
    version: int
    person_id: UUID
    unit_id: UUID
    status: str
    total: str | None
    grade: str | None
    proposals: Sequence[Mapping[str, Any]]


def results_of(
    session: Session, run_id: UUID, people: Iterable[UUID] | None = None, units: Iterable[UUID] | None = None
) -> Iterator[Result]:
    """Of a run, or of these people or units of it; by id, in no order of points."""
    statement = (
        sa.select(
            ScoreSheet.id, ScoreSheet.version, ScoreSheet.person_id, ScoreSheet.unit_id, SheetVersion.sheet
        )
        .join(
            SheetVersion,
            sa.and_(SheetVersion.sheet_id == ScoreSheet.id, SheetVersion.version == ScoreSheet.version),
        )
        .where(ScoreSheet.run_id == run_id)
        .order_by(ScoreSheet.id)
    )  # fmt: skip
    if people is not None:
        statement = statement.where(ScoreSheet.person_id.in_(list(people)))
    if units is not None:
        statement = statement.where(ScoreSheet.unit_id.in_(list(units)))
    for sheet_id, version, person_id, unit_id, text in session.execute(statement.execution_options(yield_per=200)):
        told = orjson.loads(text)
        yield Result(
            sheet_id, version, person_id, unit_id, told["status"], told["total"], told["grade"], told["proposals"]
        )


def people_below(session: Session, by: Holder, role: str, period: rules.Period) -> set[UUID]:
    """Whoever is evaluated in a unit of this office or below it."""
    units = {unit for office in OFFICES for unit in by.office_units(office)}
    below = units_under(session, units)
    found = staff.people_evaluated(session, by.county_code, role, (), period)
    return {person for person, unit in found if unit in below}


# -- corrections of an accepted objection ------------------------------------------------------------------------------


def corrected(facts: Mapping[str, Any], changes: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Facts with what accepted objections changed: ``{fact, id, categories, within, outcome, why, value}``, and within which
    days (``from_day``, ``to_day``) where the facts reach beyond the period of the sheet."""
    told = dict(facts["facts"])
    for change in changes:
        rows = told.get(change["fact"], [])
        told[change["fact"]] = [_changed(row, change) if _is_meant(row, change) else row for row in rows]
    return {**facts, "facts": told}


def _is_meant(row: Mapping[str, Any], change: Mapping[str, Any]) -> bool:
    if "from_day" in change and not change["from_day"] <= row["on"] < change["to_day"]:
        return False
    if change.get("id"):
        return bool(row["id"] == change["id"])
    categories = change.get("categories")
    return (not categories or row.get("category") in categories) and (
        row.get("outcome") == "unmet" or row.get("check") == "bad" or _was_late(row, change)
    )


def _was_late(row: Mapping[str, Any], change: Mapping[str, Any]) -> bool:
    """By its own deadline, or by that of the line."""
    took = row.get("took") or {}
    if change.get("within") and float(took.get(change["within_unit"], 0)) > float(change["within"]):
        return True
    return "allowed" in row and float(took.get(row["allowed_unit"], 0)) > float(row["allowed"])


def _changed(row: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name not in ("outcome", "why", "check", "finding")}
    if change.get("value") is not None:
        return {**row, "value": change["value"]}
    if change["outcome"] == COUNTS:
        check = {"check": "ok"} if "check" in row else {}
        return {**NO_LIMIT, **kept, **IN_TIME, **check, "outcome": COUNTS}
    return {**kept, "outcome": "neutral", "why": change["why"]}


def facts_from(told: Mapping[str, Any], disputed: Collection[str]) -> Facts:
    """Facts as they are kept, ready to be scored again, with the lines that are in dispute now."""
    person, days = told["person"], told["days"]
    return Facts(
        person=person["id"],
        role=person["role"],
        area_kind=person.get("area_kind"),
        period=Period(**told["period"]),
        days_due=days["due"],
        days_present=days["present"],
        facts={name: [Row(**row) for row in rows] for name, rows in told["facts"].items()},
        history=[PastGrade(**past) for past in told["history"]],
        disputed=sorted(disputed),
    )


# -- objections --------------------------------------------------------------------------------------------------------


def objections_of(session: Session, sheet_ids: Iterable[UUID]) -> dict[UUID, list[Objection]]:
    """By sheet, the oldest first."""
    statement = sa.select(Objection).where(Objection.sheet_id.in_(list(sheet_ids)))
    found: dict[UUID, list[Objection]] = defaultdict(list)
    for one in session.scalars(statement.order_by(Objection.received_at, Objection.stage, Objection.id)):
        found[one.sheet_id].append(one)
    return found


def disputed_lines(objections: Iterable[Objection]) -> set[str]:
    """Indicators with an open objection: they show 有异议 and enter no grade."""
    return {one.indicator for one in objections if one.outcome is None}
