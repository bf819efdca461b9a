"""Rooms

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _of_account() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("account_id", ID, nullable=False),
    )


def _constraints(table: str, address: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=f"fk_{table}_account_id_account", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("account_id", address, name=f"uq_{table}_account_id_{address}"),
    )


def upgrade() -> None:
    """Rooms, open invitations, and how far the archive of each room was read."""
    op.create_table(
        "room",
        *_of_account(),
        sa.Column("jid", sa.String(length=3071), nullable=False),
        sa.Column("bookmarked", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("nick", sa.Text(), server_default="", nullable=False),
        sa.Column("autojoin", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("pinned", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("notify", sa.String(length=16), server_default="", nullable=False),
        sa.Column("extensions", sa.JSON(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("avatar", sa.String(length=40), server_default="", nullable=False),
        *_constraints("room", "jid"),
    )
    op.create_table(
        "room_invitation",
        *_of_account(),
        sa.Column("room", sa.String(length=3071), nullable=False),
        sa.Column("inviter", sa.String(length=3071), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("direct", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *_constraints("room_invitation", "room"),
    )
    op.add_column("conversation", sa.Column("archive_id", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("conversation") as conversation:
        conversation.drop_column("archive_id")
    op.drop_table("room_invitation")
    op.drop_table("room")
