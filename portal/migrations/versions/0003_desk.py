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
    ask_whether_fixed()
    watch_work()


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


def ask_whether_fixed() -> None:
    with op.batch_alter_table('reports') as reports:
        reports.add_column(sa.Column('round', NUMBER, server_default='0', nullable=False))
        reports.add_column(sa.Column('reminded_at', UtcDateTime(), nullable=True))
        reports.add_column(sa.Column('is_doubted', sa.Boolean(), server_default='0', nullable=False))
        reports.create_index(op.f('ix_reports_is_doubted'), ['is_doubted'])
    with op.batch_alter_table('photos') as photos:
        photos.add_column(sa.Column('round', NUMBER, nullable=True))
    op.create_table(
        'verdicts',
        sa.Column('thread_id', NUMBER, nullable=False),
        sa.Column('round', NUMBER, nullable=False),
        sa.Column('person_id', NUMBER, nullable=False),
        sa.Column('is_sender', sa.Boolean(), nullable=False),
        sa.Column('answer', sa.String(length=6), nullable=False),
        sa.Column('statement_id', NUMBER, nullable=True),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_verdicts_person_id')),
        sa.ForeignKeyConstraint(['statement_id'], ['statements.id'], name=op.f('fk_verdicts_statement_id')),
        sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_verdicts_thread_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_verdicts')),
        sa.UniqueConstraint(
            'thread_id', 'round', 'person_id', name=op.f('uq_verdicts_thread_id_round_person_id')
        ),
    )
    op.create_index(op.f('ix_verdicts_at'), 'verdicts', ['at'])
    op.create_index(op.f('ix_verdicts_person_id'), 'verdicts', ['person_id'])
    op.create_table(
        'department_years',
        sa.Column('department_id', NUMBER, autoincrement=False, nullable=False),
        sa.Column('figures', sa.JSON(), nullable=False),
        sa.Column('made_at', UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ['department_id'], ['departments.id'], name=op.f('fk_department_years_department_id')
        ),
        sa.PrimaryKeyConstraint('department_id', name=op.f('pk_department_years')),
    )


def watch_work() -> None:
    op.create_table(
        'week_loads',
        sa.Column('week', sa.Date(), nullable=False),
        sa.Column('place_id', NUMBER, nullable=False),
        sa.Column('department_id', NUMBER, nullable=True),
        sa.Column('person_id', NUMBER, nullable=True),
        sa.Column('open', NUMBER, nullable=True),
        sa.Column('late', NUMBER, nullable=True),
        sa.Column('incoming', NUMBER, nullable=False),
        sa.Column('done', NUMBER, nullable=False),
        sa.Column('deeds', NUMBER, nullable=False),
        sa.Column('outside', NUMBER, nullable=False),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ['department_id'], ['departments.id'], name=op.f('fk_week_loads_department_id')
        ),
        sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_week_loads_person_id')),
        sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_week_loads_place_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_week_loads')),
    )
    op.create_index(op.f('ix_week_loads_week'), 'week_loads', ['week'])
    op.create_index(op.f('ix_week_loads_person_id_week'), 'week_loads', ['person_id', 'week'])
    op.create_table(
        'strains',
        sa.Column('week', sa.Date(), nullable=False),
        sa.Column('person_id', NUMBER, nullable=False),
        sa.Column('kind', sa.String(length=12), nullable=False),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_strains_person_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_strains')),
        sa.UniqueConstraint('person_id', 'week', 'kind', name=op.f('uq_strains_person_id_week_kind')),
    )
    op.create_index(op.f('ix_events_at'), 'events', ['at'])
