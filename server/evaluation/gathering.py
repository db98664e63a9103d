"""Records, tasks and mediations as rows of facts, one function a source: set by set for many people, each row with its source.

What makes a row fair is decided here (docs/evaluation_facts.md): who is counted for what, what is nobody's, what is not yet
decided. No row says anything of photos, fixes, sign-ins or time on line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.cases.models import CaseFile
from server.duties.mediations.models import Mediation, MediationStep
from server.duties.mediations.rules import SETTLED
from server.duties.visits.models import Visit
from server.evaluation.dues import by_plan, due_visits
from server.evaluation.facts import Row
from server.evaluation.rules import Period
from server.evaluation.staff import Wait, Worker, by_grid, clocked, grids_of
from server.households.models import VisitPlan
from server.households.rules import next_due
from server.kernel import clock
from server.patrols.models import PatrolCheck
from server.people.models import TeamMember
from server.records.models import Record
from server.tasks.models import Task, TaskStep
from server.tasks.rules import DONE, HANDED_BACK, REFUSED, WITHDRAWN

T = TypeVar("T")
Key = Any  # an id as the database gives it: text of 32 digits, or a UUID
Found = Iterator[tuple[Key, Row]]
DENIED = "denied"
REPORTS = ("hazard", "information", "emergency")
AT_ONCE = 5_000  # ids in one statement
_GIVES_AWAY, _BY_THE_PERSON = ("refused", "handed_back"), ("taken_back", "done")
_COMES_BACK = ("ruled", "due_set", *_BY_THE_PERSON)
NEUTRAL_TASKS = {REFUSED: "refused", HANDED_BACK: "handed_back", WITHDRAWN: "taken_back"}


class IdText(sa.TypeDecorator[str]):
    """An id as rows of facts carry it, straight from the database: hundreds of thousands are read, none is written."""

    impl = sa.String
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Any) -> str | None:
        return None if value is None else text_of(value)


def text_of(key: Key) -> str:
    """A ``Key`` in 36 characters."""
    if isinstance(key, str) and len(key) == 32:
        return f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"
    return str(key)


def id_of(column: Any) -> Any:
    """An id for a row of facts."""
    return sa.type_coerce(column, IdText).label(column.key)


def key_of(column: Any) -> Any:
    """What is only looked up: no conversion at all."""
    return sa.type_coerce(column, sa.String).label(column.key)


def keyed(found: Mapping[UUID, T]) -> dict[Key, T]:
    """The same under either form of a key."""
    return {**{key.hex: value for key, value in found.items()}, **found}


def read(session: Session, statement: sa.Select[*tuple[Any, ...]]) -> Sequence[Any]:
    session.flush()
    return session.connection().execute(statement).all()


@dataclass(frozen=True)
class Scope:
    """Whose facts, of which period, of one role in one county."""

    county_code: str
    role: str
    period: Period
    workers: Mapping[UUID, Worker]

    @cached_property
    def there(self) -> Mapping[Key, list[Worker]]:
        """Whoever works in each grid."""
        return keyed(by_grid(self.workers.values()))

    @cached_property
    def by_id(self) -> Mapping[Key, Worker]:
        return keyed(self.workers)


# -- how a record stands -----------------------------------------------------------------------------------------------


def standing(review: str, confirmation: str | None) -> tuple[str, str | None]:
    """(outcome, check): approved is ok, returned is bad; what waits or is disputed counts as done until decided.

    What passed because nobody looked in time is done, and was not checked.
    """
    if confirmation == "waiting" or review in ("waiting", "disputed"):
        return "pending", None
    if review == "returned":
        return "unmet", "bad"
    return "met", "ok" if review == "approved" else None


CONFIRMED = sa.or_(Record.confirmation.is_(None), Record.confirmation == "confirmed")


def _authored(scope: Scope, *columns: Any) -> sa.Select[*tuple[Any, ...]]:
    """Own records of the period, by the plausible day of the act; told by another, only once their author has confirmed."""
    return (
        sa.select(*columns)
        .select_from(Record)
        .where(
            Record.author_id.in_(scope.workers),
            Record.day >= scope.period.from_day,
            Record.day < scope.period.to_day,
            CONFIRMED,
        )
    )


def records(session: Session, scope: Scope) -> Found:
    """Records that somebody was to check."""
    drawn = _authored(scope, *_CHECKED).where(Record.review_status != "none")
    for author, key, kind, day, matter, review in read(session, drawn):
        outcome, check = standing(review, None)
        yield author, Row(kind, key, day.isoformat(), outcome, category=matter, check=check)


def hazards(session: Session, scope: Scope) -> Found:
    yield from _reports(session, scope, ("hazard",))


def reports(session: Session, scope: Scope) -> Found:
    yield from _reports(session, scope, REPORTS)


def _reports(session: Session, scope: Scope, kinds: Collection[str]) -> Found:
    """Reported before by somebody counts as reported. What became a case was accepted by the office that made it."""
    told = _authored(scope, *_CHECKED, CaseFile.opened_at).outerjoin(CaseFile, CaseFile.record_id == Record.id)
    for author, key, kind, day, matter, review, case in read(session, told.where(Record.kind.in_(kinds))):
        outcome, check = standing(review, None)
        accepted = "ok" if case is not None and check is None else check
        yield author, Row(kind, key, day.isoformat(), outcome, category=matter, check=accepted)


_CHECKED = (
    key_of(Record.author_id),
    id_of(Record.id),
    Record.kind,
    Record.day,
    Record.matter_code,
    Record.review_status,
)


def patrol_points(session: Session, scope: Scope) -> Found:
    """Check points of the walks that were told: looked at or not reached."""
    told = _authored(
        scope,
        key_of(Record.author_id),
        id_of(PatrolCheck.patrol_id),
        id_of(PatrolCheck.place_id),
        Record.day,
        PatrolCheck.result,
    )
    for author, patrol, place, day, result in read(session, told.join(PatrolCheck, PatrolCheck.patrol_id == Record.id)):
        outcome = "unmet" if result == "not_reached" else "met"
        yield author, Row("patrol", f"{patrol}/{place}", day.isoformat(), outcome)


# -- visits due --------------------------------------------------------------------------------------------------------


def visits_due(session: Session, scope: Scope) -> Found:
    """A due visit that was paid counts for whoever paid it, once however often they went; one not paid for everybody there.

    In a care team: for its members. Somebody away on the day has the first day back; away to the end, it is not theirs.
    """
    last: dict[Key, date | None] = {}
    for visits in by_plan(_visits_paid(session, scope)):
        for visit in due_visits(visits):
            if visit.author_id in scope.by_id:
                yield visit.author_id, _paid(visit)
        newest = visits[-1]
        last[newest.plan_id] = next_due(newest.day, newest.every_days, newest.next_on)
    teams = _members(session, scope)
    for plan, due in _open_dues(session, scope, last):
        yield from _missed(scope, plan, due, teams)


def _paid(visit: Any) -> Row:
    on, matter = visit.day.isoformat(), visit.matter_code
    if visit.obstructed:
        return Row("visit", visit.id, on, "neutral", why="nobody_there", category=matter)
    outcome, check = standing(visit.review_status, visit.confirmation)
    return Row("visit", visit.id, on, outcome, category=matter, check=check)


def _visits_paid(session: Session, scope: Scope) -> Sequence[Any]:
    """Plan by plan, the oldest first; without what its author denied."""
    grids = grids_of(scope.workers.values())
    statement = (
        sa.select(
            key_of(Visit.plan_id), key_of(Record.author_id), id_of(Record.id), Record.day, Record.matter_code, Record.obstructed,
            Record.review_status, Record.confirmation, Visit.next_on, VisitPlan.every_days,
        )
        .join(Record, Record.id == Visit.record_id)
        .join(VisitPlan, VisitPlan.id == Visit.plan_id)
        .where(
            Record.grid_id.in_(grids), Record.kind == "visit",
            sa.or_(Record.confirmation.is_(None), Record.confirmation != DENIED),
            Record.day >= scope.period.from_day, Record.day < scope.period.to_day,
        )
        .order_by(Visit.plan_id, Record.day, Record.id)
    )  # fmt: skip
    return read(session, statement)


def _open_dues(session: Session, scope: Scope, last: Mapping[Key, date | None]) -> Iterator[tuple[Any, date]]:
    """Plans whose visit was due in the period and not paid in it. ``last``: when the period's last visit said the next."""
    period, later = scope.period, []
    statement = sa.select(
        key_of(VisitPlan.id),
        key_of(VisitPlan.grid_id),
        key_of(VisitPlan.team_id),
        VisitPlan.matter_code,
        VisitPlan.due,
        VisitPlan.last_visit,
        VisitPlan.every_days,
    ).where(
        VisitPlan.grid_id.in_(grids_of(scope.workers.values())),
        VisitPlan.for_role == scope.role,
        sa.or_(VisitPlan.closed_on.is_(None), VisitPlan.closed_on >= period.to_day),
    )
    for plan in read(session, statement):
        if plan.id in last:
            due = last[plan.id]
        elif plan.last_visit is None or plan.last_visit < period.from_day:
            due = next_due(plan.last_visit, plan.every_days, plan.due) if plan.last_visit else plan.due
        else:
            later.append(plan)
            continue
        if due is not None and due < period.to_day:
            yield plan, due
    before = _last_before(session, [plan.id for plan in later], period.from_day)
    for plan in later:
        visit = before.get(plan.id)
        due = next_due(visit.day, plan.every_days, visit.next_on) if visit else None
        if due is not None and due < period.to_day:
            yield plan, due


def _last_before(session: Session, plans: list[Key], day: date) -> dict[Key, Any]:
    """For plans that were visited after the period alone: the last visit before it. Most have none such."""
    if not plans:
        return {}
    statement = (
        sa.select(key_of(Visit.plan_id), Record.day, Visit.next_on)
        .join(Record, Record.id == Visit.record_id)
        .where(Visit.plan_id.in_([UUID(text_of(plan)) for plan in plans]), Record.day < day)
        .order_by(Record.day, Record.id)
    )
    return {visit.plan_id: visit for visit in read(session, statement)}


def _missed(scope: Scope, plan: Any, due: date, teams: Mapping[Key, set[Key]]) -> Found:
    since = max(due, scope.period.from_day)
    key = f"{text_of(plan.id)}/{due.isoformat()}"
    grid_id = UUID(text_of(plan.grid_id))
    for worker in scope.there[plan.grid_id]:
        person = worker.person_id
        if plan.team_id and teams.get(plan.team_id, set()).isdisjoint((person, person.hex)):
            continue
        there = worker.first_day_there(since, scope.period.to_day, grid_id)
        if there is not None:
            yield person, Row("visit_plan", key, due.isoformat(), "unmet", category=plan.matter_code)
        elif any(post.grid_id == grid_id and post.to_day > since for post in worker.posts):
            why = worker.why_away(since)
            yield person, Row("visit_plan", key, due.isoformat(), "neutral", why, category=plan.matter_code)


def _members(session: Session, scope: Scope) -> Mapping[Key, set[Key]]:
    """Those of the people who are in a team for a day of the period."""
    statement = sa.select(key_of(TeamMember.team_id), key_of(TeamMember.person_id)).where(
        TeamMember.person_id.in_(scope.workers),
        TeamMember.from_day < scope.period.to_day,
        sa.or_(TeamMember.to_day.is_(None), TeamMember.to_day > scope.period.from_day),
    )
    found: dict[Key, set[Key]] = defaultdict(set)
    for team_id, person_id in read(session, statement):
        found[team_id].add(person_id)
    return found


# -- tasks -------------------------------------------------------------------------------------------------------------


def tasks(session: Session, scope: Scope, *only: sa.ColumnElement[bool]) -> Found:
    """Refused, handed back and taken back are nobody's. Time asked for before the day and not answered is not the asker's."""
    done = sa.select(sa.func.min(TaskStep.at)).where(TaskStep.task_id == Task.id, TaskStep.step == "done")
    those = (
        Task.person_id.in_(scope.workers),
        Task.due_day >= scope.period.from_day,
        Task.due_day < scope.period.to_day,
        *only,
    )
    statement = (
        sa.select(
            id_of(Task.id), key_of(Task.person_id), key_of(Task.grid_id), Task.matter_code, Task.assigned_at, Task.due_day,
            Task.asked_day, Task.state, done.scalar_subquery().label("done_at"),
        )
        .where(*those)
    )  # fmt: skip
    waited = _waited(session, *those)
    for task in read(session, statement):
        yield task.person_id, _task(scope.by_id[task.person_id], scope, task, waited.get(task.id, ()))


def _waited(session: Session, *those: sa.ColumnElement[bool]) -> Mapping[str, Sequence[Wait]]:
    """Of tasks that were done after all: when they were refused or handed back, until they were somebody's again."""
    statement = (
        sa.select(id_of(TaskStep.task_id), TaskStep.step, TaskStep.at)
        .join(Task, Task.id == TaskStep.task_id)
        .where(*those, Task.state == DONE, TaskStep.step.in_((*_GIVES_AWAY, *_COMES_BACK)))
        .order_by(TaskStep.task_id, TaskStep.version)
    )
    spans: dict[str, list[Wait]] = defaultdict(list)
    given_away: dict[str, int] = {}
    for key, step, at in read(session, statement):
        if step in _GIVES_AWAY:
            given_away.setdefault(key, at)
        elif key in given_away:
            since = given_away.pop(key)
            spans[key].append((since, at, step in _BY_THE_PERSON))
    return spans


def _task(worker: Worker, scope: Scope, task: Any, waited: Sequence[Wait]) -> Row:
    due = task.due_day.isoformat()
    if task.state in NEUTRAL_TASKS:
        return neutral("task", task.id, due, NEUTRAL_TASKS[task.state], task.matter_code)
    until = max(task.due_day, task.asked_day or task.due_day)
    if task.state == DONE and task.done_at is not None:
        took, allowed = clocked(worker, task.assigned_at, task.done_at, until, waited)
        return Row(
            "task", task.id, due, "met", category=task.matter_code,
            took=took, allowed=allowed, allowed_unit="working_days",
        )  # fmt: skip
    if until >= scope.period.to_day:
        return neutral("task", task.id, due, "not_yet_due", task.matter_code)
    return undone(worker, scope, "task", task.id, task.due_day, task.grid_id, task.matter_code)


# -- mediations --------------------------------------------------------------------------------------------------------


def mediations(session: Session, scope: Scope) -> Found:
    """Brought to an end, or rightly referred: done. Still under way: pending. Whether it held is asked at the return visit."""
    told = list(
        read(session, _authored(scope, *_CHECKED, Mediation.outcome).join(Mediation, Mediation.record_id == Record.id))
    )
    kept = _kept_words(session, [UUID(row[1]) for row in told])
    for author, key, kind, day, matter, review, outcome in told:
        stands, _ = standing(review, None)
        is_open = outcome is None and stands == "met"
        check = {True: "ok", False: "bad", None: None}[kept.get(key)]
        yield (
            author,
            Row(kind, key, day.isoformat(), "pending" if is_open else stands, category=matter, check=check),
        )


def _kept_words(session: Session, ids: Collection[UUID]) -> dict[str, bool | None]:
    statement = sa.select(id_of(MediationStep.mediation_id), MediationStep.kept).where(
        MediationStep.mediation_id.in_(ids), MediationStep.kept.is_not(None)
    )
    return {row[0]: row[1] for row in read(session, statement.order_by(MediationStep.at, MediationStep.id))}


def followups_due(session: Session, scope: Scope) -> Found:
    """Return visits that were paid, by whoever paid them, and those that were promised and are still out."""
    since, until = clock.start_of(scope.period.from_day), clock.start_of(scope.period.to_day)
    paid = sa.select(key_of(MediationStep.by_person), id_of(MediationStep.id), MediationStep.at).where(
        MediationStep.by_person.in_(scope.workers),
        MediationStep.kept.is_not(None),
        MediationStep.at >= since,
        MediationStep.at < until,
    )
    for by_person, key, at in read(session, paid):
        yield by_person, Row("mediation_step", key, clock.day_of(at).isoformat(), "met")
    promised = sa.select(
        key_of(Record.author_id), id_of(Record.id), key_of(Record.grid_id), Mediation.revisit_on
    ).select_from(Record)
    promised = promised.join(Mediation, Mediation.record_id == Record.id).where(
        Record.author_id.in_(scope.workers),
        Mediation.outcome.in_(SETTLED),
        Mediation.revisit_on >= scope.period.from_day,
        Mediation.revisit_on < scope.period.to_day,
    )
    for author, key, grid_id, due in read(session, promised):
        yield author, undone(scope.by_id[author], scope, "mediation", key, due, grid_id, None)


# -- what is due and not done ------------------------------------------------------------------------------------------


def undone(worker: Worker, scope: Scope, kind: str, key: str, due: date, grid_id: Key, matter: str | None) -> Row:
    """Not done, unless the person was away from that day to the end of the period, or no longer in post."""
    there = worker.first_day_there(max(due, scope.period.from_day), scope.period.to_day, UUID(text_of(grid_id)))
    if there is None:
        return neutral(kind, key, due.isoformat(), worker.why_away(due), matter)
    return Row(kind, key, due.isoformat(), "unmet", category=matter)


def neutral(kind: str, key: str, on: str, why: str, matter: str | None) -> Row:
    return Row(kind, key, on, "neutral", why, category=matter)
