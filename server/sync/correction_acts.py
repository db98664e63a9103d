"""Correction requests as a mutation of the road."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from server.privacy import commands
from server.records.rules import Act
from server.sync.applied import Applied


def ask(session: Session, act: Act, told: Mapping[str, Any]) -> Applied:
    request = commands.ask(session, act, told)
    return Applied("correction_request", request.id, request.version)
