"""Reads of findings and holds. For other rooms are ``confirmed``, ``deciders_of`` and ``held``; nothing else leaves."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.findings.above import above_persons
from server.findings.models import Finding, FindingEvidence, LegalHold
from server.findings.rules import CONFIRMED
from server.kernel import clock
from server.matters.queries import policy
from server.people.models import Person
from server.people.queries import holder_of_person, names_of, person_named
from server.people.rules import Holder, Thing, may
from server.platform.lists import Asked, Leaf, ListShape, leaf
from server.records.models import Record

SHAPE = ListShape("findings", "/office/findings", {"state": ("open", "decided")}, ("newest",), page=30)
POLICY = "feedback_days"


@dataclass(frozen=True)
class ConfirmedFinding:
    """What other rooms may know: who, which ground of Art. 13, when it happened and was confirmed, by which document."""

    id: UUID
    person_id: UUID
    ground: int
    happened_on: date
    confirmed_on: date
    document_no: str


def confirmed(
    session: Session, person_ids: Collection[UUID], from_day: date, to_day: date
) -> dict[UUID, list[ConfirmedFinding]]:
    """Findings about these persons that were confirmed on a day of ``[from_day, to_day)``, by person; whenever it happened, so
    that a decision that takes its time still counts, once.

    The only way by which a finding has an effect elsewhere: what is open, not confirmed or withdrawn is not in it.
    """
    statement = sa.select(Finding).where(
        Finding.person_id.in_(person_ids),
        Finding.decision == CONFIRMED,
        Finding.decided_at >= clock.start_of(from_day),
        Finding.decided_at < clock.start_of(to_day),
    )
    found: dict[UUID, list[ConfirmedFinding]] = {}
    for one in session.scalars(statement.order_by(Finding.decided_at, Finding.id)):
        assert one.decided_at is not None and one.document_no is not None
        found.setdefault(one.person_id, []).append(
            ConfirmedFinding(
                one.id, one.person_id, one.ground, one.happened_on, clock.day_of(one.decided_at), one.document_no
            )
        )
    return found


def deciders_of(session: Session, ids: Collection[UUID]) -> set[UUID]:
    """Whoever opened or decided those of the ids that are findings: no impartial judge of what follows from them."""
    statement = sa.select(Finding.opened_by, Finding.decided_by).where(Finding.id.in_(ids))
    return {one for row in session.execute(statement) for one in row if one}


def held(session: Session, kind: str, object_ids: Collection[UUID] | None = None) -> set[UUID]:
    """Which objects of a kind (record, household, feedback) no retention may delete today; ``object_ids``: of these alone.

    Every retention asks here before it deletes.
    """
    statement = sa.select(LegalHold.object_id).where(LegalHold.kind == kind, LegalHold.lifted_at.is_(None))
    if object_ids is not None:
        statement = statement.where(LegalHold.object_id.in_(object_ids))
    return set(session.scalars(statement))


def held_any(session: Session, ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids, of whatever kind, that no retention may delete today."""
    statement = sa.select(LegalHold.object_id).where(LegalHold.object_id.in_(ids), LegalHold.lifted_at.is_(None))
    return set(session.scalars(statement))


def days_of(session: Session, county_code: str) -> dict[str, Any]:
    """The county's days under Arts. 13 and 14 with their document, or the ones shipped for demonstration."""
    known = policy(session, POLICY)
    return {**known[""], **known.get(county_code, {})}


def unit_above(session: Session, person: Person) -> UUID | None:
    """The unit that opens findings about this person; None for somebody no longer in post."""
    target = holder_of_person(session, person, clock.today())
    return above_persons(session, [target], target.posts[0].org_unit_id).unit_id if target.posts else None


def person_below(session: Session, holder: Holder, username: str) -> Person | None:
    """Whom this office may open a finding about, by account; nobody else's name is told."""
    found = person_named(session, username)
    if found is None or found.county_code != holder.county_code or found.id == holder.person_id:
        return None
    unit = unit_above(session, found)
    return found if unit and may(holder, "finding.open", Thing(county_code=found.county_code, lead_unit=unit)) else None


def thing_of(finding: Finding, *, deciding: bool = False) -> Thing:
    """Where a finding lies: in the unit that opened it, or in the one that decides."""
    return Thing(county_code=finding.county_code, lead_unit=finding.deciding_unit if deciding else finding.unit_id)


def may_see(holder: Holder, finding: Finding) -> bool:
    """Whoever may open or decide it there, but never the person concerned: they read their own page."""
    if finding.person_id == holder.person_id:
        return False
    opens = may(holder, "finding.open", thing_of(finding))
    return bool(opens or may(holder, "finding.decide", thing_of(finding, deciding=True)))


def for_the_office(session: Session, holder: Holder, asked: Asked) -> Leaf:
    """Findings that the office opened or decides: still open ones first."""
    units = {post.org_unit_id for post in holder.posts}
    is_open = Finding.decision.is_(None)
    statement = sa.select(Finding).where(
        sa.or_(Finding.unit_id.in_(units), Finding.deciding_unit.in_(units)), Finding.person_id != holder.person_id
    )
    if "state" in asked.chosen:
        statement = statement.where(is_open if asked.chosen["state"] == "open" else ~is_open)
    found = leaf(
        session, statement.order_by(sa.case((is_open, 0), else_=1), Finding.opened_at.desc(), Finding.id), asked
    )
    rows = [row[0] for row in found.rows if may_see(holder, row[0])]
    names = names_of(session, [one.person_id for one in rows])
    return Leaf([{"finding": one, "person": names.get(one.person_id, "")} for one in rows], found.has_more)


def evidence_of(session: Session, finding_id: UUID) -> list[dict[str, Any]]:
    """Pieces of evidence, the oldest first, each with kind and day of the record that it names."""
    statement = (
        sa.select(FindingEvidence, Record.kind, Record.day)
        .outerjoin(Record, Record.id == FindingEvidence.record_id)
        .where(FindingEvidence.finding_id == finding_id)
        .order_by(FindingEvidence.added_at, FindingEvidence.id)
    )
    return [{"evidence": one, "kind": kind, "day": day} for one, kind, day in session.execute(statement)]


def concerning(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """What a person reads of findings about themselves: open ones to answer, decided ones; with the evidence."""
    statement = sa.select(Finding).where(Finding.person_id == person_id).order_by(Finding.opened_at.desc(), Finding.id)
    return [{"finding": one, "evidence": evidence_of(session, one.id)} for one in session.scalars(statement)]


def evidence_at(session: Session, finding_id: UUID) -> int | None:
    """When the last piece of evidence was added."""
    return session.scalar(
        sa.select(sa.func.max(FindingEvidence.added_at)).where(FindingEvidence.finding_id == finding_id)
    )


def holds_of(session: Session, holder: Holder) -> list[LegalHold]:
    """The county's holds of which this person may know, those in force first."""
    statement = sa.select(LegalHold).where(LegalHold.county_code == holder.county_code)
    found = session.scalars(statement.order_by(LegalHold.lifted_at.is_not(None), LegalHold.set_at.desc()))
    return [hold for hold in found if may_know(session, holder, hold)]


def may_know(session: Session, holder: Holder, hold: LegalHold) -> bool:
    """A hold for a finding is not told to whoever it is about; that a complaint is held is known to whoever set it alone."""
    if hold.kind == "feedback" and hold.set_by != holder.person_id:
        return False
    finding = session.get(Finding, hold.finding_id) if hold.finding_id else None
    return finding is None or finding.person_id != holder.person_id


def rested_on(session: Session) -> set[UUID]:
    """Complaints on which a finding rests that nobody has decided yet: no retention takes them."""
    named = sa.select(Finding.feedback_id).where(Finding.decision.is_(None), Finding.feedback_id.is_not(None))
    return {one for one in session.scalars(named) if one is not None}


def records_of(session: Session, person_id: UUID, most: int = 100) -> list[Record]:
    """The person's newest records that are not sensitive, to name one as evidence."""
    own = sa.select(Record).where(Record.author_id == person_id, Record.team_id.is_(None))
    return list(session.scalars(own.order_by(Record.day.desc(), Record.id).limit(most)))


def hear_by(session: Session, county_code: str, today: date) -> date:
    """The last day on which a person asked today may answer."""
    return today + timedelta(days=int(days_of(session, county_code)["hearing_days"]))
