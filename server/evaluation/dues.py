"""Which visits of a plan are due ones: one a due day, however often somebody goes; the plan's rhythm says when. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any


def due_visits(visits: Sequence[Any]) -> Iterator[Any]:
    """Of one plan's visits in a period (``day``, ``every_days``, ``author_id``, ``obstructed``; oldest first) those that count.

    A visit belongs to the due day that is nearest; the first visit is one. For each due day one visit of each person: the last
    at which somebody was there. Without a rhythm the whole period has one due day.
    """
    due: date | None = None
    same_due: list[Any] = []
    for visit in visits:
        every = visit.every_days
        if due is None:
            due = visit.day
        elif every and 2 * (visit.day - due).days >= every:
            yield from _one_each(same_due)
            due, same_due = max(due + timedelta(days=every), visit.day), []
        same_due.append(visit)
    yield from _one_each(same_due)


def _one_each(visits: Sequence[Any]) -> Iterator[Any]:
    best = {}
    for visit in visits:
        if visit.author_id not in best or not visit.obstructed:
            best[visit.author_id] = visit
    yield from best.values()


def by_plan(visits: Sequence[Any]) -> Iterator[list[Any]]:
    """Visits that stand plan by plan, apart."""
    for _, some in groupby(visits, key=attrgetter("plan_id")):
        yield list(some)
