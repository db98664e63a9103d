"""Versions of a county's list: written whole when it is made public, read by everybody, compared with each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.models import OrgUnit
from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem
from server.matters import queries
from server.matters.models import ListVersion, Matter
from server.matters.rules import PUBLIC_COLUMNS

FIRST, REVISION, WITHDRAWAL = "first", "revision", "withdrawal"


def versions_of(session: Session, county_code: str) -> list[ListVersion]:
    """Every version of the county's list, the newest first."""
    statement = sa.select(ListVersion).where(ListVersion.county_code == county_code)
    return list(session.scalars(statement.order_by(ListVersion.number.desc())))


def version_numbered(session: Session, county_code: str, number: int) -> ListVersion:
    """Problem ``not_found``."""
    found = next((one for one in versions_of(session, county_code) if one.number == number), None)
    if found is None:
        raise Problem("not_found")
    return found


def newest(session: Session, county_code: str) -> ListVersion | None:
    return next(iter(versions_of(session, county_code)), None)


def hold_list(session: Session, county_code: str) -> None:
    """Of two who change the county's list at once, the second waits and sees what the first has done."""
    county = sa.select(OrgUnit.id).where(OrgUnit.county_code == county_code, OrgUnit.kind.in_(("county", "zone")))
    session.scalars(county.order_by(OrgUnit.id).with_for_update(key_share=True)).all()


def ensure_first(session: Session, county_code: str) -> None:
    """The list that was there before any version was drawn up becomes the first one; a county without a list has none."""
    if newest(session, county_code) is not None:
        return
    rows = [one for one in _listed(session, county_code, clock.today()) if one.county_code is not None]
    if rows:
        from_day = max(one.from_day for one in rows)
        documents = {one.document_no for one in rows}
        write(
            session, county_code, kind=FIRST, from_day=from_day, document_no=documents.pop() if len(documents) == 1 else None,
            by=None,
        )  # fmt: skip


def write(
    session: Session,
    county_code: str,
    *,
    kind: str,
    from_day: date,
    document_no: str | None,
    by: UUID | None,
    reasons: Sequence[dict[str, Any]] = (),
    opinions: Sequence[dict[str, Any]] = (),
) -> ListVersion:
    """The next version: every matter in force on ``from_day`` as the public reads it, urgent temporary ones left out."""
    before = newest(session, county_code)
    made = ListVersion(
        id=new_id(),
        county_code=county_code,
        number=before.number + 1 if before else 1,
        kind=kind,
        from_day=from_day,
        document_no=document_no,
        entries=entries_on(session, county_code, from_day),
        reasons=list(reasons),
        opinions=list(opinions),
        published_at=clock.now(),
        published_by=by,
    )
    session.add(made)
    session.flush()
    return made


def entries_on(session: Session, county_code: str, day: date) -> list[dict[str, Any]]:
    """The whole list of a day as a version keeps it, by code."""
    rows = _listed(session, county_code, day)
    departments = queries.department_names(session, [one.id for one in rows])
    return [_entry(one, departments.get(one.id, [])) for one in rows]


def _entry(row: Matter, departments: list[str]) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in PUBLIC_COLUMNS if name != "departments"}
    return {"code": row.code, **plain, "departments": departments}


def _listed(session: Session, county_code: str, day: date) -> list[Matter]:
    found = queries.matters_in_force(session, county_code, day)
    ids = [one.id for one in found if not one.is_temporary]
    return list(session.scalars(sa.select(Matter).where(Matter.id.in_(ids)).order_by(Matter.code)))
