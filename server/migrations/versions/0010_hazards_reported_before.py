"""A hazard that somebody had reported before names that report."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    with op.batch_alter_table("hazard", schema=None) as batch_op:
        batch_op.add_column(sa.Column("same_as", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_hazard_same_as_record"), "record", ["same_as"], ["id"])

