"""Assigning at the office's desk: where, who could receive it and what they have already, and one act that gives a task to each.

Nobody is sorted by a count, and a person's tasks are counted only to show that somebody has enough of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import micro_grids_of
from server.kernel import clock
from server.kernel.problems import Problem
from server.matters.queries import MatterFacts, matters_in_force
from server.people.models import Appointment, Person
from server.people.registry import GridPlace, neighbours
from server.people.rules import TABLE, Holder
from server.records.models import Record
from server.records.rules import TEAM_DUTIES, Act
from server.tasks import commands, requests, rules
from server.tasks.models import Task
from server.tasks.rules import ALL_WORKERS, CHOSEN, WORKERS
from server.tasks.rules import RECEIVER_ROLES as ROLES

MOST_RECEIVERS = 500


@dataclass(frozen=True)
class Spot:
    """One choice of *where*: a unit or a grid, and how deep it lies below the office."""

    id: UUID
    name: str
    depth: int


@dataclass(frozen=True)
class Place:
    """Where tasks are to be given: its grids, and the spots that one may go to from here."""

    id: UUID
    grids: tuple[GridPlace, ...]
    spots: tuple[Spot, ...]


@dataclass(frozen=True)
class Receiver:
    """Somebody who could be given a task, in which grid, with the number of tasks that wait already."""

    person_id: UUID
    name: str
    grid: GridPlace
    roles: tuple[str, ...]
    open_tasks: int

    @property
    def key(self) -> str:
        return f"{self.grid.id}:{self.person_id}"


def office_units(holder: Holder) -> frozenset[UUID]:
    """The units in whose name this person may assign from a desk."""
    return frozenset().union(*(holder.office_units(role) for role in TABLE["task.assign"].offices))


def place_of(session: Session, holder: Holder, place_id: UUID | None) -> Place:
    """The unit or grid named, or the first unit of the office. ``not_found`` outside it."""
    own = office_units(holder)
    grids = neighbours().grids_under(session, own)
    found = place_id or min(own, key=str, default=None)
    inside = tuple(grid for grid in grids if found == grid.id or any(unit.id == found for unit in grid.units))
    if found is None or not (inside or found in own):
        raise Problem("not_found")
    return Place(found, inside, tuple(_spots(found, own, inside, grids)))


def _spots(found: UUID, own: frozenset[UUID], inside: Sequence[GridPlace], grids: Sequence[GridPlace]) -> list[Spot]:
    """From the office down to the place, then what lies right below it."""
    chains = [_chain(grid, own) for grid in grids]
    here = [chain for chain in chains if any(one == found for one, _name in chain)]
    spots: dict[UUID, Spot] = {}
    for chain in (*here, *(chain[:1] for chain in chains)):
        at = next((n for n, (one, _name) in enumerate(chain) if one == found), 0)
        for depth, (one, name) in enumerate(chain[: at + 2]):
            spots.setdefault(one, Spot(one, name, depth))
    return sorted(spots.values(), key=lambda spot: spot.depth)


def _chain(grid: GridPlace, own: frozenset[UUID]) -> list[tuple[UUID, str]]:
    """Units of the office's own part above a grid, the highest first, and the grid itself."""
    above = [(unit.id, unit.name) for unit in grid.units]
    top = max((n for n, (one, _name) in enumerate(above) if one in own), default=0)
    return [*reversed(above[: top + 1]), (grid.id, grid.name)]


def assignable(session: Session, county_code: str, day: date) -> list[MatterFacts]:
    """Matters in force that a task may name: none of class S, no mediation."""
    found = matters_in_force(session, county_code, day)
    return [matter for matter in found if matter.data_class != "S" and matter.duty not in TEAM_DUTIES]


def receivers(session: Session, place: Place, day: date, *, but: UUID) -> list[Receiver]:
    """Whoever holds a post in these grids or leads a micro-grid of them that day, by grid and name; not ``but``."""
    by_id = {grid.id: grid for grid in place.grids}
    micros = {micro.id: micro.grid_id for micro in micro_grids_of(session, by_id)}
    statement = (
        sa.select(Appointment.grid_id, Appointment.micro_grid_id, Appointment.role, Person.id, Person.name)
        .join(Person, Person.id == Appointment.person_id)
        .where(
            sa.or_(Appointment.grid_id.in_(by_id), Appointment.micro_grid_id.in_(micros)),
            Appointment.role.in_(ROLES),
            Appointment.from_day <= day,
            sa.or_(Appointment.to_day.is_(None), Appointment.to_day > day),
            sa.or_(Person.left_on.is_(None), Person.left_on > day),
            Person.id != but,
        )
    )
    roles: dict[tuple[UUID, UUID], set[str]] = defaultdict(set)
    names: dict[UUID, str] = {}
    for grid_id, micro_id, role, person_id, name in session.execute(statement).all():
        here = grid_id or (micros[micro_id] if micro_id else None)
        if here is not None:
            roles[(here, person_id)].add(role)
            names[person_id] = name
    waiting = open_tasks(session, names)
    found = [
        Receiver(
            person_id=person_id,
            name=names[person_id],
            grid=by_id[grid_id],
            roles=tuple(role for role in ROLES if role in held),
            open_tasks=waiting.get(person_id, 0),
        )
        for (grid_id, person_id), held in roles.items()
    ]
    order = {grid.id: n for n, grid in enumerate(place.grids)}
    return sorted(found, key=lambda one: (order[one.grid.id], one.name, str(one.person_id)))


@dataclass(frozen=True)
class Offer:
    """What the form may offer of a place: whom at once, who are too many for that (with how many), and whom by name."""

    at_once: tuple[str, ...]
    too_many: Mapping[str, int]
    by_name: tuple[Receiver, ...]


def offer_of(found: Sequence[Receiver]) -> Offer:
    """Counted by whom one act would give a task to; whoever holds only roles that are too many is not listed by name."""
    counts = {to: len(_each_once(found, to)) for to in (ALL_WORKERS, *ROLES)}
    too_many = {to: count for to, count in counts.items() if count > MOST_RECEIVERS}
    named = tuple(one for one in found if not too_many.keys() >= set(one.roles))
    if len(named) > MOST_RECEIVERS:
        named = ()
    return Offer(tuple(to for to in counts if to not in too_many), too_many, named)


def open_tasks(session: Session, people: Collection[UUID]) -> dict[UUID, int]:
    """How many tasks wait for each of these people: what is handed back, refused or withdrawn does not."""
    statement = (
        sa.select(Task.person_id, sa.func.count())
        .where(Task.person_id.in_(people), Task.state.in_(rules.WAITING))
        .group_by(Task.person_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def already_held(session: Session, place: Place, matter_code: str, since: date) -> dict[UUID, tuple[int, date]]:
    """By grid: how many records of the matter it holds since a day, and the day of the newest."""
    statement = (
        sa.select(Record.grid_id, sa.func.count(), sa.func.max(Record.day))
        .where(
            Record.grid_id.in_([grid.id for grid in place.grids]),
            Record.matter_code == matter_code,
            Record.day >= since,
        )
        .group_by(Record.grid_id)
    )
    return {grid_id: (count, newest) for grid_id, count, newest in session.execute(statement)}


def give(session: Session, holder: Holder, told: Mapping[str, Any]) -> int:
    """A task each, all or none, to the people chosen, to a role, or to all workers of the place. Returns how many.

    The tasks' ids follow from the form's, so that a form sent twice gives nothing twice. Refuses with ``nobody_chosen``,
    ``too_many_receivers``, ``record_exists`` and what ``commands.assign`` refuses with. What a department asked for is
    sent on by it: ``request_answered``, ``request_elsewhere``.
    """
    now = clock.now()
    act = Act(holder, now, False, now)
    session.get(Person, holder.person_id, with_for_update={"key_share": True})  # the same form, sent twice at once
    place = place_of(session, holder, told["place"])
    chosen = _chosen(receivers(session, place, act.day, but=holder.person_id), told["to"], told["receiver"])
    if not chosen:
        raise Problem("nobody_chosen")
    if len(chosen) > MOST_RECEIVERS:
        raise Problem("too_many_receivers", most=MOST_RECEIVERS)
    ids = [uuid5(told["id"], one.key) for one in chosen]
    known = session.scalars(sa.select(Task).where(Task.id.in_(ids))).all()
    if len(known) == len(ids) and all((t.matter_code, t.words) == (told["matter_code"], told["words"]) for t in known):
        return len(ids)
    for one, task_id in zip(chosen, ids, strict=True):
        task = {name: told[name] for name in ("matter_code", "words", "due_day", "urgent_why")}
        task |= {"id": task_id, "grid_id": one.grid.id, "person_id": one.person_id}
        commands.assign(session, act, task, is_warned=True)
    if told.get("request_id"):
        requests.send_on(session, holder, told["request_id"], told["matter_code"], place.grids, ids)
    return len(ids)


def _chosen(found: Sequence[Receiver], to: str, keys: Collection[str]) -> list[Receiver]:
    """A task each: whoever has posts in several of these grids gets it in the first, unless chosen by name in more."""
    if to == CHOSEN:
        return [one for one in found if one.key in keys]
    return _each_once(found, to)


def _each_once(found: Sequence[Receiver], to: str) -> list[Receiver]:
    wanted = frozenset(WORKERS if to == ALL_WORKERS else (to,))
    first: dict[UUID, Receiver] = {}
    for one in found:
        if wanted & set(one.roles):
            first.setdefault(one.person_id, one)
    return list(first.values())
