"""Consequences are proposals: a grade, a cap on how many are proposed for it, a veto, a row of grades. A person decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.evaluation import rules
from server.evaluation.models import EvaluationRun, Objection, Proposal, ScoreSheet
from server.evaluation.queries import Result, setting_of
from server.evaluation.quota import proposed
from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem, insist
from server.people.rules import Holder, may
from server.platform.workdays import add_working_days

BY_TOTAL = frozenset({rules.GRADE, rules.QUOTA})
"""A sheet gives reason for one of these two."""
Standing = Mapping[UUID, Mapping[str, Proposal]]


def propose(session: Session, run: EvaluationRun, body: Mapping[str, Any], results: Sequence[Result]) -> None:
    """One proposal of each kind a sheet gives reason for, once; a sheet in dispute gives none until it is answered, and one
    whose person may go on to the county none until those days are over."""
    standing, held = _standing(session, run, results), held_back(session, run, clock.today())
    beyond = _beyond_quota(body, results, standing)
    for one in results:
        if one.status != "graded" or one.grade is None or one.sheet_id in held:
            continue
        made: dict[str, dict[str, Any]] = {rules.GRADE: {"grade": one.grade, "total": one.total}}
        if one.sheet_id in beyond:
            made = {rules.QUOTA: {"grade": one.grade, "total": one.total, **beyond[one.sheet_id]}}
        for proposed_ in one.proposals:
            made[proposed_["kind"]] = {"grade": one.grade, **proposed_}
        known = set(standing.get(one.sheet_id, ()))
        known |= BY_TOTAL if known & BY_TOTAL else frozenset()
        for kind, reason in made.items():
            if kind not in known:
                _add(session, run, one, kind, reason)
    session.flush()


def _standing(session: Session, run: EvaluationRun, results: Sequence[Result]) -> Standing:
    """Proposals of these units' sheets that wait or were decided on what the sheet still says."""
    own = sa.select(Proposal).join(ScoreSheet, ScoreSheet.id == Proposal.sheet_id)
    own = own.where(
        Proposal.run_id == run.id,
        Proposal.superseded_at.is_(None),
        ScoreSheet.unit_id.in_({one.unit_id for one in results}),
    )
    found: dict[UUID, dict[str, Proposal]] = defaultdict(dict)
    for one in session.scalars(own):
        found[one.sheet_id][one.kind] = one
    return found


def held_back(session: Session, run: EvaluationRun, today: date) -> set[UUID]:
    """Sheets with a line that was kept and may still be objected to once more, to the county."""
    setting, again = setting_of(session, run.county_code), aliased(Objection)
    went_on = sa.select(again.id).where(
        again.sheet_id == Objection.sheet_id, again.indicator == Objection.indicator, again.stage == rules.AGAIN
    )
    kept = (
        sa.select(Objection.sheet_id, Objection.answered_at)
        .join(ScoreSheet, ScoreSheet.id == Objection.sheet_id)
        .where(
            ScoreSheet.run_id == run.id,
            Objection.stage == rules.FIRST,
            Objection.outcome == rules.KEPT,
            ~went_on.exists(),
        )
    )
    return {
        sheet_id
        for sheet_id, at in session.execute(kept)
        if setting is not None
        and at is not None
        and add_working_days(clock.day_of(at), setting.objection_days) >= today
    }


def _add(session: Session, run: EvaluationRun, one: Result, kind: str, reason: Mapping[str, Any]) -> None:
    session.add(
        Proposal(
            id=new_id(), county_code=run.county_code, run_id=run.id, sheet_id=one.sheet_id, sheet_version=one.version,
            person_id=one.person_id, kind=kind, told=dict(reason), made_at=clock.now(),
        )
    )  # fmt: skip


def _beyond_quota(body: Mapping[str, Any], results: Sequence[Result], standing: Standing) -> dict[UUID, dict[str, Any]]:
    """Sheets that reached a grade and are not proposed for it, with the clause that caps it."""
    units: dict[UUID, list[Result]] = defaultdict(list)
    for one in results:
        units[one.unit_id].append(one)
    found: dict[UUID, dict[str, Any]] = {}
    for quota in (one for one in body["indicators"] if one["type"] == "quota"):
        for unit in units.values():
            by_id = {str(one.sheet_id): one for one in unit if _reached(one, quota["grade"])}
            given = {key: _given(standing.get(one.sheet_id, {})) for key, one in by_id.items()}
            reached = {
                key: one.total for key, one in by_id.items() if one.total is not None and given[key] is not False
            }
            beyond = reached.keys() - proposed(quota, reached, len(unit), [key for key in reached if given[key]])
            why = {"indicator": quota["code"], "clause": quota["clause"]}
            found |= {by_id[key].sheet_id: why for key in beyond}
    return found


def _reached(one: Result, grade: str) -> bool:
    return one.status == "graded" and one.grade == grade


def _given(standing: Mapping[str, Proposal]) -> bool | None:
    """Whether a person has given the grade that the sheet reached, or has not; None while that is open. Declining the cap
    gives it."""
    for kind, gives in ((rules.GRADE, rules.TAKEN), (rules.QUOTA, rules.DECLINED)):
        if kind in standing and standing[kind].decision is not None:
            return standing[kind].decision == gives
    return None


def propose_again(
    session: Session, run: EvaluationRun, body: Mapping[str, Any], sheet: ScoreSheet, of_unit: Sequence[Result]
) -> None:
    """A sheet has changed after the window: what nobody has decided yet in its unit is made anew, so that no more than the cap
    are proposed; a decision about the sheet that it no longer bears out is superseded and comes up again."""
    session.get(EvaluationRun, run.id, with_for_update=True, populate_existing=True)
    own = [one.sheet_id for one in of_unit]
    session.execute(sa.delete(Proposal).where(Proposal.sheet_id.in_(own), Proposal.decision.is_(None)))
    for one in of_unit:
        if one.sheet_id == sheet.id and one.status != "disputed":
            for found in _standing(session, run, [one]).get(sheet.id, {}).values():
                if not _still_says(one, found):
                    found.superseded_at = clock.now()
    session.flush()
    propose(session, run, body, of_unit)


def _still_says(one: Result, found: Proposal) -> bool:
    """Whether a sheet says what was decided about."""
    told = found.told
    if found.kind in BY_TOTAL:
        return bool((told["grade"], told.get("total")) == (one.grade, one.total))
    return any({"grade": one.grade, **proposed_} == told for proposed_ in one.proposals)


def waiting(session: Session, today: date) -> Iterator[tuple[EvaluationRun, ScoreSheet]]:
    """Sheets of closed runs that were held back for a second objection which did not come, and have no proposal yet."""
    kept = sa.select(Objection.sheet_id).where(Objection.stage == rules.FIRST, Objection.outcome == rules.KEPT)
    there = sa.select(Proposal.id).where(Proposal.sheet_id == ScoreSheet.id, Proposal.superseded_at.is_(None))
    statement = sa.select(EvaluationRun, ScoreSheet).join(ScoreSheet, ScoreSheet.run_id == EvaluationRun.id)
    statement = statement.where(EvaluationRun.state == rules.CLOSED, ScoreSheet.id.in_(kept), ~there.exists())
    for run, sheet in session.execute(statement.order_by(ScoreSheet.id)).all():
        if sheet.id not in held_back(session, run, today):
            yield run, sheet


def decide(session: Session, by: Holder, proposal_id: UUID, *, taken: bool, words: str) -> Proposal:
    """A named person decides, once, with reasons when it is declined or heavier than a grade.

    Refuses with ``not_found``, ``not_allowed``, ``own_record``, ``already_decided``, ``window_open``, ``invalid``.
    """
    found = session.get(Proposal, proposal_id, with_for_update=True, populate_existing=True)
    if found is None or found.county_code != by.county_code:
        raise Problem("not_found")
    insist(may(by, "evaluation.decide"))
    if found.person_id == by.person_id:
        raise Problem("own_record")
    insist(rules.may_leave(session.get_one(EvaluationRun, found.run_id).state))
    if found.decision is not None:
        raise Problem("already_decided")
    if not words and (not taken or found.kind != rules.GRADE):
        raise Problem("invalid", fields=["words"])
    sheet = session.get_one(ScoreSheet, found.sheet_id)
    if sheet.version != found.sheet_version:
        raise Problem("stale")
    found.decision = rules.TAKEN if taken else rules.DECLINED
    found.decider_id, found.words, found.decided_at = by.person_id, words or None, clock.now()
    session.flush()
    return found
