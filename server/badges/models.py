"""Tables of the work badge (Art. 11): the city's design, badges, the phones that show them, counts of checks, and the
supervision telephones (Art. 15 (3)) that a check page and a notice board offer.
"""

from __future__ import annotations

import uuid
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Sealed


class BadgeDesign(Base):
    """The one design of the city from a day on, as data. ``valid_months``: how long a badge issued under it is good."""

    __tablename__ = "badge_design"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    from_day: Mapped[date] = mapped_column(index=True)
    heading_zh: Mapped[str] = mapped_column(sa.String(40))
    heading_en: Mapped[str] = mapped_column(sa.String(60))
    issuer: Mapped[str] = mapped_column(sa.String(60))
    tone: Mapped[str] = mapped_column(sa.String(8))
    valid_months: Mapped[int]
    document_no: Mapped[str] = mapped_column(sa.String(80))
    set_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    set_at: Mapped[int] = mapped_column(Instant)
    __table_args__ = (
        sa.CheckConstraint("tone IN ('blue', 'green', 'red')", name="tone"),
        sa.CheckConstraint("valid_months BETWEEN 1 AND 120", name="months"),
    )


class Badge(Base):
    """One badge of one person; a person has one that has not ended. Good on ``from_day`` up to and with ``last_day``.

    ``role`` and ``grid_id``: of the post for which it was issued. ``portrait``: a small JPEG in base64, only with the
    person's consent of ``consent_day``. ``listed``: phones of the county are told that it ended. ``token`` stands in the
    address that phones show and says nothing without a minute; ``print_token`` stands on paper, and on nothing else.
    ``told_at``: when its phones were last given words to show to colleagues.
    """

    __tablename__ = "badge"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    token: Mapped[str] = mapped_column(sa.String(22), unique=True)
    print_token: Mapped[str] = mapped_column(sa.String(22), unique=True)
    design_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("badge_design.id"))
    role: Mapped[str] = mapped_column(sa.ForeignKey("role.code"))
    grid_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("grid.id"), index=True)
    portrait: Mapped[str | None] = mapped_column(Sealed("badge.portrait"), deferred=True)
    consent_day: Mapped[date | None]
    from_day: Mapped[date]
    last_day: Mapped[date]
    issued_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    issued_at: Mapped[int] = mapped_column(Instant)
    ended_at: Mapped[int | None] = mapped_column(Instant)
    ended_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    end_reason: Mapped[str | None] = mapped_column(sa.String(8))  # lost | revoked | renewed | left
    shown: Mapped[str] = mapped_column(sa.String(64), default="")  # fingerprint of the posts that phones were told
    listed: Mapped[bool] = mapped_column(default=False)
    told_at: Mapped[int] = mapped_column(Instant, default=0, server_default="0")
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        sa.Index(
            "uq_badge_open",
            "person_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
        sa.Index(None, "listed", "last_day"),
        sa.CheckConstraint("from_day <= last_day", name="days"),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ended_whole"),
    )


class BadgePhone(Base):
    """What one device shows a badge with: the secret of its minute codes and the key that signs for colleagues."""

    __tablename__ = "badge_phone"
    device_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("device.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    secret: Mapped[str] = mapped_column(Sealed("badge_phone.secret"))
    public_key: Mapped[str] = mapped_column(sa.String(90))
    registered_at: Mapped[int] = mapped_column(Instant)


class BadgeSeries(Base):
    """The last number given in a county."""

    __tablename__ = "badge_series"
    county_code: Mapped[str] = mapped_column(sa.String(6), primary_key=True)
    last: Mapped[int]


class BadgeCheckCount(Base):
    """How many checks of a day had which answer in a county. Whose badge, by whom and where is not kept."""

    __tablename__ = "badge_check_count"
    county_code: Mapped[str] = mapped_column(sa.String(6), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    answer: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    checks: Mapped[int]


class SupervisionPhone(Base):
    """The telephone at which anybody may report on grid work (Art. 15 (3)), by town or county, from a day on."""

    __tablename__ = "supervision_phone"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    org_unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"), index=True)
    phone: Mapped[str] = mapped_column(sa.String(30))
    from_day: Mapped[date]
    set_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    set_at: Mapped[int] = mapped_column(Instant)
