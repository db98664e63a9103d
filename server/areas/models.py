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
    west: Mapped[int]  # the box around it, for finding neighbours
    south: Mapped[int]
    east: Mapped[int]
    north: Mapped[int]
    __table_args__ = (sa.Index(None, "west", "east"),)


class BorderDraft(Base):
    """A change of borders that a town, subdistrict or zone committee prepares, issues with a number, and that comes into
    force on its day. ``state``: open, issued, in_force, withdrawn.
    """

    __tablename__ = "border_draft"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"), index=True)
    state: Mapped[str] = mapped_column(sa.String(10))
    document_no: Mapped[str | None] = mapped_column(sa.String(80))
    effect_day: Mapped[date]
    made_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[int] = mapped_column(Instant)
    issued_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    issued_at: Mapped[int | None] = mapped_column(Instant)
    ended_at: Mapped[int | None] = mapped_column(Instant)  # in force, or withdrawn
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        sa.Index(None, "state", "effect_day"),
        sa.CheckConstraint("state IN ('open','issued','in_force','withdrawn')", name="state"),
    )


class BorderStep(Base):
    """One operation of a draft as it was told; the draft can be worked out anew from these."""

    __tablename__ = "border_step"
    draft_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("border_draft.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(12))
    told: Mapped[Any] = mapped_column(Json)
    by_person: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[int] = mapped_column(Instant)


class DraftArea(Base):
    """How a draft leaves one grid or micro-grid: ``new``, ``changed``, ``noded`` (a corner of a neighbour's was set into the
    common line, on the lattice) or ``closed`` with the area it ``goes_to``.

    ``came_from``: whose ground and people a new area takes over, or a part of them.
    """

    __tablename__ = "draft_area"
    draft_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("border_draft.id"), primary_key=True)
    area_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    level: Mapped[str] = mapped_column(sa.String(10))  # grid | micro_grid
    change: Mapped[str] = mapped_column(sa.String(10))
    parent_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)  # village of a grid, grid of a micro-grid
    name_zh: Mapped[str] = mapped_column(sa.String(80))
    kind: Mapped[str] = mapped_column(sa.String(20))
    code: Mapped[str | None] = mapped_column(sa.String(18))
    rings: Mapped[Any] = mapped_column(Json)
    came_from: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    goes_to: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)


class GridMeasure(Base):
    """Figures of the city's measures for delimiting grids (Art. 6), from a day on; rows are only added. A figure may be
    missing. Households; none of them ever refuses a border.
    """

    __tablename__ = "grid_measure"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    document_no: Mapped[str] = mapped_column(sa.String(80))
    from_day: Mapped[date] = mapped_column(index=True)
    grid_least: Mapped[int | None]
    grid_most: Mapped[int | None]
    micro_least: Mapped[int | None]
    micro_most: Mapped[int | None]
    at: Mapped[int] = mapped_column(Instant)
    by_person: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))


class OtherArea(Base):
    """An area drawn under another law or regulation (Art. 6, last sentence): shown beneath the grids, never edited here."""

    __tablename__ = "other_area"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6), index=True)
    name_zh: Mapped[str] = mapped_column(sa.String(80))
    basis: Mapped[str] = mapped_column(sa.String(200))  # the law, and the document that drew it
    rings: Mapped[Any] = mapped_column(Json)
    from_day: Mapped[date]
    to_day: Mapped[date | None]
    at: Mapped[int] = mapped_column(Instant)
    by_person: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
