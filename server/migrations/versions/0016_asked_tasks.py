"""Urgent temporary matters; what departments ask of the grids; the log of lists that left as files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table('list_export',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('county_code', sa.String(length=6), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('list_name', sa.String(length=20), nullable=False),
    sa.Column('narrowed', sa.Text(), nullable=False),
    sa.Column('file_format', sa.String(length=4), nullable=False),
    sa.Column('row_count', sa.Integer(), nullable=False),
    sa.Column('is_personal', sa.Boolean(), nullable=False),
    sa.Column('purpose', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint("file_format IN ('csv', 'xlsx')", name=op.f('ck_list_export_file_format')),
    sa.CheckConstraint('NOT is_personal OR purpose IS NOT NULL', name=op.f('ck_list_export_purpose')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_list_export'))
    )
    with op.batch_alter_table('list_export', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_list_export_county_code_list_export_at'), ['county_code', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_list_export_person_id'), ['person_id'], unique=False)

    op.create_table('task_request',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('county_code', sa.String(length=6), nullable=False),
    sa.Column('matter_code', sa.String(length=20), nullable=False),
    sa.Column('area_unit', sa.Uuid(), nullable=False),
    sa.Column('words', sa.LargeBinary(), nullable=False),
    sa.Column('figures', sa.LargeBinary(), nullable=True),
    sa.Column('wanted_day', sa.Date(), nullable=False),
    sa.Column('asked_by', sa.Uuid(), nullable=False),
    sa.Column('asked_unit', sa.Uuid(), nullable=False),
    sa.Column('asked_at', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('merged_into', sa.Uuid(), nullable=True),
    sa.Column('answered_by', sa.Uuid(), nullable=True),
    sa.Column('answered_unit', sa.Uuid(), nullable=True),
    sa.Column('answered_at', sa.BigInteger(), nullable=True),
    sa.Column('answer_words', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint("(state = 'merged') = (merged_into IS NOT NULL)", name=op.f('ck_task_request_merged')),
    sa.CheckConstraint("(state = 'open') = (answered_at IS NULL)", name=op.f('ck_task_request_answered')),
    sa.CheckConstraint("state IN ('open','sent','merged','declined')", name=op.f('ck_task_request_state')),
    sa.ForeignKeyConstraint(['answered_by'], ['person.id'], name=op.f('fk_task_request_answered_by_person')),
    sa.ForeignKeyConstraint(['answered_unit'], ['org_unit.id'], name=op.f('fk_task_request_answered_unit_org_unit')),
    sa.ForeignKeyConstraint(['area_unit'], ['org_unit.id'], name=op.f('fk_task_request_area_unit_org_unit')),
    sa.ForeignKeyConstraint(['asked_by'], ['person.id'], name=op.f('fk_task_request_asked_by_person')),
    sa.ForeignKeyConstraint(['asked_unit'], ['org_unit.id'], name=op.f('fk_task_request_asked_unit_org_unit')),
    sa.ForeignKeyConstraint(['merged_into'], ['task_request.id'], name=op.f('fk_task_request_merged_into_task_request')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task_request'))
    )
    with op.batch_alter_table('task_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_task_request_asked_unit'), ['asked_unit'], unique=False)
        batch_op.create_index(batch_op.f('ix_task_request_county_code_task_request_state'), ['county_code', 'state'], unique=False)

    op.create_table('temporary_matter',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('county_code', sa.String(length=6), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('name_zh', sa.String(length=120), nullable=False),
    sa.Column('name_en', sa.String(length=200), nullable=True),
    sa.Column('duty', sa.String(length=20), nullable=False),
    sa.Column('data_class', sa.String(length=1), nullable=False),
    sa.Column('departments', sa.Text(), nullable=False),
    sa.Column('consent_by', sa.String(length=120), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('document_no', sa.String(length=80), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=False),
    sa.Column('matter_id', sa.Uuid(), nullable=True),
    sa.Column('published_at', sa.BigInteger(), nullable=True),
    sa.Column('published_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint("data_class IN ('N', 'P')", name=op.f('ck_temporary_matter_data_class')),
    sa.CheckConstraint('(matter_id IS NULL) = (published_at IS NULL) AND (matter_id IS NULL) = (published_by IS NULL)', name=op.f('ck_temporary_matter_published')),
    sa.CheckConstraint('from_day <= last_day', name=op.f('ck_temporary_matter_days')),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_temporary_matter_made_by_person')),
    sa.ForeignKeyConstraint(['matter_id'], ['matter.id'], name=op.f('fk_temporary_matter_matter_id_matter')),
    sa.ForeignKeyConstraint(['published_by'], ['person.id'], name=op.f('fk_temporary_matter_published_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_temporary_matter')),
    sa.UniqueConstraint('county_code', 'code', name=op.f('uq_temporary_matter_county_code_code'))
    )
    op.create_table('task_for_request',
    sa.Column('task_id', sa.Uuid(), nullable=False),
    sa.Column('request_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['request_id'], ['task_request.id'], name=op.f('fk_task_for_request_request_id_task_request')),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_task_for_request_task_id_task')),
    sa.PrimaryKeyConstraint('task_id', name=op.f('pk_task_for_request'))
    )
    with op.batch_alter_table('task_for_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_task_for_request_request_id'), ['request_id'], unique=False)

