"""panels

Revision: 0007
After: 0006
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from portal.core.db import UtcDateTime

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def key(table: str, *others: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*(others or ('id',)), name=op.f(f'pk_{table}'))


def points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f'{to}.id'], name=op.f(f'fk_{table}_{column}'))


def number() -> sa.Column[Any]:
    return sa.Column('id', NUMBER, autoincrement=True, nullable=False)


def whole(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, NUMBER, nullable=nullable)


def moment(name: str, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, UtcDateTime(), nullable=nullable)


def words(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)


def upgrade() -> None:
    op.create_table(
        'panel_reviews',
        number(),
        whole('thread_id'),
        whole('call_id', nullable=True),
        words('reason'),
        sa.Column('last_day', sa.Date(), nullable=False),
        moment('opened_at', nullable=False),
        whole('opened_by_id', nullable=True),
        moment('revealed_at'),
        moment('closed_at'),
        whole('revision'),
        points('panel_reviews', 'thread_id', 'threads'),
        points('panel_reviews', 'call_id', 'calls'),
        points('panel_reviews', 'opened_by_id', 'people'),
        key('panel_reviews'),
        sa.UniqueConstraint('thread_id', name=op.f('uq_panel_reviews_thread_id')),
    )
    op.create_index(op.f('ix_panel_reviews_call_id'), 'panel_reviews', ['call_id'])
    op.create_index(op.f('ix_panel_reviews_closed_at_last_day'), 'panel_reviews', ['closed_at', 'last_day'])
    op.create_table(
        'panel_seats',
        number(),
        whole('review_id'),
        whole('person_id'),
        sa.Column('state', sa.String(length=10), nullable=False),
        words('interest'),
        moment('assigned_at', nullable=False),
        moment('declared_at'),
        moment('done_at'),
        moment('reminded_at'),
        points('panel_seats', 'review_id', 'panel_reviews'),
        points('panel_seats', 'person_id', 'people'),
        key('panel_seats'),
        sa.UniqueConstraint('review_id', 'person_id', name=op.f('uq_panel_seats_review_id_person_id')),
    )
    op.create_index(op.f('ix_panel_seats_person_id'), 'panel_seats', ['person_id'])
    op.create_table(
        'panel_requests',
        whole('review_id'),
        whole('department_id'),
        moment('at', nullable=False),
        points('panel_requests', 'review_id', 'panel_reviews'),
        points('panel_requests', 'department_id', 'departments'),
        key('panel_requests', 'review_id', 'department_id'),
    )
    op.create_table(
        'panel_appraisals',
        number(),
        whole('review_id'),
        whole('department_id'),
        whole('feasibility'),
        words('cost'),
        words('duration'),
        words('words'),
        whole('by_id', nullable=True),
        moment('at', nullable=False),
        points('panel_appraisals', 'review_id', 'panel_reviews'),
        points('panel_appraisals', 'department_id', 'departments'),
        points('panel_appraisals', 'by_id', 'people'),
        key('panel_appraisals'),
    )
    op.create_index(op.f('ix_panel_appraisals_review_id'), 'panel_appraisals', ['review_id'])
    op.create_table(
        'panel_decisions',
        number(),
        whole('thread_id'),
        whole('review_id', nullable=True),
        sa.Column('choice', sa.String(length=20), nullable=False),
        words('reason'),
        words('dissent'),
        words('without'),
        sa.Column('again_on', sa.Date(), nullable=True),
        whole('decided_by_id', nullable=True),
        moment('at', nullable=False),
        moment('announced_at'),
        moment('came_back_at'),
        points('panel_decisions', 'thread_id', 'threads'),
        points('panel_decisions', 'review_id', 'panel_reviews'),
        points('panel_decisions', 'decided_by_id', 'people'),
        key('panel_decisions'),
    )
    op.create_index(op.f('ix_panel_decisions_thread_id'), 'panel_decisions', ['thread_id'])
    op.create_index(op.f('ix_panel_decisions_review_id'), 'panel_decisions', ['review_id'])
    op.create_index(op.f('ix_panel_decisions_announced_at'), 'panel_decisions', ['announced_at'])
    op.create_index(
        op.f('ix_panel_decisions_again_on_came_back_at'), 'panel_decisions', ['again_on', 'came_back_at']
    )
    op.create_table(
        'panel_expertise',
        whole('person_id'),
        whole('category_id'),
        points('panel_expertise', 'person_id', 'people'),
        points('panel_expertise', 'category_id', 'categories'),
        key('panel_expertise', 'person_id', 'category_id'),
    )
    keep_past_decisions()


def keep_past_decisions() -> None:
    """Put what was decided before into the log, as the record has it."""
    events = sa.table(
        'events',
        *(sa.column(name) for name in ('thread_id', 'kind', 'actor_id', 'statement_id')),
        sa.column('data', sa.JSON()),
        sa.column('at', UtcDateTime()),
        sa.column('id'),
    )
    statements = sa.table('statements', sa.column('id'), sa.column('text'))
    made = (
        sa.select(events.c.thread_id, events.c.data, events.c.actor_id, events.c.at, statements.c.text)
        .join(statements, statements.c.id == events.c.statement_id)
        .where(events.c.kind == 'idea.decided')
        .order_by(events.c.id)
    )
    names = ('thread_id', 'choice', 'reason', 'dissent', 'without', 'decided_by_id')
    log = sa.table(
        'panel_decisions',
        *(sa.column(name) for name in names),
        *(sa.column(name, UtcDateTime()) for name in ('at', 'announced_at')),
    )
    rows = [
        {
            'thread_id': row.thread_id,
            'choice': row.data['decision'],
            'reason': row.text,
            'dissent': '',
            'without': '',
            'decided_by_id': row.actor_id,
            'at': row.at,
            'announced_at': row.at,
        }
        for row in op.get_bind().execute(made)
    ]
    if rows:
        op.bulk_insert(log, rows)
