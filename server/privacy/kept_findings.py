"""Findings when their time after the decision is over (Arts. 17, 24), by the county's figure.

A confirmed one keeps who, ground, day and document number, on which sheets and badges may rest; its words and evidence go.
One that was not confirmed or was withdrawn goes whole: nothing of it stays with the person's name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.findings.models import Finding, FindingEvidence, LegalHold
from server.findings.rules import CONFIRMED
from server.privacy.keeping import Due, Keeping, mark, not_yet

NAME = "findings"
GONE = ""  # what stands where words stood


def _due(session: Session, county_code: str, cutoff: int, after: UUID, most: int) -> list[Due]:
    """Decided before. A hold names the finding, the complaint that it came from, a record of its evidence; or was set for it."""
    statement = (
        sa.select(Finding.id, Finding.feedback_id)
        .where(Finding.county_code == county_code, Finding.decided_at <= cutoff, Finding.id > after)
        .where(not_yet(NAME, Finding.id))
        .order_by(Finding.id)
        .limit(most)
    )
    named: dict[UUID, set[UUID]] = {one: {one, about or one} for one, about in session.execute(statement)}
    also: dict[UUID, set[UUID]] = defaultdict(set)
    evidence = sa.select(FindingEvidence.finding_id, FindingEvidence.record_id)
    holds = sa.select(LegalHold.finding_id, LegalHold.object_id).where(LegalHold.lifted_at.is_(None))
    for rows, column in ((evidence, FindingEvidence.finding_id), (holds, LegalHold.finding_id)):
        for finding_id, object_id in session.execute(rows.where(column.in_(named))):
            also[finding_id] |= {object_id} if object_id else set()
    return [Due(one, frozenset(ids | also[one])) for one, ids in named.items()]


def _forget(session: Session, ids: Sequence[UUID]) -> None:
    session.execute(sa.delete(FindingEvidence).where(FindingEvidence.finding_id.in_(ids)))
    stays = list(session.scalars(sa.select(Finding.id).where(Finding.id.in_(ids), Finding.decision == CONFIRMED)))
    emptied = {"words": GONE, "heard_words": GONE, "decision_words": GONE, "feedback_id": None}
    session.execute(sa.update(Finding).where(Finding.id.in_(stays)).values(emptied))
    mark(session, NAME, stays)
    gone = set(ids) - set(stays)
    session.execute(sa.update(LegalHold).where(LegalHold.finding_id.in_(gone)).values(finding_id=None))
    session.execute(sa.delete(Finding).where(Finding.id.in_(gone)))


FINDINGS = Keeping(NAME, _due, _forget)
