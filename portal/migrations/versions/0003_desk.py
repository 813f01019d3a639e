"""the desk: clocks, merging, joint cases, priority, verdicts

Revision: 0003
After: 0002
"""

import sqlalchemy as sa
from alembic import op

from portal.core.db import UtcDateTime

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    link_threads()
    join_threads()


def link_threads() -> None:
    op.create_table(
        'thread_links',
        sa.Column('kind', sa.String(length=12), nullable=False),
        sa.Column('from_id', NUMBER, nullable=False),
        sa.Column('to_id', NUMBER, nullable=False),
        sa.Column('actor_id', NUMBER, nullable=True),
        sa.Column('reason_id', NUMBER, nullable=True),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('ended_at', UtcDateTime(), nullable=True),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['actor_id'], ['people.id'], name=op.f('fk_thread_links_actor_id')),
        sa.ForeignKeyConstraint(['from_id'], ['threads.id'], name=op.f('fk_thread_links_from_id')),
        sa.ForeignKeyConstraint(['reason_id'], ['statements.id'], name=op.f('fk_thread_links_reason_id')),
        sa.ForeignKeyConstraint(['to_id'], ['threads.id'], name=op.f('fk_thread_links_to_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_thread_links')),
    )
    op.create_index(
        'uq_thread_links_standing',
        'thread_links',
        ['kind', 'from_id', 'to_id'],
        unique=True,
        sqlite_where=sa.text('ended_at IS NULL'),
        postgresql_where=sa.text('ended_at IS NULL'),
    )
    op.create_index(op.f('ix_thread_links_to_id_kind'), 'thread_links', ['to_id', 'kind'])
    op.create_index(op.f('ix_thread_links_from_id_kind'), 'thread_links', ['from_id', 'kind'])


def join_threads() -> None:
    with op.batch_alter_table('thread_links') as links:
        links.add_column(sa.Column('chain_id', NUMBER, nullable=True))
        links.create_index('ix_thread_links_chain_id', ['chain_id'])
    op.create_table(
        'merges',
        sa.Column('link_id', NUMBER, autoincrement=False, nullable=False),
        sa.Column('status', sa.String(length=20), nullable=False),
        sa.Column('status_before_waiting', sa.String(length=20), nullable=True),
        sa.Column('needs_sorting', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['link_id'], ['thread_links.id'], name=op.f('fk_merges_link_id')),
        sa.PrimaryKeyConstraint('link_id', name=op.f('pk_merges')),
    )
    for table in ('votes', 'followers', 'photos'):
        with op.batch_alter_table(table) as moved:
            moved.add_column(sa.Column('moved_from_id', NUMBER, nullable=True))
            moved.create_foreign_key(
                op.f(f'fk_{table}_moved_from_id'), 'threads', ['moved_from_id'], ['id']
            )
            moved.create_index(f'ix_{table}_moved_from_id', ['moved_from_id'])
    with op.batch_alter_table('votes') as votes:
        votes.add_column(sa.Column('for_sending', sa.Boolean(), server_default=sa.false(), nullable=False))
