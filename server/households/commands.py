"""Writes of the households room: households, places, plans of visits, and their end. Never commits.

``payload`` is what a schema of ``schemas.py`` loaded. Whoever may save a household there, and which stream carries it,
is asked here, where the row's place is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas import queries as areas
from server.households import queries, registry
from server.households.models import FieldChange, Household, Place, VisitPlan
from server.households.pinyin import initials_of
from server.households.plans import add_plan, end_plan, follow, visit_done
from server.households.rules import CHECK_POINT, Actor, delete_before
from server.kernel import clock, stream_keys
from server.kernel.geo import to_degrees, to_units
from server.kernel.ids import new_id
from server.kernel.merge import merge
from server.kernel.problems import Conflict, Problem, insist
from server.matters.queries import policy
from server.people.rules import Thing, may
from server.platform import streams

__all__ = [
    "add_household", "add_place", "add_plan", "close_household", "close_place", "delete_closed_households",
    "erase_household", "plan_place", "plan_places",
    "save_household", "save_place", "visit_done",
]  # fmt: skip

HOUSEHOLD_FIELDS = ("micro_grid_id", "door", "contact_name", "contact_phone")
PLACE_FIELDS = ("micro_grid_id", "kind", "name", "address", "lng", "lat", "radius_m", "matters")


def save_household(session: Session, act: Actor, payload: Mapping[str, Any]) -> Household:
    """A new household, or changes of one, merged with what came meanwhile.

    Problems: ``not_found``, ``not_allowed``, ``record_exists``, ``closed``, ``household_elsewhere`` (another grid's
    micro-grid), ``base_version_missing``; ``Conflict`` with the fields that both sides changed.
    """
    found = session.get(Household, payload["id"], with_for_update=True, populate_existing=True)
    if "changes" not in payload:
        if found is not None:
            raise Problem("record_exists")
        return _new_household(session, act, payload)
    if found is None:
        raise Problem("not_found")
    insist(may(act.holder, "household.save", queries.thing_of(session, found)))
    if found.closed_on is not None:
        raise Problem("closed")
    present = {name: getattr(found, name) for name in HOUSEHOLD_FIELDS}
    values = _merged(session, act, "household", found, present, payload["changes"])
    _change_household(session, act, found, values)
    return found


def close_household(session: Session, act: Actor, payload: Mapping[str, Any]) -> Household:
    """Moved out or a duplicate: its plans end, and after the set days it is deleted. A decision: never merges.

    Problems: ``not_found``, ``not_allowed``; ``Conflict``: ``already_decided`` (closed), ``stale`` (changed).
    """
    found = session.get(Household, payload["id"], with_for_update=True, populate_existing=True)
    if found is None:
        raise Problem("not_found")
    insist(may(act.holder, "household.save", queries.thing_of(session, found)))
    if found.closed_on is not None:
        raise Conflict("already_decided", kind="household", object_id=found.id)
    if act.version_seen is not None and act.version_seen != found.version:
        raise Conflict("stale", kind="household", object_id=found.id)
    found.closed_on, found.close_reason = clock.today(), payload["reason"]
    _note(session, act, found, {"closed_on": None})
    for plan in queries.open_plans_of(session, found.id):
        end_plan(session, plan, clock.today())
    streams.put(session, stream_keys.micro(found.micro_grid_id), "household", found.id)
    return found


def save_place(session: Session, act: Actor, payload: Mapping[str, Any]) -> Place:
    """A new shop, site, facility or check point, or changes of one.

    Problems: ``not_found``, ``not_allowed``, ``record_exists``, ``closed``, ``place_elsewhere`` (micro-grid of another
    grid), ``base_version_missing``; ``Conflict`` with the fields that both sides changed.
    """
    found = session.get(Place, payload["id"], with_for_update=True, populate_existing=True)
    if "changes" not in payload:
        if found is not None:
            raise Problem("record_exists")
        return _new_place(session, act, payload)
    if found is None:
        raise Problem("not_found")
    insist(may(act.holder, "place.save", queries.thing_of(session, found)))
    if found.closed_on is not None:
        raise Problem("closed")
    present = {name: getattr(found, name) for name in PLACE_FIELDS}
    present |= {"lng": to_degrees(found.lng), "lat": to_degrees(found.lat)}
    values = _merged(session, act, "place", found, present, payload["changes"])
    _insist_same_grid(session, found.grid_id, values.get("micro_grid_id"), "place_elsewhere")
    for name, value in values.items():
        setattr(found, name, to_units(value) if name in ("lng", "lat") else value)
    found.in_plan = found.in_plan and found.kind == CHECK_POINT
    _note(session, act, found, {name: present[name] for name in values})
    streams.put(session, stream_keys.grid(found.grid_id), "place", found.id)
    return found


def close_place(session: Session, act: Actor, place_id: UUID) -> Place:
    """It is there no longer: out of the plan, its visits end, the phones forget it. A decision: never merges.

    Problems: ``not_found``, ``not_allowed``; ``Conflict``: ``already_decided`` (closed), ``stale`` (changed).
    """
    found = session.get(Place, place_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise Problem("not_found")
    insist(may(act.holder, "place.save", queries.thing_of(session, found)))
    if found.closed_on is not None:
        raise Conflict("already_decided", kind="place", object_id=found.id)
    if act.version_seen is not None and act.version_seen != found.version:
        raise Conflict("stale", kind="place", object_id=found.id)
    found.closed_on, found.in_plan = clock.today(), False
    _note(session, act, found, {"closed_on": None})
    for plan in queries.open_plans_at(session, found.id):
        end_plan(session, plan, clock.today())
    streams.gone(session, stream_keys.grid(found.grid_id), "place", found.id)
    return found


def plan_places(session: Session, grid_id: UUID, place_ids: set[UUID]) -> None:
    """Make exactly these places the check points of the grid's next patrols."""
    for found in session.scalars(sa.select(Place).where(Place.grid_id == grid_id, Place.closed_on.is_(None))):
        plan_place(session, found, found.id in place_ids)


def plan_place(session: Session, found: Place, is_planned: bool) -> None:
    """Whether the grid's next patrols look at it; the phones hear of a change."""
    if found.in_plan != is_planned:
        found.in_plan = is_planned
        found.version += 1
        streams.put(session, stream_keys.grid(found.grid_id), "place", found.id)


def delete_closed_households(session: Session, today: date, most: int = 500) -> int:
    """Retention: households closed longer than the set days go, with their plans and history. Returns how many.

    One that a legal hold names stays, and keeps none of the others back.
    """
    last = delete_before(today, int(policy(session, "closed_household_days")))
    done, after = 0, UUID(int=0)
    while done < most:
        is_next = sa.and_(Household.closed_on <= last, Household.id > after)
        closed = list(session.scalars(sa.select(Household).where(is_next).order_by(Household.id).limit(most)))
        if not closed:
            break
        held = registry.held_of(session, [found.id for found in closed])
        after = closed[-1].id
        for found in closed:
            if found.id not in held:
                _delete(session, found)
                done += 1
    return done


def erase_household(session: Session, household_id: UUID) -> None:
    """At the household's own wish (个人信息保护法 Art. 47).

    Refuses with ``not_found``, ``still_needed`` while a visit is planned.
    """
    found = session.get(Household, household_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise Problem("not_found")
    if queries.open_plans_of(session, found.id):
        raise Problem("still_needed")
    _delete(session, found)


def _delete(session: Session, found: Household) -> None:
    registry.untie(session, found.id)
    session.execute(sa.delete(VisitPlan).where(VisitPlan.household_id == found.id))
    session.execute(sa.delete(FieldChange).where(FieldChange.object_id == found.id))
    streams.gone(session, stream_keys.micro(found.micro_grid_id), "household", found.id)
    session.delete(found)


def _new_household(session: Session, act: Actor, payload: Mapping[str, Any]) -> Household:
    above = areas.micro_grid(session, payload["micro_grid_id"])
    if above is None:
        raise Problem("not_found")
    units = areas.units_of_grid(session, above.grid_id)
    insist(may(act.holder, "household.save", Thing(above.county_code, above.grid_id, above.id, units)))
    return add_household(session, above.county_code, above.grid_id, payload)


def add_household(session: Session, county_code: str, grid_id: UUID, payload: Mapping[str, Any]) -> Household:
    """The row and its feed entry; whoever calls has asked for permission."""
    found = Household(
        id=payload["id"], county_code=county_code, grid_id=grid_id, micro_grid_id=payload["micro_grid_id"],
        door=payload["door"], door_hash=queries.door_hash(payload["micro_grid_id"], payload["door"]),
        contact_name=payload["contact_name"], contact_phone=payload["contact_phone"],
        initials=initials_of(payload["contact_name"]), created_at=clock.now(), version=1,
    )  # fmt: skip
    session.add(found)
    streams.put(session, stream_keys.micro(found.micro_grid_id), "household", found.id)
    return found


def _change_household(session: Session, act: Actor, found: Household, values: Mapping[str, Any]) -> None:
    was = {name: getattr(found, name) for name in values}
    old_micro = found.micro_grid_id
    _insist_same_grid(session, found.grid_id, values.get("micro_grid_id"), "household_elsewhere")
    if "micro_grid_id" in values:
        units = areas.units_of_grid(session, found.grid_id)
        target = Thing(found.county_code, found.grid_id, values["micro_grid_id"], units)
        insist(may(act.holder, "household.save", target))
    plans = queries.open_plans_of(session, found.id)
    for name, value in values.items():
        setattr(found, name, value)
    found.door_hash = queries.door_hash(found.micro_grid_id, found.door)
    found.initials = initials_of(found.contact_name)
    _note(session, act, found, was)
    _put_household(session, found, old_micro)
    for plan in plans:
        follow(session, plan, found.micro_grid_id)


def _put_household(session: Session, found: Household, old_micro: UUID) -> None:
    stream = stream_keys.micro(found.micro_grid_id)
    if old_micro == found.micro_grid_id:
        streams.put(session, stream, "household", found.id)
    else:
        streams.moved(session, stream_keys.micro(old_micro), stream, "household", found.id)


def _new_place(session: Session, act: Actor, payload: Mapping[str, Any]) -> Place:
    above = areas.place_of_grid(session, payload["grid_id"])
    if above is None:
        raise Problem("not_found")
    insist(may(act.holder, "place.save", Thing(above.county_code, payload["grid_id"], None, above.units)))
    _insist_same_grid(session, payload["grid_id"], payload.get("micro_grid_id"), "place_elsewhere")
    return add_place(session, above.county_code, payload)


def add_place(session: Session, county_code: str, payload: Mapping[str, Any]) -> Place:
    """The row and its feed entry; whoever calls has asked for permission."""
    same = {name: payload.get(name) for name in PLACE_FIELDS if name not in ("lng", "lat")}
    found = Place(
        id=payload["id"], county_code=county_code, grid_id=payload["grid_id"], lng=to_units(payload["lng"]),
        lat=to_units(payload["lat"]), in_plan=False, created_at=clock.now(), version=1, **same,
    )  # fmt: skip
    session.add(found)
    streams.put(session, stream_keys.grid(found.grid_id), "place", found.id)
    return found


def _insist_same_grid(session: Session, grid_id: UUID, micro_grid_id: UUID | None, code: str) -> None:
    if micro_grid_id is None:
        return
    found = areas.micro_grid(session, micro_grid_id)
    if found is None or found.grid_id != grid_id:
        raise Problem(code)


def _merged(
    session: Session,
    act: Actor,
    kind: str,
    found: Household | Place,
    present: Mapping[str, Any],
    wanted: Mapping[str, Any],
) -> Mapping[str, Any]:
    """The values to write. Three ways: as the editor saw it, as it stands, as the editor wants it."""
    seen = act.version_seen if act.version_seen is not None else found.version
    if seen > found.version:
        raise Problem("base_version_missing")
    base = dict(present)
    for change in queries.changes_after(session, found.id, seen):
        base.update({name: _as_kept(name, value) for name, value in change.was.items()})
    merged = merge(base, present, wanted)
    if merged.differing:
        raise Conflict("changed_meanwhile", kind=kind, object_id=found.id, differing=merged.differing)
    return merged.values


def _as_kept(name: str, value: Any) -> Any:
    return UUID(value) if name == "micro_grid_id" and value is not None else value


def _note(session: Session, act: Actor, found: Household | Place, was: Mapping[str, Any]) -> None:
    found.version += 1
    session.add(
        FieldChange(
            id=new_id(),
            object_id=found.id,
            version=found.version,
            at=clock.now(),
            by_person_id=act.holder.person_id,
            was=dict(was),
        )
    )
