"""Tables of sign-in through another house: who is who there, and the tries under way."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Sealed


class SignOnBinding(Base):
    """One person's name (subject) at the other house, bound by the security administrator; ended, the row is gone.

    Found by a keyed hash; that it was bound and ended stands in the audit log.
    """

    __tablename__ = "sign_on_binding"
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6), index=True)
    subject: Mapped[str] = mapped_column(Sealed("sign_on_binding.subject"))
    subject_hash: Mapped[bytes] = mapped_column(sa.LargeBinary, unique=True)
    bound_at: Mapped[int] = mapped_column(Instant)
    bound_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))


class SignOnTry(Base):
    """A browser that went to the other house: good once, for five minutes.

    ``person_id``: vouched for, and the second factor is still to come.
    """

    __tablename__ = "sign_on_try"
    state_hash: Mapped[bytes] = mapped_column(sa.LargeBinary, primary_key=True)
    nonce: Mapped[str] = mapped_column(sa.String(60))
    verifier: Mapped[str] = mapped_column(sa.String(60))
    made_at: Mapped[int] = mapped_column(Instant, index=True)
    used_at: Mapped[int | None] = mapped_column(Instant)
    person_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
