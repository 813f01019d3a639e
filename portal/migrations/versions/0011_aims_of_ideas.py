"""aims of ideas

Revision: 0011
After: 0010
"""

import sqlalchemy as sa
from alembic import op

from portal.core.db import UtcDateTime

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'aims',
        sa.Column('thread_id', NUMBER, nullable=False),
        sa.Column('key', sa.String(length=40), nullable=False),
        sa.Column('category_id', NUMBER, nullable=False),
        sa.Column('place_id', NUMBER, nullable=False),
        sa.Column('report_id', NUMBER, nullable=True),
        sa.Column('holds', sa.Boolean(), nullable=False),
        sa.Column('decided_by_id', NUMBER, nullable=True),
        sa.Column('decided_at', UtcDateTime(), nullable=False),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['category_id'], ['categories.id'], name=op.f('fk_aims_category_id')),
        sa.ForeignKeyConstraint(['decided_by_id'], ['people.id'], name=op.f('fk_aims_decided_by_id')),
        sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_aims_place_id')),
        sa.ForeignKeyConstraint(['report_id'], ['threads.id'], name=op.f('fk_aims_report_id')),
        sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_aims_thread_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_aims')),
        sa.UniqueConstraint('thread_id', 'key', name=op.f('uq_aims_thread_id_key')),
    )
    op.create_index(op.f('ix_aims_category_id_place_id'), 'aims', ['category_id', 'place_id'])
    op.create_index(op.f('ix_aims_decided_by_id'), 'aims', ['decided_by_id'])
    op.create_index(op.f('ix_aims_report_id'), 'aims', ['report_id'])
    op.create_table(
        'call_proposals',
        sa.Column('call_id', NUMBER, autoincrement=False, nullable=False),
        sa.Column('person_id', NUMBER, nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('answered_by_id', NUMBER, nullable=True),
        sa.Column('answered_at', UtcDateTime(), nullable=True),
        sa.Column('refused_because', sa.Text(), server_default='', nullable=False),
        sa.ForeignKeyConstraint(['answered_by_id'], ['people.id'], name=op.f('fk_call_proposals_answered_by_id')),
        sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_call_proposals_call_id')),
        sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_call_proposals_person_id')),
        sa.PrimaryKeyConstraint('call_id', name=op.f('pk_call_proposals')),
    )
    op.create_index(op.f('ix_call_proposals_person_id'), 'call_proposals', ['person_id'])
    listed = sa.text("visibility IN ('public', 'first_look')")
    op.create_index(
        'ix_threads_listed_needs',
        'threads',
        ['kind', 'category_id', 'place_id', 'created_at', 'status', 'is_closed', 'priority'],
        sqlite_where=listed,
        postgresql_where=listed,
    )
