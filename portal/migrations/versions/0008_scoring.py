"""scoring

Revision: 0008
After: 0007
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from portal.core.db import UtcDateTime

revision = '0008'
down_revision = '0007'
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


def upgrade() -> None:
    op.create_table(
        'panel_yardsticks',
        number(),
        whole('review_id'),
        whole('position'),
        sa.Column('names', sa.JSON(), nullable=False),
        sa.Column('levels', sa.JSON(), nullable=False),
        whole('weight'),
        sa.Column('is_knock_out', sa.Boolean(), nullable=False),
        points('panel_yardsticks', 'review_id', 'panel_reviews'),
        key('panel_yardsticks'),
    )
    op.create_index(op.f('ix_panel_yardsticks_review_id'), 'panel_yardsticks', ['review_id'])
    op.create_table(
        'panel_sheets',
        whole('seat_id'),
        whole('revision'),
        sa.Column('saved_at', UtcDateTime(), nullable=False),
        points('panel_sheets', 'seat_id', 'panel_seats'),
        key('panel_sheets', 'seat_id'),
    )
    op.create_table(
        'panel_marks',
        number(),
        whole('seat_id'),
        whole('yardstick_id'),
        sa.Column('is_revised', sa.Boolean(), nullable=False),
        whole('value', nullable=True),
        sa.Column('abstains', sa.Boolean(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        points('panel_marks', 'seat_id', 'panel_seats'),
        points('panel_marks', 'yardstick_id', 'panel_yardsticks'),
        key('panel_marks'),
        sa.UniqueConstraint(
            'seat_id', 'yardstick_id', 'is_revised', name=op.f('uq_panel_marks_seat_id_yardstick_id_is_revised')
        ),
    )
    op.create_index(op.f('ix_panel_marks_yardstick_id'), 'panel_marks', ['yardstick_id'])
    op.create_table(
        'panel_remarks',
        number(),
        whole('yardstick_id'),
        whole('person_id'),
        sa.Column('role', sa.String(length=20), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        points('panel_remarks', 'yardstick_id', 'panel_yardsticks'),
        points('panel_remarks', 'person_id', 'people'),
        key('panel_remarks'),
    )
    op.create_index(op.f('ix_panel_remarks_yardstick_id'), 'panel_remarks', ['yardstick_id'])
    op.create_index(op.f('ix_panel_remarks_person_id'), 'panel_remarks', ['person_id'])
