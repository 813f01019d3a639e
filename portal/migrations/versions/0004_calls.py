"""calls for ideas

Revision: 0004
After: 0003
"""

import sqlalchemy as sa
from alembic import op

from portal.core.db import UtcDateTime

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'calls',
        sa.Column('code', sa.String(length=60), nullable=False),
        sa.Column('place_id', NUMBER, nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ('names', 'theme', 'why', 'incentives', 'decides')),
        *(
            sa.Column(name, sa.Date(), nullable=False)
            for name in ('opens_on', 'collects_until', 'supports_until', 'reviews_until', 'decides_until')
        ),
        sa.Column('revision', NUMBER, nullable=False),
        sa.Column('created_by_id', NUMBER, nullable=True),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.Column('published_at', UtcDateTime(), nullable=True),
        sa.Column('stopped_at', UtcDateTime(), nullable=True),
        sa.Column('stopped_because', sa.JSON(), nullable=False),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['created_by_id'], ['people.id'], name=op.f('fk_calls_created_by_id')),
        sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_calls_place_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_calls')),
        sa.UniqueConstraint('code', name=op.f('uq_calls_code')),
    )
    op.create_index(op.f('ix_calls_place_id'), 'calls', ['place_id'])
    op.create_table(
        'call_matters',
        sa.Column('call_id', NUMBER, nullable=False),
        sa.Column('thread_id', NUMBER, nullable=False),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_call_matters_call_id')),
        sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_call_matters_thread_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_call_matters')),
        sa.UniqueConstraint('call_id', 'thread_id', name=op.f('uq_call_matters_call_id_thread_id')),
    )
    op.create_index(op.f('ix_call_matters_thread_id'), 'call_matters', ['thread_id'])
    op.create_table(
        'criteria',
        sa.Column('call_id', NUMBER, nullable=False),
        sa.Column('position', NUMBER, nullable=False),
        sa.Column('names', sa.JSON(), nullable=False),
        sa.Column('levels', sa.JSON(), nullable=False),
        sa.Column('weight', NUMBER, nullable=False),
        sa.Column('is_knock_out', sa.Boolean(), nullable=False),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_criteria_call_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_criteria')),
    )
    op.create_index(op.f('ix_criteria_call_id'), 'criteria', ['call_id'])
    op.create_table(
        'idea_passes',
        sa.Column('thread_id', NUMBER, nullable=False),
        sa.Column('person_id', NUMBER, nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_idea_passes_person_id')),
        sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_idea_passes_thread_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_idea_passes')),
        sa.UniqueConstraint('thread_id', 'person_id', name=op.f('uq_idea_passes_thread_id_person_id')),
    )
    op.create_index(op.f('ix_idea_passes_person_id'), 'idea_passes', ['person_id'])
    with op.batch_alter_table('ideas') as batch:
        batch.add_column(sa.Column('call_id', NUMBER, nullable=True))
        for name in ('problem', 'gains', 'harms', 'cost'):
            batch.add_column(sa.Column(name, sa.Text(), server_default='', nullable=False))
        batch.add_column(sa.Column('passes_total', NUMBER, server_default='0', nullable=False))
        batch.create_foreign_key(batch.f('fk_ideas_call_id'), 'calls', ['call_id'], ['id'])
        batch.create_index(batch.f('ix_ideas_call_id'), ['call_id'])
    op.add_column('threads', sa.Column('votes_until', UtcDateTime(), nullable=True))
