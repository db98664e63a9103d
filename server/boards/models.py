"""Tables of the notice boards (Art. 15). Grid, border, posts and names are read where they live; here is what only a board
says: work telephones, the area in words, dated further information, and where posters hang.
"""

from __future__ import annotations

import uuid
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Sealed


class WorkPhone(Base):
    """The number under which the public reaches somebody at work. The number colleagues use (``person.phone``) is another."""

    __tablename__ = "work_phone"
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    phone: Mapped[str] = mapped_column(Sealed("work_phone.phone"))
    set_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    set_at: Mapped[int] = mapped_column(Instant)


class BoardArea(Base):
    """The area of a grid in words: streets, hamlets, compounds."""

    __tablename__ = "board_area"
    grid_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("grid.id"), primary_key=True)
    words_zh: Mapped[str] = mapped_column(sa.String(400))
    words_en: Mapped[str | None] = mapped_column(sa.String(400))
    set_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    set_at: Mapped[int] = mapped_column(Instant)


class BoardNote(Base):
    """Further information with its date, for one grid or for every grid of a town."""

    __tablename__ = "board_note"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    grid_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("grid.id"), index=True)
    org_unit_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("org_unit.id"), index=True)
    words: Mapped[str] = mapped_column(sa.String(400))
    day: Mapped[date]
    written_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    removed_at: Mapped[int | None] = mapped_column(Instant)
    __table_args__ = (sa.CheckConstraint("(grid_id IS NULL) <> (org_unit_id IS NULL)", name="whose"),)


class PostingPlace(Base):
    """Where a poster of a grid hangs. ``confirmed_mark``: fingerprint of what the poster said when last confirmed there."""

    __tablename__ = "posting_place"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    grid_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("grid.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    added_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    confirmed_mark: Mapped[str | None] = mapped_column(sa.String(64))
    confirmed_at: Mapped[int | None] = mapped_column(Instant)
    confirmed_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    removed_at: Mapped[int | None] = mapped_column(Instant)
    __table_args__ = (sa.CheckConstraint("(confirmed_mark IS NULL) = (confirmed_at IS NULL)", name="confirmed_whole"),)
