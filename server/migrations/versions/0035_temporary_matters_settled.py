"""An urgent temporary matter that is over: whether its open plans and tasks have ended with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.add_column("temporary_matter", sa.Column("settled_at", sa.BigInteger(), nullable=True))
