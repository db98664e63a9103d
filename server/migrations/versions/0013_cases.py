"""cases"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table('case_file',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('county_code', sa.String(length=6), nullable=False),
    sa.Column('grid_id', sa.Uuid(), nullable=False),
    sa.Column('record_id', sa.Uuid(), nullable=False),
    sa.Column('stream', sa.String(length=80), nullable=False),
    sa.Column('matter_code', sa.String(length=20), nullable=False),
    sa.Column('reporter_id', sa.Uuid(), nullable=False),
    sa.Column('level', sa.String(length=2), nullable=False),
    sa.Column('unit', sa.String(length=13), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('given_day', sa.Date(), nullable=True),
    sa.Column('document_no', sa.String(length=80), nullable=True),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('lead_unit', sa.Uuid(), nullable=True),
    sa.Column('state', sa.String(length=13), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=True),
    sa.Column('verify_by', sa.Date(), nullable=True),
    sa.Column('over_at', sa.BigInteger(), nullable=True),
    sa.Column('archived_at', sa.BigInteger(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("level IN ('L2','L3','L4')", name=op.f('ck_case_file_level')),
    sa.CheckConstraint("state IN ('accepted','assigned','in_progress','suspended','done_reported','verified','closed','not_verified')", name=op.f('ck_case_file_state')),
    sa.ForeignKeyConstraint(['grid_id'], ['grid.id'], name=op.f('fk_case_file_grid_id_grid')),
    sa.ForeignKeyConstraint(['lead_unit'], ['org_unit.id'], name=op.f('fk_case_file_lead_unit_org_unit')),
    sa.ForeignKeyConstraint(['record_id'], ['record.id'], name=op.f('fk_case_file_record_id_record')),
    sa.ForeignKeyConstraint(['reporter_id'], ['person.id'], name=op.f('fk_case_file_reporter_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_file')),
    sa.UniqueConstraint('record_id', name=op.f('uq_case_file_record_id'))
    )
    with op.batch_alter_table('case_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_file_grid_id_case_file_state'), ['grid_id', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_case_file_lead_unit_case_file_state'), ['lead_unit', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_case_file_state_case_file_verify_by'), ['state', 'verify_by'], unique=False)

    op.create_table('case_level',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('county_code', sa.String(length=6), nullable=False),
    sa.Column('level', sa.String(length=2), nullable=False),
    sa.Column('unit', sa.String(length=13), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False),
    sa.Column('document_no', sa.String(length=80), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('by_person', sa.Uuid(), nullable=False),
    sa.CheckConstraint("level IN ('L0','L1','L2','L3','L4')", name=op.f('ck_case_level_level')),
    sa.ForeignKeyConstraint(['by_person'], ['person.id'], name=op.f('fk_case_level_by_person_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_level'))
    )
    with op.batch_alter_table('case_level', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_level_county_code'), ['county_code'], unique=False)

    op.create_table('case_helper',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case_file.id'], name=op.f('fk_case_helper_case_id_case_file')),
    sa.ForeignKeyConstraint(['unit_id'], ['org_unit.id'], name=op.f('fk_case_helper_unit_id_org_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_helper'))
    )
    with op.batch_alter_table('case_helper', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_helper_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_case_helper_unit_id'), ['unit_id'], unique=False)

    op.create_table('case_step',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('by_person', sa.Uuid(), nullable=True),
    sa.Column('step', sa.String(length=12), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=True),
    sa.Column('words', sa.LargeBinary(), nullable=True),
    sa.Column('photo', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['by_person'], ['person.id'], name=op.f('fk_case_step_by_person_person')),
    sa.ForeignKeyConstraint(['case_id'], ['case_file.id'], name=op.f('fk_case_step_case_id_case_file')),
    sa.ForeignKeyConstraint(['unit_id'], ['org_unit.id'], name=op.f('fk_case_step_unit_id_org_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_step'))
    )
    with op.batch_alter_table('case_step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_step_case_id_case_step_version'), ['case_id', 'version'], unique=False)
