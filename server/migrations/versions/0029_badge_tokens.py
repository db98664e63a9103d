"""two tokens for each badge: one that phones show, one on paper; and when its phones were told"""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    with op.batch_alter_table("badge", schema=None) as batch_op:
        batch_op.add_column(sa.Column("print_token", sa.String(length=22), nullable=True))
        batch_op.add_column(sa.Column("told_at", sa.BigInteger(), server_default="0", nullable=False))
    badge = sa.table("badge", sa.column("id"), sa.column("print_token"))
    here = op.get_bind()
    for (badge_id,) in here.execute(sa.select(badge.c.id)).all():
        here.execute(sa.update(badge).where(badge.c.id == badge_id).values(print_token=secrets.token_urlsafe(16)))
    with op.batch_alter_table("badge", schema=None) as batch_op:
        batch_op.alter_column("print_token", existing_type=sa.String(length=22), nullable=False)
        batch_op.create_unique_constraint(batch_op.f("uq_badge_print_token"), ["print_token"])
