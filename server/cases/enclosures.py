"""What another room files in a case: which cases it is offered, and what the case's page says of it.

Not in the case's history, which phones and other systems read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.models import Grid, OrgUnit
from server.cases.listing import seen_by
from server.cases.models import CaseFile
from server.cases.rules import OVER
from server.people.rules import Holder

MOST = 200
FiledIn = Callable[[Session, Holder, UUID], Sequence[Any]]


class Offered(NamedTuple):
    """An open case: its number as the source gave it or the end of its own, the matter's code, village and grid, since when."""

    id: UUID
    number: str
    matter_code: str
    place: str
    opened_at: int


_filed: list[FiledIn] = []


def plug(filed: FiledIn) -> None:
    """``filed(session, holder, case_id)`` answers rows ``by_name, at, path``; plugged by ``app.py``."""
    _filed[:] = [filed]


def filed_in(session: Session, holder: Holder, case_id: UUID) -> list[Any]:
    """What was filed in the case, as far as this person may know of it."""
    return [row for filed in _filed for row in filed(session, holder, case_id)]


def offered(session: Session, holder: Holder) -> tuple[list[Offered], bool]:
    """Cases that are not over and that the office sees, the newest first; and whether there are more than ``MOST``."""
    statement = (
        sa.select(CaseFile, OrgUnit.name_zh, Grid.name_zh)
        .join(Grid, Grid.id == CaseFile.grid_id)
        .join(OrgUnit, OrgUnit.id == Grid.village_id)
        .where(_open_to(session, holder))
        .order_by(CaseFile.opened_at.desc(), CaseFile.id)
    )
    found = [
        Offered(case.id, case.external_ref or str(case.id)[-12:], case.matter_code, f"{village} {grid}", case.opened_at)
        for case, village, grid in session.execute(statement.limit(MOST + 1))
    ]
    return found[:MOST], len(found) > MOST


def is_offered(session: Session, holder: Holder, case_id: UUID) -> bool:
    """The same question for one case."""
    statement = sa.select(CaseFile.id).where(CaseFile.id == case_id, _open_to(session, holder))
    return session.scalar(statement) is not None


def _open_to(session: Session, holder: Holder) -> sa.ColumnElement[bool]:
    return sa.and_(CaseFile.state.not_in(OVER), seen_by(session, holder))
