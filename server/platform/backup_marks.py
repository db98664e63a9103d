"""What the database knows about backups: when each ran, and how far each phone's lanes are inside it.

Only a finished backup counts. With none, a commit is the best there is, and the office shows 没有备份.
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.platform.db import Base
from server.platform.types import Instant


class BackupMark(Base):
    """One run of ``flask backup``; ``finished_at`` stays empty when it did not finish."""

    __tablename__ = "backup_mark"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    started_at: Mapped[int] = mapped_column(Instant)
    finished_at: Mapped[int | None] = mapped_column(Instant)
    path: Mapped[str] = mapped_column(sa.String(400))


class BackupLane(Base):
    """The highest seq of one device's lane that a finished backup holds."""

    __tablename__ = "backup_lane"
    backup_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("backup_mark.id"), primary_key=True)
    device_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    lane: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    seq: Mapped[int] = mapped_column(sa.BigInteger)
    __table_args__ = (sa.Index(None, "device_id", "lane"),)


_LAST_FINISHED = (
    sa.select(BackupMark).where(BackupMark.finished_at.is_not(None)).order_by(BackupMark.started_at.desc()).limit(1)
)


def last_finished(session: Session) -> BackupMark | None:
    """The newest backup that finished."""
    return session.scalars(_LAST_FINISHED).first()


def has_finished_backup(session: Session) -> bool:
    return last_finished(session) is not None


def durable_through(session: Session, device_id: uuid.UUID) -> dict[str, int] | None:
    """Per lane the highest seq inside a finished backup; None when there has never been one (then a commit counts)."""
    if not has_finished_backup(session):
        return None
    statement = (
        sa.select(BackupLane.lane, sa.func.max(BackupLane.seq).label("through"))
        .join(BackupMark, BackupMark.id == BackupLane.backup_id)
        .where(BackupLane.device_id == device_id, BackupMark.finished_at.is_not(None))
        .group_by(BackupLane.lane)
    )
    return {row.lane: row.through for row in session.execute(statement)}


def note_lanes(copy: Session, live: Session, backup_id: uuid.UUID) -> None:
    """Write down how far each lane is inside this backup, and forget what older backups held of the same lanes.

    The table of lanes belongs to the road's room above; it is known here by its name, as a foreign key would know it.
    """
    lanes = Base.metadata.tables["outbox_lane"]
    inside = copy.execute(sa.select(lanes.c.device_id, lanes.c.lane, lanes.c.expected)).all()
    live.add_all(
        BackupLane(backup_id=backup_id, device_id=d, lane=lane, seq=expected - 1) for d, lane, expected in inside
    )
    live.flush()
    newer = sa.alias(BackupLane.__table__)
    is_replaced = sa.exists().where(
        newer.c.backup_id == backup_id, newer.c.device_id == BackupLane.device_id, newer.c.lane == BackupLane.lane
    )
    live.execute(sa.delete(BackupLane).where(BackupLane.backup_id != backup_id, is_replaced))
