"""orders outside the list"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = "0010"


def upgrade() -> None:
    op.create_table('outside_order',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('county_code', sa.String(length=6), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('giver', sa.LargeBinary(), nullable=False),
    sa.Column('words', sa.LargeBinary(), nullable=False),
    sa.Column('ground', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('rule_by', sa.Date(), nullable=False),
    sa.Column('given_unit', sa.Uuid(), nullable=True),
    sa.Column('ruling', sa.String(length=12), nullable=True),
    sa.Column('ruled_by', sa.Uuid(), nullable=True),
    sa.Column('ruled_at', sa.BigInteger(), nullable=True),
    sa.Column('ruling_words', sa.LargeBinary(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("ruling IN ('upheld','not_upheld','stood')", name=op.f('ck_outside_order_ruling')),
    sa.CheckConstraint('ground BETWEEN 1 AND 3', name=op.f('ck_outside_order_ground')),
    sa.ForeignKeyConstraint(['given_unit'], ['org_unit.id'], name=op.f('fk_outside_order_given_unit_org_unit')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_outside_order_person_id_person')),
    sa.ForeignKeyConstraint(['ruled_by'], ['person.id'], name=op.f('fk_outside_order_ruled_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outside_order'))
    )
    with op.batch_alter_table('outside_order', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outside_order_county_code_outside_order_ruled_at'), ['county_code', 'ruled_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_outside_order_person_id'), ['person_id'], unique=False)
