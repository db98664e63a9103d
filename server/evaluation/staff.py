"""Who is evaluated in a period: posts of the set's role, where, and on which working days the person was there to work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.models import Grid, MicroGrid, OrgUnit
from server.evaluation.rule_set import show
from server.evaluation.rules import Period
from server.kernel import clock
from server.people.models import Absence, Appointment
from server.platform.workdays import is_working_day

WHY = {"rest": "leave", "leave": "leave", "sick": "sickness", "training": "training", "emergency": "emergency_duty"}
REACHES_BACK = timedelta(days=92)
HOUR_MS = 3_600_000
Wait = tuple[int, int, bool]  # from, to, and whether it was ended by the person alone
working = lru_cache(maxsize=4096)(is_working_day)


@dataclass(frozen=True)
class Held:
    """A post within the period: ``from_day`` counts, ``to_day`` does not."""

    grid_id: UUID | None
    unit_id: UUID
    from_day: date
    to_day: date


@dataclass
class Worker:
    """One person of the role in the period. ``away``: day → why; ``unit_id`` and ``area_kind`` of the last post."""

    person_id: UUID
    posts: list[Held] = field(default_factory=list)
    away: dict[date, str] = field(default_factory=dict)
    area_kind: str | None = None

    @property
    def unit_id(self) -> UUID:
        return max(self.posts, key=lambda post: (post.to_day, post.from_day)).unit_id

    def is_in_post(self, day: date, grid_id: UUID | None = None) -> bool:
        return any(p.from_day <= day < p.to_day and grid_id in (None, p.grid_id) for p in self.posts)

    def first_day_there(self, day: date, until: date, grid_id: UUID | None = None) -> date | None:
        """The first day from ``day`` on, before ``until``, on which the person was in post and not away."""
        while day < until:
            if day not in self.away and self.is_in_post(day, grid_id):
                return day
            day += timedelta(days=1)
        return None

    def why_away(self, day: date) -> str:
        return self.away.get(day, "not_in_post")

    def days(self, period: Period) -> tuple[int, int]:
        """Working days of the whole period, and of them those on which the person was in post and not away."""
        due = [day for day in each_day(period.from_day, period.to_day) if working(day)]
        return len(due), sum(day not in self.away and self.is_in_post(day) for day in due)

    def working_days_held(self, since: date, until: date) -> int:
        """Working days after a day, up to another and with it, without those on which the person was away."""
        if not self.away:
            return working_days_after(since, until)
        after = range(since.toordinal() + 1, until.toordinal() + 1)
        return sum(working(day) and day not in self.away for day in map(date.fromordinal, after))

    def held(self, since: int, until: int) -> int:
        """Milliseconds between two instants without days away."""
        held = max(until - since, 0)
        if self.away:
            for day in each_day(clock.day_of(since), clock.day_of(until) + timedelta(days=1)):
                if day in self.away:
                    begins = clock.start_of(day)
                    held -= max(min(until, begins + clock.DAY_MS) - max(since, begins), 0)
        return held


def clocked(
    worker: Worker, since: int, done: int, due: date, waited: Sequence[Wait] = ()
) -> tuple[dict[str, str], str]:
    """How long the person held it between two instants, without days away, and the working days that there were.

    A day that is due on a free day is due on the next working day. Spans in which it waited for somebody else are left out of
    both (the day on which it comes back is its number 0 again); a wait that the person ended alone only up to the due day.
    """
    began, last = clock.day_of(since), next_working_day(due)
    over = clock.start_of(last + timedelta(days=1)) - 1
    spans = [(begin, min(end, done, over) if is_own else min(end, done)) for begin, end, is_own in waited]
    spans = [(begin, end) for begin, end in spans if begin < end]
    held = worker.held(since, done) - sum(worker.held(begin, end) for begin, end in spans)
    days = worker.working_days_held(began, clock.day_of(done))
    allowed = working_days_after(began, last)
    for first, until in ((clock.day_of(begin), clock.day_of(end)) for begin, end in spans):
        days -= worker.working_days_held(first, until)
        allowed -= working_days_after(first, min(until, last))
    took = {
        "clock_hours": show(Fraction(held // (HOUR_MS // 100), 100)),
        "working_days": str(days),
    }
    return took, str(allowed)


@lru_cache(maxsize=65_536)
def working_days_after(since: date, until: date) -> int:
    """Working days after a day, up to another and with it."""
    return sum(working(date.fromordinal(number)) for number in range(since.toordinal() + 1, until.toordinal() + 1))


@lru_cache(maxsize=4096)
def next_working_day(day: date) -> date:
    """The day itself, or the first working day after it."""
    while not working(day):
        day += timedelta(days=1)
    return day


def each_day(since: date, until: date) -> Iterator[date]:
    for number in range(since.toordinal(), until.toordinal()):
        yield date.fromordinal(number)


def units_evaluated(session: Session, county_code: str, areas: Collection[str]) -> set[UUID]:
    """Units of the county, or of those of its areas that the set names by division code, with all below them."""
    units = {u.id: u for u in session.scalars(sa.select(OrgUnit).where(OrgUnit.county_code == county_code))}
    if not areas:
        return set(units)
    found = {key for key, unit in units.items() if unit.division_code in areas}
    while more := {key for key, unit in units.items() if unit.parent_id in found} - found:
        found |= more
    return found


def people_evaluated(
    session: Session, county_code: str, role: str, areas: Collection[str], period: Period
) -> list[tuple[UUID, UUID]]:
    """(person, unit of the last post), by unit: whoever held the role for a day of the period."""
    units = units_evaluated(session, county_code, areas)
    last: dict[UUID, tuple[date, date, UUID]] = {}
    statement = sa.select(
        Appointment.person_id, Appointment.org_unit_id, Appointment.from_day, Appointment.to_day
    ).where(Appointment.county_code == county_code, *_held(role, period))
    for person_id, unit_id, from_day, to_day in session.execute(statement):
        if unit_id in units:
            last[person_id] = max(
                last.get(person_id, (date.min, date.min, unit_id)), (to_day or date.max, from_day, unit_id)
            )
    found = [(person_id, held[2]) for person_id, held in last.items()]
    return sorted(found, key=lambda one: (one[1].bytes, one[0].bytes))


def workers(session: Session, role: str, people: Sequence[UUID], period: Period) -> dict[UUID, Worker]:
    """Posts and absences of these people in the period."""
    found = {person_id: Worker(person_id) for person_id in people}
    statement = (
        sa.select(Appointment, sa.func.coalesce(Appointment.grid_id, MicroGrid.grid_id))
        .outerjoin(MicroGrid, MicroGrid.id == Appointment.micro_grid_id)
        .where(Appointment.person_id.in_(people), *_held(role, period))
        .order_by(Appointment.from_day, Appointment.id)
    )
    for post, grid_id in session.execute(statement):
        until = min(post.to_day or period.to_day, period.to_day)
        held = Held(grid_id, post.org_unit_id, max(post.from_day, period.from_day), until)
        found[post.person_id].posts.append(held)
    _note_absences(session, found, period)
    kinds: dict[UUID, str] = dict(
        session.execute(sa.select(Grid.id, Grid.kind).where(Grid.id.in_(grids_of(found.values())))).all()
    )
    for worker in found.values():
        last = max(worker.posts, key=lambda post: (post.to_day, post.from_day), default=None)
        worker.area_kind = kinds.get(last.grid_id) if last and last.grid_id else None
    return {person_id: worker for person_id, worker in found.items() if worker.posts}


def grids_of(found: Collection[Worker]) -> set[UUID]:
    return {post.grid_id for worker in found for post in worker.posts if post.grid_id}


def by_grid(found: Collection[Worker]) -> dict[UUID, list[Worker]]:
    there: dict[UUID, list[Worker]] = defaultdict(list)
    for worker in found:
        for grid_id in {post.grid_id for post in worker.posts if post.grid_id}:
            there[grid_id].append(worker)
    return there


def _held(role: str, period: Period) -> tuple[sa.ColumnElement[bool], ...]:
    ends = sa.or_(Appointment.to_day.is_(None), Appointment.to_day > period.from_day)
    lasts = sa.or_(Appointment.to_day.is_(None), Appointment.to_day > Appointment.from_day)
    return Appointment.role == role, Appointment.from_day < period.to_day, ends, lasts


def _note_absences(session: Session, found: dict[UUID, Worker], period: Period) -> None:
    since = period.from_day - REACHES_BACK  # what is due in the period may have been promised before it
    statement = sa.select(Absence).where(
        Absence.person_id.in_(found), Absence.to_day > since, Absence.from_day < period.to_day
    )
    for absence in session.scalars(statement):
        for day in each_day(max(absence.from_day, since), min(absence.to_day, period.to_day)):
            found[absence.person_id].away[day] = WHY[absence.kind]
