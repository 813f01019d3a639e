"""pilots

Revision: 0009
After: 0008
"""

import sqlalchemy as sa
from alembic import op

from portal.core.db import UtcDateTime

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'pilots',
        sa.Column('code', sa.String(length=60), nullable=False),
        sa.Column('thread_id', NUMBER, nullable=False),
        sa.Column('parent_id', NUMBER, nullable=True),
        sa.Column('place_id', NUMBER, nullable=False),
        sa.Column('title', sa.String(length=120), nullable=False),
        sa.Column('if_we', sa.Text(), nullable=False),
        sa.Column('then', sa.Text(), nullable=False),
        sa.Column('because', sa.Text(), nullable=False),
        sa.Column('starts_on', sa.Date(), nullable=False),
        sa.Column('ends_on', sa.Date(), nullable=False),
        sa.Column('owner_id', NUMBER, nullable=True),
        sa.Column('partners', sa.Text(), nullable=False),
        sa.Column('budget', NUMBER, nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('round', NUMBER, nullable=False),
        sa.Column('created_by_id', NUMBER, nullable=True),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.Column('started_at', UtcDateTime(), nullable=True),
        sa.Column('ended_at', UtcDateTime(), nullable=True),
        sa.Column('revision', NUMBER, nullable=False),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_pilots_thread_id')),
        sa.ForeignKeyConstraint(['parent_id'], ['pilots.id'], name=op.f('fk_pilots_parent_id')),
        sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_pilots_place_id')),
        sa.ForeignKeyConstraint(['owner_id'], ['people.id'], name=op.f('fk_pilots_owner_id')),
        sa.ForeignKeyConstraint(['created_by_id'], ['people.id'], name=op.f('fk_pilots_created_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_pilots')),
        sa.UniqueConstraint('code', name=op.f('uq_pilots_code')),
    )
    op.create_index(op.f('ix_pilots_parent_id'), 'pilots', ['parent_id'])
    op.create_index(op.f('ix_pilots_state_ends_on'), 'pilots', ['state', 'ends_on'])
    op.create_index(op.f('ix_pilots_thread_id'), 'pilots', ['thread_id'])
    op.create_table(
        'pilot_indicators',
        sa.Column('pilot_id', NUMBER, nullable=False),
        sa.Column('position', NUMBER, nullable=False),
        sa.Column('name', sa.String(length=120), nullable=False),
        sa.Column('filled', sa.String(length=12), nullable=False),
        sa.Column('category_id', NUMBER, nullable=True),
        sa.Column('unit', sa.String(length=40), nullable=False),
        sa.Column('direction', sa.String(length=4), nullable=False),
        sa.Column('baseline_from', sa.Date(), nullable=False),
        sa.Column('baseline_until', sa.Date(), nullable=False),
        sa.Column('baseline', sa.Double(), nullable=True),
        sa.Column('target', sa.Double(), nullable=False),
        sa.Column('stop_at', sa.Double(), nullable=True),
        sa.Column('comparison_place_id', NUMBER, nullable=True),
        sa.Column('reached_at', UtcDateTime(), nullable=True),
        sa.Column('crossed_at', UtcDateTime(), nullable=True),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['pilot_id'], ['pilots.id'], name=op.f('fk_pilot_indicators_pilot_id')),
        sa.ForeignKeyConstraint(['category_id'], ['categories.id'], name=op.f('fk_pilot_indicators_category_id')),
        sa.ForeignKeyConstraint(['comparison_place_id'], ['places.id'], name=op.f('fk_pilot_indicators_comparison_place_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_pilot_indicators')),
    )
    op.create_index(op.f('ix_pilot_indicators_pilot_id'), 'pilot_indicators', ['pilot_id'])
    op.create_table(
        'pilot_values',
        sa.Column('indicator_id', NUMBER, nullable=False),
        sa.Column('is_comparison', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('on_day', sa.Date(), nullable=False),
        sa.Column('value', sa.Double(), nullable=False),
        sa.Column('source', sa.String(length=200), nullable=False),
        sa.Column('by_id', NUMBER, nullable=True),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['indicator_id'], ['pilot_indicators.id'], name=op.f('fk_pilot_values_indicator_id')),
        sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_pilot_values_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_pilot_values')),
        sa.UniqueConstraint('indicator_id', 'is_comparison', 'on_day', name=op.f('uq_pilot_values_indicator_id_is_comparison_on_day')),
    )
    op.create_table(
        'pilot_amendments',
        sa.Column('pilot_id', NUMBER, nullable=False),
        sa.Column('indicator_id', NUMBER, nullable=True),
        sa.Column('field', sa.String(length=40), nullable=False),
        sa.Column('before', sa.Text(), nullable=False),
        sa.Column('after', sa.Text(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('by_id', NUMBER, nullable=True),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['pilot_id'], ['pilots.id'], name=op.f('fk_pilot_amendments_pilot_id')),
        sa.ForeignKeyConstraint(['indicator_id'], ['pilot_indicators.id'], name=op.f('fk_pilot_amendments_indicator_id')),
        sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_pilot_amendments_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_pilot_amendments')),
    )
    op.create_index(op.f('ix_pilot_amendments_pilot_id'), 'pilot_amendments', ['pilot_id'])
    op.create_table(
        'pilot_spendings',
        sa.Column('pilot_id', NUMBER, nullable=False),
        sa.Column('on_day', sa.Date(), nullable=False),
        sa.Column('amount', NUMBER, nullable=False),
        sa.Column('what', sa.String(length=200), nullable=False),
        sa.Column('by_id', NUMBER, nullable=True),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['pilot_id'], ['pilots.id'], name=op.f('fk_pilot_spendings_pilot_id')),
        sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_pilot_spendings_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_pilot_spendings')),
    )
    op.create_index(op.f('ix_pilot_spendings_pilot_id'), 'pilot_spendings', ['pilot_id'])
