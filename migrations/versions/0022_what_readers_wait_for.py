"""What readers of posts wait for: comments of an open page, new posts of some places, the end of an undo

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody is told of anything that they did not ask for."""
    op.add_column("follow", sa.Column("tells", sa.Boolean(), nullable=False, server_default="0"))
    for table, other in (("listening", "node"), ("removal", "post")):
        op.create_table(
            table,
            sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
            sa.Column(f"{other}_id", sa.BigInteger(), autoincrement=False, nullable=False),
            *([sa.Column("due_at", sa.DateTime(timezone=True), nullable=False)] if other == "post" else []),
            sa.ForeignKeyConstraint(
                ["account_id"], ["account.id"], name=f"fk_{table}_account_id_account", ondelete="CASCADE"
            ),
            sa.ForeignKeyConstraint(
                [f"{other}_id"], [f"{other}.id"], name=f"fk_{table}_{other}_id_{other}", ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint("account_id", f"{other}_id", name=f"pk_{table}"),
        )


def downgrade() -> None:
    """What waits to be taken back stays."""
    op.drop_table("removal")
    op.drop_table("listening")
    with op.batch_alter_table("follow") as table:
        table.drop_column("tells")
