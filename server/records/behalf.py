"""Entering for others, from paper or by voice: the record is the worker's once the worker has said so.

A leader, the village or the town writes it; the author is the person who did the work, and whoever wrote it never
reviews it. Until the author confirms, it is marked as entered by another and counts for nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from server.areas.queries import grid, thing_of_grid
from server.kernel import clock
from server.kernel.problems import Conflict, Problem, insist
from server.messages.commands import ring
from server.people.models import Person
from server.people.queries import holder_of
from server.people.rules import Thing, may
from server.records.commands import advance, found_for
from server.records.models import Record
from server.records.rules import Act

REACHES_BACK = timedelta(days=7)


def act_of_author(session: Session, act: Act, told: Mapping[str, Any]) -> Act:
    """The act as its author's, when the payload says so (``on_behalf``); otherwise as it is.

    Refuses with ``not_found``, ``not_allowed``, ``not_for_others``, ``day_out_of_range``.
    """
    named = told.get("on_behalf")
    if named is None:
        return act
    if grid(session, told["grid_id"]) is None:
        raise Problem("not_found")
    place = Thing(**thing_of_grid(session, told["grid_id"]), grid_id=told["grid_id"])
    insist(may(act.holder, "record.enter_for", place))
    if not act.day - REACHES_BACK <= named["day"] <= act.day:
        raise Problem("day_out_of_range")
    if session.get(Person, named["person_id"]) is None or named["person_id"] == act.person_id:
        raise Problem("not_for_others")
    author = holder_of(session, named["person_id"], named["day"])
    if not any(post.grid_id == told["grid_id"] and post.acting_for is None for post in author.posts):
        raise Problem("not_for_others")
    noon = clock.start_of(named["day"]) + clock.DAY_MS // 2
    at = act.acted_at if named["day"] == act.day else min(noon, act.acted_at)
    return replace(act, holder=author, acted_at=at, entered_by=act.person_id, on_behalf=True)


def confirm(session: Session, act: Act, record_id: UUID, mine: bool) -> Record:
    """The author's answer: it is my work, or it is not. Refuses ``not_found``, ``not_allowed``; conflict ``not_to_confirm``."""
    found = found_for(session, act, record_id, "record.confirm")
    if found.confirmation != "waiting":
        raise Conflict("not_to_confirm", kind="record", object_id=found.id)
    found.confirmation = "confirmed" if mine else "denied"
    found.confirmed_at = act.acted_at if mine else None
    advance(session, found, act, "confirmed" if mine else "denied")
    if not mine and found.entered_by is not None:
        ring(session, found.entered_by, "entry_denied", record_id=found.id, at=act.now)
    return found
