"""the desk: clocks, merging, joint cases, priority, verdicts

Revision: 0003
After: 0002
"""

from datetime import UTC, datetime

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
    weigh_threads()
    let_committees_vote()
    keep_reply_templates()


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


SEVERITIES = {
    5: "fire natural-hazards work-safety lifts-equipment",
    4: "utilities drainage old-housing illegal-building crime-fraud food-safety public-health highways"
    " water-pollution waste-radiation rural-water-power rivers-irrigation",
    2: "street-cleaning tourism culture-sport committee-service volunteering prices taxis bus-metro",
}


def weigh_threads() -> None:
    """Add what a priority is worked out from; a job works it out for what is there already."""
    with op.batch_alter_table('threads') as threads:
        threads.add_column(sa.Column('priority', NUMBER, server_default='0', nullable=False))
        threads.add_column(sa.Column('priority_decided', NUMBER, nullable=True))
        threads.add_column(sa.Column('severity', NUMBER, nullable=True))
        threads.add_column(sa.Column('likelihood', NUMBER, server_default='3', nullable=False))
        threads.add_column(sa.Column('exposure', NUMBER, server_default='3', nullable=False))
        threads.add_column(sa.Column('recurrences', NUMBER, server_default='0', nullable=False))
    op.create_index(
        op.f('ix_threads_department_id_is_closed_is_urgent_priority'),
        'threads',
        ['department_id', 'is_closed', 'is_urgent', 'priority'],
    )
    op.create_index(
        op.f('ix_threads_is_closed_is_urgent_priority'), 'threads', ['is_closed', 'is_urgent', 'priority']
    )
    op.create_index(op.f('ix_threads_category_id_created_at'), 'threads', ['category_id', 'created_at'])
    with op.batch_alter_table('places') as places:
        places.add_column(sa.Column('usual_voices', NUMBER, server_default='0', nullable=False))
    with op.batch_alter_table('categories') as categories:
        categories.add_column(sa.Column('severity', NUMBER, server_default='3', nullable=False))
    table = sa.table('categories', sa.column('code'), sa.column('severity'))
    for severity, codes in SEVERITIES.items():
        op.execute(table.update().where(table.c.code.in_(codes.split())).values(severity=severity))
    if op.get_bind().scalar(sa.text('SELECT id FROM threads LIMIT 1')) is not None:
        now = datetime.now(UTC)
        op.bulk_insert(
            sa.table(
                'jobs',
                sa.column('topic'),
                sa.column('payload', sa.JSON()),
                sa.column('created_at', UtcDateTime()),
                sa.column('run_at', UtcDateTime()),
                sa.column('attempts'),
            ),
            [
                {
                    'topic': 'threads.priorities',
                    'payload': {},
                    'created_at': now,
                    'run_at': now,
                    'attempts': 0,
                }
            ],
        )


def let_committees_vote() -> None:
    op.create_table(
        'committee_votes',
        sa.Column('thread_id', NUMBER, nullable=False),
        sa.Column('question_id', NUMBER, nullable=False),
        sa.Column('opened_by_id', NUMBER, nullable=True),
        sa.Column('opened_at', UtcDateTime(), nullable=False),
        sa.Column('ends_at', UtcDateTime(), nullable=False),
        sa.Column('quorum', NUMBER, nullable=True),
        sa.Column('proposed', NUMBER, nullable=True),
        sa.Column('was', NUMBER, nullable=False),
        sa.Column('is_screening', sa.Boolean(), nullable=False),
        sa.Column('is_public', sa.Boolean(), nullable=False),
        sa.Column('reminded_at', UtcDateTime(), nullable=True),
        sa.Column('closed_at', UtcDateTime(), nullable=True),
        sa.Column('outcome', sa.String(length=10), nullable=True),
        sa.Column('approved', NUMBER, nullable=False),
        sa.Column('objected', NUMBER, nullable=False),
        sa.Column('abstained', NUMBER, nullable=False),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_committee_votes_thread_id')),
        sa.ForeignKeyConstraint(
            ['question_id'], ['statements.id'], name=op.f('fk_committee_votes_question_id')
        ),
        sa.ForeignKeyConstraint(['opened_by_id'], ['people.id'], name=op.f('fk_committee_votes_opened_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_committee_votes')),
    )
    op.create_index(
        'uq_committee_votes_open',
        'committee_votes',
        ['thread_id'],
        unique=True,
        sqlite_where=sa.text('closed_at IS NULL'),
        postgresql_where=sa.text('closed_at IS NULL'),
    )
    op.create_index(op.f('ix_committee_votes_thread_id'), 'committee_votes', ['thread_id'])
    op.create_index(
        op.f('ix_committee_votes_closed_at_ends_at'), 'committee_votes', ['closed_at', 'ends_at']
    )
    op.create_table(
        'committee_voices',
        sa.Column('vote_id', NUMBER, nullable=False),
        sa.Column('person_id', NUMBER, nullable=False),
        sa.Column('choice', sa.String(length=10), nullable=False),
        sa.Column('reason_id', NUMBER, nullable=True),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['vote_id'], ['committee_votes.id'], name=op.f('fk_committee_voices_vote_id')),
        sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_committee_voices_person_id')),
        sa.ForeignKeyConstraint(['reason_id'], ['statements.id'], name=op.f('fk_committee_voices_reason_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_committee_voices')),
        sa.UniqueConstraint('vote_id', 'person_id', name=op.f('uq_committee_voices_vote_id_person_id')),
    )
    op.create_index(op.f('ix_committee_voices_person_id'), 'committee_voices', ['person_id'])


def keep_reply_templates() -> None:
    op.create_table(
        'reply_templates',
        sa.Column('place_id', NUMBER, nullable=False),
        sa.Column('verb', sa.String(length=12), nullable=False),
        sa.Column('category_id', NUMBER, nullable=True),
        sa.Column('category_group', sa.String(length=60), nullable=False),
        sa.Column('names', sa.JSON(), nullable=False),
        sa.Column('texts', sa.JSON(), nullable=False),
        sa.Column('retired_at', UtcDateTime(), nullable=True),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_reply_templates_place_id')),
        sa.ForeignKeyConstraint(['category_id'], ['categories.id'], name=op.f('fk_reply_templates_category_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_reply_templates')),
    )
    op.create_index(op.f('ix_reply_templates_place_id'), 'reply_templates', ['place_id'])
    op.create_index(op.f('ix_reply_templates_category_id'), 'reply_templates', ['category_id'])
