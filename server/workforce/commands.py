"""Writes of the workforce room beside covers and training: equipment, commendations, consent to a record, helpers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import place_of_grid, units_of_county, units_under
from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem, insist
from server.people.models import Person
from server.people.rules import TABLE, Holder, Thing, may
from server.workforce import persons, rules
from server.workforce.models import Commendation, Equipment, Helper, RecordConsent
from server.workforce.writing import add_once, insist_new

EQUIP, PROPOSE, DECIDE, HELP = "equipment.keep", "commendation.propose", "commendation.decide", "helper.keep"


def equip(session: Session, actor: Holder, told: Mapping[str, Any]) -> Equipment:
    """The county gives a person a thing (Art. 18). ``not_allowed``, ``person_unknown``, ``day_out_of_range``,
    ``record_exists``."""
    insist(may(actor, EQUIP))
    person = persons.find(session, actor, EQUIP, told["username"])
    _insist_past(told["issued_on"])
    insist_new(session, Equipment, told["id"])
    made = Equipment(
        id=told["id"], county_code=person.county_code, person_id=person.id, thing=told["thing"],
        size=told["size"] or None, issued_on=told["issued_on"], issued_by=actor.person_id,
    )  # fmt: skip
    add_once(session, made)
    return made


def take_back(session: Session, actor: Holder, equipment_id: UUID, day: date) -> None:
    """It was given back. ``not_found``, ``not_allowed``, ``day_out_of_range``; again changes nothing."""
    insist(may(actor, EQUIP))
    found = session.get(Equipment, equipment_id, with_for_update=True, populate_existing=True)
    if found is None or found.county_code != actor.county_code:
        raise Problem("not_found")
    _insist_past(day)
    if day < found.issued_on:
        raise Problem("day_out_of_range")
    found.returned_on = found.returned_on or day


def propose(session: Session, actor: Holder, told: Mapping[str, Any]) -> Commendation:
    """Praise a person, a unit or a resident (Art. 22). A person or unit below the office; of the county for the county.

    Refuses with ``not_allowed``, ``person_unknown``, ``unit_unknown``, ``invalid``, ``record_exists``.
    """
    insist(may(actor, PROPOSE))
    own = {post.org_unit_id for post in actor.posts if post.role in TABLE[PROPOSE].offices}
    named: dict[str, Any] = {}
    if told["of_what"] == rules.PERSON:
        named["person_id"] = persons.find(session, actor, PROPOSE, told["username"]).id
    elif told["of_what"] == rules.UNIT:
        below = units_under(session, own) & {one.id for one in units_of_county(session, actor.county_code)}
        if told["unit_id"] not in below:
            raise Problem("unit_unknown")
        named["unit_id"] = told["unit_id"]
    elif told["resident"]:
        named["resident"] = told["resident"]
    else:
        raise Problem("invalid", fields=["resident"])
    insist_new(session, Commendation, told["id"])
    made = Commendation(
        id=told["id"], county_code=actor.county_code, of_what=told["of_what"], words=told["words"],
        proposed_unit=min(own, key=str), proposed_at=clock.now(), proposed_by=actor.person_id, **named,
    )  # fmt: skip
    add_once(session, made)
    return made


def decide(session: Session, actor: Holder, commendation_id: UUID, told: Mapping[str, Any]) -> None:
    """Grant it by a document, or decline with reasons; once.

    Refuses with ``not_found``, ``not_allowed``, ``own_record``, ``reason_needed``, ``already_decided``.
    """
    insist(may(actor, DECIDE))
    found = session.get(Commendation, commendation_id, with_for_update=True, populate_existing=True)
    if found is None or found.county_code != actor.county_code:
        raise Problem("not_found")
    if found.decided_at is not None:
        raise Problem("already_decided")
    is_own = actor.person_id in (found.proposed_by, found.person_id)
    insist(rules.decision_may_be(told["decision"], told["document_no"], told["decision_words"], is_own))
    found.decision, found.decided_at, found.decided_by = told["decision"], clock.now(), actor.person_id
    found.document_no, found.decision_words = told["document_no"] or None, told["decision_words"] or None


def consent(session: Session, person_id: UUID, words: str) -> RecordConsent:
    """The worker agrees that a record is made out, in these words; the consent that is there already stays."""
    session.get(Person, person_id, with_for_update={"key_share": True})  # the same form, sent twice at once
    found = consent_of(session, person_id)
    if found is not None:
        return found
    made = RecordConsent(id=new_id(), person_id=person_id, words=words, given_at=clock.now())
    session.add(made)
    session.flush()
    return made


def withdraw_consent(session: Session, person_id: UUID) -> None:
    """From now on nobody else makes out the record; what was handed over stays with whoever has it."""
    found = consent_of(session, person_id)
    if found is not None:
        found.ended_at = clock.now()


def consent_of(session: Session, person_id: UUID) -> RecordConsent | None:
    """The consent in force."""
    own = sa.and_(RecordConsent.person_id == person_id, RecordConsent.ended_at.is_(None))
    return session.scalar(sa.select(RecordConsent).where(own).limit(1))


def take_helper(session: Session, actor: Holder, told: Mapping[str, Any]) -> Helper:
    """Write down a volunteer or an organisation that helps in a grid below the office (Art. 5).

    Refuses with ``not_allowed``, ``grid_unknown``, ``invalid``, ``record_exists``.
    """
    insist(may(actor, HELP))
    _insist_grid(session, actor, told["grid_id"])
    if told["last_day"] is not None and told["last_day"] < told["from_day"]:
        raise Problem("invalid", fields=["last_day"])
    insist_new(session, Helper, told["id"])
    same = ("id", "grid_id", "kind", "name", "helps_with", "from_day")
    made = Helper(
        **{name: told[name] for name in same}, county_code=actor.county_code, organisation=told["organisation"] or None,
        to_day=told["last_day"], written_by=actor.person_id,
    )  # fmt: skip
    add_once(session, made)
    return made


def end_helper(session: Session, actor: Holder, helper_id: UUID) -> None:
    """Today is the last day. ``not_found``, ``not_allowed``."""
    insist(may(actor, HELP))
    found = session.get(Helper, helper_id, with_for_update=True, populate_existing=True)
    if found is None or found.county_code != actor.county_code:
        raise Problem("not_found")
    try:
        _insist_grid(session, actor, found.grid_id)
    except Problem as problem:
        raise Problem("not_found") from problem
    today = max(clock.today(), found.from_day)
    found.to_day = min(found.to_day or today, today)


def _insist_grid(session: Session, actor: Holder, grid_id: UUID) -> None:
    place = place_of_grid(session, grid_id)
    if place is None or place.county_code != actor.county_code:
        raise Problem("grid_unknown")
    if not may(actor, HELP, Thing(county_code=place.county_code, grid_id=grid_id, units=place.units)):
        raise Problem("grid_unknown")


def _insist_past(day: date) -> None:
    if day > clock.today():
        raise Problem("day_out_of_range")
