"""Tables of the households room: household, place, visit plan, and the history of their fields.

A household is a door address with one contact name and phone; no identity number, no other person. Any further column
must stand in ``extra_fields.py`` with the matter that needs it; a test compares.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Json, Sealed


class Household(Base):
    """One door. Moved out or duplicate: closed, then deleted when the set days are over."""

    __tablename__ = "household"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    grid_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("grid.id"), index=True)
    micro_grid_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("micro_grid.id"), index=True)
    door: Mapped[str] = mapped_column(Sealed("household.door"))
    door_hash: Mapped[bytes] = mapped_column(sa.LargeBinary, index=True)  # equality within a micro-grid
    contact_name: Mapped[str] = mapped_column(Sealed("household.contact_name"))
    contact_phone: Mapped[str] = mapped_column(Sealed("household.contact_phone"))
    initials: Mapped[str] = mapped_column(Sealed("household.initials"))  # pinyin initials of the name, for search
    created_at: Mapped[int] = mapped_column(Instant)
    closed_on: Mapped[date | None] = mapped_column(index=True)
    close_reason: Mapped[str | None] = mapped_column(sa.String(12))
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        sa.CheckConstraint("close_reason IN ('moved_out', 'duplicate')", name="close_reason"),
        sa.CheckConstraint("(closed_on IS NULL) = (close_reason IS NULL)", name="closed"),
    )


class Place(Base):
    """A shop, site, facility or check point; names no person. ``in_plan``: looked at in today's patrol."""

    __tablename__ = "place"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    grid_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("grid.id"), index=True)
    micro_grid_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("micro_grid.id"))
    kind: Mapped[str] = mapped_column(sa.String(12))
    name: Mapped[str] = mapped_column(sa.String(80))
    address: Mapped[str] = mapped_column(sa.String(200))
    lng: Mapped[int]  # 1e-7 degree
    lat: Mapped[int]
    radius_m: Mapped[int]
    matters: Mapped[Any] = mapped_column(Json)  # codes of the matters looked at there
    in_plan: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[int] = mapped_column(Instant)
    closed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        sa.CheckConstraint("kind IN ('shop', 'site', 'facility', 'check_point')", name="kind"),
        sa.CheckConstraint("radius_m BETWEEN 5 AND 1000", name="radius_m"),
    )


class VisitPlan(Base):
    """When a household or place is to be visited next. With a class-S matter it belongs to a care team."""

    __tablename__ = "visit_plan"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    grid_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("grid.id"), index=True)
    micro_grid_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("micro_grid.id"))
    household_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("household.id"), index=True)
    place_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("place.id"), index=True)
    team_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("team.id"), index=True)
    matter_code: Mapped[str] = mapped_column(sa.String(20))
    data_class: Mapped[str] = mapped_column(sa.String(1))
    every_days: Mapped[int | None]
    due: Mapped[date]
    last_visit: Mapped[date | None]
    for_role: Mapped[str] = mapped_column(sa.ForeignKey("role.code"))
    closed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        sa.CheckConstraint("(household_id IS NULL) <> (place_id IS NULL)", name="one_target"),
        sa.CheckConstraint("data_class <> 'S' OR team_id IS NOT NULL", name="team"),
    )


class FieldChange(Base):
    """One version of a household or place: who changed it, when, and what the changed fields were before."""

    __tablename__ = "field_change"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    object_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    version: Mapped[int]
    at: Mapped[int] = mapped_column(Instant)
    by_person_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    was: Mapped[Any] = mapped_column(Sealed("field_change.was"))
    __table_args__ = (sa.UniqueConstraint("object_id", "version"),)
