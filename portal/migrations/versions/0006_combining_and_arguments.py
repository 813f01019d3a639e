"""combining and arguments

Revision: 0006
After: 0005
"""

import sqlalchemy as sa
from alembic import op

from portal.core.db import UtcDateTime

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    add_arguments()
    mark_people()
    combine_ideas()


def add_arguments() -> None:
    op.add_column('comments', sa.Column('side', sa.String(length=8), nullable=True))
    op.add_column('comments', sa.Column('helpful_total', NUMBER, server_default='0', nullable=False))
    op.create_table(
        'helpful_ratings',
        sa.Column('comment_id', NUMBER, nullable=False),
        sa.Column('person_id', NUMBER, nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['comment_id'], ['comments.id'], name=op.f('fk_helpful_ratings_comment_id')),
        sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_helpful_ratings_person_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_helpful_ratings')),
        sa.UniqueConstraint('comment_id', 'person_id', name=op.f('uq_helpful_ratings_comment_id_person_id')),
    )
    op.create_index(op.f('ix_helpful_ratings_person_id'), 'helpful_ratings', ['person_id'])


def mark_people() -> None:
    op.add_column('people', sa.Column('mark', sa.String(length=12), nullable=True))
    op.add_column('people', sa.Column('mark_name', sa.String(length=120), server_default='', nullable=False))


def combine_ideas() -> None:
    op.create_table(
        'combinations',
        sa.Column('target_id', NUMBER, nullable=True),
        sa.Column('joint_title', sa.String(length=200), server_default='', nullable=False),
        sa.Column('joint_text', sa.Text(), server_default='', nullable=False),
        sa.Column('why', sa.Text(), nullable=False),
        sa.Column('proposed_by_id', NUMBER, nullable=True),
        sa.Column('by_role', sa.String(length=20), nullable=False),
        sa.Column('proposed_at', UtcDateTime(), nullable=False),
        sa.Column('outcome', sa.String(length=10), nullable=False),
        sa.Column('settled_at', UtcDateTime(), nullable=True),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['proposed_by_id'], ['people.id'], name=op.f('fk_combinations_proposed_by_id')),
        sa.ForeignKeyConstraint(['target_id'], ['threads.id'], name=op.f('fk_combinations_target_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_combinations')),
    )
    op.create_index(op.f('ix_combinations_proposed_by_id'), 'combinations', ['proposed_by_id'])
    op.create_index(op.f('ix_combinations_target_id'), 'combinations', ['target_id'])
    op.create_table(
        'combination_parts',
        sa.Column('combination_id', NUMBER, nullable=False),
        sa.Column('thread_id', NUMBER, nullable=False),
        sa.Column('agrees', sa.Boolean(), nullable=True),
        sa.Column('answered_by_id', NUMBER, nullable=True),
        sa.Column('answered_at', UtcDateTime(), nullable=True),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ['answered_by_id'], ['people.id'], name=op.f('fk_combination_parts_answered_by_id')
        ),
        sa.ForeignKeyConstraint(
            ['combination_id'], ['combinations.id'], name=op.f('fk_combination_parts_combination_id')
        ),
        sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_combination_parts_thread_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_combination_parts')),
        sa.UniqueConstraint(
            'combination_id', 'thread_id', name=op.f('uq_combination_parts_combination_id_thread_id')
        ),
    )
    op.create_index(op.f('ix_combination_parts_answered_by_id'), 'combination_parts', ['answered_by_id'])
    op.create_index(op.f('ix_combination_parts_thread_id'), 'combination_parts', ['thread_id'])
    op.create_table(
        'support_answers',
        sa.Column('thread_id', NUMBER, nullable=False),
        sa.Column('person_id', NUMBER, nullable=False),
        sa.Column('carries', sa.Boolean(), nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_support_answers_person_id')),
        sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_support_answers_thread_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_support_answers')),
        sa.UniqueConstraint('thread_id', 'person_id', name=op.f('uq_support_answers_thread_id_person_id')),
    )
    op.create_index(op.f('ix_support_answers_person_id'), 'support_answers', ['person_id'])
