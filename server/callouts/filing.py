"""A position that is kept with a case: filed by the unit that opened the call-out, taken out again, told to the case's page.

A case's history travels to phones and to other systems, so nothing of this is a step of it: who filed and who took out
stands in the row and in the audit log. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.callouts import queries, rules
from server.callouts.models import CalloutPosition
from server.kernel import clock
from server.kernel.problems import Problem, insist
from server.people.queries import names_of
from server.people.rules import Holder, may


class Filed(NamedTuple):
    """That a position was filed in a case: by whom and when; ``path`` leads to it, for whoever may see it."""

    by_name: str
    at: int
    path: str | None


@dataclass(frozen=True)
class Cases:
    """What rooms above tell of cases; plugged by ``app.py``.

    ``offered(session, holder)``: open cases that the office sees, and whether there are more · ``is_offered(session,
    holder, case_id)`` · ``matters()``: name and language by code · ``is_held(session, case_id)``: by a legal hold.
    """

    offered: Callable[[Session, Holder], tuple[Sequence[Any], bool]]
    is_offered: Callable[[Session, Holder, UUID], bool]
    matters: Callable[[], Mapping[str, tuple[str, str]]]
    is_held: Callable[[Session, UUID], bool]


_cases: list[Cases] = []


def plug(told: Cases) -> None:
    _cases[:] = [told]


def cases() -> Cases:
    return _cases[0]


def file_position(session: Session, by: Holder, position_id: UUID, case_id: UUID, reason: str) -> CalloutPosition:
    """It stays with the case when its time is over. The same case twice is once.

    Refuses with ``not_found``, ``invalid`` (no reason), ``position_filed``, ``position_due``, ``case_unknown`` (over, or none
    that the office sees).
    """
    called, found = queries.position_to_reach(session, by, position_id, lock=True)
    if found.case_id == case_id:
        return found
    now = clock.now()
    insist(rules.may_file(reason=reason, is_filed=found.case_id is not None, ended_at=called.ended_at, now=now))
    if not cases().is_offered(session, by, case_id):
        raise Problem("case_unknown", fields=["case_id"])
    found.case_id, found.filed_by, found.filed_at, found.filed_reason = case_id, by.person_id, now, reason.strip()
    session.flush()
    return found


def take_out(session: Session, by: Holder, position_id: UUID) -> tuple[CalloutPosition, UUID | None]:
    """It goes with the other positions again, with the next sweep if their time is over. Returns the case that it was in too.

    Refuses with ``not_found``, ``position_held`` (nothing of the case is deleted).
    """
    _, found = queries.position_to_reach(session, by, position_id, lock=True)
    case_id = found.case_id
    if case_id is not None and cases().is_held(session, case_id):
        raise Problem("position_held")
    found.case_id = found.filed_by = found.filed_at = found.filed_reason = None
    session.flush()
    return found, case_id


def forget_of_cases(session: Session, ids: Sequence[UUID]) -> None:
    """The words of these cases have gone, and what was filed in them goes with them."""
    session.execute(sa.delete(CalloutPosition).where(CalloutPosition.case_id.in_(ids)))


def filed_in(session: Session, holder: Holder, case_id: UUID) -> list[Filed]:
    """What the case's page says of positions filed in it, the oldest first: never whose, never where."""
    statement = sa.select(CalloutPosition).where(CalloutPosition.case_id == case_id)
    rows = session.scalars(statement.order_by(CalloutPosition.filed_at, CalloutPosition.id)).all()
    names = names_of(session, [row.filed_by for row in rows if row.filed_by])
    found = []
    for row in rows:
        assert row.filed_by is not None and row.filed_at is not None
        thing = queries.thing_of(session, queries.callout(session, row.callout_id))
        path = path_of(row) if may(holder, "callout.reach", thing) else None
        found.append(Filed(names[row.filed_by], row.filed_at, path))
    return found


def path_of(found: CalloutPosition) -> str:
    """The page of one position of several."""
    return f"/office/callouts/{found.callout_id}/positions/{found.person_id}?position={found.id}"
