"""sign-in through another house"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'


def upgrade() -> None:
    op.create_table('sign_on_binding',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('county_code', sa.String(length=6), nullable=False),
    sa.Column('subject', sa.LargeBinary(), nullable=False),
    sa.Column('subject_hash', sa.LargeBinary(), nullable=False),
    sa.Column('bound_at', sa.BigInteger(), nullable=False),
    sa.Column('bound_by', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['bound_by'], ['person.id'], name=op.f('fk_sign_on_binding_bound_by_person')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sign_on_binding_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_sign_on_binding')),
    sa.UniqueConstraint('subject_hash', name=op.f('uq_sign_on_binding_subject_hash'))
    )
    with op.batch_alter_table('sign_on_binding', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_on_binding_county_code'), ['county_code'], unique=False)

    op.create_table('sign_on_try',
    sa.Column('state_hash', sa.LargeBinary(), nullable=False),
    sa.Column('nonce', sa.String(length=60), nullable=False),
    sa.Column('verifier', sa.String(length=60), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('used_at', sa.BigInteger(), nullable=True),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sign_on_try_person_id_person')),
    sa.PrimaryKeyConstraint('state_hash', name=op.f('pk_sign_on_try'))
    )
    with op.batch_alter_table('sign_on_try', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_on_try_made_at'), ['made_at'], unique=False)
