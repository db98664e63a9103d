"""What changes an order outside the list: told by the person, ruled on by the competent department, or it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import units_of_county
from server.kernel import clock, stream_keys
from server.kernel.problems import Problem, insist
from server.matters.queries import policy
from server.messages.commands import ring
from server.orders import rules
from server.orders.models import OutsideOrder
from server.orders.queries import KIND
from server.people.rules import Holder, may
from server.photos.commands import link
from server.platform import streams
from server.platform.workdays import add_working_days
from server.records.rules import Act
from server.tasks.rules import NOT_UPHELD, STOOD, UPHELD

SWEEP = 500


def report(session: Session, act: Act, told: Mapping[str, Any]) -> OutsideOrder:
    """Whoever works in a grid tells it (Arts. 7, 12). Refuses with ``not_allowed``, ``record_exists``."""
    insist(may(act.holder, "order.report"))
    if session.get(OutsideOrder, told["id"]) is not None:
        raise Problem("record_exists")
    order = OutsideOrder(
        id=told["id"],
        county_code=act.holder.county_code,
        person_id=act.person_id,
        giver=told["giver"],
        words=told["words"],
        ground=told["ground"],
        at=act.acted_at,
        rule_by=add_working_days(clock.day_of(act.now), int(policy(session, "refusal_ruling_days"))),
    )
    session.add(order)
    session.flush()
    for photo in told["photos"]:
        link(session, order.county_code, photo["sha256"], KIND, order.id, photo["role"], author_id=order.person_id)
    _tell(session, order)
    return order


def rule(
    session: Session, by: Holder, order_id: UUID, *, upheld: bool, words: str, unit_id: UUID | None
) -> OutsideOrder:
    """The competent department answers once; ``unit_id`` names the unit of the county that gave the order, if one did.

    Refuses with ``not_found``, ``not_allowed``, ``own_record``, ``already_decided``, ``invalid`` (no words).
    """
    order = session.get(OutsideOrder, order_id, with_for_update=True, populate_existing=True)
    if order is None or order.county_code != by.county_code:
        raise Problem("not_found")
    insist(may(by, "order.rule"))
    if unit_id is not None and unit_id not in {unit.id for unit in units_of_county(session, by.county_code)}:
        raise Problem("not_found")
    insist(
        rules.may_rule(
            ruling=order.ruling,
            is_own=order.person_id == by.person_id,
            names_own_unit=any(post.org_unit_id == unit_id for post in by.posts),
            words=words,
        )
    )
    order.given_unit, order.ruled_by, order.ruling_words = unit_id, by.person_id, words
    _answer(session, order, UPHELD if upheld else NOT_UPHELD)
    return order


def let_stand(session: Session, today: date) -> int:
    """With no ruling in time the refusal stands (Art. 12). Returns how many."""
    waiting = sa.select(OutsideOrder).where(OutsideOrder.ruling.is_(None), OutsideOrder.rule_by < today)
    found = session.scalars(waiting.limit(SWEEP).with_for_update(skip_locked=True)).all()
    for order in found:
        _answer(session, order, STOOD)
    return len(found)


def photo_arrived(session: Session, order_ids: Sequence[UUID]) -> None:
    """A picture has come: the person's phone shows it as held."""
    for order in session.scalars(sa.select(OutsideOrder).where(OutsideOrder.id.in_(order_ids))):
        order.version += 1
        _tell(session, order)


def _answer(session: Session, order: OutsideOrder, ruling: str) -> None:
    order.ruling, order.ruled_at = ruling, clock.now()
    order.version += 1
    _tell(session, order)
    ring(session, order.person_id, "order_ruled", at=clock.now())


def _tell(session: Session, order: OutsideOrder) -> None:
    session.flush()
    streams.put(session, stream_keys.person(order.person_id), KIND, order.id)
