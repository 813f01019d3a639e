"""the desk: clocks, merging, joint cases, priority, verdicts

Revision: 0003
After: 0002
"""

import sqlalchemy as sa
from alembic import op

from classifier.labels import load_labels
from portal.communities.times import TIMES, usual_times
from portal.core import clock
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
    ask_whether_fixed()
    find_more_words()
    keep_filters_and_bulk_actions()
    watch_work()
    warn_of_promises()
    let_clocks_be_fair()
    join_threads()
    let_departments_work_together()
    find_what_is_open()


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
    with op.batch_alter_table('places') as places:
        places.add_column(sa.Column('usual_voices', NUMBER, server_default='0', nullable=False))
    with op.batch_alter_table('categories') as categories:
        categories.add_column(sa.Column('severity', NUMBER, server_default='3', nullable=False))
    table = sa.table('categories', sa.column('code'), sa.column('severity'))
    for severity, codes in SEVERITIES.items():
        op.execute(table.update().where(table.c.code.in_(codes.split())).values(severity=severity))
    begin_job('threads.priorities', {})


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


def ask_whether_fixed() -> None:
    with op.batch_alter_table('reports') as reports:
        reports.add_column(sa.Column('round', NUMBER, server_default='0', nullable=False))
        reports.add_column(sa.Column('reminded_at', UtcDateTime(), nullable=True))
    with op.batch_alter_table('threads') as threads:
        threads.add_column(sa.Column('is_doubted', sa.Boolean(), server_default='0', nullable=False))
        threads.create_index(op.f('ix_threads_is_doubted_department_id'), ['is_doubted', 'department_id'])
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


def find_more_words() -> None:
    """Search finds comments and what photos show from now on; the worker writes the index of old rows anew."""
    begin_job('words.index', {'after': 0})


def begin_job(topic: str, payload: dict[str, int]) -> None:
    """Leave a job to the worker, unless the database is new and there is nothing to do."""
    if op.get_bind().scalar(sa.text('SELECT id FROM threads LIMIT 1')) is None:
        return
    job = sa.table(
        'jobs',
        *(sa.column(name) for name in ('topic', 'attempts')),
        sa.column('payload', sa.JSON()),
        *(sa.column(name, UtcDateTime()) for name in ('created_at', 'run_at')),
    )
    now = clock.now()
    row = {'topic': topic, 'payload': payload, 'attempts': 0, 'created_at': now, 'run_at': now}
    op.bulk_insert(job, [row])


def keep_filters_and_bulk_actions() -> None:
    op.create_table(
        'saved_filters',
        sa.Column('person_id', NUMBER, nullable=False),
        sa.Column('list_code', sa.String(length=10), nullable=False),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('query', sa.Text(), nullable=False),
        sa.Column('is_shared', sa.Boolean(), nullable=False),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_saved_filters_person_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_filters')),
        sa.UniqueConstraint('person_id', 'name', name=op.f('uq_saved_filters_person_id_name')),
    )
    op.create_table(
        'bulk_actions',
        sa.Column('person_id', NUMBER, nullable=False),
        sa.Column('verb', sa.String(length=20), nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('done', sa.JSON(), nullable=False),
        sa.Column('skipped', sa.JSON(), nullable=False),
        sa.Column('undone_at', UtcDateTime(), nullable=True),
        sa.Column('left', sa.JSON(), nullable=False),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_bulk_actions_person_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_bulk_actions')),
    )
    op.create_index(op.f('ix_bulk_actions_person_id_at'), 'bulk_actions', ['person_id', 'at'])


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


def warn_of_promises() -> None:
    op.create_table(
        'due_warnings',
        sa.Column('thread_id', NUMBER, nullable=False),
        sa.Column('clock', sa.String(length=6), nullable=False),
        sa.Column('level', sa.String(length=4), nullable=False),
        sa.Column('since', UtcDateTime(), nullable=False),
        sa.Column('person_id', NUMBER, nullable=False),
        sa.Column('delivery_id', NUMBER, nullable=True),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_due_warnings_person_id')),
        sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_due_warnings_thread_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_due_warnings')),
        sa.UniqueConstraint(
            'thread_id',
            'clock',
            'level',
            'since',
            'person_id',
            name=op.f('uq_due_warnings_thread_id_clock_level_since_person_id'),
        ),
    )
    op.create_index(op.f('ix_due_warnings_person_id'), 'due_warnings', ['person_id'])
    op.create_index(op.f('ix_due_warnings_delivery_id'), 'due_warnings', ['delivery_id'])


def let_clocks_be_fair() -> None:
    """Two promises for each category at three paces, working hours, emergency mode, clocks that stand still."""
    give_categories_times()
    with op.batch_alter_table('calendars') as batch_op:
        batch_op.add_column(sa.Column('opens', NUMBER, server_default='510', nullable=False))
        batch_op.add_column(sa.Column('closes', NUMBER, server_default='1050', nullable=False))
    with op.batch_alter_table('places') as batch_op:
        batch_op.add_column(sa.Column('emergency_since', UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('emergency_reason', sa.Text(), server_default='', nullable=False))
    give_threads_clocks()


def give_categories_times() -> None:
    """What a category had promised until an answer stays; the other times follow by the usual rule."""
    new = TIMES[1:]
    with op.batch_alter_table('categories') as batch_op:
        for name in new:
            batch_op.add_column(sa.Column(name, NUMBER, nullable=True))
    table = sa.table('categories', *(sa.column(name) for name in ('id', 'code', *TIMES)))
    shipped = {category.code: category.fix_days for category in load_labels().categories}
    for row in op.get_bind().execute(sa.select(table.c.id, table.c.code, table.c.answer_days)).all():
        times = usual_times(row.answer_days, shipped.get(row.code))
        op.execute(table.update().where(table.c.id == row.id).values({name: times[name] for name in new}))
    with op.batch_alter_table('categories') as batch_op:
        for name in new:
            batch_op.alter_column(name, existing_type=NUMBER, nullable=False)


def give_threads_clocks() -> None:
    """Nobody was promised a time until it is fixed, so none is made up for what came before."""
    with op.batch_alter_table('threads') as batch_op:
        batch_op.add_column(sa.Column('fix_due_at', UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('pace', sa.String(length=10), server_default='normal', nullable=False))
        batch_op.add_column(sa.Column('clock_started_at', UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('clock_stopped_at', UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('clock_pauses', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('promised', sa.JSON(), server_default='{}', nullable=False))
    op.execute(
        """
        UPDATE threads SET
            clock_started_at = COALESCE(
                (SELECT reopened_at FROM reports WHERE reports.thread_id = threads.id), created_at),
            clock_stopped_at = CASE WHEN status = 'waiting' THEN changed_at END,
            pace = CASE WHEN is_urgent THEN 'urgent' ELSE 'normal' END
        """
    )
    with op.batch_alter_table('threads') as batch_op:
        batch_op.alter_column('clock_started_at', existing_type=UtcDateTime(), nullable=False)


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


def let_departments_work_together() -> None:
    let_guests_read()
    keep_joint_cases()
    keep_papers()
    keep_offers_and_referrals()


def let_guests_read() -> None:
    op.create_table(
        'thread_guests',
        sa.Column('thread_id', NUMBER, nullable=False),
        sa.Column('department_id', NUMBER, nullable=True),
        sa.Column('place_id', NUMBER, nullable=True),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_thread_guests_thread_id')),
        sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_thread_guests_department_id')),
        sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_thread_guests_place_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_thread_guests')),
    )
    op.create_index(op.f('ix_thread_guests_department_id'), 'thread_guests', ['department_id'])
    op.create_index(op.f('ix_thread_guests_place_id'), 'thread_guests', ['place_id'])
    op.create_index(op.f('ix_thread_guests_thread_id'), 'thread_guests', ['thread_id'])


def keep_joint_cases() -> None:
    op.create_table(
        'joint_cases',
        sa.Column('thread_id', NUMBER, nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('asked', sa.JSON(), nullable=False),
        sa.Column('called_by_id', NUMBER, nullable=True),
        sa.Column('called_at', UtcDateTime(), nullable=False),
        sa.Column('reason_id', NUMBER, nullable=False),
        sa.Column('due_at', UtcDateTime(), nullable=False),
        sa.Column('decided_by_id', NUMBER, nullable=True),
        sa.Column('decided_at', UtcDateTime(), nullable=True),
        sa.Column('answer_id', NUMBER, nullable=True),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_joint_cases_thread_id')),
        sa.ForeignKeyConstraint(['called_by_id'], ['people.id'], name=op.f('fk_joint_cases_called_by_id')),
        sa.ForeignKeyConstraint(['reason_id'], ['statements.id'], name=op.f('fk_joint_cases_reason_id')),
        sa.ForeignKeyConstraint(['decided_by_id'], ['people.id'], name=op.f('fk_joint_cases_decided_by_id')),
        sa.ForeignKeyConstraint(['answer_id'], ['statements.id'], name=op.f('fk_joint_cases_answer_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_joint_cases')),
    )
    op.create_index(op.f('ix_joint_cases_state_due_at'), 'joint_cases', ['state', 'due_at'])
    op.create_index(op.f('ix_joint_cases_thread_id'), 'joint_cases', ['thread_id'])
    declined = sa.text("state <> 'declined'")
    op.create_index('uq_joint_cases_standing', 'joint_cases', ['thread_id'], unique=True, sqlite_where=declined, postgresql_where=declined)
    op.create_table(
        'case_tasks',
        sa.Column('case_id', NUMBER, nullable=False),
        sa.Column('thread_id', NUMBER, nullable=False),
        sa.Column('department_id', NUMBER, nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('due_at', UtcDateTime(), nullable=False),
        sa.Column('assignee_id', NUMBER, nullable=True),
        sa.Column('what_id', NUMBER, nullable=False),
        sa.Column('shown_id', NUMBER, nullable=False),
        sa.Column('result_id', NUMBER, nullable=True),
        sa.Column('ended_at', UtcDateTime(), nullable=True),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['joint_cases.id'], name=op.f('fk_case_tasks_case_id')),
        sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_case_tasks_thread_id')),
        sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_case_tasks_department_id')),
        sa.ForeignKeyConstraint(['assignee_id'], ['people.id'], name=op.f('fk_case_tasks_assignee_id')),
        sa.ForeignKeyConstraint(['what_id'], ['statements.id'], name=op.f('fk_case_tasks_what_id')),
        sa.ForeignKeyConstraint(['shown_id'], ['statements.id'], name=op.f('fk_case_tasks_shown_id')),
        sa.ForeignKeyConstraint(['result_id'], ['statements.id'], name=op.f('fk_case_tasks_result_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_case_tasks')),
    )
    op.create_index(op.f('ix_case_tasks_department_id_state_due_at'), 'case_tasks', ['department_id', 'state', 'due_at'])
    op.create_index(op.f('ix_case_tasks_thread_id'), 'case_tasks', ['thread_id'])


def keep_papers() -> None:
    op.create_table(
        'case_minutes',
        sa.Column('thread_id', NUMBER, nullable=False),
        sa.Column('held_on', sa.Date(), nullable=False),
        sa.Column('departments', sa.JSON(), nullable=False),
        sa.Column('statement_id', NUMBER, nullable=False),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_case_minutes_thread_id')),
        sa.ForeignKeyConstraint(['statement_id'], ['statements.id'], name=op.f('fk_case_minutes_statement_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_case_minutes')),
    )
    op.create_index(op.f('ix_case_minutes_thread_id'), 'case_minutes', ['thread_id'])
    op.create_table(
        'case_decisions',
        sa.Column('thread_id', NUMBER, nullable=False),
        sa.Column('statement_id', NUMBER, nullable=False),
        sa.Column('department_id', NUMBER, nullable=True),
        sa.Column('person_id', NUMBER, nullable=True),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('done_at', UtcDateTime(), nullable=True),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_case_decisions_thread_id')),
        sa.ForeignKeyConstraint(['statement_id'], ['statements.id'], name=op.f('fk_case_decisions_statement_id')),
        sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_case_decisions_department_id')),
        sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_case_decisions_person_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_case_decisions')),
    )
    op.create_index(op.f('ix_case_decisions_thread_id'), 'case_decisions', ['thread_id'])
    op.create_table(
        'case_files',
        sa.Column('thread_id', NUMBER, nullable=False),
        sa.Column('key', sa.String(length=40), nullable=False),
        sa.Column('name', sa.String(length=120), nullable=False),
        sa.Column('kind', sa.String(length=4), nullable=False),
        sa.Column('size', NUMBER, nullable=False),
        sa.Column('person_id', NUMBER, nullable=True),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_case_files_thread_id')),
        sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_case_files_person_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_case_files')),
        sa.UniqueConstraint('key', name=op.f('uq_case_files_key')),
    )
    op.create_index(op.f('ix_case_files_thread_id'), 'case_files', ['thread_id'])


def keep_offers_and_referrals() -> None:
    op.create_table(
        'case_offers',
        sa.Column('thread_id', NUMBER, nullable=False),
        sa.Column('from_department_id', NUMBER, nullable=False),
        sa.Column('to_department_id', NUMBER, nullable=True),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('offered_by_id', NUMBER, nullable=True),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('due_at', UtcDateTime(), nullable=False),
        sa.Column('reason_id', NUMBER, nullable=False),
        sa.Column('answer_id', NUMBER, nullable=True),
        sa.Column('answered_at', UtcDateTime(), nullable=True),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_case_offers_thread_id')),
        sa.ForeignKeyConstraint(['from_department_id'], ['departments.id'], name=op.f('fk_case_offers_from_department_id')),
        sa.ForeignKeyConstraint(['to_department_id'], ['departments.id'], name=op.f('fk_case_offers_to_department_id')),
        sa.ForeignKeyConstraint(['offered_by_id'], ['people.id'], name=op.f('fk_case_offers_offered_by_id')),
        sa.ForeignKeyConstraint(['reason_id'], ['statements.id'], name=op.f('fk_case_offers_reason_id')),
        sa.ForeignKeyConstraint(['answer_id'], ['statements.id'], name=op.f('fk_case_offers_answer_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_case_offers')),
    )
    op.create_index(op.f('ix_case_offers_thread_id'), 'case_offers', ['thread_id'])
    op.create_index(op.f('ix_case_offers_to_department_id_state'), 'case_offers', ['to_department_id', 'state'])
    op.create_table(
        'referrals',
        sa.Column('thread_id', NUMBER, nullable=False),
        sa.Column('from_place_id', NUMBER, nullable=False),
        sa.Column('to_place_id', NUMBER, nullable=False),
        sa.Column('direction', sa.String(length=4), nullable=False),
        sa.Column('asked_by_id', NUMBER, nullable=True),
        sa.Column('asked_at', UtcDateTime(), nullable=False),
        sa.Column('due_at', UtcDateTime(), nullable=False),
        sa.Column('restatement_id', NUMBER, nullable=False),
        sa.Column('answer_id', NUMBER, nullable=True),
        sa.Column('answered_by_id', NUMBER, nullable=True),
        sa.Column('answered_at', UtcDateTime(), nullable=True),
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_referrals_thread_id')),
        sa.ForeignKeyConstraint(['from_place_id'], ['places.id'], name=op.f('fk_referrals_from_place_id')),
        sa.ForeignKeyConstraint(['to_place_id'], ['places.id'], name=op.f('fk_referrals_to_place_id')),
        sa.ForeignKeyConstraint(['asked_by_id'], ['people.id'], name=op.f('fk_referrals_asked_by_id')),
        sa.ForeignKeyConstraint(['restatement_id'], ['statements.id'], name=op.f('fk_referrals_restatement_id')),
        sa.ForeignKeyConstraint(['answer_id'], ['statements.id'], name=op.f('fk_referrals_answer_id')),
        sa.ForeignKeyConstraint(['answered_by_id'], ['people.id'], name=op.f('fk_referrals_answered_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_referrals')),
    )
    op.create_index(op.f('ix_referrals_thread_id'), 'referrals', ['thread_id'])
    op.create_index(op.f('ix_referrals_to_place_id_answered_at'), 'referrals', ['to_place_id', 'answered_at'])


def find_what_is_open() -> None:
    for name, columns in (
        ('at', ['place_id', 'department_id', 'kind', 'needs_sorting', 'created_at']),
        ('with', ['assignee_id']),
    ):
        op.create_index(
            f'ix_threads_open_{name}',
            'threads',
            columns,
            sqlite_where=sa.text('is_closed = 0'),
            postgresql_where=sa.text('NOT is_closed'),
        )
