"""Households and places as mutations: the households room's own commands, with the road's answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from server.households import commands, schemas
from server.records.rules import Act
from server.sync.applied import Applied

SAVE_HOUSEHOLD = schemas.SaveHousehold()
CLOSE_HOUSEHOLD = schemas.CloseHousehold()
SAVE_PLACE = schemas.SavePlace()


def save_household(session: Session, act: Act, told: Mapping[str, Any]) -> Applied:
    row = commands.save_household(session, act, told)
    return Applied("household", row.id, row.version)


def close_household(session: Session, act: Act, told: Mapping[str, Any]) -> Applied:
    row = commands.close_household(session, act, told)
    return Applied("household", row.id, row.version)


def save_place(session: Session, act: Act, told: Mapping[str, Any]) -> Applied:
    row = commands.save_place(session, act, told)
    return Applied("place", row.id, row.version)
