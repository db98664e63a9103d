"""Devices: registered by their person, revoked by the owner or the security administrator."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock
from server.kernel.problems import Problem, insist
from server.people import queries, rules
from server.people.commands.subscriptions import forget_subscription
from server.people.models import Device, SignIn
from server.people.rules import Holder, Thing
from server.platform import audit


def register_device(
    session: Session, open_: queries.OpenSession, *, device_id: UUID, label: str, platform: str
) -> Device:
    """The browser of this session; the same id again is the same device.

    A session belongs to one device: a copied profile that takes a name of its own has to sign in (``signed_out``), or
    revoking one of the two would hit the other. Problem ``device_of_another_person``.
    """
    if open_.device_id is not None and open_.device_id != device_id:
        raise Problem("signed_out")
    device = session.get(Device, device_id)
    if device is None:
        device = Device(
            id=device_id,
            county_code=open_.holder.county_code,
            person_id=open_.person_id,
            label=label,
            platform=platform,
            registered_at=clock.now(),
        )
        session.add(device)
        session.flush()
    elif device.person_id != open_.person_id:
        raise Problem("device_of_another_person")
    else:
        device.label, device.platform, device.wiped_at = label, platform, None  # it speaks: it is there still
    kind = rules.session_kind(frozenset(p.role for p in open_.holder.posts))
    session.execute(sa.update(SignIn).where(SignIn.id == open_.id).values(device_id=device.id, kind=kind))
    return device


def revoke_device(session: Session, actor: Holder, device_id: UUID) -> Device:
    """By its owner or the security administrator: its sessions keep push, uploads and pull, until it was handed over.

    Problem ``not_found`` for any other's device.
    """
    device = session.get(Device, device_id)
    if device is None:
        raise Problem("not_found")
    if device.person_id != actor.person_id:
        insist(_hidden(rules.may(actor, "device.revoke", Thing(county_code=device.county_code))))
    if device.revoked_at is None:
        device.revoked_at, device.revoked_by = clock.now(), actor.person_id
    is_there = sa.and_(SignIn.device_id == device.id, SignIn.ended_at.is_(None))
    session.execute(sa.update(SignIn).where(is_there).values(restricted=True))
    forget_subscription(session, device.id)
    return device


def note_wiped(session: Session, person_id: UUID, device_id: UUID) -> None:
    """The device has handed over everything and is told to forget it: noted and audited the first time.

    Somebody else's device, or one that was not revoked or not registered, is left alone.
    """
    device = session.get(Device, device_id)
    if device is None or device.person_id != person_id or device.revoked_at is None or device.wiped_at is not None:
        return
    device.wiped_at = clock.now()
    audit.note(
        session, "device_wiped", county_code=device.county_code, person_id=person_id, object_kind="device",
        object_id=device.id,
    )  # fmt: skip


def _hidden(verdict: rules.Verdict) -> rules.Verdict:
    """What lies outside somebody's reach does not exist for them."""
    return verdict if verdict else rules.Refused("not_found")
