"""The push doors: the installation's key, and where this device hears messages while the app is closed."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from server.messages.schemas import PushKey, SubscriptionRequest
from server.people import commands
from server.people.guard import door, signed_in
from server.platform.config import current_settings
from server.platform.db import transaction
from server.platform.webpush import Target

blueprint = Blueprint("push", __name__, url_prefix="/api/v1/push", description="Push subscriptions")


@blueprint.get("/key")
@door("phone")
@blueprint.response(200, PushKey)
def key_door() -> dict[str, Any]:
    """The key a browser subscribes with; null where this installation has no push."""
    push = current_settings().push
    return {"key": push.public_key if push.is_on else None}


@blueprint.post("/subscriptions")
@door("phone")
@blueprint.arguments(SubscriptionRequest)
@blueprint.response(204)
def subscribe_door(told: dict[str, Any]) -> Response:
    """This device's subscription; again replaces it. ``unknown_device``, ``push_address``."""
    here, keys = signed_in(), told["keys"]
    target = Target(told["endpoint"], keys["p256dh"], keys["auth"])
    with transaction() as session:
        commands.keep_subscription(session, here.person_id, here.device_id, target, current_settings().push.hosts)
    return Response(status=204)


@blueprint.delete("/subscriptions")
@door("phone")
@blueprint.response(204)
def unsubscribe_door() -> Response:
    """Nothing more is pushed to this device."""
    with transaction() as session:
        commands.forget_subscription(session, signed_in().device_id)
    return Response(status=204)
