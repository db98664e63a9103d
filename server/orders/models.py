"""The table of orders that came outside the list. Their pictures are named in the photos room, kind ``outside_order``."""

from __future__ import annotations

import uuid
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Sealed


class OutsideOrder(Base):
    """Who told a person to do what, on which ground of Art. 12 it is refused, and the answer.

    ``ruling`` as of a refusal: ``upheld``, ``not_upheld``, or ``stood`` when none came in time. ``given_unit`` is named by
    whoever rules. Nobody counts it against the person.
    """

    __tablename__ = "outside_order"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    giver: Mapped[str] = mapped_column(Sealed("outside_order.giver"))
    words: Mapped[str] = mapped_column(Sealed("outside_order.words"))
    ground: Mapped[int]
    at: Mapped[int] = mapped_column(Instant)
    rule_by: Mapped[date]
    given_unit: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("org_unit.id"))
    ruling: Mapped[str | None] = mapped_column(sa.String(12))
    ruled_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    ruled_at: Mapped[int | None] = mapped_column(Instant)
    ruling_words: Mapped[str | None] = mapped_column(Sealed("outside_order.ruling_words"))
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        sa.Index(None, "county_code", "ruled_at"),
        sa.CheckConstraint("ground BETWEEN 1 AND 3", name="ground"),
        sa.CheckConstraint("ruling IN ('upheld','not_upheld','stood')", name="ruling"),
    )
