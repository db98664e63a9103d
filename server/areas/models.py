"""Tables of the areas room: org units, division codes, grids, micro-grids, borders with dates (Arts. 2, 6, 25).

The tree of organisations and the tree of division codes are two things: a development zone runs towns whose codes lie
under a district. Borders are rings of ``[lng, lat]`` in integers of 1e-7 degree, valid from a day, half-open.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Json


class Division(Base):
    """A statistical division code with dates; reference data, never a key of anything that grows."""

    __tablename__ = "division"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(15), index=True)
    name_zh: Mapped[str] = mapped_column(sa.String(80))
    kind: Mapped[str] = mapped_column(sa.String(20))  # city | county | town | subdistrict | community
    from_day: Mapped[date]
    to_day: Mapped[date | None]


class OrgUnit(Base):
    """An organisation: city, county, zone, town, subdistrict, village committee, department."""

    __tablename__ = "org_unit"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6), index=True)
    parent_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("org_unit.id"), index=True)
    # city | county | zone | town | subdistrict | village | community | department
    kind: Mapped[str] = mapped_column(sa.String(20))
    name_zh: Mapped[str] = mapped_column(sa.String(80))
    name_en: Mapped[str | None] = mapped_column(sa.String(120))
    division_code: Mapped[str | None] = mapped_column(sa.String(15))
    phone: Mapped[str | None] = mapped_column(sa.String(30))
    version: Mapped[int] = mapped_column(default=1)


class Grid(Base):
    """A unit of primary-level social governance (Art. 2); ``kind`` village, community or special_area."""

    __tablename__ = "grid"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6), index=True)
    code: Mapped[str] = mapped_column(sa.String(15), index=True)
    village_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    name_zh: Mapped[str] = mapped_column(sa.String(80))
    created_at: Mapped[int] = mapped_column(Instant)
    closed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class MicroGrid(Base):
    """A micro-grid inside a grid (Art. 6); code = grid code + 3 digits, local."""

    __tablename__ = "micro_grid"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6), index=True)
    grid_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("grid.id"), index=True)
    code: Mapped[str] = mapped_column(sa.String(18))
    name_zh: Mapped[str] = mapped_column(sa.String(80))
    closed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class Border(Base):
    """The outline of a grid or micro-grid from a day on: rings of ``[lng, lat]`` in 1e-7 degree."""

    __tablename__ = "border"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    area_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, index=True)  # grid or micro-grid
    rings: Mapped[Any] = mapped_column(Json)
    document_no: Mapped[str | None] = mapped_column(sa.String(80))
    from_day: Mapped[date]
    to_day: Mapped[date | None]
