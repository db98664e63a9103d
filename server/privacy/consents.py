"""Consents: what somebody agreed to in which words; taking one back deletes what rested on it.

Listed duties rest on the law and need none (个人信息保护法 Art. 13); what is asked beyond them does. A room that asks for
something of the kind registers its purpose here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas import queries as areas
from server.badges import commands as badge_commands
from server.badges import queries as badges
from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem, insist
from server.people.models import Person
from server.people.rules import Holder, Thing, may
from server.photos.commands import let_go
from server.privacy import rules
from server.privacy.commands import add_once
from server.privacy.models import Consent
from server.privacy.queries import held_ids
from server.privacy.requests import own_units
from server.records.models import Record, RecordPhoto
from server.records.queries import thing_of
from server.text import text

MOST = 100
BADGE_PHOTO = "badge_photo"  # ``object_id``: the person


@dataclass(frozen=True)
class Purpose:
    """``place(session, object_id)``: where the thing lies, None for none · ``erase(session, object_id)``: what rested on it."""

    code: str
    place: Callable[[Session, UUID], Thing | None]
    erase: Callable[[Session, UUID], None]


_purposes: dict[str, Purpose] = {}


def register(purpose: Purpose) -> None:
    _purposes[purpose.code] = purpose


def purposes() -> list[str]:
    return list(_purposes)


def note(session: Session, by: Holder, told: Mapping[str, Any]) -> Consent:
    """Refuses with ``not_found``, ``not_allowed``, ``record_exists``, ``invalid``, ``day_out_of_range``."""
    purpose = _purposes.get(told["purpose"])
    if purpose is None:
        raise Problem("invalid", fields=["purpose"])
    thing = purpose.place(session, told["object_id"])
    if thing is None:
        raise Problem("not_found")
    insist(may(by, "consent.note", thing))
    if told["given_on"] > clock.today():
        raise Problem("day_out_of_range", fields=["given_on"])
    made = Consent(
        **{name: told[name] for name in ("id", "purpose", "object_id", "given_by", "words", "form", "given_on")},
        county_code=by.county_code,
        org_unit_id=thing.units[0],  # the village: it and the town above may take it back
        noted_by=by.person_id,
        noted_at=clock.now(),
    )
    add_once(session, made)
    return made


def withdraw(session: Session, by: Holder, consent_id: UUID) -> Consent:
    """From now on nothing rests on it: it is deleted at once, or when a hold that keeps it has ended.

    Refuses with ``not_found``, ``not_allowed``, ``consent_withdrawn``.
    """
    found = session.get(Consent, consent_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise Problem("not_found")
    above = areas.ancestors(session, found.org_unit_id)
    insist(may(by, "consent.note", Thing(found.county_code, units=tuple(unit.id for unit in above))))
    insist(rules.may_withdraw(found))
    found.withdrawn_at, found.withdrawn_by = clock.now(), by.person_id
    session.flush()
    _erase(session, found)
    return found


def erase_withdrawn(session: Session, _now: int) -> int:
    """What a hold kept when its consent was withdrawn, and keeps no longer. For the worker."""
    statement = sa.select(Consent).where(Consent.withdrawn_at.is_not(None), Consent.erased_at.is_(None))
    return sum(_erase(session, one) for one in session.scalars(statement.limit(MOST)).all())


def _erase(session: Session, consent: Consent) -> bool:
    if held_ids(session, {consent.object_id, consent.id}):
        return False
    _purposes[consent.purpose].erase(session, consent.object_id)
    consent.erased_at, consent.given_by = clock.now(), ""
    session.flush()
    return True


def for_the_office(session: Session, holder: Holder) -> list[Consent]:
    """What this office and those below it have noted, the newest first."""
    units = areas.units_under(session, own_units(holder)) | set(own_units(holder))
    statement = sa.select(Consent).where(Consent.county_code == holder.county_code, Consent.org_unit_id.in_(units))
    return list(session.scalars(statement.order_by(Consent.noted_at.desc(), Consent.id).limit(MOST)))


def _place_of_record(session: Session, record_id: UUID) -> Thing | None:
    found = session.get(Record, record_id)
    return thing_of(session, found) if found else None


def _erase_photos(session: Session, record_id: UUID) -> None:
    let_go(session, "record", [record_id])
    session.execute(sa.delete(RecordPhoto).where(RecordPhoto.record_id == record_id))


def note_badge_photo(session: Session, person: Person, by: UUID) -> None:
    """Whoever issued a badge with a photo said that its person agrees to the words of that form. Once, while it stands."""
    thing = badges.place_of_open(session, person.id)
    stands = sa.and_(Consent.purpose == BADGE_PHOTO, Consent.object_id == person.id, Consent.withdrawn_at.is_(None))
    if thing is None or session.scalar(sa.select(Consent.id).where(stands).limit(1)):
        return
    session.add(
        Consent(
            id=new_id(),
            purpose=BADGE_PHOTO,
            object_id=person.id,
            given_by=person.name,
            words=text("badges.consent", "zh"),
            form="spoken",
            given_on=clock.today(),
            county_code=person.county_code,
            org_unit_id=thing.units[0],
            noted_by=by,
            noted_at=clock.now(),
        )
    )
    session.flush()


register(Purpose("person_photo", _place_of_record, _erase_photos))
register(Purpose(BADGE_PHOTO, badges.place_of_open, badge_commands.drop_photo))
