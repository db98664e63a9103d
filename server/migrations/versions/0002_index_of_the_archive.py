"""index of the archive"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    op.create_index(
        op.f('ix_record_stream_record_acted_at_record_id'), 'record', ['stream', 'acted_at', 'id'], unique=False,
        sqlite_where=sa.text('archived_at IS NOT NULL'), postgresql_where=sa.text('archived_at IS NOT NULL'),
    )
