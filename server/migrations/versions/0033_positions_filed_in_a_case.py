"""positions of a call-out filed in a case"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

FILED = "case_id IS NULL OR (stream IS NULL AND filed_by IS NOT NULL AND filed_at IS NOT NULL AND filed_reason IS NOT NULL)"


def upgrade() -> None:
    with op.batch_alter_table("callout_position", schema=None) as batch_op:
        batch_op.add_column(sa.Column("case_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("filed_by", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("filed_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("filed_reason", sa.LargeBinary(), nullable=True))
        batch_op.create_index(batch_op.f("ix_callout_position_case_id"), ["case_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_callout_position_filed_by_person"), "person", ["filed_by"], ["id"])
        batch_op.create_check_constraint(op.f("ck_callout_position_filed"), FILED)
