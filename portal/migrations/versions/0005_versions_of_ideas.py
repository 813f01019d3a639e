"""versions of ideas

Revision: 0005
After: 0004
"""

import sqlalchemy as sa
from alembic import op

from portal.core.db import UtcDateTime

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.add_column('threads', sa.Column('version', NUMBER, server_default='1', nullable=False))
    op.add_column('votes', sa.Column('version', NUMBER, server_default='1', nullable=False))
    op.add_column('ideas', sa.Column('difference', sa.Text(), server_default='', nullable=False))
    op.add_column('ideas', sa.Column('differs_from', sa.JSON(), server_default='[]', nullable=False))
    op.add_column('ideas', sa.Column('substance', NUMBER, server_default='1', nullable=False))
    op.create_table(
        'idea_versions',
        sa.Column('thread_id', NUMBER, nullable=False),
        sa.Column('number', NUMBER, nullable=True),
        sa.Column('statement_id', NUMBER, nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ('problem', 'gains', 'harms', 'cost')),
        sa.Column('why', sa.String(length=300), nullable=False),
        sa.Column('is_substance', sa.Boolean(), nullable=False),
        sa.Column('made_at', UtcDateTime(), nullable=False),
        sa.Column('shown_at', UtcDateTime(), nullable=True),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['statement_id'], ['statements.id'], name=op.f('fk_idea_versions_statement_id')),
        sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_idea_versions_thread_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_idea_versions')),
        sa.UniqueConstraint('thread_id', 'number', name=op.f('uq_idea_versions_thread_id_number')),
    )
    op.create_index(op.f('ix_idea_versions_state_thread_id'), 'idea_versions', ['state', 'thread_id'])
