"""What offices set about messages: the channels of the county, when messages ring, and what became of a call."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from server.areas.queries import units_of_county
from server.kernel import clock, ids
from server.kernel.problems import Problem, insist
from server.messages import rules
from server.messages.desk import persons_under
from server.messages.models import Channel, Delivery, RingRule
from server.people.models import Appointment
from server.people.rules import Holder, Thing, may
from server.platform import channels


def set_ring_rule(
    session: Session, by: Holder, *, quiet_from: int, quiet_to: int, answer_minutes: int, document_no: str
) -> None:
    """From now on; what was in force stays in the table. Minutes of the day in China. Refuses with ``not_allowed``."""
    insist(may(by, "ring_rule.set", Thing(county_code=by.county_code)))
    session.add(
        RingRule(
            id=ids.new_id(),
            county_code=by.county_code,
            quiet_from=quiet_from,
            quiet_to=quiet_to,
            answer_minutes=answer_minutes,
            document_no=document_no,
            made_by=by.person_id,
            made_at=clock.now(),
        )
    )
    session.flush()


def add_channel(
    session: Session,
    by: Holder,
    *,
    unit_id: UUID,
    kind: str,
    name: str,
    address: str,
    per_minute: int,
    position: int,
    hosts: tuple[str, ...],
) -> UUID:
    """A way out for the people of a unit and those below it. ``hosts``: which a gateway may lie at.

    Refuses with ``not_allowed``, ``unit_unknown``, ``channel_address``.
    """
    insist(may(by, "channel.set", Thing(county_code=by.county_code)))
    if unit_id not in {unit.id for unit in units_of_county(session, by.county_code)}:
        raise Problem("unit_unknown")
    if not channels.may_be(kind, address, hosts):
        raise Problem("channel_address")
    made = Channel(
        id=ids.new_id(),
        county_code=by.county_code,
        unit_id=unit_id,
        kind=kind,
        name=name,
        address=address,
        per_minute=min(per_minute, channels.PER_MINUTE[kind]) if kind != channels.SMS else per_minute,
        position=position,
        free_at=0,
        failures=0,
        made_by=by.person_id,
        made_at=clock.now(),
    )
    session.add(made)
    session.flush()
    return made.id


def end_channel(session: Session, by: Holder, channel_id: UUID) -> None:
    """Nothing more goes there; what waits for it climbs. Again changes nothing. Refuses with ``not_found``, ``not_allowed``."""
    insist(may(by, "channel.set", Thing(county_code=by.county_code)))
    channel = session.get(Channel, channel_id)
    if channel is None or channel.county_code != by.county_code:
        raise Problem("not_found")
    if channel.ended_at is None:
        channel.ended_by, channel.ended_at = by.person_id, clock.now()


def close_call(session: Session, by: Holder, delivery_id: UUID, *, is_reached: bool) -> None:
    """Somebody rang up: the message has arrived by voice, or it has not. Who rang, and when it was heard, is not kept.

    Refuses with ``not_allowed``, ``not_found`` outside the office's units, ``already_decided``.
    """
    insist(may(by, "call.close"))
    line = session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    if line is None or line.channel != "call" or line.county_code != by.county_code:
        raise Problem("not_found")
    theirs = persons_under(session, by, "call.close").where(Appointment.person_id == line.person_id)
    if session.scalar(theirs.limit(1)) is None:
        raise Problem("not_found")
    if line.state != "call_list":
        raise Problem("already_decided")
    line.state = "delivered" if is_reached else "undelivered"
    line.reason = rules.CALLED if is_reached else rules.NOT_REACHED
    line.ended_at = clock.now()
