"""What people report to those who run the site; blocks that also keep posts away

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """A table for reports, a mark on blocks."""
    op.create_table(
        "complaint",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("thing", sa.String(length=64), nullable=False),
        sa.Column("about", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=3071), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_complaint_account_id_account", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_complaint"),
        sa.UniqueConstraint("account_id", "thing", name="uq_complaint_account_id_thing"),
    )
    hides: sa.Column[bool] = sa.Column("hides", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("blocked_login", hides)


def downgrade() -> None:
    """Reports are forgotten; a block is about logging in only."""
    with op.batch_alter_table("blocked_login") as table:
        table.drop_column("hides")
    op.drop_table("complaint")
