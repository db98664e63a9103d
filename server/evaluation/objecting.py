"""Objections to a line: told by the person, answered by somebody who had no part in it, once more by the county."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import ancestors
from server.duties.mediations.models import MediationStep
from server.evaluation import queries, rules
from server.evaluation.facts import REASONS as WHY_NEUTRAL
from server.evaluation.models import (
    EvaluationRun,
    ManualMark,
    Objection,
    OutsideFact,
    Proposal,
    ScoreSheet,
    SheetVersion,
)
from server.evaluation.proposing import propose_again
from server.evaluation.rule_set import Refused, number
from server.evaluation.running import KIND, reckon_again, set_of
from server.findings.queries import deciders_of
from server.kernel import clock, stream_keys
from server.kernel.ids import parse_id
from server.kernel.problems import Problem, insist
from server.messages.commands import DESK, ring, ring_all
from server.people.models import Absence, Appointment
from server.people.queries import in_unit_posts
from server.people.roster import leaders_in
from server.people.rules import Holder, Thing, may
from server.platform import streams
from server.platform.workdays import add_working_days
from server.records.models import Record, RecordStep
from server.records.rules import Act

COUNTS, MARK = "met", "mark"
EFFECTS = (COUNTS, *(why for why in WHY_NEUTRAL if why != "not_yet_due"), MARK)


def make(session: Session, act: Act, told: Mapping[str, Any]) -> Objection:
    """Two taps: a line or a veto, and a reason. Made in time without a network counts as in time.

    Refuses with ``not_found``, ``invalid``, ``record_exists``, ``window_over``, ``objection_open``, ``already_decided``.
    """
    sheet = session.get(ScoreSheet, told["sheet_id"], with_for_update=True, populate_existing=True)
    if sheet is None or sheet.person_id != act.person_id:
        raise Problem("not_found")
    run = session.get_one(EvaluationRun, sheet.run_id)
    now = _version(session, sheet)
    if _told(orjson.loads(now.sheet), told["indicator"]) is None:
        raise Problem("invalid", fields=["indicator"])
    if session.get(Objection, told["id"]) is not None:
        raise Problem("record_exists")
    objections = queries.objections_of(session, [sheet.id]).get(sheet.id, [])
    stage = _stage(session, run, objections, told["indicator"], act.day)
    made = Objection(
        id=told["id"], county_code=sheet.county_code, sheet_id=sheet.id, person_id=act.person_id,
        indicator=told["indicator"], stage=stage, reason=told["reason"], words=told["words"] or None,
        sheet_seen=sheet.version, made_at=act.acted_at, received_at=act.now,
        answer_by=add_working_days(clock.day_of(act.now), _setting(session, sheet.county_code).answer_days),
    )  # fmt: skip
    session.add(made)
    session.flush()
    _again(session, sheet, orjson.loads(now.facts), [*objections, made], made.id)
    session.execute(sa.delete(Proposal).where(Proposal.sheet_id == sheet.id, Proposal.decision.is_(None)))
    _tell_desks(session, made, sheet, run)
    return made


def say(session: Session, act: Act, told: Mapping[str, Any]) -> Objection:
    """Words and evidence, until the window ends.

    Refuses with ``not_found``, ``already_decided``, ``window_over``, ``invalid`` (evidence that is no record of one's own).
    """
    found = session.get(Objection, told["id"], with_for_update=True, populate_existing=True)
    if found is None or found.person_id != act.person_id:
        raise Problem("not_found")
    sheet = session.get_one(ScoreSheet, found.sheet_id)
    run = session.get_one(EvaluationRun, sheet.run_id)
    until = run.object_until or act.day
    if found.stage == rules.AGAIN:
        until = max(until, found.answer_by)
    insist(rules.may_say_more(found.outcome, act.day, until))
    found.words = told["words"] or None
    if told["evidence"] is not None:
        found.evidence = _own_records(session, act.person_id, told["evidence"])
    session.flush()
    streams.put(session, stream_keys.person(sheet.person_id), KIND, sheet.id)
    return found


def _own_records(session: Session, person_id: UUID, ids: Collection[UUID]) -> list[str]:
    """Each once, as they were named."""
    named = list(dict.fromkeys(ids))
    own = set(session.scalars(sa.select(Record.id).where(Record.id.in_(named), Record.author_id == person_id)))
    if len(own) < len(named):
        raise Problem("invalid", fields=["evidence"])
    return [str(one) for one in named]


def answer(
    session: Session, by: Holder, objection_id: UUID, *, outcome: str, words: str, effect: str, row: str, mark: str
) -> Objection:
    """With reasons; accepted, it says what it changes, and the sheet is reckoned again from its frozen facts.

    Refuses with ``not_found``, ``not_allowed``, ``not_impartial``, ``already_decided``, ``invalid``.
    """
    found = session.get(Objection, objection_id, with_for_update=True, populate_existing=True)
    if found is None or found.county_code != by.county_code:
        raise Problem("not_found")
    sheet = session.get_one(ScoreSheet, found.sheet_id, with_for_update=True, populate_existing=True)
    place = Thing(county_code=sheet.county_code, units=tuple(unit.id for unit in ancestors(session, sheet.unit_id)))
    insist(may(by, "objection.rule" if found.stage == rules.FIRST else "objection.rule_again", place))
    run = session.get_one(EvaluationRun, sheet.run_id)
    now = _version(session, sheet)
    parties = involved(session, found, sheet, run, orjson.loads(now.sheet))
    insist(rules.may_answer(by.person_id, parties, outcome=found.outcome, words=words))
    facts = orjson.loads(now.facts)
    if outcome == rules.ACCEPTED:
        change = _change(session, run, found.indicator, effect, row, mark)
        facts = _changed(facts, change)
        found.corrections = change
    found.outcome, found.answer_words = outcome, words
    found.answered_by, found.answered_at = by.person_id, clock.now()
    session.flush()
    _again(session, sheet, facts, queries.objections_of(session, [sheet.id])[sheet.id], found.id)
    ring(session, found.person_id, "objection_answered", at=clock.now())
    if run.state == rules.CLOSED:
        _propose(session, run, sheet)
    return found


def _propose(session: Session, run: EvaluationRun, sheet: ScoreSheet) -> None:
    unit = list(queries.results_of(session, run.id, units=[sheet.unit_id]))
    propose_again(session, run, set_of(session, run)[1], sheet, unit)


def _changed(facts: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    corrected = queries.corrected(facts, [change])
    if corrected == facts:
        raise Problem("invalid", fields=["effect"])  # nothing would change
    return corrected


def _change(session: Session, run: EvaluationRun, code: str, effect: str, row: str, mark: str) -> dict[str, Any]:
    """What an accepted objection does to the rows that its line counts."""
    _, body, _ = set_of(session, run)
    indicator = next(one for one in body["indicators"] if one["code"] == code)
    of_marks = indicator["type"] == "manual_mark"
    if effect not in EFFECTS or (effect == MARK) != of_marks:
        raise Problem("invalid", fields=["effect"])
    change: dict[str, Any] = {"fact": indicator["fact"], "id": row or None}
    if of_marks:
        try:
            fits = bool(row) and 0 <= number(mark) <= number(indicator["scale"])
        except Refused:
            fits = False
        if not fits:
            raise Problem("invalid", fields=["mark"])
        return {**change, "value": mark}
    why = {"outcome": COUNTS} if effect == COUNTS else {"outcome": "neutral", "why": effect}
    within = {name: indicator[name] for name in ("within", "within_unit") if indicator.get(name)}
    return {**change, "categories": indicator.get("categories"), **within, **why}


def _tell_desks(session: Session, made: Objection, sheet: ScoreSheet, run: EvaluationRun) -> None:
    """Whoever may answer without having had a part in it: in the town, and where nobody is there or it is the second time,
    in the county."""
    session.flush()
    parties = involved(session, made, sheet, run, orjson.loads(_version(session, sheet).sheet))
    units = [unit.id for unit in ancestors(session, sheet.unit_id)]
    for role in ("town_government", "county_authority") if made.stage == rules.FIRST else ("county_authority",):
        offices = in_unit_posts(session, units, clock.today(), roles=frozenset({role}))
        fit = [one.id for one in offices if not parties.holds(one.id)]
        if fit:
            ring_all(session, fit, DESK, at=clock.now())
            return


# -- who had a part in it ----------------------------------------------------------------------------------------------


def involved(
    session: Session, found: Objection, sheet: ScoreSheet, run: EvaluationRun, told: Mapping[str, Any]
) -> rules.Involved:
    """Whoever may not answer this objection."""
    line = _told(told, found.indicator)
    ids = {key for source in line["sources"] if (key := parse_id(source["id"].split("/")[0]))} if line else set()
    raters = session.scalars(sa.select(ManualMark.by_person).where(ManualMark.id.in_(ids)))
    enterers = session.scalars(sa.select(OutsideFact.by_person).where(OutsideFact.id.in_(ids)))
    return rules.Involved(
        raters=frozenset({*raters, *(one for one in enterers if one), *deciders_of(session, ids)}),
        returners=frozenset(_returners(session, ids)),
        signer=run.by_person,
        leaders=frozenset(_leaders(session, sheet.person_id, run)),
        answered_before=frozenset(
            one.answered_by
            for one in queries.objections_of(session, [sheet.id]).get(sheet.id, [])
            if one.answered_by and one.indicator == found.indicator and one.id != found.id
        ),
        person=sheet.person_id,
    )


def _told(sheet: Mapping[str, Any], indicator: str) -> Mapping[str, Any] | None:
    """The line or the veto of an indicator."""
    return next((one for one in (*sheet["lines"], *sheet["vetoes"]) if one["indicator"] == indicator), None)


def _returners(session: Session, ids: set[UUID]) -> set[UUID]:
    """Whoever decided about a record of the line, or about the mediation of a return visit: looked at it, or returned it once."""
    mediations = session.scalars(sa.select(MediationStep.mediation_id).where(MediationStep.id.in_(ids)))
    ids = {*ids, *mediations}
    looked = session.scalars(sa.select(Record.reviewed_by).where(Record.id.in_(ids), Record.reviewed_by.is_not(None)))
    returned = session.scalars(
        sa.select(RecordStep.by_person).where(RecordStep.record_id.in_(ids), RecordStep.step == "returned")
    )
    return {person for person in (*looked, *returned) if person}


def _leaders(session: Session, person_id: UUID, run: EvaluationRun) -> set[UUID]:
    """Whoever led a grid in which the person worked for a day of the period, or stood in for them; and whoever does today."""
    own = sa.select(Appointment.grid_id).where(
        Appointment.person_id == person_id, Appointment.grid_id.is_not(None), *_overlaps(Appointment, run)
    )
    grids = [grid for grid in session.scalars(own.distinct()) if grid]
    led = sa.select(Appointment.person_id).where(
        Appointment.grid_id.in_(grids), Appointment.role == "grid_leader", *_overlaps(Appointment, run)
    )
    leaders = set(session.scalars(led))
    stood_in = sa.select(Absence.stand_in_id).where(
        Absence.person_id.in_(leaders), Absence.stand_in_id.is_not(None), *_overlaps(Absence, run)
    )
    leaders |= {one for one in session.scalars(stood_in) if one}
    return leaders | {one for them in leaders_in(session, grids, clock.today()).values() for one in them}


def _overlaps(what: type[Appointment | Absence], run: EvaluationRun) -> tuple[sa.ColumnElement[bool], ...]:
    return what.from_day < run.to_day, sa.or_(what.to_day.is_(None), what.to_day > run.from_day)


# -- small things ------------------------------------------------------------------------------------------------------


def _stage(session: Session, run: EvaluationRun, objections: list[Objection], indicator: str, day: date) -> int:
    mine = [one for one in objections if one.indicator == indicator]
    before = [
        rules.Before(one.stage, one.outcome, clock.day_of(one.answered_at) if one.answered_at else None) for one in mine
    ]
    answered = [one.answered_on for one in before if one.answered_on]
    again = add_working_days(max(answered), _setting(session, run.county_code).objection_days) if answered else None
    found = rules.next_stage(before, day, run.object_until or day, again)
    if not isinstance(found, int):
        raise Problem(found.code)
    return found


def _setting(session: Session, county_code: str) -> Any:
    return queries.setting_of(session, county_code)


def _version(session: Session, sheet: ScoreSheet) -> SheetVersion:
    return session.get_one(SheetVersion, (sheet.id, sheet.version))


def _again(
    session: Session, sheet: ScoreSheet, facts: Mapping[str, Any], objections: list[Objection], by: UUID
) -> None:
    reckon_again(session, sheet, facts, queries.disputed_lines(objections), by)
