"""Writes about badges: the city's design, issue, renew, end, the phones that show one, counts, supervision telephones."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy.orm import Session

from server.areas import queries as areas
from server.areas.models import OrgUnit
from server.badges import queries, rules
from server.badges.models import Badge, BadgeCheckCount, BadgeDesign, BadgePhone, BadgeSeries, SupervisionPhone
from server.kernel import clock, stream_keys
from server.kernel.ids import new_id
from server.kernel.problems import Problem, insist
from server.people.models import Device, Person
from server.people.queries import OpenSession
from server.people.rules import Holder, Thing, may
from server.photos.derive import derive
from server.platform import streams
from server.platform.config import current_settings
from server.platform.db import upsert
from server.platform.keys import b64, unb64

SECRET_BYTES = 32
NotePhoto = Callable[[Session, Person, UUID], None]
_photo_noters: list[NotePhoto] = []


def plug_photo_noter(note: NotePhoto) -> None:
    """Whoever keeps consents writes down that a person agreed to a photo, and who noted it; plugged by ``app.py``."""
    _photo_noters[:] = [note]


def set_design(session: Session, actor: Holder | None, told: Mapping[str, Any]) -> BadgeDesign:
    """The design of the city from a day on; badges that are out keep theirs. ``actor`` None: set-up.

    Problems: ``not_allowed``, ``invalid``.
    """
    if actor is not None:
        insist(may(actor, "badge.design"))
    insist(rules.design_may_be(told["tone"], told["valid_months"]))
    design = BadgeDesign(id=new_id(), set_by=actor.person_id if actor else None, set_at=clock.now(), **told)
    session.add(design)
    session.flush()
    return design


def portrait_of(sent: bytes) -> str | None:
    """A small JPEG, drawn anew without any metadata, in base64; None for no bytes. Problems as ``photos.derive``."""
    return base64.b64encode(derive(sent).thumb.content).decode() if sent else None


def issue(session: Session, actor: Holder | None, person_id: UUID, portrait: str | None, has_consented: bool) -> Badge:
    """A first badge, or one after the last has ended. ``actor`` None: set-up.

    Problems: ``not_found``, ``not_allowed``, ``badge_open``, ``badge_design_missing``, ``badge_photo_consent``.
    """
    insist(rules.portrait_may_be(portrait is not None, has_consented))
    person = session.get(Person, person_id, with_for_update=True, populate_existing=True)
    shown = queries.posts_today(session, [person_id], clock.today()).get(person_id)
    if person is None or shown is None:
        raise Problem("not_found")
    if actor is not None:
        insist(may(actor, "badge.issue", queries.thing_of(session, shown.grid_ids[0])))
    if queries.open_badges(session, [person_id]):
        raise Problem("badge_open")
    badge = _make(session, person, shown, portrait, actor)
    if portrait is not None:
        _note_photo(session, person, actor)
    return badge


def renew(
    session: Session,
    actor: Holder,
    badge_id: UUID,
    portrait: str | None,
    has_consented: bool,
    is_without_photo: bool = False,
) -> Badge:
    """A new number and address in place of a badge that is out; the old one ends at once, its photo stays if none comes,
    unless the person wants none any more.

    Problems: ``not_found``, ``not_allowed``, ``badge_over``, ``badge_design_missing``, ``badge_photo_consent``.
    """
    insist(rules.portrait_may_be(portrait is not None, has_consented))
    old = _open(session, actor, badge_id, "badge.issue")
    shown = queries.posts_today(session, [old.person_id], clock.today()).get(old.person_id)
    if shown is None:
        raise Problem("not_found")
    insist(may(actor, "badge.issue", queries.thing_of(session, shown.grid_ids[0])))
    person = session.get_one(Person, old.person_id)
    kept, consent = (None, None) if is_without_photo else (old.portrait, old.consent_day)
    _end(session, old, actor.person_id, "renewed")
    session.flush()
    new = _make(session, person, shown, portrait or kept, actor)
    if portrait is None:
        new.consent_day = consent
    else:
        _note_photo(session, person, actor)
    return new


def drop_photo(session: Session, person_id: UUID) -> None:
    """The consent was taken back: the badge that is out goes on without a photo, on phones too from their next contact."""
    statement = sa.select(Badge).where(Badge.person_id == person_id, Badge.ended_at.is_(None)).with_for_update()
    for badge in session.scalars(statement):
        badge.portrait = badge.consent_day = None
        _tell(session, badge)


def end(session: Session, actor: Holder, badge_id: UUID, reason: str) -> Badge:
    """Lost or revoked: over at once, for the check page and, from their next contact on, for colleagues' phones.

    Problems: ``not_found``, ``not_allowed``, ``badge_over``.
    """
    badge = _open(session, actor, badge_id, "badge.end")
    _end(session, badge, actor.person_id, reason)
    return badge


def follow_posts(session: Session, today: date) -> None:
    """Badges of whoever left their role end; phones hear when the grids of one have changed, and get new words to show to
    colleagues before theirs end. Woken by the clock.
    """
    now, days = clock.now(), current_settings().badge_words_days
    badges = list(
        session.scalars(sa.select(Badge).where(Badge.ended_at.is_(None)).order_by(Badge.id).with_for_update())
    )
    posts = queries.posts_today(session, {b.person_id for b in badges}, today)
    carried = queries.with_phones(session, {b.person_id for b in badges})
    for badge in badges:
        shown = posts.get(badge.person_id)
        if shown is None or shown.role != badge.role:
            _end(session, badge, None, "left")
        elif badge.shown != _fingerprint(shown):
            badge.shown, badge.grid_id = _fingerprint(shown), shown.grid_ids[0]
            _tell(session, badge)
        elif badge.person_id in carried and rules.is_to_be_told(badge.told_at, now, days):
            _tell(session, badge)
    _forget_past(session, today)


def _forget_past(session: Session, today: date) -> None:
    """An ended badge that would be over by now anyway is on no phone's list any more."""
    past = sa.select(Badge).where(Badge.listed, Badge.last_day < today)
    for badge in session.scalars(past):
        badge.listed = False
        streams.gone(session, stream_keys.county(badge.county_code), "badge_end", badge.id, "archived")


def register_phone(session: Session, here: OpenSession, public_key: str) -> str:
    """A new secret for this device, answered once; the last one is good no more.

    Problems: ``unknown_device``, ``invalid``.
    """
    device = session.get(Device, here.device_id) if here.device_id else None
    if device is None or device.person_id != here.person_id or device.revoked_at is not None:
        raise Problem("unknown_device")
    _insist_on_a_point(public_key)
    secret = b64(os.urandom(SECRET_BYTES))
    row = {"device_id": device.id, "person_id": here.person_id, "secret": secret, "public_key": public_key}
    upsert(session, BadgePhone, [{**row, "registered_at": clock.now()}], ["device_id"])
    for badge in queries.open_badges(session, [here.person_id]).values():
        _tell(session, badge)
    return secret


def count_check(session: Session, county_code: str, day: date, answer: str) -> None:
    """One more check with this answer on this day. Two at once both count."""
    row = {"county_code": county_code, "day": day, "answer": answer, "checks": 1}
    statement = _insert_for(session, BadgeCheckCount)
    more = {"checks": BadgeCheckCount.checks + 1}
    session.execute(
        statement.values(row).on_conflict_do_update(index_elements=["county_code", "day", "answer"], set_=more)
    )


def set_supervision_phone(
    session: Session, actor: Holder | None, unit_id: UUID, phone: str, from_day: date
) -> SupervisionPhone:
    """The telephone of a town or county from a day on. ``actor`` None: set-up.

    Problems: ``not_found``, ``not_allowed``, ``invalid``.
    """
    unit = session.get(OrgUnit, unit_id)
    if unit is None:
        raise Problem("not_found")
    if actor is not None:
        units = tuple(above.id for above in areas.ancestors(session, unit_id))
        insist(may(actor, "supervision.set", Thing(county_code=unit.county_code, units=units)))
    insist(rules.number_may_be(phone))
    row = SupervisionPhone(
        id=new_id(),
        org_unit_id=unit_id,
        phone=phone,
        from_day=from_day,
        set_by=actor.person_id if actor else None,
        set_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row


# -- parts -------------------------------------------------------------------------------------------------------------


def _make(session: Session, person: Person, shown: rules.Shown, portrait: str | None, actor: Holder | None) -> Badge:
    today = clock.today()
    design = queries.design_on(session, today)
    if design is None:
        raise Problem("badge_design_missing")
    badge = Badge(
        id=new_id(),
        county_code=person.county_code,
        person_id=person.id,
        number=rules.number_text(person.county_code, _next_serial(session, person.county_code)),
        token=secrets.token_urlsafe(16),
        print_token=secrets.token_urlsafe(16),
        design_id=design.id,
        role=shown.role,
        grid_id=shown.grid_ids[0],
        portrait=portrait,
        consent_day=today if portrait else None,
        from_day=today,
        last_day=rules.last_day_of(today, design.valid_months),
        issued_by=actor.person_id if actor else None,
        issued_at=clock.now(),
        shown=_fingerprint(shown),
        version=0,
    )
    session.add(badge)
    _tell(session, badge)
    return badge


def _note_photo(session: Session, person: Person, actor: Holder | None) -> None:
    if actor is not None:
        for note in _photo_noters:
            note(session, person, actor.person_id)


def _open(session: Session, actor: Holder, badge_id: UUID, action: str) -> Badge:
    """The badge, locked: of two offices at once, the second sees what the first has done."""
    queries.seen(session, actor, badge_id, action)
    badge = session.get_one(Badge, badge_id, with_for_update=True, populate_existing=True)
    if badge.ended_at is not None:
        raise Problem("badge_over")
    return badge


def _end(session: Session, badge: Badge, by: UUID | None, reason: str) -> None:
    badge.ended_at, badge.ended_by, badge.end_reason = clock.now(), by, reason
    badge.listed = badge.last_day >= clock.today()
    badge.portrait = None  # nobody needs the picture of a badge that is over
    badge.version += 1
    session.flush()
    streams.gone(session, stream_keys.person(badge.person_id), "badge", badge.id)
    if badge.listed:
        streams.put(session, stream_keys.county(badge.county_code), "badge_end", badge.id)


def _tell(session: Session, badge: Badge) -> None:
    badge.version += 1
    badge.told_at = clock.now()
    session.flush()
    streams.put(session, stream_keys.person(badge.person_id), "badge", badge.id)


def _fingerprint(shown: rules.Shown) -> str:
    return rules.fingerprint([shown.role, *(str(grid) for grid in shown.grid_ids)])


def _next_serial(session: Session, county_code: str) -> int:
    """The county's next number; the row is held until the commit, so that none is given twice."""
    statement = _insert_for(session, BadgeSeries).values(county_code=county_code, last=1)
    more = {"last": BadgeSeries.last + 1}
    statement = statement.on_conflict_do_update(index_elements=["county_code"], set_=more)
    return int(session.execute(statement.returning(BadgeSeries.last)).scalar_one())


def _insert_for(session: Session, table: Any) -> Any:
    insert: Any
    if session.get_bind().dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert
    return insert(table)


def _insist_on_a_point(public_key: str) -> None:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(public_key))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Problem("invalid") from error
