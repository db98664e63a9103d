"""What changes a call-out: opened, answered, ended early or by itself, and at last forgotten by phones and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.models import OrgUnit
from server.areas.queries import units_under
from server.callouts import queries, rules
from server.callouts.models import Callout, CalloutAnswer, CalloutLimit, CalloutPosition
from server.kernel import clock, ids, stream_keys
from server.kernel.problems import Problem, insist
from server.messages.commands import call_off, heard, heard_of, ring, ring_area, unread_about
from server.people.roster import held_under, leaders_in
from server.people.rules import GRID_ROLES, TABLE, Holder, Post, Thing, may
from server.platform import streams

CALLED, HELP = "callout_opened", "callout_help"
SWEEP = 500


def open_callout(session: Session, by: Holder, org_unit_id: UUID, reason: str, hours: int) -> Callout:
    """Call everybody with a post in the unit or below it: one row for the feed, one message for each, in one transaction.

    Refuses with ``not_found``, ``not_allowed``, ``invalid``, ``callout_too_long``, ``callout_open``.
    """
    thing = queries.thing_of_unit(session, org_unit_id)
    insist(may(by, "callout.open", thing))
    here = sa.select(OrgUnit.id).where(OrgUnit.id == org_unit_id)
    session.execute(here.with_for_update(key_share=True))  # two offices at one area; whatever names the unit goes on
    limit = queries.limit_on(session, thing.county_code, clock.today())
    is_open_there = queries.open_in(session, org_unit_id) is not None
    insist(rules.may_open(hours=hours, most_hours=limit.hours, reason=reason, is_open_there=is_open_there))
    now = clock.now()
    made = Callout(
        id=ids.new_id(),
        county_code=thing.county_code,
        org_unit_id=org_unit_id,
        reason=reason.strip(),
        opened_unit=_opening_unit(by, thing),
        opened_by=by.person_id,
        opened_at=now,
        ends_at=now + hours * rules.HOUR_MS,
    )
    session.add(made)
    session.flush()
    held = held_under(session, units_under(session, [org_unit_id]), clock.day_of(now))
    called = sorted({person for person, _ in held} - {by.person_id})
    ring_area(session, made.county_code, called, CALLED, at=now, by_unit=made.opened_unit)
    _tell(session, made)
    return made


def answer(session: Session, by: Holder, told: Mapping[str, Any], *, acted_at: int, now: int) -> CalloutAnswer:
    """Whoever is called answers; what is late is taken all the same, and a call for help rings whatever the hour.

    Refuses with ``not_found`` (not called by it). Of an id that there is, the database itself says so to whoever applies
    the act (``record_exists``): of 41,000 answers not one is looked up for it first.
    """
    called = session.get(Callout, told["callout_id"])
    posts = queries.posts_called(session, by, called) if called else []
    if called is None or not posts:
        raise Problem("not_found")
    is_help, place = told["kind"] == rules.NEED_HELP, told.get("place")
    last_help = _last_help(session, called.id, by.person_id) if is_help else None
    rows = _answer_rows(session, called, by, posts, told, acted_at, now)
    heard(session, by.person_id, CALLED, called.opened_at)
    if not is_help and place is None:
        return rows[0]  # what 41,000 say within minutes asks no more than it must
    leaders = _leaders(session, by, posts, clock.day_of(now))
    if place is not None and rules.keeps_position(
        acted_at=acted_at, opened_at=called.opened_at, ends_at=called.ends_at, ended_at=called.ended_at, now=now
    ):
        on_phones = leaders if called.cleared_at is None else ()  # whoever leads by then had no part in it
        _keep_position(session, called, by.person_id, place, acted_at, on_phones)
    if rules.rings(told["kind"], last_help, now):
        for person_id in sorted({*leaders, called.opened_by} - {by.person_id}):
            ring(session, person_id, HELP, at=now, record_id=called.id, urgent=True)
    return rows[0]


def is_asked_for_help(session: Session, person_id: UUID, callout_id: UUID) -> bool:
    """Whether a call for help of this call-out waits for the person."""
    return session.scalar(unread_about(person_id, HELP, callout_id).limit(1)) is not None


def hear_of_help(session: Session, person_id: UUID, callout_id: UUID, seen_at: int) -> None:
    """The person looked at the whole call-out at ``seen_at``: what called for help by then rings for them no more."""
    heard_of(session, person_id, HELP, callout_id, until=seen_at)


def end(session: Session, by: Holder, callout_id: UUID) -> Callout:
    """An authority above the area ends it early. Refuses with ``not_found``, ``not_allowed``, ``callout_ended``."""
    found = session.get(Callout, callout_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise Problem("not_found")
    insist(may(by, "callout.open", queries.thing_of(session, found)))
    if found.ended_at is not None or found.ends_at <= clock.now():
        raise Problem("callout_ended")
    found.ended_by = by.person_id
    _end(session, found, clock.now())
    return found


def end_due(session: Session, now: int) -> int:
    """What has lasted as long as it was opened for ends by itself. Returns how many."""
    due = sa.select(Callout).where(Callout.ended_at.is_(None), Callout.ends_at <= now)
    found = session.scalars(due.limit(SWEEP).with_for_update(skip_locked=True)).all()
    for one in found:
        _end(session, one, one.ends_at)
    return len(found)


def clear_phones(session: Session, now: int) -> int:
    """A day after its end a call-out and its answers leave the phones. Returns how many rows."""
    over = sa.and_(Callout.cleared_at.is_(None), Callout.ended_at <= now - rules.ANSWERS_ON_PHONES_MS)
    one = session.scalars(sa.select(Callout).where(over).order_by(Callout.ended_at).limit(1)).first()
    if one is None:
        return 0
    of_it = sa.and_(CalloutAnswer.callout_id == one.id, CalloutAnswer.stream.is_not(None))
    answers = session.scalars(sa.select(CalloutAnswer).where(of_it).limit(SWEEP)).all()
    for told in answers:
        streams.gone(session, str(told.stream), "callout_answer", told.id)
        told.stream = None
    if len(answers) < SWEEP:
        streams.gone(session, stream_keys.area(one.org_unit_id), "callout", one.id)
        one.cleared_at = now
        _call_off(session, one)  # also what was under way when it ended
    return len(answers) + 1


def forget_positions(session: Session, now: int) -> int:
    """Thirty days after its end no position of a call-out is left but those that are filed in a case. Returns how many."""
    ended = sa.select(Callout.id).where(Callout.ended_at <= now - rules.POSITIONS_KEPT_MS)
    old = sa.and_(CalloutPosition.callout_id.in_(ended), CalloutPosition.case_id.is_(None))
    found = sa.select(CalloutPosition).where(old).limit(SWEEP).with_for_update(skip_locked=True)
    gone = session.scalars(found).all()
    for position in gone:
        if position.stream is not None:
            streams.gone(session, position.stream, "callout_position", position.id)
        session.delete(position)
    return len(gone)


def set_limit(session: Session, by: Holder, hours: int, document_no: str) -> CalloutLimit:
    """How long a call-out of the county may last at the most, from today on. Refuses with ``not_allowed``, ``invalid``."""
    insist(may(by, "callout.limit"))
    insist(rules.limit_may_be(hours, document_no))
    row = CalloutLimit(
        id=ids.new_id(),
        county_code=by.county_code,
        hours=hours,
        from_day=clock.today(),
        document_no=document_no.strip(),
        at=clock.now(),
        by_person=by.person_id,
    )
    session.add(row)
    session.flush()
    return row


def _opening_unit(by: Holder, thing: Thing) -> UUID:
    """The unit in whose name it is opened: the nearest above the area in which the person holds the right."""
    roles = TABLE["callout.open"].offices
    own = {post.org_unit_id for post in by.posts if post.role in roles}
    return next(unit for unit in thing.units if unit in own)


def _end(session: Session, one: Callout, at: int) -> None:
    one.ended_at = at
    one.version += 1
    _call_off(session, one)
    _tell(session, one)


def _call_off(session: Session, one: Callout) -> None:
    """Its call rings no more. What was asked for before an office ended it does not either: whoever ends it has the board
    before them. At an end by itself nobody has, so a call for help goes on until it is heard."""
    call_off(session, one.county_code, CALLED, one.opened_at)
    if one.ended_by is not None:
        call_off(session, one.county_code, HELP, one.opened_at, record_id=one.id, until=one.ended_at)


def _tell(session: Session, one: Callout) -> None:
    session.flush()
    streams.put(session, stream_keys.area(one.org_unit_id), "callout", one.id)


def _answer_rows(
    session: Session,
    called: Callout,
    by: Holder,
    posts: Sequence[Post],
    told: Mapping[str, Any],
    acted_at: int,
    now: int,
) -> list[CalloutAnswer]:
    """The answer in the stream of each grid of its author, or of the micro-grid, which all of its grid hold; at a desk in the
    author's own."""
    keys = {stream_keys.grid(post.grid_id) for post in posts if post.grid_id and post.role in GRID_ROLES}
    keys |= {stream_keys.micro(post.micro_grid_id) for post in posts if post.micro_grid_id}
    rows = [
        CalloutAnswer(
            id=told["id"] if place == 0 else ids.new_id(),
            county_code=called.county_code,
            callout_id=called.id,
            person_id=by.person_id,
            kind=told["kind"],
            at=acted_at,
            received_at=now,
            stream=key,
        )
        for place, key in enumerate(sorted(keys) or [stream_keys.person(by.person_id)])
    ]
    session.add_all(rows)
    session.flush()
    if called.cleared_at is None:
        for row in rows:
            streams.put(session, str(row.stream), "callout_answer", row.id)
    else:
        for row in rows:
            row.stream = None
    return rows


def _keep_position(
    session: Session, called: Callout, person_id: UUID, place: Mapping[str, Any], at: int, leaders: Sequence[UUID]
) -> None:
    for stream in (None, *(stream_keys.person(leader) for leader in leaders)):
        row = CalloutPosition(
            id=ids.new_id(),
            county_code=called.county_code,
            callout_id=called.id,
            person_id=person_id,
            at=at,
            place={name: value for name, value in place.items() if value is not None},
            stream=stream,
        )
        session.add(row)
        session.flush()
        if stream is not None:
            streams.put(session, stream, "callout_position", row.id)


def _leaders(session: Session, by: Holder, posts: Sequence[Post], day: Any) -> list[UUID]:
    """Who leads a grid of these posts on the day, stand-ins among them, never the person."""
    grids = queries.grids_of_posts(session, posts)
    found = leaders_in(session, grids, day) if grids else {}
    return sorted(set().union(*found.values()) - {by.person_id})


def _last_help(session: Session, callout_id: UUID, person_id: UUID) -> int | None:
    own = sa.and_(CalloutAnswer.callout_id == callout_id, CalloutAnswer.person_id == person_id)
    newest = sa.select(sa.func.max(CalloutAnswer.received_at)).where(own, CalloutAnswer.kind == rules.NEED_HELP)
    return session.scalar(newest)
