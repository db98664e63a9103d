"""What changes a finding: opened above the person, answered by them, decided by a named authority; and legal holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.findings import queries, rules
from server.findings.above import unit_over
from server.findings.models import Finding, FindingEvidence, LegalHold
from server.kernel import clock, ids
from server.kernel.problems import Problem, insist
from server.messages.commands import DESK, ring, ring_all
from server.people.models import Person
from server.people.queries import in_unit_posts
from server.people.rules import TABLE, Holder, Thing, may
from server.platform.db import is_added
from server.records.models import Record

PAPER = "paper_waits"  # says nothing of what it is: counts of messages are read by other offices too


def open_finding(session: Session, by: Holder, told: Mapping[str, Any]) -> Finding:
    """The unit above the person opens it and the person is asked to answer.

    Refuses with ``not_found`` (nobody below this unit), ``not_allowed``, ``own_matter``, ``day_out_of_range``. The same
    form sent twice opens one.
    """
    insist(may(by, "finding.open"))
    found = session.get(Finding, told["id"])
    if found is not None:
        if found.opened_by != by.person_id:
            raise Problem("record_exists")
        return found
    person = session.get(Person, told["person_id"])
    if person is None or person.county_code != by.county_code:
        raise Problem("not_found")
    if person.id == by.person_id:
        raise Problem("own_matter")
    if told["happened_on"] > clock.today():
        raise Problem("day_out_of_range")
    unit = _opening_unit(session, by, person)
    over = unit_over(session, unit)
    opened = Finding(
        id=told["id"],
        county_code=person.county_code,
        person_id=person.id,
        unit_id=unit,
        deciding_unit=over.unit_id,
        ground=int(told["ground"]),
        words=told["words"],
        happened_on=told["happened_on"],
        feedback_id=told["feedback_id"],
        opened_by=by.person_id,
        opened_at=clock.now(),
        hear_by=queries.hear_by(session, person.county_code, clock.today()),
    )
    if not is_added(session, opened):
        return session.get_one(Finding, told["id"], populate_existing=True)
    ring(session, person.id, PAPER, at=clock.now())
    return opened


def add_evidence(session: Session, by: Holder, finding_id: UUID, words: str, record_id: UUID | None) -> None:
    """Before it is decided. Refuses with ``not_found`` (a record of somebody else too), ``step_done``."""
    found = _to_change(session, by, finding_id)
    if found.decision is not None:
        raise Problem("step_done")
    if record_id is not None:
        record = session.get(Record, record_id)
        if record is None or record.author_id != found.person_id or record.team_id is not None:
            raise Problem("not_found")
    session.add(
        FindingEvidence(
            id=ids.new_id(),
            finding_id=found.id,
            record_id=record_id,
            words=words,
            added_by=by.person_id,
            added_at=clock.now(),
        )
    )
    found.version += 1
    found.hear_by = max(found.hear_by, queries.hear_by(session, found.county_code, clock.today()))
    ring(session, found.person_id, PAPER, at=clock.now())


def answer(session: Session, by: Holder, finding_id: UUID, words: str) -> Finding:
    """The person concerned is heard. Refuses with ``not_found``, ``step_done``."""
    found = _locked(session, finding_id)
    insist(rules.may_answer(decision=found.decision, is_concerned=found.person_id == by.person_id))
    found.heard_words, found.heard_at = words, clock.now()
    found.version += 1
    _tell_desks(session, found)
    return found


def decide(session: Session, by: Holder, finding_id: UUID, decision: str, document_no: str, words: str) -> Finding:
    """By the authority above the unit that opened it; that unit itself may only withdraw it.

    Refuses with ``not_found``, ``not_allowed``, ``step_done``, ``own_matter``, ``not_heard_yet``, ``reason_needed``.
    """
    found = _to_change(session, by, finding_id)
    is_authority = may(by, "finding.decide", queries.thing_of(found, deciding=True))
    if not is_authority and decision != rules.WITHDRAWN:
        raise Problem("not_allowed")
    insist(
        rules.may_decide(
            decision=found.decision,
            is_opener=found.opened_by == by.person_id,
            was_heard=rules.was_heard(found.heard_at, queries.evidence_at(session, found.id)),
            hear_by=found.hear_by,
            today=clock.today(),
            document_no=document_no,
            said=decision,
        )
    )
    found.decision, found.decision_words = decision, words
    found.document_no = document_no or None
    found.decided_by, found.decided_at = by.person_id, clock.now()
    found.version += 1
    session.flush()
    ring(session, found.person_id, PAPER, at=clock.now())
    return found


def hold(session: Session, by: Holder, told: Mapping[str, Any]) -> LegalHold:
    """No retention deletes it from now on. The same hold twice is one.

    Refuses with ``not_allowed``, ``not_found`` (nothing of the county goes by this id).
    """
    insist(may(by, "hold.set", Thing(county_code=by.county_code)))
    if not _is_of_county(session, by.county_code, told["kind"], told["object_id"]):
        raise Problem("not_found")
    same = sa.select(LegalHold).where(
        LegalHold.kind == told["kind"], LegalHold.object_id == told["object_id"], LegalHold.lifted_at.is_(None)
    )
    found = session.scalars(same.limit(1)).one_or_none()
    if found is not None and found.document_no == told["document_no"]:
        return found
    if told["finding_id"] is not None:
        named = session.get(Finding, told["finding_id"])
        if named is None or named.county_code != by.county_code:
            raise Problem("not_found")
    made = LegalHold(id=ids.new_id(), county_code=by.county_code, set_by=by.person_id, set_at=clock.now(), **dict(told))
    session.add(made)
    session.flush()
    return made


def lift(session: Session, by: Holder, hold_id: UUID, document_no: str) -> None:
    """By a document of its own, never by whoever it is about. Refuses with ``not_allowed``, ``not_found``, ``step_done``."""
    insist(may(by, "hold.set", Thing(county_code=by.county_code)))
    found = session.get(LegalHold, hold_id, with_for_update=True, populate_existing=True)
    if found is None or found.county_code != by.county_code or not queries.may_know(session, by, found):
        raise Problem("not_found")
    if found.lifted_at is not None:
        raise Problem("step_done")
    found.lifted_by, found.lifted_at, found.lifted_document = by.person_id, clock.now(), document_no


def _tell_desks(session: Session, found: Finding) -> None:
    """The person was heard: whoever opened it and whoever may decide it are told that something waits, not what."""
    session.flush()
    roles = TABLE["finding.decide"].as_lead
    deciding = {one.id for one in in_unit_posts(session, [found.deciding_unit], clock.today(), roles=roles)}
    ring_all(session, sorted((deciding | {found.opened_by}) - {found.person_id}), DESK, at=clock.now())


def _is_of_county(session: Session, county_code: str, kind: str, object_id: UUID) -> bool:
    """By the table's name: this room lies below some of the rooms whose objects it holds."""
    table = sa.table(kind, sa.column("id", sa.Uuid), sa.column("county_code"))
    named = sa.select(table.c.id).where(table.c.id == object_id, table.c.county_code == county_code)
    return session.execute(named).one_or_none() is not None


def _opening_unit(session: Session, by: Holder, person: Person) -> UUID:
    """The unit of the opener that stands above the person. Refuses with ``not_found``, ``not_allowed``."""
    unit = queries.unit_above(session, person)
    if unit is None:
        raise Problem("not_found")
    insist(may(by, "finding.open", Thing(county_code=person.county_code, lead_unit=unit)))
    return unit


def _locked(session: Session, finding_id: UUID) -> Finding:
    found = session.get(Finding, finding_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise Problem("not_found")
    return found


def _to_change(session: Session, by: Holder, finding_id: UUID) -> Finding:
    found = _locked(session, finding_id)
    if not queries.may_see(by, found):
        raise Problem("not_found")
    return found
