"""Reads about badges: what a check page may say, rows for phones, lists of the office, the supervision telephone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from server.areas import queries as areas
from server.areas.models import Grid, MicroGrid
from server.badges import rules
from server.badges.models import Badge, BadgeCheckCount, BadgeDesign, BadgePhone, SupervisionPhone
from server.badges.rules import Minute, Shown
from server.kernel import clock
from server.kernel.problems import Problem, insist
from server.people.models import Appointment, Device, Person
from server.people.rules import FIELD_ROLES, Holder, Thing, may
from server.platform.config import current_settings
from server.platform.keys import keyring, unb64


@dataclass(frozen=True)
class Face:
    """All that a badge shows: on paper, on a phone and, while it is good, to whoever checks it."""

    badge: Badge
    name: str
    role: str
    grids: tuple[str, ...]
    design: BadgeDesign
    supervision: str | None
    portrait: str | None


@dataclass(frozen=True)
class Check:
    """The answer of a check; the face only with ``valid``. ``county_code``: where it is counted, "" for no known badge."""

    answer: str
    county_code: str = ""
    face: Face | None = None
    supervision: str | None = None


def posts_today(session: Session, person_ids: Collection[UUID], day: date) -> dict[UUID, Shown]:
    """What the badge of each of these people names on the day; whoever holds no post of Art. 7 is missing."""
    is_held = sa.and_(Appointment.from_day <= day, sa.or_(Appointment.to_day.is_(None), Appointment.to_day > day))
    place = sa.func.coalesce(Appointment.grid_id, MicroGrid.grid_id)
    statement = (
        sa.select(Appointment.person_id, Appointment.role, place)
        .outerjoin(MicroGrid, MicroGrid.id == Appointment.micro_grid_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(
            Appointment.person_id.in_(person_ids),
            Appointment.role.in_(FIELD_ROLES),
            is_held,
            place.is_not(None),
            sa.or_(Person.left_on.is_(None), Person.left_on > day),
        )
        .order_by(Appointment.id)
    )
    held: dict[UUID, list[tuple[str, UUID]]] = {}
    for person_id, role, grid_id in session.execute(statement):
        held.setdefault(person_id, []).append((role, grid_id))
    found = {person: rules.posts_shown(own) for person, own in held.items()}
    return {person: shown for person, shown in found.items() if shown is not None}


def is_good(badge: Badge, shown: Shown | None, day: date) -> bool:
    return rules.is_good(badge.from_day, badge.last_day, badge.ended_at is not None, badge.role, shown, day)


def check(session: Session, token: str, minute: Minute | None, now: int) -> Check:
    """What the public page answers. Nothing of a badge that is not good, or not shown freshly, leaves this function."""
    if not rules.TOKEN.fullmatch(token):
        return Check(rules.INVALID)
    named = sa.or_(Badge.token == token, Badge.print_token == token)
    badge = session.scalar(sa.select(Badge).where(named).options(undefer(Badge.portrait)))
    if badge is None:
        return Check(rules.INVALID)
    day = clock.day_of(now)
    shown = posts_today(session, [badge.person_id], day).get(badge.person_id)
    secrets = _secrets_of(session, badge.person_id) if minute else []
    answer = rules.answer_of(is_good(badge, shown, day), badge.print_token == token, minute, secrets, now)
    face = faces(session, [badge], day)[0]
    return Check(answer, badge.county_code, face if answer == rules.VALID else None, face.supervision)


def _secrets_of(session: Session, person_id: UUID) -> list[bytes]:
    """Of the person's phones that were not revoked."""
    statement = (
        sa.select(BadgePhone)
        .join(Device, Device.id == BadgePhone.device_id)
        .where(BadgePhone.person_id == person_id, Device.person_id == person_id, Device.revoked_at.is_(None))
    )
    return [unb64(phone.secret) for phone in session.scalars(statement)]


def faces(session: Session, badges: Sequence[Badge], day: date) -> list[Face]:
    """What these badges show, in their order; where the post has ended, what was named when it was issued."""
    people = {p.id: p.name for p in _by_id(session, Person, {b.person_id for b in badges})}
    designs = {d.id: d for d in _by_id(session, BadgeDesign, {b.design_id for b in badges})}
    shown = posts_today(session, {b.person_id for b in badges}, day)
    places = {b.id: _grids_of(b, shown.get(b.person_id)) for b in badges}
    grids = {g.id: g for g in _by_id(session, Grid, {g for named in places.values() for g in named})}
    phones = supervision_phones(session, {g.village_id for g in grids.values()}, day)
    return [
        Face(
            badge=badge,
            name=people[badge.person_id],
            role=badge.role,
            grids=tuple(grids[g].name_zh for g in places[badge.id]),
            design=designs[badge.design_id],
            supervision=phones.get(grids[places[badge.id][0]].village_id),
            portrait=badge.portrait,
        )
        for badge in badges
    ]


def _grids_of(badge: Badge, shown: Shown | None) -> tuple[UUID, ...]:
    return shown.grid_ids if shown is not None and shown.role == badge.role else (badge.grid_id,)


def _by_id(session: Session, table: Any, ids: Collection[UUID]) -> list[Any]:
    return list(session.scalars(sa.select(table).where(table.id.in_(ids))))


# -- the supervision telephone -----------------------------------------------------------------------------------------


def supervision_phones(session: Session, unit_ids: Iterable[UUID], day: date) -> dict[UUID, str]:
    """For each unit the telephone in force of the nearest unit above it, itself first; a unit without one is missing."""
    chains = {unit: [above.id for above in areas.ancestors(session, unit)] for unit in set(unit_ids)}
    own = _own_phones(session, {unit for chain in chains.values() for unit in chain}, day)
    found = {unit: next((own[above] for above in chain if above in own), None) for unit, chain in chains.items()}
    return {unit: phone for unit, phone in found.items() if phone}


def _own_phones(session: Session, unit_ids: Collection[UUID], day: date) -> dict[UUID, str]:
    statement = (
        sa.select(SupervisionPhone)
        .where(SupervisionPhone.org_unit_id.in_(unit_ids), SupervisionPhone.from_day <= day)
        .order_by(SupervisionPhone.from_day, SupervisionPhone.set_at)
    )
    return {row.org_unit_id: row.phone for row in session.scalars(statement)}  # the latest stays


# -- the office --------------------------------------------------------------------------------------------------------


def thing_of(session: Session, grid_id: UUID, person_id: UUID | None = None) -> Thing:
    """Where a badge lies: in the grid of its post."""
    return Thing(grid_id=grid_id, author_id=person_id, **areas.thing_of_grid(session, grid_id))


def seen(session: Session, holder: Holder, badge_id: UUID, action: str) -> Badge:
    """The badge, when the office may do this with it. Problems ``not_found``, ``not_allowed``."""
    badge = session.get(Badge, badge_id, options=[undefer(Badge.portrait)])
    if badge is None:
        raise Problem("not_found")
    insist(may(holder, action, thing_of(session, badge.grid_id)))
    return badge


def place_of_open(session: Session, person_id: UUID) -> Thing | None:
    """Where the badge lies that the person has out; None for none."""
    badge = open_badges(session, [person_id]).get(person_id)
    return thing_of(session, badge.grid_id) if badge else None


def open_badges(session: Session, person_ids: Collection[UUID]) -> dict[UUID, Badge]:
    """The badge of each of these people that has not ended."""
    statement = sa.select(Badge).where(Badge.person_id.in_(person_ids), Badge.ended_at.is_(None))
    return {badge.person_id: badge for badge in session.scalars(statement)}


def of_person(session: Session, person_id: UUID) -> list[Badge]:
    """All badges of a person, the newest first."""
    statement = sa.select(Badge).where(Badge.person_id == person_id).order_by(Badge.issued_at.desc(), Badge.id)
    return list(session.scalars(statement))


def good_in(session: Session, grid_ids: Collection[UUID], day: date) -> list[Badge]:
    """The good badges issued for these grids, by number, with their portraits."""
    statement = (
        sa.select(Badge)
        .where(Badge.grid_id.in_(grid_ids), Badge.ended_at.is_(None), Badge.last_day >= day)
        .order_by(Badge.number)
        .options(undefer(Badge.portrait))
    )
    badges = list(session.scalars(statement))
    shown = posts_today(session, {b.person_id for b in badges}, day)
    return [b for b in badges if is_good(b, shown.get(b.person_id), day)]


def design_on(session: Session, day: date) -> BadgeDesign | None:
    """The design in force on the day."""
    statement = sa.select(BadgeDesign).where(BadgeDesign.from_day <= day)
    return session.scalars(
        statement.order_by(BadgeDesign.from_day.desc(), BadgeDesign.set_at.desc()).limit(1)
    ).one_or_none()


def designs(session: Session) -> list[BadgeDesign]:
    """Every design, the latest first."""
    return list(
        session.scalars(sa.select(BadgeDesign).order_by(BadgeDesign.from_day.desc(), BadgeDesign.set_at.desc()))
    )


def checks_since(session: Session, county_code: str, day: date) -> dict[str, int]:
    """How many checks had which answer since the day."""
    statement = (
        sa.select(BadgeCheckCount.answer, sa.func.sum(BadgeCheckCount.checks))
        .where(BadgeCheckCount.county_code == county_code, BadgeCheckCount.day >= day)
        .group_by(BadgeCheckCount.answer)
    )
    found = {answer: int(checks) for answer, checks in session.execute(statement)}
    return {answer: found.get(answer, 0) for answer in rules.ANSWERS}


# -- what phones see ---------------------------------------------------------------------------------------------------


def feed_rows(session: Session, kind: str, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Rows ``badge`` (the own one, while it has not ended) and ``badge_end`` (numbers that a colleague must not trust)."""
    if kind == "badge_end":
        ended = session.scalars(sa.select(Badge).where(Badge.id.in_(ids), Badge.listed))
        return {b.id: {"id": str(b.id), "version": b.version, "number": b.number} for b in ended}
    statement = sa.select(Badge).where(Badge.id.in_(ids), Badge.ended_at.is_(None)).options(undefer(Badge.portrait))
    badges = list(session.scalars(statement))
    phones = _phones_of(session, {b.person_id for b in badges})
    return {face.badge.id: _badge_row(face, phones) for face in faces(session, badges, clock.today())}


def with_phones(session: Session, person_ids: Collection[UUID]) -> set[UUID]:
    """Of these people, whose badge is shown by a phone that was not revoked."""
    return set(_phones_of(session, person_ids))


def _phones_of(session: Session, person_ids: Collection[UUID]) -> dict[UUID, list[BadgePhone]]:
    statement = sa.select(BadgePhone).join(Device, Device.id == BadgePhone.device_id)
    found: dict[UUID, list[BadgePhone]] = {}
    for phone in session.scalars(statement.where(BadgePhone.person_id.in_(person_ids), Device.revoked_at.is_(None))):
        found.setdefault(phone.person_id, []).append(phone)
    return found


def _badge_row(face: Face, phones: dict[UUID, list[BadgePhone]]) -> dict[str, Any]:
    badge = face.badge
    return {
        "id": str(badge.id),
        "version": badge.version,
        "number": badge.number,
        "token": badge.token,
        "name": face.name,
        "role": face.role,
        "grids": list(face.grids),
        "from_day": badge.from_day.isoformat(),
        "last_day": badge.last_day.isoformat(),
        "heading_zh": face.design.heading_zh,
        "heading_en": face.design.heading_en,
        "issuer": face.design.issuer,
        "tone": face.design.tone,
        "portrait": face.portrait,
        "phones": {str(phone.device_id): _signed(face, phone.public_key) for phone in phones.get(badge.person_id, [])},
    }


def _signed(face: Face, public_key: str) -> dict[str, str]:
    """The badge bound to one phone's key: what a colleague's phone checks without a network, for a few days.

    A phone that was revoked gets none any more, and those it has end by themselves.
    """
    parts = (
        face.badge.number,
        face.badge.county_code,
        face.name,
        face.role,
        "、".join(face.grids),
        face.badge.last_day.isoformat(),
        rules.words_end(clock.now(), current_settings().badge_words_days),
        public_key,
    )
    words = rules.statement(parts)
    kid = keyring().receipt_kid()
    return {"words": words, "kid": kid, "signature": keyring().sign_with_receipt_key(words)}
