"""A re-look may name the day of the next one (decision 0035)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    with op.batch_alter_table("relook", schema=None) as batch_op:
        batch_op.add_column(sa.Column("next_on", sa.Date(), nullable=True))
        batch_op.create_index(batch_op.f("ix_relook_next_on"), ["next_on"], unique=False)
