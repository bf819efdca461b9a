"""People

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _of_account(table: str, *columns: sa.Column[object]) -> None:
    """One row for each address that an account knows."""
    op.create_table(
        table,
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("jid", sa.String(length=3071), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=f"fk_{table}_account_id_account", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("account_id", "jid", name=f"uq_{table}_account_id_jid"),
    )


def upgrade() -> None:
    """People."""
    _of_account(
        "face",
        sa.Column("nick", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("avatar", sa.String(length=40), server_default="", nullable=False),
        sa.Column("avatar_source", sa.String(length=8), server_default="", nullable=False),
    )
    _of_account(
        "profile",
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "avatar",
        sa.Column("sha1", sa.String(length=40), nullable=False),
        sa.Column("media_type", sa.String(length=32), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha1", name="pk_avatar"),
    )


def downgrade() -> None:
    """Take it back."""
    for table in ("avatar", "profile", "face"):
        op.drop_table(table)
