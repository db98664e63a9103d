"""Promised re-looks at hazards as rows of facts: the day that a report named, and each day that a look named for the next.

A promise is kept by the first look after it, whoever made that one; a look keeps one promise at most (docs/evaluation_facts.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.cases.models import CaseFile
from server.duties.hazards.models import Hazard, Relook
from server.duties.hazards.queries import promised_looks
from server.evaluation.facts import Row
from server.evaluation.gathering import (
    AT_ONCE,
    CONFIRMED,
    Found,
    Key,
    Scope,
    id_of,
    key_of,
    neutral,
    read,
    undone,
)
from server.evaluation.staff import REACHES_BACK, Worker, clocked, grids_of
from server.kernel import clock
from server.records.models import Record

KIND = "hazard"


@dataclass(frozen=True, slots=True)
class Promise:
    """Said at ``at`` (ms UTC): somebody looks again by ``due``. ``id``: of the hazard, ``hazard/look`` when a look said so."""

    id: str
    by: Key
    at: int
    due: date
    grid_id: Key
    matter: str | None
    case_at: int | None


Kept = tuple[Key, int] | None  # who looked, and when


def relooks_due(session: Session, scope: Scope) -> Found:
    """A promised re-look counts for whoever looked; the promise is its maker's until somebody did, or a case took it over."""
    for promise, look in (*_of_reports(session, scope), *_of_looks(session, scope)):
        if look is not None and look[0] != promise.by:
            if look[0] in scope.by_id:
                yield look[0], Row(KIND, promise.id, promise.due.isoformat(), "met", category=promise.matter)
            if promise.by in scope.by_id:
                yield promise.by, neutral(KIND, promise.id, promise.due.isoformat(), "held_by_other", promise.matter)
        elif promise.by in scope.by_id:
            yield promise.by, _own(scope.by_id[promise.by], scope, promise, look)


def _own(worker: Worker, scope: Scope, promise: Promise, look: Kept) -> Row:
    due = promise.due.isoformat()
    if look is not None:
        took, allowed = clocked(worker, promise.at, look[1], promise.due)
        return Row(
            KIND, promise.id, due, "met", category=promise.matter,
            took=took, allowed=allowed, allowed_unit="working_days",
        )  # fmt: skip
    if promise.case_at is not None and clock.day_of(promise.case_at) <= promise.due:
        return neutral(KIND, promise.id, due, "held_by_other", promise.matter)
    return undone(worker, scope, KIND, promise.id, promise.due, promise.grid_id, promise.matter)


def _case_at() -> Any:
    first = sa.select(sa.func.min(CaseFile.opened_at)).where(CaseFile.record_id == Record.id)
    return first.scalar_subquery().label("case_at")


# -- at the report -----------------------------------------------------------------------------------------------------


def _of_reports(session: Session, scope: Scope) -> Iterator[tuple[Promise, Kept]]:
    """Of hazards of these grids that were found no longer ago than ``REACHES_BACK``: the index knows grid and day."""
    period = scope.period
    statement = (
        sa.select(
            id_of(Record.id), key_of(Record.author_id), Record.acted_at, Hazard.relook_on, key_of(Record.grid_id),
            Record.matter_code, _case_at(),
        )
        .join(Hazard, Hazard.record_id == Record.id)
        .where(
            Record.grid_id.in_(grids_of(scope.workers.values())),
            Record.day >= period.from_day - REACHES_BACK, Record.day < period.to_day,
            Record.kind == "hazard", CONFIRMED,
            Hazard.relook_on >= period.from_day, Hazard.relook_on < period.to_day,
        )
    )  # fmt: skip
    promised = [Promise(*row) for row in read(session, statement)]
    looks = _first_looks(session, [promise.id for promise in promised])
    for promise in promised:
        yield promise, looks.get(promise.id)


def _first_looks(session: Session, hazards: Sequence[str]) -> dict[str, tuple[Key, int]]:
    """Who looked first, and when."""
    found: dict[str, tuple[Key, int]] = {}
    for start in range(0, len(hazards), AT_ONCE):
        some = [UUID(one) for one in hazards[start : start + AT_ONCE]]
        statement = sa.select(id_of(Relook.hazard_id), key_of(Relook.by_person), Relook.at)
        statement = statement.where(Relook.hazard_id.in_(some)).order_by(Relook.at, Relook.id)
        for hazard_id, by_person, at in read(session, statement):
            if hazard_id not in found:
                found[hazard_id] = by_person, at
    return found


# -- at a look ---------------------------------------------------------------------------------------------------------


def _of_looks(session: Session, scope: Scope) -> Iterator[tuple[Promise, Kept]]:
    """However long ago the hazard was found; the look that promised is no older than ``REACHES_BACK``, as days away are known."""
    period = scope.period
    statement = (
        sa.select(
            Relook.id, Relook.hazard_id, Relook.by_person, Relook.at, Relook.next_on, key_of(Record.grid_id),
            Record.matter_code, _case_at(),
        )
        .join(Record, Record.id == Relook.hazard_id)
        .where(
            Relook.next_on >= period.from_day, Relook.next_on < period.to_day,
            Relook.at >= clock.start_of(period.from_day - REACHES_BACK),
            Record.grid_id.in_(grids_of(scope.workers.values())), CONFIRMED,
        )
    )  # fmt: skip
    told = read(session, statement)
    hazards = list({hazard for _, hazard, *_ in told})
    for start in range(0, len(hazards), AT_ONCE):
        some = set(hazards[start : start + AT_ONCE])
        kept = promised_looks(session, some)
        for look_id, hazard, *more in told:
            if hazard in some and look_id in kept:
                look = kept[look_id][1]
                yield Promise(f"{hazard}/{look_id}", *more), (look.by_person, look.at) if look else None
