"""Tables of mediations. Parties are named here and nowhere else; the words are sealed."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Sealed


class Mediation(Base):
    """Who was at odds and what came of it; envelope = the record of the same id, always a team's."""

    __tablename__ = "mediation"
    record_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("record.id"), primary_key=True)
    unsuited: Mapped[Any] = mapped_column(Sealed("mediation.unsuited"))  # why not here; empty: it was mediated
    parties: Mapped[Any] = mapped_column(Sealed("mediation.parties"))  # [{id, name, phone, part}]
    outcome: Mapped[str | None] = mapped_column(sa.String(10))  # null: still under way
    note: Mapped[str] = mapped_column(Sealed("mediation.note"))
    revisit_on: Mapped[date | None]


class MediationStep(Base):
    """What happened later: another talk, the outcome, or a return visit (``kept`` is set)."""

    __tablename__ = "mediation_step"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    mediation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("record.id"), index=True)
    by_person: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[int] = mapped_column(Instant)
    words: Mapped[str] = mapped_column(Sealed("mediation_step.words"))
    outcome: Mapped[str | None] = mapped_column(sa.String(10))
    kept: Mapped[bool | None]
