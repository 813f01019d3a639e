"""What a panel decided, and what was said and decided of a pilot, stays as it was written.

Revision ID: 0013
Revises: 0012
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

FIXED = "id thread_id review_id choice reason dissent without again_on decided_by_id at".split()
ONCE = "announced_at came_back_at".split()  # set when it is announced and when it comes back
REWRITES = " OR ".join(
    [f"old.{name} {{differs}} new.{name}" for name in FIXED]
    + [f"old.{name} IS NOT NULL AND old.{name} {{differs}} new.{name}" for name in ONCE]
)
# First scores are fixed once handed in. Their reasons are not held here: numbers in them are covered in time.
SCORED = "seat_id, yardstick_id, is_revised, value, abstains"
HANDED_IN = (
    "NOT old.is_revised AND EXISTS "
    "(SELECT 1 FROM panel_seats WHERE panel_seats.id = old.seat_id AND panel_seats.done_at IS NOT NULL)"
)
OF_PILOTS = "pilot_amendments pilot_opinions pilot_decisions".split()


def upgrade() -> None:
    """Let the database itself refuse what would rewrite a log or a score.

    Rebuilding one of these tables on SQLite drops its triggers: such a migration must make them anew.
    """
    refuse("panel_decisions", "rewritten", "UPDATE", REWRITES)
    refuse("panel_decisions", "removed", "DELETE", "true")
    refuse("panel_marks", "rewritten", f"UPDATE OF {SCORED}", HANDED_IN)
    refuse("panel_marks", "removed", "DELETE", HANDED_IN)
    for table in OF_PILOTS:
        refuse(table, "rewritten", "UPDATE", "true")
        refuse(table, "removed", "DELETE", "true")


def refuse(table: str, name: str, change: str, condition: str) -> None:
    """Refuse this change of the table's rows where the condition holds."""
    said = f"{table} are only ever added to"
    trigger = f"{table}_{name}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE {change} ON {table} FOR EACH ROW "
            f"WHEN {condition.format(differs='IS NOT')} BEGIN SELECT RAISE(ABORT, '{said}'); END"
        )
        return
    kept = "OLD" if change == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition.format(differs='IS DISTINCT FROM')} THEN "
        f"RAISE EXCEPTION '{said}' USING ERRCODE = 'integrity_constraint_violation'; "
        f"END IF; RETURN {kept}; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {trigger} BEFORE {change} ON {table} FOR EACH ROW EXECUTE FUNCTION {trigger}()"
    )
