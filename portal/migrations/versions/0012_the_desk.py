"""the desk

Revision: 0012
After: 0011
"""

import sqlalchemy as sa
from alembic import op

from portal.core.db import UtcDateTime

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    warn_between_departments()
    let_guests_go()
    find_what_waits()
    know_more_words()
    undo_single_moves()
    keep_emergencies()


def warn_between_departments() -> None:
    with op.batch_alter_table('due_warnings') as warnings:
        warnings.add_column(sa.Column('item_id', NUMBER, server_default='0', nullable=False))
        warnings.drop_constraint('uq_due_warnings_thread_id_clock_level_since_person_id', type_='unique')
        warnings.create_unique_constraint(
            op.f('uq_due_warnings_thread_id_clock_item_id_level_since_person_id'),
            ['thread_id', 'clock', 'item_id', 'level', 'since', 'person_id'],
        )


def let_guests_go() -> None:
    """Departments let in to help read while the report is open; those with work left read on."""
    with op.batch_alter_table('thread_guests') as batch:
        batch.add_column(sa.Column('while_open', sa.Boolean(), server_default=sa.false(), nullable=False))
    guests, tasks = (sa.table(name, sa.column('thread_id'), sa.column('department_id'), sa.column(more)) for name, more in (('thread_guests', 'while_open'), ('case_tasks', 'state')))
    unfinished = sa.select(1).where(
        tasks.c.thread_id == guests.c.thread_id,
        tasks.c.department_id == guests.c.department_id,
        tasks.c.state.in_(['open', 'accepted']),
    )
    done = guests.c.department_id.is_not(None) & ~unfinished.exists()
    op.execute(sa.update(guests).where(done).values(while_open=sa.true()))


def find_what_waits() -> None:
    op.drop_index('ix_threads_is_doubted_department_id', 'threads')
    op.create_index(
        'ix_threads_doubted',
        'threads',
        ['place_id', 'department_id'],
        sqlite_where=sa.text('is_doubted = 1'),
        postgresql_where=sa.text('is_doubted'),
    )
    due = ['place_id', 'kind', 'needs_sorting', 'department_id', 'clock_stopped_at', 'answered_at', 'due_at']
    for name, columns in (
        ('states', ['kind', 'status', 'place_id']),
        ('due', [*due, 'fix_due_at', 'pace', 'is_closed']),
    ):
        op.create_index(
            f'ix_threads_open_{name}',
            'threads',
            columns,
            sqlite_where=sa.text('is_closed = 0'),
            postgresql_where=sa.text('NOT is_closed'),
        )
    op.create_index(
        'ix_comments_waiting',
        'comments',
        ['id'],
        sqlite_where=sa.text('is_shown = 0'),
        postgresql_where=sa.text('NOT is_shown'),
    )
    op.create_index(op.f('ix_referrals_asked_by_id_answered_at'), 'referrals', ['asked_by_id', 'answered_at'])


def know_more_words() -> None:
    """Let PostgreSQL keep figures of enough words to see which are rare: those it finds by their index."""
    if op.get_bind().dialect.name == 'postgresql':
        for column in ('public_words', 'staff_words'):
            op.execute(f'ALTER TABLE thread_words ALTER COLUMN {column} SET STATISTICS 1000')


def undo_single_moves() -> None:
    with op.batch_alter_table('bulk_actions') as batch:
        batch.add_column(sa.Column('is_single', sa.Boolean(), server_default=sa.false(), nullable=False))


def keep_emergencies() -> None:
    op.create_table(
        'emergencies',
        sa.Column('place_id', NUMBER, nullable=False),
        sa.Column('began_at', UtcDateTime(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('ended_at', UtcDateTime(), nullable=True),
        sa.Column('end_reason', sa.Text(), server_default='', nullable=False),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_emergencies_place_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_emergencies')),
    )
    op.create_index(op.f('ix_emergencies_place_id'), 'emergencies', ['place_id'])
