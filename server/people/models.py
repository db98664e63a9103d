"""Tables of the people room: persons, appointments, absences, teams, sessions, devices, push subscriptions,
sign-in failures, reset codes.

Roles are data (Art. 7 of the regulation and the office roles); one person may hold several in several grids, with dates.
Days are half-open: ``from_day`` counts, ``to_day`` does not.
"""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Json, Sealed


class Role(Base):
    """A role of Art. 7 or of the offices; ``scope_kind`` says what an appointment to it names."""

    __tablename__ = "role"
    code: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    name_zh: Mapped[str] = mapped_column(sa.String(60))
    name_en: Mapped[str] = mapped_column(sa.String(80))
    scope_kind: Mapped[str] = mapped_column(sa.String(12))  # grid | micro_grid | org_unit
    is_office: Mapped[bool]


class Person(Base):
    """Somebody who may sign in. Belongs to one county, with devices, ledger and streams."""

    __tablename__ = "person"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6), index=True)
    username: Mapped[str] = mapped_column(sa.String(60), unique=True)
    name: Mapped[str] = mapped_column(Sealed("person.name"))
    phone: Mapped[str | None] = mapped_column(Sealed("person.phone"))
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    language: Mapped[str | None] = mapped_column(sa.String(2))
    left_on: Mapped[date | None]
    recruited_unified: Mapped[bool | None]  # by the unified recruitment (Art. 20); none: not said
    created_at: Mapped[int] = mapped_column(Instant)


class Appointment(Base):
    """One role of one person in one grid, micro-grid or org unit, with dates."""

    __tablename__ = "appointment"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(sa.ForeignKey("role.code"))
    org_unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"), index=True)
    grid_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("grid.id"), index=True)
    micro_grid_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("micro_grid.id"), index=True)
    from_day: Mapped[date]
    to_day: Mapped[date | None]

    @property
    def last_day(self) -> date | None:
        return self.to_day - timedelta(days=1) if self.to_day else None


class Absence(Base):
    """Days on which a person is not on duty, and who stands in. The kind is the person's own; no reason is kept.

    Cut short or called off: ``to_day`` comes nearer, at the least to ``from_day``.
    """

    __tablename__ = "absence"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(Sealed("absence.kind"))
    from_day: Mapped[date]
    to_day: Mapped[date]
    stand_in_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    entered_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    entered_at: Mapped[int] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        sa.Index(None, "person_id", "to_day"),
        sa.Index(None, "stand_in_id", "to_day"),
        sa.CheckConstraint("from_day <= to_day", name="days"),
    )


class Team(Base):
    """Who handles sensitive work: people named with dates by the town or by whoever opens a mediation."""

    __tablename__ = "team"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    grid_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("grid.id"), index=True)
    name: Mapped[str] = mapped_column(Sealed("team.name"))
    purpose: Mapped[str] = mapped_column(sa.String(20))  # care | mediation | opened
    reviewer_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    named_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[int] = mapped_column(Instant)
    closed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class TeamMember(Base):
    """One named member of a team, with dates."""

    __tablename__ = "team_member"
    team_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("team.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), primary_key=True, index=True)
    from_day: Mapped[date]
    to_day: Mapped[date | None]


class SignIn(Base):
    """A session: the hash of a random token, its person and device. ``restricted`` = push, uploads and pull only."""

    __tablename__ = "sign_in"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary, unique=True)
    csrf: Mapped[str] = mapped_column(sa.String(60))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    device_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    kind: Mapped[str] = mapped_column(sa.String(8))  # phone | office
    restricted: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[int] = mapped_column(Instant)
    last_used_at: Mapped[int] = mapped_column(Instant)
    ended_at: Mapped[int | None] = mapped_column(Instant)


class SecondFactor(Base):
    """The secret of an office person's authenticator; it counts from ``confirmed_at``. ``last_step``: used, with all before."""

    __tablename__ = "second_factor"
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(Sealed("second_factor.secret"))
    confirmed_at: Mapped[int | None] = mapped_column(Instant)
    last_step: Mapped[int]
    wrong: Mapped[int]


class Device(Base):
    """One browser of one person. Revoked: hand over the queue, then wipe."""

    __tablename__ = "device"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    label: Mapped[str] = mapped_column(sa.String(120))
    platform: Mapped[str] = mapped_column(sa.String(120))
    registered_at: Mapped[int] = mapped_column(Instant)
    revoked_at: Mapped[int | None] = mapped_column(Instant)
    revoked_by: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    wiped_at: Mapped[int | None] = mapped_column(Instant)


class PushSubscription(Base):
    """Where one device hears a message while the app is closed. Forgotten at sign-out, revocation, and when it is gone.

    One browser has one address: whoever used it last on a shared phone has it (``endpoint_blind`` is unique).
    """

    __tablename__ = "push_subscription"
    device_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("device.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    endpoint_blind: Mapped[bytes] = mapped_column(sa.LargeBinary, unique=True)
    endpoint: Mapped[str] = mapped_column(Sealed("push_subscription.endpoint"))
    p256dh: Mapped[str] = mapped_column(Sealed("push_subscription.p256dh"))
    auth: Mapped[str] = mapped_column(Sealed("push_subscription.auth"))
    renewed_at: Mapped[int] = mapped_column(Instant)


class SignInFailure(Base):
    """A failed sign-in, counted per account and address (keyed hashes)."""

    __tablename__ = "sign_in_failure"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    account: Mapped[bytes] = mapped_column(sa.LargeBinary)
    address: Mapped[bytes] = mapped_column(sa.LargeBinary)
    at: Mapped[int] = mapped_column(Instant)
    __table_args__ = (sa.Index(None, "account", "address", "at"),)


class ResetCode(Base):
    """A one-time code shown by the leader or the security administrator; 15 minutes, one use, five tries."""

    __tablename__ = "reset_code"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(sa.LargeBinary)
    shown_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    expires_at: Mapped[int] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[int | None] = mapped_column(Instant)


class ScopeSnapshot(Base):
    """What a person might see and do, by number: the streams and posts held from one instant to another."""

    __tablename__ = "scope_snapshot"
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    holder: Mapped[Any] = mapped_column(Json)
    streams: Mapped[Any] = mapped_column(Json)
    from_at: Mapped[int] = mapped_column(Instant)
    to_at: Mapped[int | None] = mapped_column(Instant)
