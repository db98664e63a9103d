"""Consequences are proposals: a grade, a cap on how many are proposed for it, a veto, a row of grades. A person decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.evaluation import rules
from server.evaluation.models import EvaluationRun, Proposal, ScoreSheet
from server.evaluation.queries import Result
from server.evaluation.quota import proposed
from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem, insist
from server.people.rules import Holder, may


def propose(session: Session, run: EvaluationRun, body: Mapping[str, Any], results: Sequence[Result]) -> None:
    """One proposal of each kind a sheet gives reason for, once; a sheet in dispute gives none until it is answered."""
    own = sa.select(Proposal.person_id, Proposal.kind).where(Proposal.run_id == run.id)
    known = {(row.person_id, row.kind) for row in session.execute(own)}
    beyond = _beyond_quota(body, results)
    for one in results:
        if one.status != "graded" or one.grade is None:
            continue
        made: dict[str, dict[str, Any]] = {rules.GRADE: {"grade": one.grade, "total": one.total}}
        if one.sheet_id in beyond:
            made = {rules.QUOTA: {"grade": one.grade, "total": one.total, **beyond[one.sheet_id]}}
        for proposed_ in one.proposals:
            made[proposed_["kind"]] = {"grade": one.grade, **proposed_}
        for kind, reason in made.items():
            if (one.person_id, kind) not in known:
                _add(session, run, one, kind, reason)
    session.flush()


def _add(session: Session, run: EvaluationRun, one: Result, kind: str, reason: Mapping[str, Any]) -> None:
    session.add(
        Proposal(
            id=new_id(), county_code=run.county_code, run_id=run.id, sheet_id=one.sheet_id, sheet_version=one.version,
            person_id=one.person_id, kind=kind, told=dict(reason), made_at=clock.now(),
        )
    )  # fmt: skip


def _beyond_quota(body: Mapping[str, Any], results: Sequence[Result]) -> dict[UUID, dict[str, Any]]:
    """Sheets that reached a grade and are not proposed for it, with the clause that caps it."""
    units: dict[UUID, list[Result]] = defaultdict(list)
    for one in results:
        units[one.unit_id].append(one)
    found: dict[UUID, dict[str, Any]] = {}
    for quota in (one for one in body["indicators"] if one["type"] == "quota"):
        for unit in units.values():
            by_id = {str(one.sheet_id): one for one in unit if _reached(one, quota["grade"])}
            reached = {key: one.total for key, one in by_id.items() if one.total is not None}
            beyond = reached.keys() - proposed(quota, reached, len(unit))
            why = {"indicator": quota["code"], "clause": quota["clause"]}
            found |= {by_id[key].sheet_id: why for key in beyond}
    return found


def _reached(one: Result, grade: str) -> bool:
    return one.status == "graded" and one.grade == grade


def propose_again(
    session: Session, run: EvaluationRun, body: Mapping[str, Any], sheet: ScoreSheet, of_unit: Sequence[Result]
) -> None:
    """A sheet has changed after the window: what nobody has decided yet is made anew, from the sheets of its unit."""
    undecided = sa.delete(Proposal).where(Proposal.sheet_id == sheet.id, Proposal.decision.is_(None))
    session.execute(undecided)
    propose(session, run, body, of_unit)


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
