"""Every figure that is counted of one person today, and whether one has gone down: for properties over random histories.

Whoever adds a query that counts by person adds it here (``tests/house/test_figures.py`` finds those that are missing), and
the property of ``tests/sync/test_nothing_lowers_a_figure.py`` holds for it from then on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.records.models import Record
from server.records.queries import feed_rows

Figures = Mapping[str, int]
Figure = Callable[[Session, UUID], Figures]


def _rows(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """Own records as the phone gets them, once another's entry is confirmed."""
    ids = session.scalars(sa.select(Record.id).where(Record.author_id == person_id)).all()
    return [row for row in feed_rows(session, ids).values() if row.get("confirmation") in (None, "confirmed")]


def own_records(session: Session, person_id: UUID) -> Figures:
    """本月 of 我的记录 (``monthCounts``): own records by month and kind; and those whose review ended well, for what counts
    them next."""
    rows = _rows(session, person_id)
    well = (row["review"]["status"] for row in rows if row["review"]["status"] in ("none", "approved"))
    return Counter([*(f"{row['day'][:7]} {row['kind']}" for row in rows), *(f"review {end}" for end in well)])


FIGURES: Mapping[str, Figure] = {
    "own records": own_records,
}


def figures_of(
    session: Session, people: Iterable[UUID], counted: Mapping[str, Figure] = FIGURES
) -> dict[tuple[UUID, str, str], int]:
    """All figures of these people, by person, figure and line."""
    return {
        (person, name, line): count
        for person in people
        for name, figure in counted.items()
        for line, count in figure(session, person).items()
    }


def lowered(before: Mapping[tuple[UUID, str, str], int], after: Mapping[tuple[UUID, str, str], int]) -> list[str]:
    """The lines that have gone down, or away."""
    return [f"{name}: {line}" for (who, name, line), was in before.items() if after.get((who, name, line), 0) < was]
