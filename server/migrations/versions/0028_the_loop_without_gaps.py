"""the loop without gaps: newest answers to a call-out, late answers about duty, two more sources of cases"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

SOURCES = "source IN ('record','telephone','12345','platform','resident','mediation')"


def upgrade() -> None:
    with op.batch_alter_table("callout_answer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_callout_answer_callout_id_callout_answer_received_at"), ["callout_id", "received_at"], unique=False
        )
    with op.batch_alter_table("case_dispute", schema=None) as batch_op:
        batch_op.add_column(sa.Column("late_told_at", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_case_file_source"), type_="check")
        batch_op.create_check_constraint(op.f("ck_case_file_source"), SOURCES)
