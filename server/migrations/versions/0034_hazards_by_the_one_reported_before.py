"""Hazards are found by the one that was reported before: whoever joined hears what became of it."""

from __future__ import annotations

from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.create_index(op.f("ix_hazard_same_as"), "hazard", ["same_as"])
