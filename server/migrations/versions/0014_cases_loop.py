"""cases: handed between levels, called departments, doubts about duty, orders, cases without a record"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

STATES = (
    "state IN ('accepted','assigned','in_progress','suspended','contested','done_reported','verified','closed',"
    "'not_verified')"
)
NAMES = "level IN ('L0','L1','L2','L3','L4','whistle','not_ours','escalate','reopen')"


def upgrade() -> None:
    _case_file()
    with op.batch_alter_table("case_step", schema=None) as batch_op:
        batch_op.alter_column("step", existing_type=sa.String(length=12), type_=sa.String(length=20), existing_nullable=False)
    with op.batch_alter_table("case_level", schema=None) as batch_op:
        batch_op.alter_column("level", existing_type=sa.String(length=2), type_=sa.String(length=8), existing_nullable=False)
        batch_op.drop_constraint(op.f("ck_case_level_level"), type_="check")
        batch_op.create_check_constraint(op.f("ck_case_level_level"), NAMES)
    _new_tables()


def _case_file() -> None:
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("external_ref", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("place_words", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("told_words", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("made_by_unit", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("term_from", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("escalated_at", sa.BigInteger(), nullable=True))
    # what is there was made of records, and its term has run since it was made
    op.execute("UPDATE case_file SET source = 'record', term_from = opened_at")
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.alter_column("source", existing_type=sa.String(length=10), nullable=False)
        batch_op.alter_column("term_from", existing_type=sa.BigInteger(), nullable=False)
        batch_op.alter_column("record_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.alter_column("stream", existing_type=sa.String(length=80), nullable=True)
        batch_op.alter_column("reporter_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.create_foreign_key(op.f("fk_case_file_made_by_unit_org_unit"), "org_unit", ["made_by_unit"], ["id"])
        batch_op.create_unique_constraint(
            op.f("uq_case_file_county_code_source_external_ref"),
            ["county_code", "source", "external_ref"],
        )
        batch_op.create_index(batch_op.f("ix_case_file_state_case_file_due_at"), ["state", "due_at"], unique=False)
        batch_op.drop_constraint(op.f("ck_case_file_level"), type_="check")
        batch_op.create_check_constraint(op.f("ck_case_file_level"), "level IN ('L0','L2','L3','L4')")
        batch_op.drop_constraint(op.f("ck_case_file_state"), type_="check")
        batch_op.create_check_constraint(op.f("ck_case_file_state"), STATES)
        batch_op.create_check_constraint(
            op.f("ck_case_file_source"), "source IN ('record','telephone','12345','platform')"
        )
        batch_op.create_check_constraint(
            op.f("ck_case_file_of_a_record"), "(source = 'record') = (record_id IS NOT NULL)"
        )


def _new_tables() -> None:
    op.create_table('case_dispute',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('county_code', sa.String(length=6), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('matter_code', sa.String(length=20), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=False),
    sa.Column('asked_at', sa.BigInteger(), nullable=False),
    sa.Column('answer_by', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=False),
    sa.Column('ruled_at', sa.BigInteger(), nullable=True),
    sa.Column('ruled_by', sa.Uuid(), nullable=True),
    sa.Column('is_upheld', sa.Boolean(), nullable=True),
    sa.Column('to_unit', sa.Uuid(), nullable=True),
    sa.Column('words', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case_file.id'], name=op.f('fk_case_dispute_case_id_case_file')),
    sa.ForeignKeyConstraint(['ruled_by'], ['person.id'], name=op.f('fk_case_dispute_ruled_by_person')),
    sa.ForeignKeyConstraint(['to_unit'], ['org_unit.id'], name=op.f('fk_case_dispute_to_unit_org_unit')),
    sa.ForeignKeyConstraint(['unit_id'], ['org_unit.id'], name=op.f('fk_case_dispute_unit_id_org_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_dispute'))
    )
    with op.batch_alter_table('case_dispute', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_dispute_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_case_dispute_county_code_case_dispute_asked_at'), ['county_code', 'asked_at'], unique=False)

    op.create_table('case_order',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=False),
    sa.Column('order_no', sa.String(length=80), nullable=False),
    sa.Column('ordered_rectify_by', sa.Date(), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=False),
    sa.Column('checked_at', sa.BigInteger(), nullable=True),
    sa.Column('checked_by', sa.Uuid(), nullable=True),
    sa.Column('is_rectified', sa.Boolean(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case_file.id'], name=op.f('fk_case_order_case_id_case_file')),
    sa.ForeignKeyConstraint(['checked_by'], ['person.id'], name=op.f('fk_case_order_checked_by_person')),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_case_order_made_by_person')),
    sa.ForeignKeyConstraint(['unit_id'], ['org_unit.id'], name=op.f('fk_case_order_unit_id_org_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_order'))
    )
    with op.batch_alter_table('case_order', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_order_case_id'), ['case_id'], unique=False)

    op.create_table('case_whistle',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=False),
    sa.Column('called_at', sa.BigInteger(), nullable=False),
    sa.Column('called_by', sa.Uuid(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('document_no', sa.String(length=80), nullable=True),
    sa.Column('arrived_at', sa.BigInteger(), nullable=True),
    sa.Column('arrived_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['arrived_by'], ['person.id'], name=op.f('fk_case_whistle_arrived_by_person')),
    sa.ForeignKeyConstraint(['called_by'], ['person.id'], name=op.f('fk_case_whistle_called_by_person')),
    sa.ForeignKeyConstraint(['case_id'], ['case_file.id'], name=op.f('fk_case_whistle_case_id_case_file')),
    sa.ForeignKeyConstraint(['unit_id'], ['org_unit.id'], name=op.f('fk_case_whistle_unit_id_org_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_whistle'))
    )
    with op.batch_alter_table('case_whistle', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_whistle_case_id'), ['case_id'], unique=False)
