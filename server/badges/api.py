"""The badge's small door for phones: a secret and a key for this device (docs/wire.md §1)."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from server.badges import commands
from server.badges.schemas import PhoneRequest, PhoneSecret
from server.people.guard import door, signed_in
from server.platform.db import transaction
from server.platform.limits import by_session, rate

blueprint = Blueprint("badge_phone", __name__, url_prefix="/api/v1/badge", description="Work badge on this device")


@blueprint.post("/phone")
@door("phone")
@rate("30/hour", by_session)
@blueprint.arguments(PhoneRequest)
@blueprint.response(200, PhoneSecret)
def phone_door(told: dict[str, Any]) -> dict[str, Any]:
    """A new secret for this device's minute codes, answered once. ``unknown_device``, ``invalid``."""
    here = signed_in()
    with transaction() as session:
        return {"secret": commands.register_phone(session, here, told["public_key"]), "device_id": here.device_id}
