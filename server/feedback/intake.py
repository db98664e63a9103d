"""How feedback comes in, by whatever door, and which unit it goes to: one above the person meant (Art. 14)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from server.areas.models import OrgUnit
from server.areas.queries import units_of_grid
from server.feedback import queries, rules
from server.feedback.models import Feedback, FeedbackPicture, FeedbackStep
from server.feedback.telling import tell_unit
from server.findings.above import Above, above_persons, unit_over
from server.findings.queries import days_of
from server.findings.rules import COUNTY, TIERS
from server.kernel import clock, ids
from server.kernel.problems import Problem
from server.people.queries import holder_of_person, in_post, in_unit_posts
from server.people.rules import FIELD_ROLES, Holder
from server.platform.db import is_added
from server.platform.workdays import add_working_days

TRIES = 20
HOUR_MS = 3_600_000


def receive(
    session: Session,
    told: Mapping[str, Any],
    *,
    feedback_id: UUID,
    start: OrgUnit,
    channel: str,
    jpeg: bytes | None = None,
    taken_by: UUID | None = None,
) -> Feedback:
    """Keep it and give it a receipt. The same id again changes nothing and answers what is there.

    ``told``: kind, about, grid_id, who, words, name, phone. Refuses with ``grid_unknown`` (not of that place).
    """
    found = session.get(Feedback, feedback_id)
    if found is not None:
        return found
    grid_id = told["grid_id"]
    if grid_id is not None and start.id not in units_of_grid(session, grid_id):
        raise Problem("grid_unknown")
    above = route(session, told["about"], grid_id, start.id, is_staff=channel == rules.STAFF)
    days, now = days_of(session, start.county_code), clock.now()
    if channel == rules.STAFF and not told["name"]:
        now -= now % HOUR_MS  # or the minute would lead from the request log to whoever wrote it
    made = Feedback(
        id=feedback_id,
        county_code=start.county_code,
        secret=f"{secrets.randbelow(10**rules.SECRET_DIGITS):0{rules.SECRET_DIGITS}d}",
        kind=told["kind"],
        channel=channel,
        about=told["about"],
        grid_id=grid_id,
        start_unit=start.id,
        unit_id=above.unit_id,
        who=told["who"] or None,
        words=told["words"],
        complainant={"name": told["name"], "phone": told["phone"]} if told["name"] or told["phone"] else None,
        taken_by=taken_by,
        came_at=now,
        accept_by=add_working_days(clock.day_of(now), int(days["accept_days"])),
        document_no=days["document_no"],
        state=rules.RECEIVED,
        version=1,
    )
    kept = _with_receipt(session, made)
    if kept is not made:
        return kept
    _past_whoever_is_meant(session, made)
    if jpeg is not None:
        session.add(FeedbackPicture(feedback_id=made.id, jpeg=jpeg))
    note(session, made, rules.RECEIVED, taken_by, at=now)
    tell_unit(session, made)
    return made


def route(session: Session, about: str, grid_id: UUID | None, start: UUID, *, is_staff: bool = False) -> Above:
    """The unit above everybody who could be meant as far as place and role tell. Staff are heard by the county at least."""
    least = rules.least_tier(about)
    if is_staff:
        least = max((least, COUNTY), key=TIERS.index)
    return above_persons(session, _candidates(session, about, grid_id), start, least)


def _past_whoever_is_meant(session: Session, made: Feedback) -> None:
    """Up to the first unit in which somebody may take it on; where there is none it waits at the highest."""
    while not queries.handlers_of(session, made):
        over = unit_over(session, made.unit_id)
        if over.unit_id == made.unit_id:
            return
        made.unit_id = over.unit_id


def note(
    session: Session, one: Feedback, step: str, by_person: UUID | None, words: str | None = None, at: int | None = None
) -> None:
    """One line of its history, under the unit that has it now."""
    session.add(
        FeedbackStep(
            id=ids.new_id(),
            feedback_id=one.id,
            at=clock.now() if at is None else at,
            step=step,
            by_person=by_person,
            unit_id=one.unit_id,
            words=words,
        )
    )


def _candidates(session: Session, about: str, grid_id: UUID | None) -> list[Holder]:
    """Who holds that role at that place today, with all their posts: somebody may sit in the town as well."""
    if grid_id is None or about == rules.WORK:
        return []
    today = clock.today()
    if about in FIELD_ROLES:
        holders = [holder_of_person(session, one, today) for one in in_post(session, grid_id, today)]
        return [one for one in holders if any(post.role == about for post in one.posts)]
    units, roles = units_of_grid(session, grid_id), frozenset({about})
    return [holder_of_person(session, one, today) for one in in_unit_posts(session, units, today, roles=roles)]


def _with_receipt(session: Session, made: Feedback) -> Feedback:
    """Stored under a number that is free; or what another transaction stored under the same id meanwhile."""
    for _ in range(TRIES):
        made.receipt = f"{secrets.randbelow(10**rules.RECEIPT_DIGITS):0{rules.RECEIPT_DIGITS}d}"
        if is_added(session, made):
            return made
        found = session.get(Feedback, made.id, populate_existing=True)
        if found is not None:
            return found
    raise Problem("unavailable")
