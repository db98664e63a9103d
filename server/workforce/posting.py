"""Staff by forms (Arts. 7, 19, 20): hired, appointed, moved, suspended, gone; each an act of its own with its day.

Posts have dates, and dates do the rest: from the day on the phone's session may only hand over what it holds, streams leave
it, boards, badges and rosters follow (docs/wire.md §3, §4). What a moved worker did before still counts under the old scope.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.models import Grid, MicroGrid, OrgUnit
from server.areas.queries import ancestors, units_of_grid
from server.kernel import clock, ids
from server.kernel.problems import Problem, insist
from server.people import commands as people
from server.people.models import Appointment, Person
from server.people.rules import Holder, may, may_give
from server.workforce import staff_queries as queries
from server.workforce import staff_rules as rules
from server.workforce.models import StaffAct

ACTION = "staff.keep"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Place:
    """What a post names: a grid, a micro-grid in it, or a unit alone."""

    unit: OrgUnit
    grid_id: UUID | None = None
    micro_grid_id: UUID | None = None


def hire(session: Session, by: Holder, told: Mapping[str, Any]) -> tuple[Person, str]:
    """Somebody new with the first post, and the one-time code for the first sign-in. The same form again: a new code.

    Refuses with ``not_allowed``, ``place_unfit``, ``day_out_of_range``, ``username_taken``, ``invalid``.
    """
    there = session.get(Person, told["id"])
    if there is not None:
        return there, first_code(session, by, there.id)
    wrong = rules.person_faults(told["username"], told["name"], told["phone"])
    if wrong:
        raise Problem("invalid", fields=wrong)
    place = _place_for(session, by, told["role"], told["place"])
    try:
        person = people.add_person(
            session, county_code=place.unit.county_code, username=told["username"], name=told["name"],
            phone=told["phone"] or None, person_id=told["id"],
        )  # fmt: skip
    except sa.exc.IntegrityError as error:
        raise Problem("username_taken", fields=["username"]) from error
    person.recruited_unified = told["unified"] == "yes" if told["unified"] else None
    post = _give(session, person, told["role"], place, told["from_day"], told["last_day"])
    _note(session, by, person, rules.HIRED, told["from_day"], told["document_no"], _rows([post]))
    return person, people.show_first_code(session, by, person)


def first_code(session: Session, by: Holder, person_id: UUID) -> str:
    """Another code for somebody who has never signed in. Refuses with ``not_found``, ``not_allowed``."""
    person = _to_change(session, by, person_id)
    _insist_all_given(session, by, _open_posts(session, person))
    return people.show_first_code(session, by, person)


def appoint(session: Session, by: Holder, person_id: UUID, told: Mapping[str, Any]) -> Appointment:
    """One more post. The same post on the same days again is the one that is there.

    Refuses with ``not_found``, ``not_allowed``, ``place_unfit``, ``day_out_of_range``, ``post_held``, ``staff_suspended``,
    ``administrators_apart``.
    """
    person = _to_change(session, by, person_id)
    _insist_not_suspended(session, person)
    place = _place_for(session, by, told["role"], told["place"], person.county_code)
    to_day = told["last_day"] + ONE_DAY if told["last_day"] else None
    for held in _open_posts(session, person):
        if (held.role, *_named(held)) == (told["role"], place.unit.id, place.grid_id, place.micro_grid_id):
            if (held.from_day, held.to_day) == (told["from_day"], to_day):
                return held
            raise Problem("post_held")
    if person.left_on is not None:
        if told["from_day"] < person.left_on:
            raise Problem("day_out_of_range")
        person.left_on = None  # taken on again
    post = _give(session, person, told["role"], place, told["from_day"], told["last_day"])
    _note(session, by, person, rules.APPOINTED, told["from_day"], told["document_no"], _rows([post]))
    return post


def move(session: Session, by: Holder, person_id: UUID, post_id: UUID, told: Mapping[str, Any]) -> Appointment:
    """One post ends and goes on at another place from the day. Refuses as ``appoint`` and ``end_post`` do."""
    person = _to_change(session, by, person_id)
    _insist_not_suspended(session, person)
    old = _post(session, by, person, post_id)
    place = _place_for(session, by, old.role, told["place"], person.county_code)
    insist(rules.ends(told["from_day"] - ONE_DAY, clock.today()))
    if _named(old) == (place.unit.id, place.grid_id, place.micro_grid_id):
        raise Problem("post_held")
    last_day = old.to_day - ONE_DAY if old.to_day else None
    _end(session, [old], told["from_day"])
    post = _give(session, person, old.role, place, told["from_day"], last_day)
    _note(session, by, person, rules.MOVED, told["from_day"], told["document_no"], _rows([old, post]))
    return post


def end_post(session: Session, by: Holder, person_id: UUID, post_id: UUID, told: Mapping[str, Any]) -> None:
    """One post ends with its last day. Refuses with ``not_found``, ``not_allowed``, ``day_out_of_range``."""
    person = _to_change(session, by, person_id)
    post = _post(session, by, person, post_id)
    insist(rules.ends(told["last_day"], clock.today()))
    _end(session, [post], told["last_day"] + ONE_DAY)
    _note(session, by, person, rules.ENDED, told["last_day"] + ONE_DAY, told["document_no"], _rows([post]))


def suspend(session: Session, by: Holder, person_id: UUID, told: Mapping[str, Any]) -> None:
    """All posts rest from the day on; which, is written down for the return.

    Refuses with ``not_found``, ``not_allowed``, ``day_out_of_range``, ``staff_suspended``.
    """
    person = _to_change(session, by, person_id)
    _insist_not_suspended(session, person)
    posts = _all_posts(session, by, person)
    insist(rules.ends(told["from_day"] - ONE_DAY, clock.today()))
    rested = _rows(posts)
    _end(session, posts, told["from_day"])
    _note(session, by, person, rules.SUSPENDED, told["from_day"], told["document_no"], rested)


def take_back(session: Session, by: Holder, person_id: UUID, told: Mapping[str, Any]) -> None:
    """The posts that rested go on from the day, but for those whose grid is no more.

    Refuses with ``not_found``, ``not_allowed``, ``day_out_of_range``, ``step_done`` (nobody suspended),
    ``administrators_apart``.
    """
    person, day = _to_change(session, by, person_id), told["from_day"]
    acts = queries.acts_of(session, person.id)
    if not rules.is_suspended(one.kind for one in acts):
        raise Problem("step_done")
    suspended = next(one for one in reversed(acts) if one.kind == rules.SUSPENDED)
    insist(rules.begins(day, clock.today()))
    if day < suspended.day:
        raise Problem("day_out_of_range")
    rested = [(session.get_one(Appointment, UUID(one["id"])), clock.parse_day(one["to"])) for one in suspended.posts]
    _insist_all_given(session, by, [post for post, _end_day in rested])
    again = [
        people.appoint(
            session, person_id=person.id, role=one.role, org_unit_id=one.org_unit_id, grid_id=one.grid_id,
            micro_grid_id=one.micro_grid_id, from_day=max(day, one.from_day), to_day=to_day,
        )
        for one, to_day in rested
        if _is_open(session, one) and (to_day is None or to_day > max(day, one.from_day))
    ]  # fmt: skip
    _note(session, by, person, rules.RETURNED, day, told["document_no"], _rows(again))


def leave(session: Session, by: Holder, person_id: UUID, told: Mapping[str, Any]) -> None:
    """Resigned or retired: every post ends with the last day, one that would begin later never begins.

    Refuses with ``not_found``, ``not_allowed``, ``day_out_of_range``, ``step_done``.
    """
    person = _to_change(session, by, person_id)
    if person.left_on is not None:
        raise Problem("step_done")
    posts = _open_posts(session, person)
    _insist_all_given(session, by, posts)
    insist(rules.ends(told["last_day"], clock.today()))
    person.left_on = told["last_day"] + ONE_DAY
    session.flush()
    ended = _rows(posts)
    _end(session, posts, person.left_on)
    _note(session, by, person, told["kind"], person.left_on, told["document_no"], ended)


def say_unified(session: Session, by: Holder, person_id: UUID, told: Mapping[str, Any]) -> None:
    """Whether by the unified recruitment of Art. 20. Refuses with ``not_found``, ``not_allowed``; again changes nothing."""
    person = _to_change(session, by, person_id)
    is_unified = told["unified"] == "yes"
    if person.recruited_unified is not is_unified:
        person.recruited_unified = is_unified
        _note(session, by, person, "unified" if is_unified else "not_unified", clock.today(), "", [])


# -- who may, and where ------------------------------------------------------------------------------------------------


def _to_change(session: Session, by: Holder, person_id: UUID) -> Person:
    """Locked, and in sight of the office. Refuses with ``not_found``, ``own_matter``."""
    insist(may(by, ACTION))
    person = session.get(Person, person_id, with_for_update=True, populate_existing=True)
    if person is None or not queries.is_in_sight(session, by, person):
        raise Problem("not_found")
    if person.id == by.person_id:
        raise Problem("own_matter")
    return person


def _place_for(session: Session, by: Holder, role: str, said: str, county_code: str | None = None) -> Place:
    """The place that the form names, where this role may be given. Refuses with ``place_unfit``, ``not_allowed``."""
    kind, _, text = said.partition(":")
    place = _find(session, kind, ids.parse_id(text))
    in_micro = place is not None and place.micro_grid_id is not None
    in_grid = place is not None and place.grid_id is not None and not in_micro
    if place is None or not rules.fits(role, in_grid=in_grid, in_micro=in_micro, unit_kind=place.unit.kind):
        raise Problem("place_unfit", fields=["place"])
    if county_code not in (None, place.unit.county_code):
        raise Problem("place_unfit", fields=["place"])
    if not may_give(by, role, _units(session, place.unit.id, place.grid_id)):
        raise Problem("not_allowed")
    return place


def _find(session: Session, kind: str, place_id: UUID | None) -> Place | None:
    """Only what is open."""
    if kind == "unit":
        unit = session.get(OrgUnit, place_id) if place_id else None
        return Place(unit) if unit else None
    micro = session.get(MicroGrid, place_id) if kind == "micro" and place_id else None
    if kind == "micro" and (micro is None or micro.closed_on is not None):
        return None
    grid = session.get(Grid, micro.grid_id if micro else place_id) if place_id and kind in ("grid", "micro") else None
    if grid is None or grid.closed_on is not None:
        return None
    return Place(session.get_one(OrgUnit, grid.village_id), grid.id, micro.id if micro else None)


def _units(session: Session, unit_id: UUID, grid_id: UUID | None) -> tuple[UUID, ...]:
    if grid_id is not None:
        return units_of_grid(session, grid_id)
    return tuple(unit.id for unit in ancestors(session, unit_id))


def _insist_all_given(session: Session, by: Holder, posts: Sequence[Appointment]) -> None:
    """Whoever holds a post that the office does not give is not the office's to change. ``not_allowed``."""
    if not all(may_give(by, one.role, _units(session, one.org_unit_id, one.grid_id)) for one in posts):
        raise Problem("not_allowed")


def _insist_not_suspended(session: Session, person: Person) -> None:
    if rules.is_suspended(one.kind for one in queries.acts_of(session, person.id)):
        raise Problem("staff_suspended")


# -- posts -------------------------------------------------------------------------------------------------------------


def _open_posts(session: Session, person: Person) -> list[Appointment]:
    """Held today, or to begin."""
    return [one for one in queries.posts_of(session, person.id) if one.to_day is None or one.to_day > clock.today()]


def _all_posts(session: Session, by: Holder, person: Person) -> list[Appointment]:
    """All open posts, which must be the office's. ``not_allowed``, ``step_done`` for nobody in post."""
    posts = _open_posts(session, person)
    if not posts:
        raise Problem("step_done")
    _insist_all_given(session, by, posts)
    return posts


def _post(session: Session, by: Holder, person: Person, post_id: UUID) -> Appointment:
    post = next((one for one in _open_posts(session, person) if one.id == post_id), None)
    if post is None:
        raise Problem("not_found")
    _insist_all_given(session, by, [post])
    return post


def _named(post: Appointment) -> tuple[UUID, UUID | None, UUID | None]:
    return post.org_unit_id, post.grid_id, post.micro_grid_id


def _give(
    session: Session, person: Person, role: str, place: Place, from_day: date, last_day: date | None
) -> Appointment:
    insist(rules.begins(from_day, clock.today()))
    if last_day is not None and last_day < from_day:
        raise Problem("invalid", fields=["last_day"])
    return people.appoint(
        session, person_id=person.id, role=role, org_unit_id=place.unit.id, grid_id=place.grid_id,
        micro_grid_id=place.micro_grid_id, from_day=from_day, to_day=last_day + ONE_DAY if last_day else None,
    )  # fmt: skip


def _end(session: Session, posts: Sequence[Appointment], day: date) -> None:
    """Nothing is lengthened; what would have begun later never begins."""
    for one in posts:
        if one.to_day is None or one.to_day > day:
            people.end_appointment(session, one.id, max(day, one.from_day))


def _rows(posts: Sequence[Appointment]) -> list[dict[str, str | None]]:
    """Posts as an act keeps them, with the end they have now."""
    return [{"id": str(one.id), "to": one.to_day.isoformat() if one.to_day else None} for one in posts]


def _is_open(session: Session, post: Appointment) -> bool:
    if post.micro_grid_id is not None and session.get_one(MicroGrid, post.micro_grid_id).closed_on is not None:
        return False
    return post.grid_id is None or session.get_one(Grid, post.grid_id).closed_on is None


def _note(
    session: Session,
    by: Holder,
    person: Person,
    kind: str,
    day: date,
    document_no: str,
    posts: Sequence[Mapping[str, Any]],
) -> None:
    session.add(
        StaffAct(
            id=ids.new_id(), county_code=person.county_code, person_id=person.id, kind=kind, day=day,
            document_no=document_no or None, posts=list(posts), by_person=by.person_id, at=clock.now(),
        )
    )  # fmt: skip
    session.flush()
