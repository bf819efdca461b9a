"""The number of a message that waits for its hour is never that of another one

Revision ID: 0026
Revises: 0025
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """SQLite gives the number of a row that is gone to the next one, unless the table says no; PostgreSQL
    never does."""
    _again(sqlite_autoincrement=True)


def downgrade() -> None:
    """As before."""
    _again(sqlite_autoincrement=False)


def _again(*, sqlite_autoincrement: bool) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    kept = {"sqlite_autoincrement": sqlite_autoincrement}
    with op.batch_alter_table("scheduled_message", recreate="always", table_kwargs=kept):
        pass
