"""Runs of a period: started by the worker process or at will, reckoned batch by batch, closed when the window has ended."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.evaluation import queries, rules, staff
from server.evaluation.canonical import canonical
from server.evaluation.facts import Facts
from server.evaluation.models import (
    EvaluationRun,
    EvaluationSetting,
    RuleSet,
    ScoreSheet,
    SheetVersion,
    UnitAverage,
)
from server.evaluation.proposing import propose, propose_again, waiting
from server.evaluation.rule_set import RuleSet as Rules
from server.evaluation.rule_set import compiled, show
from server.evaluation.schemas import read_rule_set
from server.evaluation.score import score
from server.kernel import clock, stream_keys
from server.kernel.ids import new_id
from server.kernel.problems import Problem, insist
from server.messages.commands import ring_all
from server.people.rules import Holder, may
from server.platform import streams
from server.platform.workdays import add_working_days

KIND = "score_sheet"
BATCH = 500


# -- starting ----------------------------------------------------------------------------------------------------------


def run_at_will(session: Session, by: Holder, set_id: UUID, day: date) -> EvaluationRun:
    """The period that a day lies in, before the worker process comes to it.

    Refuses with ``not_allowed``, ``not_found``, ``evaluation_off``, ``period_open``, ``run_exists``, ``day_out_of_range``.
    """
    insist(may(by, "evaluation.set"))
    found = session.get(RuleSet, set_id, with_for_update=True, populate_existing=True)
    if found is None or found.county_code != by.county_code or found.state == rules.DRAFT:
        raise Problem("not_found")
    setting = queries.setting_of(session, by.county_code)
    if setting is None or not setting.is_on:
        raise Problem("evaluation_off")
    period = rules.period_of(found.period_type, day)
    insist(rules.is_over(period, clock.today(), 0))
    if not rules.covers(found.valid_from, found.valid_to, period):
        raise Problem("day_out_of_range")
    if _is_run(session, found, period):
        raise Problem("run_exists")
    return _start(session, found, setting, period, by.person_id)


def start_due(session: Session, today: date) -> int:
    """The last period that is over, under every set in force in it, in counties that have evaluation switched on."""
    started = 0
    issued = sa.select(RuleSet).where(RuleSet.state != rules.DRAFT).order_by(RuleSet.id)
    for found in session.scalars(issued.with_for_update(skip_locked=True)):
        setting = queries.setting_of(session, found.county_code)
        period = rules.period_before(found.period_type, today)
        if setting is None or not setting.is_on or not rules.covers(found.valid_from, found.valid_to, period):
            continue
        if rules.is_over(period, today, setting.run_after_days) and not _is_run(session, found, period):
            _start(session, found, setting, period, None)
            started += 1
    return started


def _is_run(session: Session, found: RuleSet, period: rules.Period) -> bool:
    """Under this set or under another of the same role and areas."""
    ran = sa.select(RuleSet).join(EvaluationRun, EvaluationRun.rule_set_id == RuleSet.id)
    ran = ran.where(
        EvaluationRun.county_code == found.county_code,
        EvaluationRun.period == period.label,
        RuleSet.role == found.role,
    )
    return any(_areas(one) == _areas(found) for one in session.scalars(ran))


def _areas(found: RuleSet) -> set[str]:
    return set(read_rule_set(found.body.encode())["areas"])


def _start(
    session: Session, found: RuleSet, setting: EvaluationSetting, period: rules.Period, by: UUID | None
) -> EvaluationRun:
    run = EvaluationRun(
        id=new_id(), county_code=found.county_code, rule_set_id=found.id, period=period.label,
        from_day=period.from_day, to_day=period.to_day, state=rules.COMPUTING, by_person=by, started_at=clock.now(),
        object_until=add_working_days(clock.today(), setting.objection_days),
    )  # fmt: skip
    session.add(run)
    session.flush()
    return run


# -- reckoning ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reckoned:
    """Facts and sheet as they are hashed and kept."""

    facts: bytes
    sheet: bytes
    facts_sha256: str
    sheet_sha256: str


def reckon(facts: Facts, compiled_set: Rules, set_sha256: str) -> Reckoned:
    told = canonical(facts.as_json())
    facts_sha256 = hashlib.sha256(told).hexdigest()
    sheet = canonical(score(facts, compiled_set, set_sha256, facts_sha256))
    return Reckoned(told, sheet, facts_sha256, hashlib.sha256(sheet).hexdigest())


Made = list[tuple[UUID, UUID, Reckoned]]
T = TypeVar("T")


@dataclass(frozen=True)
class Share:
    """One of ``parts`` equal runs of neighbours in a list, counted from 0."""

    number: int
    parts: int

    def of(self, everybody: Sequence[T]) -> Sequence[T]:
        return everybody[len(everybody) * self.number // self.parts : len(everybody) * (self.number + 1) // self.parts]


WHOLE = Share(0, 1)


def compute_some(session: Session, now: int) -> int:
    """One batch in one transaction; answers how many sheets it made, 1 for the end of a run, 0 when none is left."""
    run = under_way(session)
    return keep(session, run.id, reckon_some(session, run), now) if run else 0


def under_way(session: Session) -> EvaluationRun | None:
    """The run that began first of those that still want sheets."""
    waiting = sa.select(EvaluationRun).where(EvaluationRun.state == rules.COMPUTING)
    return session.scalars(waiting.order_by(EvaluationRun.started_at, EvaluationRun.id).limit(1)).first()


def reckon_some(session: Session, run: EvaluationRun, limit: int = BATCH, share: Share = WHOLE) -> Made:
    """(person, unit, sheet) of the next people of a share who have none; nothing is written."""
    found, body, ready = set_of(session, run)
    period = rules.Period(run.period, run.from_day, run.to_day)
    people = _without_sheet(session, run, share)[:limit]
    if not people:
        return []
    scope = queries.scope_of(session, run.county_code, found.role, period, [person for person, _ in people])
    facts = queries.facts_of(session, scope, body, rule_set_id=found.id)
    return [(person, unit, reckon(facts[person], ready, found.sha256)) for person, unit in people if person in facts]


def how_many_left(session: Session, run: EvaluationRun) -> int:
    """People of a run who have no sheet yet."""
    return len(_without_sheet(session, run, WHOLE))


def _without_sheet(session: Session, run: EvaluationRun, share: Share) -> list[tuple[UUID, UUID]]:
    """(person, unit) of a share, by unit: neighbours, whose grids are read once, stay together."""
    found, body, _ = set_of(session, run)
    period = rules.Period(run.period, run.from_day, run.to_day)
    everybody = staff.people_evaluated(session, run.county_code, found.role, body["areas"], period)
    done = set(session.scalars(sa.select(ScoreSheet.person_id).where(ScoreSheet.run_id == run.id)))
    return [one for one in share.of(everybody) if one[0] not in done]


def keep(session: Session, run_id: UUID, made: Made, now: int) -> int:
    """Keep a batch, each person once, or end the run when there is none; answers how many sheets, 1 for the end."""
    run = session.get(EvaluationRun, run_id, with_for_update=True, populate_existing=True)
    if run is None or run.state != rules.COMPUTING:
        return 0
    if not made:
        run.state, run.computed_at = rules.OPEN, now
        return 1
    known = sa.select(ScoreSheet.person_id).where(
        ScoreSheet.run_id == run_id, ScoreSheet.person_id.in_([person for person, *_ in made])
    )
    there = set(session.scalars(known))
    _keep(session, run, [one for one in made if one[0] not in there])
    return len(made)


def set_of(session: Session, run: EvaluationRun) -> tuple[RuleSet, dict[str, Any], Rules]:
    """The run's set as it was published: row, JSON, and ready for scoring."""
    found = session.get_one(RuleSet, run.rule_set_id)
    return found, *_ready(found.body)


@lru_cache(maxsize=8)
def _ready(body: str) -> tuple[dict[str, Any], Rules]:
    """A published set never changes: read once, for all batches of its runs."""
    told = read_rule_set(body.encode())
    return told, compiled(told)


def _keep(session: Session, run: EvaluationRun, made: Made) -> None:
    sheets: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "county_code": run.county_code,
            "run_id": run.id,
            "person_id": person,
            "unit_id": unit,
            "version": 1,
        }
        for person, unit, _ in made
    ]
    if not sheets:
        return
    session.execute(sa.insert(ScoreSheet), sheets)
    at = clock.now()
    rows = [version_row(sheet["id"], 1, kept, at) for sheet, (_, _, kept) in zip(sheets, made, strict=True)]
    session.execute(sa.insert(SheetVersion), rows)
    for sheet in sheets:
        streams.put(session, stream_keys.person(sheet["person_id"]), KIND, sheet["id"])
    ring_all(session, [person for person, _, _ in made], "sheet_ready", at=at)


def version_row(
    sheet_id: UUID, version: int, kept: Reckoned, at: int, objection_id: UUID | None = None
) -> dict[str, Any]:
    return {
        "sheet_id": sheet_id, "version": version, "facts": kept.facts.decode(), "sheet": kept.sheet.decode(),
        "facts_sha256": kept.facts_sha256, "sheet_sha256": kept.sheet_sha256, "objection_id": objection_id, "at": at,
    }  # fmt: skip


def reckon_again(session: Session, sheet: ScoreSheet, told: Mapping[str, Any], disputed: set[str], by: UUID) -> None:
    """The next version of a sheet, from frozen facts as an objection changed them; ``by``: the objection."""
    run = session.get_one(EvaluationRun, sheet.run_id)
    found, _, ready = set_of(session, run)
    kept = reckon(queries.facts_from(told, disputed), ready, found.sha256)
    sheet.version += 1
    session.execute(sa.insert(SheetVersion), [version_row(sheet.id, sheet.version, kept, clock.now(), by)])
    session.flush()
    streams.put(session, stream_keys.person(sheet.person_id), KIND, sheet.id)


# -- closing -----------------------------------------------------------------------------------------------------------


def close_due(session: Session, today: date) -> int:
    """Runs whose window has ended: averages of units, proposals. Whoever has an open objection has no grade yet, and whoever
    may still go on to the county has no proposal before those days are over."""
    over = sa.select(EvaluationRun).where(EvaluationRun.state == rules.OPEN, EvaluationRun.object_until < today)
    run = session.scalars(over.order_by(EvaluationRun.id).limit(1).with_for_update(skip_locked=True)).first()
    if run is None:
        return _let_go(session, today)
    run.state, run.closed_at = rules.CLOSED, clock.now()
    results = list(queries.results_of(session, run.id))
    _note_averages(session, run, results)
    propose(session, run, set_of(session, run)[1], results)
    for one in results:
        streams.put(session, stream_keys.person(one.person_id), KIND, one.sheet_id)
    return 1


def _let_go(session: Session, today: date) -> int:
    """The proposals of one sheet that was held back; 0: none is left."""
    for run, sheet in waiting(session, today):
        unit = list(queries.results_of(session, run.id, units=[sheet.unit_id]))
        if any(one.sheet_id == sheet.id and one.status == "graded" and one.grade for one in unit):
            propose_again(session, run, set_of(session, run)[1], sheet, unit)
            return 1
    return 0


def _note_averages(session: Session, run: EvaluationRun, results: Sequence[queries.Result]) -> None:
    totals: dict[UUID, list[Fraction]] = {}
    for one in results:
        if one.total is not None:
            totals.setdefault(one.unit_id, []).append(Fraction(one.total))
    for unit_id, found in totals.items():
        average = rules.shown_average(found)
        if average is not None:
            session.add(UnitAverage(run_id=run.id, unit_id=unit_id, average=show(round(average, 1))))
    session.flush()
