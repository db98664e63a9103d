"""Social insurances, the housing provident fund and the accident insurance of full-time workers (Art. 19), with alarms.

Whoever owes a cover that is lacking is told once, and again only after it was there: the town for the accident insurance,
which Art. 19 names; for the rest the office that the county's document names, without one the competent department.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.models import OrgUnit
from server.areas.queries import ancestors, units_of_grid
from server.kernel import clock, stream_keys
from server.kernel.ids import new_id
from server.kernel.problems import Problem, insist
from server.matters.commands import set_for_county
from server.matters.queries import policy
from server.matters.versions import hold_list
from server.messages.commands import ring_all
from server.people.models import Appointment, Person
from server.people.queries import in_unit_posts, names_of
from server.people.rules import Holder, may
from server.platform import streams
from server.workforce import persons, rules
from server.workforce.models import Cover, CoverAlarm
from server.workforce.writing import add_once, insist_new

KEEP, RULE, POLICY = "cover.keep", "cover.rule", "cover_rules"
KIND = "guarantee"  # the row on the worker's own phone
OFFICES = {rules.TOWN: "town_government", rules.COUNTY: "county_authority"}
KINDS_OF_UNIT = {rules.TOWN: ("town", "subdistrict"), rules.COUNTY: ("county", "zone")}


@dataclass(frozen=True)
class Lacking:
    """One worker with what is lacking or ends soon."""

    person_id: UUID
    name: str
    username: str
    states: tuple[rules.State, ...]


def rules_of(session: Session, county_code: str) -> rules.CoverRules:
    """The county's document, or what counts without one."""
    own = policy(session, POLICY).get(county_code)
    if not own:
        return rules.CoverRules()
    return rules.CoverRules(own["social_owner"], int(own["warn_days"]), own["document_no"])


def set_rules(session: Session, actor: Holder, told: Mapping[str, Any]) -> None:
    """Who owes what the regulation leaves open, by the county's document; an empty number takes it away. ``not_allowed``."""
    insist(may(actor, RULE))
    named = {name: told[name] for name in ("document_no", "social_owner", "warn_days")}
    own = named if told["document_no"] else None
    set_for_county(session, actor, POLICY, actor.county_code, own, told["document_no"] or None)


def write_down(session: Session, actor: Holder, told: Mapping[str, Any]) -> Cover:
    """One cover of one worker. ``last_day`` is the last day covered; the accident insurance has one.

    Refuses with ``not_allowed``, ``person_unknown``, ``invalid``, ``record_exists`` (the same form again).
    """
    insist(may(actor, KEEP))
    person = persons.find(session, actor, KEEP, told["username"])
    to_day = told["last_day"] + timedelta(days=1) if told["last_day"] else None
    insist(rules.cover_may_be(told["kind"], told["from_day"], to_day))
    insist_new(session, Cover, told["id"])
    made = Cover(
        id=told["id"], county_code=person.county_code, person_id=person.id, kind=told["kind"], from_day=told["from_day"],
        to_day=to_day, insurer=told["insurer"] or None, policy_no=told["policy_no"] or None, written_at=clock.now(),
        written_by=actor.person_id,
    )  # fmt: skip
    add_once(session, made)
    _turn(session, [person.id], person.county_code)
    return made


def end(session: Session, actor: Holder, cover_id: UUID, last_day: date) -> Cover:
    """The cover ends earlier than was written. Refuses with ``not_found``, ``not_allowed``, ``invalid``."""
    insist(may(actor, KEEP))
    found = session.get(Cover, cover_id, with_for_update=True, populate_existing=True)
    if found is None or not persons.may_for(session, actor, KEEP, found.person_id, found.county_code):
        raise Problem("not_found")
    to_day = last_day + timedelta(days=1)
    if to_day <= found.from_day or (found.to_day is not None and to_day > found.to_day):
        raise Problem("invalid", fields=["last_day"])
    found.to_day = to_day
    session.flush()
    _turn(session, [found.person_id], found.county_code)
    return found


def states_of(session: Session, person_ids: Collection[UUID], county_code: str) -> dict[UUID, tuple[rules.State, ...]]:
    """The seven covers of each of these people today."""
    spans: dict[UUID, list[rules.Span]] = {one: [] for one in person_ids}
    for cover in session.scalars(sa.select(Cover).where(Cover.person_id.in_(list(person_ids)))):
        spans[cover.person_id].append(rules.Span(cover.kind, cover.from_day, cover.to_day))
    warn = rules_of(session, county_code).warn_days
    return {one: rules.states_of(found, clock.today(), warn) for one, found in spans.items()}


def lacking_under(session: Session, holder: Holder) -> list[Lacking]:
    """Workers below the office with a cover lacking or ending, by name."""
    workers = persons.workers_under(session, holder, KEEP, clock.today())
    states = states_of(session, workers, holder.county_code)
    open_ones = {one: tuple(s for s in found if s.state != rules.COVERED) for one, found in states.items()}
    ids = [one for one, found in open_ones.items() if found]
    people = session.scalars(sa.select(Person).where(Person.id.in_(ids)))
    return sorted((Lacking(p.id, p.name, p.username, open_ones[p.id]) for p in people), key=lambda one: one.name)


def covers_of(session: Session, person_id: UUID) -> list[Cover]:
    """All that is written of one person, the newest first."""
    own = sa.select(Cover).where(Cover.person_id == person_id)
    return list(session.scalars(own.order_by(Cover.from_day.desc(), Cover.written_at.desc())))


def owners_of(session: Session, grid_id: UUID, county_code: str) -> dict[str, OrgUnit]:
    """Which unit owes each cover of somebody who works in the grid."""
    given = rules_of(session, county_code)
    above = ancestors(session, units_of_grid(session, grid_id)[0]) if units_of_grid(session, grid_id) else []
    found: dict[str, OrgUnit] = {}
    for kind in rules.COVERS:
        kinds = KINDS_OF_UNIT[rules.owner_of(kind, given)]
        unit = next((one for one in above if one.kind in kinds), None)
        if unit is not None:
            found[kind] = unit
    return found


def alarm(session: Session, county_codes: Collection[str] | None = None) -> int:
    """Tell whoever owes a cover that has come to lack, and close what is there again. Returns how many alarms are new."""
    today = clock.today()
    statement = (
        sa.select(Appointment.county_code, Appointment.person_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(*persons.in_post(today))
        .distinct()
    )
    by_county: dict[str, list[UUID]] = defaultdict(list)
    for county_code, person_id in session.execute(statement):
        by_county[county_code].append(person_id)
    codes = by_county.keys() if county_codes is None else by_county.keys() & set(county_codes)
    return sum(_turn(session, by_county[code], code, everybody=True) for code in sorted(codes))


def feed_rows(session: Session, person_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """The row ``guarantee`` of the worker's own phone: each cover, until when, and whom to ask. Id: the person's."""
    grids = _grids_of(session, person_ids)
    by_county: dict[str, list[UUID]] = defaultdict(list)
    for person_id, county_code in session.execute(
        sa.select(Person.id, Person.county_code).where(Person.id.in_(list(grids)))
    ):
        by_county[county_code].append(person_id)
    rows: dict[UUID, dict[str, Any]] = {}
    for county_code, people in by_county.items():
        states = states_of(session, people, county_code)
        for person_id in people:
            owners = owners_of(session, grids[person_id], county_code)
            covers = [_row(one, owners.get(one.kind)) for one in states[person_id]]
            rows[person_id] = {"id": str(person_id), "covers": covers, "as_of": clock.today().isoformat()}
    return rows


def _row(one: rules.State, unit: OrgUnit | None) -> dict[str, Any]:
    return {
        "kind": one.kind, "state": one.state, "last_day": one.last_day.isoformat() if one.last_day else None,
        "ask": unit.name_zh if unit else None, "ask_phone": unit.phone if unit else None,
    }  # fmt: skip


def _turn(session: Session, person_ids: Collection[UUID], county_code: str, everybody: bool = False) -> int:
    """Open and close alarms of these workers and refresh their phones. ``everybody``: alarms of others of the county, who
    are no longer in post, end too."""
    today = clock.today()
    hold_list(session, county_code)  # one hand at a time: the sweeper and a desk meet here
    grids = _grids_of(session, person_ids)
    states = states_of(session, grids, county_code)
    now = {(one, s.kind) for one, found in states.items() for s in found if s.state != rules.COVERED}
    waiting = sa.select(CoverAlarm).where(CoverAlarm.county_code == county_code, CoverAlarm.ended_at.is_(None))
    if not everybody:
        waiting = waiting.where(CoverAlarm.person_id.in_(list(person_ids)))
    open_ones = {(one.person_id, one.kind): one for one in session.scalars(waiting.with_for_update())}
    for key in open_ones.keys() - now:
        open_ones[key].ended_at = clock.now()
    fresh = sorted(now - open_ones.keys(), key=str)
    told: set[tuple[UUID, str]] = set()
    for person_id, kind in fresh:
        unit = owners_of(session, grids[person_id], county_code).get(kind)
        session.add(
            CoverAlarm(
                id=new_id(),
                county_code=county_code,
                person_id=person_id,
                kind=kind,
                unit_id=unit.id if unit else None,
                at=clock.now(),
            )
        )
        if unit is not None:
            told.add((unit.id, OFFICES[rules.TOWN if unit.kind in KINDS_OF_UNIT[rules.TOWN] else rules.COUNTY]))
    for unit_id, role in sorted(told, key=str):
        desks = in_unit_posts(session, [unit_id], today, frozenset({role}))
        ring_all(session, [desk.id for desk in desks], "cover_lacking", at=clock.now())
    changed = {one for one, _kind in fresh} | {one for one, _kind in open_ones.keys() - now}
    for person_id in changed if everybody else grids:
        streams.put(session, stream_keys.person(person_id), KIND, person_id)
    return len(fresh)


def _grids_of(session: Session, person_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Of those in post as full-time workers: the grid of the oldest post."""
    statement = (
        sa.select(Appointment.person_id, Appointment.grid_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.person_id.in_(list(person_ids)), *persons.in_post(clock.today()))
        .order_by(Appointment.from_day.desc(), Appointment.id.desc())
    )
    return {person: grid for person, grid in session.execute(statement) if grid is not None}


def alarms_of(session: Session, holder: Holder) -> list[tuple[CoverAlarm, str]]:
    """Open alarms that the holder's own units are to mend, the oldest first, with the worker's name."""
    units = {post.org_unit_id for post in holder.posts if post.role in OFFICES.values()}
    own = sa.select(CoverAlarm).where(CoverAlarm.unit_id.in_(units), CoverAlarm.ended_at.is_(None))
    found = list(session.scalars(own.order_by(CoverAlarm.at, CoverAlarm.kind).limit(1000)))
    names = names_of(session, [one.person_id for one in found])
    return [(one, names.get(one.person_id, "")) for one in found]
