"""emergencies"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    op.create_table(
        'emergency',
        sa.Column('record_id', sa.Uuid(), nullable=False),
        sa.Column('calls', sa.Text(), nullable=False),
        sa.Column('gas_smell', sa.Boolean(), nullable=False),
        sa.Column('note', sa.LargeBinary(), nullable=False),
        sa.Column('place_words', sa.LargeBinary(), nullable=False),
        sa.Column('lng', sa.BigInteger(), nullable=True),
        sa.Column('lat', sa.BigInteger(), nullable=True),
        sa.Column('accuracy_m', sa.Integer(), nullable=True),
        sa.Column('place_source', sa.String(length=8), nullable=False),
        sa.Column('place_id', sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(['place_id'], ['place.id'], name=op.f('fk_emergency_place_id_place')),
        sa.ForeignKeyConstraint(['record_id'], ['record.id'], name=op.f('fk_emergency_record_id_record')),
        sa.PrimaryKeyConstraint('record_id', name=op.f('pk_emergency')),
    )
