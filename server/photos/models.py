"""Tables of the photos room: the photo, who sent its bytes, and what names it.

A photo is known, within a county, by the SHA-256 of the bytes that the phone sent. Stored is only what was made of them
(see ``derive.py``); that has hashes of its own.
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant


class Photo(Base):
    """A photo that the server holds. ``size`` in bytes as sent; width and height in pixels as stored.

    ``waits_since``: from when it may be deleted after 30 days if nothing names it. ``backed_up_at``: when a finished
    backup first had it.
    """

    __tablename__ = "photo"
    county_code: Mapped[str] = mapped_column(sa.String(6), primary_key=True)
    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True, index=True)
    full_sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    thumb_sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    size: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    held_at: Mapped[int] = mapped_column(Instant)
    waits_since: Mapped[int] = mapped_column(Instant, index=True)
    backed_up_at: Mapped[int | None] = mapped_column(Instant)


class PhotoSender(Base):
    """Who sent these bytes and so has proved to have had them: knowing a hash alone opens no picture."""

    __tablename__ = "photo_sender"
    county_code: Mapped[str] = mapped_column(sa.String(6), primary_key=True)
    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    sent_at: Mapped[int] = mapped_column(Instant)
    __table_args__ = (sa.ForeignKeyConstraint(["county_code", "sha256"], ["photo.county_code", "photo.sha256"]),)


class PhotoLink(Base):
    """An object names a photo; text goes first, so the photo may arrive later (no foreign key to it)."""

    __tablename__ = "photo_link"
    county_code: Mapped[str] = mapped_column(sa.String(6), primary_key=True)
    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    object_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    role: Mapped[str] = mapped_column(sa.String(10))
    author_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    linked_at: Mapped[int] = mapped_column(Instant)
    __table_args__ = (sa.Index(None, "kind", "object_id"),)
