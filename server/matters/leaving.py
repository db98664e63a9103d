"""A matter leaves the list: by the competent department's decision under Art. 9, and what follows from any withdrawal.

Art. 9 asks the functional department for guidance and training, funds and supervision. Where a duty is not performed the
competent department alone decides; the department is heard before, its word binds nobody. Whoever has open work under the
matter is told at once; plans and tasks end on the day of effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem, insist
from server.matters import commands, queries, registry, rules, support, versions
from server.matters.models import Matter, MatterWithdrawal, TemporaryMatter
from server.messages.commands import ring_all
from server.people.rules import Holder, may

ACTION = "matter.list"
SWEEP = 200


def withdraw(session: Session, actor: Holder, told: Mapping[str, Any]) -> MatterWithdrawal:
    """Have one matter withdrawn under Art. 9, the missing duties named, from ``from_day`` on.

    Refuses with ``not_allowed`` (the city's own matters too), ``matter_not_in_force``, ``invalid``, ``duty_on_record``
    (the register shows it performed), ``day_out_of_range``.
    """
    county, code, today = actor.county_code, told["code"], clock.today()
    insist(may(actor, ACTION))
    versions.hold_list(session, county)
    versions.ensure_first(session, county)
    found = queries.matter_in_force(session, county, code, told["from_day"])
    if found is None:
        raise Problem("matter_not_in_force", matter=code)
    insist(rules.adjustment_may_be("withdraw", code, found))
    newest = versions.newest(session, county)
    insist(rules.takes_effect_on(told["from_day"], today, newest.from_day if newest else None))
    missing = support.missing_of(session, county, found, today)
    insist(rules.withdrawal_may_be(told["missing"], missing, told["heard_on"], today))
    commands.end_entry(session, session.get_one(Matter, found.id), actor, told["from_day"], told["withdrawal_document"])
    made = MatterWithdrawal(
        id=new_id(), county_code=county, matter_code=code, missing=list(told["missing"]), heard_on=told["heard_on"],
        statement=told["statement"] or None, reason=told["reason"], document_no=told["withdrawal_document"],
        to_day=told["from_day"], decided_at=clock.now(), decided_by=actor.person_id,
    )  # fmt: skip
    session.add(made)
    session.flush()
    queries.forget_list(session)
    versions.write(
        session, county, kind=versions.WITHDRAWAL, from_day=made.to_day, document_no=made.document_no,
        by=actor.person_id, reasons=[_reason(made, found)],
    )  # fmt: skip
    tell(session, county, code)
    return made


def tell(session: Session, county_code: str, code: str) -> None:
    """Ring for everybody whose open plans or tasks end with the matter."""
    people: set[UUID] = set()
    for follower in registry.followers():
        people |= follower.people(session, county_code, code)
    ring_all(session, sorted(people), "matter_withdrawn", at=clock.now())


def settle(session: Session, today: date) -> int:
    """End the open plans and tasks of what is no longer in force. Returns how many matters are done with.

    Of an urgent temporary matter that is over, a task that was due before stays due: it could be done.
    """
    due = sa.select(MatterWithdrawal).where(MatterWithdrawal.settled_at.is_(None), MatterWithdrawal.to_day <= today)
    found = list(session.scalars(due.order_by(MatterWithdrawal.to_day).limit(SWEEP).with_for_update(skip_locked=True)))
    for gone in found:
        for follower in registry.followers():
            follower.end(session, gone.county_code, gone.matter_code, None)
        gone.settled_at = clock.now()
    return len(found) + _settle_temporary(session, today)


def _settle_temporary(session: Session, today: date) -> int:
    over = (
        sa.select(TemporaryMatter, Matter.to_day)
        .join(Matter, Matter.id == TemporaryMatter.matter_id)
        .where(TemporaryMatter.settled_at.is_(None), Matter.to_day <= today)
    )
    locked = over.order_by(Matter.to_day).limit(SWEEP).with_for_update(skip_locked=True, of=TemporaryMatter)
    found = session.execute(locked).all()
    for gone, to_day in found:
        for follower in registry.followers():
            follower.end(session, gone.county_code, gone.code, to_day)
        gone.settled_at = clock.now()
    return len(found)


def withdrawals_of(session: Session, county_code: str, code: str) -> list[MatterWithdrawal]:
    """The newest first."""
    own = sa.and_(MatterWithdrawal.county_code == county_code, MatterWithdrawal.matter_code == code)
    return list(session.scalars(sa.select(MatterWithdrawal).where(own).order_by(MatterWithdrawal.decided_at.desc())))


def _reason(gone: MatterWithdrawal, found: rules.MatterFacts) -> dict[str, Any]:
    return {
        "kind": "withdraw", "code": gone.matter_code, "name_zh": found.name_zh, "name_en": found.name_en,
        "reason": gone.reason, "missing": gone.missing, "heard_on": str(gone.heard_on),
    }  # fmt: skip
