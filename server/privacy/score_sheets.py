"""Sheets and what they were made of are deleted when their time after the period is over (Art. 17), by the county's figure."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.evaluation import rules
from server.evaluation.models import (
    EvaluationRun,
    ManualMark,
    Objection,
    OutsideFact,
    Proposal,
    ScoreSheet,
    SheetVersion,
)
from server.kernel import clock, stream_keys
from server.platform import streams
from server.privacy.keeping import Due, Keeping, forget_copies

NAME = "score_sheets"
KIND = "score_sheet"


def _due(session: Session, county_code: str, cutoff: int, after: UUID, most: int) -> list[Due]:
    """Sheets of closed runs whose period ended before, with no objection and no proposal open. A hold names the sheet, the run,
    the person, an objection or a proposal."""
    open_objection = sa.exists().where(Objection.sheet_id == ScoreSheet.id, Objection.outcome.is_(None))
    open_proposal = sa.exists().where(Proposal.sheet_id == ScoreSheet.id, Proposal.decision.is_(None))
    statement = (
        sa.select(ScoreSheet.id, ScoreSheet.run_id, ScoreSheet.person_id)
        .join(EvaluationRun, EvaluationRun.id == ScoreSheet.run_id)
        .where(
            ScoreSheet.county_code == county_code, EvaluationRun.state == rules.CLOSED,
            EvaluationRun.to_day <= clock.day_of(cutoff), ScoreSheet.id > after, ~open_objection, ~open_proposal,
        )
        .order_by(ScoreSheet.id)
        .limit(most)
    )  # fmt: skip
    found = {one[0]: set(one) for one in session.execute(statement)}
    for model in (Objection, Proposal):
        for sheet_id, key in session.execute(sa.select(model.sheet_id, model.id).where(model.sheet_id.in_(found))):
            found[sheet_id].add(key)
    return [Due(key, frozenset(named)) for key, named in found.items()]


def _forget(session: Session, ids: Sequence[UUID]) -> None:
    """Sheets, their facts, objections, proposals, the marks and the facts from outside that went in; off the phones too. The
    unit's average, behind which five people stand, remains."""
    statement = (
        sa.select(
            ScoreSheet.id, ScoreSheet.person_id, EvaluationRun.rule_set_id, EvaluationRun.period,
            EvaluationRun.from_day, EvaluationRun.to_day,
        )
        .join(EvaluationRun, EvaluationRun.id == ScoreSheet.run_id)
        .where(ScoreSheet.id.in_(ids))
    )  # fmt: skip
    sheets = session.execute(statement).all()
    forget_copies(session, list(session.scalars(sa.select(Objection.id).where(Objection.sheet_id.in_(ids)))))
    for model in (SheetVersion, Proposal, Objection):
        session.execute(sa.delete(model).where(model.sheet_id.in_(ids)))
    for sheet_id, person_id, set_id, period, from_day, to_day in sheets:
        session.execute(
            sa.delete(ManualMark).where(
                ManualMark.rule_set_id == set_id, ManualMark.period == period, ManualMark.person_id == person_id
            )
        )
        session.execute(
            sa.delete(OutsideFact).where(
                OutsideFact.person_id == person_id, OutsideFact.day >= from_day, OutsideFact.day < to_day
            )
        )
        streams.gone(session, stream_keys.person(person_id), KIND, sheet_id)
    session.execute(sa.delete(ScoreSheet).where(ScoreSheet.id.in_(ids)))


SHEETS = Keeping(NAME, _due, _forget)
