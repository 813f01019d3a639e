"""effects and gates

Revision: 0010
After: 0009
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from portal.core.db import UtcDateTime

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    _add(
        'pilot_effects',
        _number('pilot_id', 'pilots'),
        sa.Column('form_key', sa.String(length=64), nullable=False),
        _number('person_id', 'people', nullable=True),
        sa.Column('is_wanted', sa.Boolean(), nullable=False),
        sa.Column('severity', sa.String(length=10), nullable=False),
        _text('text'),
        sa.Column('touched', sa.String(length=300), nullable=False),
        _text('evidence'),
        sa.Column('photo_key', sa.String(length=32), nullable=True),
        sa.Column('photo_alt', sa.String(length=200), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('round', NUMBER, nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        _number('looked_by_id', 'people', nullable=True),
        _text('hidden_reason'),
        _text('done'),
        sa.Column('done_at', UtcDateTime(), nullable=True),
        unique=(('form_key',), ('photo_key',)),
        indexes=(('pilot_id', 'state'), ('person_id',)),
    )
    _add(
        'pilot_gates',
        _number('pilot_id', 'pilots'),
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('round', NUMBER, nullable=False),
        _number('effect_id', 'pilot_effects', nullable=True),
        sa.Column('added_at', UtcDateTime(), nullable=False),
        *(sa.Column(name, UtcDateTime(), nullable=True) for name in ('soon_told_at', 'due_told_at', 'closed_at')),
        indexes=(('pilot_id',), ('closed_at', 'day')),
    )
    _add(
        'pilot_evaluators',
        _number('pilot_id', 'pilots'),
        _number('person_id', 'people'),
        sa.Column('body', sa.String(length=120), nullable=False),
        _number('asked_by_id', 'people', nullable=True),
        sa.Column('asked_at', UtcDateTime(), nullable=False),
        sa.Column('declared_at', UtcDateTime(), nullable=True),
        _text('interest'),
        unique=(('pilot_id', 'person_id'),),
        indexes=(('person_id',),),
    )
    _add(
        'pilot_opinions',
        _number('gate_id', 'pilot_gates'),
        _number('person_id', 'people'),
        sa.Column('body', sa.String(length=120), nullable=False),
        sa.Column('advice', sa.String(length=10), nullable=False),
        _text('text'),
        sa.Column('at', UtcDateTime(), nullable=False),
        indexes=(('gate_id',), ('person_id',)),
    )
    _add(
        'pilot_decisions',
        _number('pilot_id', 'pilots'),
        _number('gate_id', 'pilot_gates'),
        sa.Column('verdict', sa.String(length=10), nullable=False),
        *(_text(name) for name in ('reason', 'dissent', 'unheard', 'lessons')),
        sa.Column('next_review', sa.Date(), nullable=True),
        sa.Column('ends_on', sa.Date(), nullable=True),
        sa.Column('round', NUMBER, nullable=False),
        _number('by_id', 'people', nullable=True),
        sa.Column('at', UtcDateTime(), nullable=False),
        unique=(('gate_id',),),
        indexes=(('pilot_id',),),
    )
    _add(
        'practices',
        sa.Column('code', sa.String(length=60), nullable=False),
        _number('pilot_id', 'pilots'),
        _number('place_id', 'places'),
        _number('category_id', 'categories', nullable=True),
        sa.Column('title', sa.String(length=120), nullable=False),
        *(_text(name) for name in ('problem', 'what', 'conditions', 'cost', 'side_effects', 'how_to')),
        sa.Column('language', sa.String(length=10), nullable=False),
        _text('words'),
        _number('created_by_id', 'people', nullable=True),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.Column('changed_at', UtcDateTime(), nullable=False),
        sa.Column('published_at', UtcDateTime(), nullable=True),
        sa.Column('revision', NUMBER, nullable=False),
        unique=(('code',), ('pilot_id',)),
        indexes=(('place_id',),),
    )
    _add(
        'pilot_allowances',
        _number('place_id', 'places'),
        sa.Column('at_once', NUMBER, nullable=False),
        sa.Column('in_a_year', NUMBER, nullable=False),
        unique=(('place_id',),),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str, table: str, *, nullable: bool = False) -> sa.Column[int]:
    """Return a column of numbers of the rows of another table."""
    return sa.Column(name, NUMBER, sa.ForeignKey(f'{table}.id'), nullable=nullable)


def _add(
    table: str,
    *columns: sa.Column[Any],
    unique: tuple[tuple[str, ...], ...] = (),
    indexes: tuple[tuple[str, ...], ...] = (),
) -> None:
    """Add a table; its constraints are named by the convention of portal.core.db."""
    op.create_table(
        table,
        *columns,
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint('id'),
        *(sa.UniqueConstraint(*names) for names in unique),
    )
    for names in indexes:
        op.create_index(op.f(f'ix_{table}_{"_".join(names)}'), table, list(names))
