"""superseded proposals"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0030'
down_revision = "0029"


def upgrade() -> None:
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.add_column(sa.Column('superseded_at', sa.BigInteger(), nullable=True))
        batch_op.drop_constraint(batch_op.f('uq_proposal_run_id_person_id_kind'), type_='unique')
        batch_op.create_unique_constraint(
            batch_op.f('uq_proposal_run_id_person_id_kind_sheet_version'), ['run_id', 'person_id', 'kind', 'sheet_version']
        )
