"""Push subscriptions: one a device, kept while somebody is signed in there."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock
from server.kernel.problems import Problem
from server.people.models import Device, PushSubscription, SignIn
from server.platform import webpush
from server.platform.db import upsert
from server.platform.keys import keyring


def keep_subscription(
    session: Session, person_id: UUID, device_id: UUID | None, target: webpush.Target, hosts: tuple[str, ...]
) -> None:
    """The browser's address as it is today; again, or from another person on the same phone, replaces what was there.

    Problem ``unknown_device`` before the device was registered, ``push_address`` for an address or keys no push can use.
    """
    device = session.get(Device, device_id) if device_id else None
    if device is None or device.person_id != person_id or device.revoked_at is not None:
        raise Problem("unknown_device")
    if not (webpush.may_go_to(target.endpoint, hosts) and webpush.is_browser_key(target.p256dh, target.auth)):
        raise Problem("push_address")
    blind = keyring().blind(target.endpoint, "push_subscription.endpoint")
    elsewhere = sa.and_(PushSubscription.endpoint_blind == blind, PushSubscription.device_id != device.id)
    session.execute(sa.delete(PushSubscription).where(elsewhere))
    row = {
        "device_id": device.id,
        "person_id": person_id,
        "endpoint_blind": blind,
        "endpoint": target.endpoint,
        "p256dh": target.p256dh,
        "auth": target.auth,
        "renewed_at": clock.now(),
    }
    upsert(session, PushSubscription, [row], ["device_id"])


def forget_subscription(session: Session, device_id: UUID | None, renewed_until: int | None = None) -> None:
    """Nothing more goes there. ``renewed_until``: unless the device has given its address anew since."""
    statement = sa.delete(PushSubscription).where(PushSubscription.device_id == device_id)
    if renewed_until is not None:
        statement = statement.where(PushSubscription.renewed_at <= renewed_until)
    session.execute(statement)


def forget_silent(session: Session, person_id: UUID | None = None) -> None:
    """Those of devices on which nobody is signed in any more; of one person, or of all."""
    is_open = sa.exists().where(SignIn.device_id == PushSubscription.device_id, SignIn.ended_at.is_(None))
    statement = sa.delete(PushSubscription).where(~is_open)
    if person_id is not None:
        statement = statement.where(PushSubscription.person_id == person_id)
    session.execute(statement)
