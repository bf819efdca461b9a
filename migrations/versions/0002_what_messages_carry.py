"""What messages carry

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KNOWN = sa.text("stanza_id IS NOT NULL")


def _conversation() -> list[sa.Column[object]]:
    return [
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("nick", sa.Text(), server_default="", nullable=False),
        sa.Column("joined", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("pinned", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("notify", sa.String(length=16), server_default="", nullable=False),
        sa.Column("muted_until", sa.DateTime(timezone=True), nullable=True),
    ]


def _message() -> list[sa.Column[object]]:
    return [
        sa.Column("occupant_id", sa.Text(), server_default="", nullable=False),
        sa.Column("reply_id", sa.Text(), server_default="", nullable=False),
        sa.Column("reply_to", sa.Text(), server_default="", nullable=False),
        sa.Column("spoiler", sa.Text(), nullable=True),
        sa.Column("unstyled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("encryption", sa.String(length=64), server_default="", nullable=False),
        sa.Column("mentions_me", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("hidden", sa.Boolean(), server_default=sa.false(), nullable=False),
    ]


def _identity(column: str) -> None:
    """The archive id is unique within this column's thing: rooms give ids of their own."""
    op.create_index(
        f"uq_message_{column}_stanza_id",
        "message",
        [column, "stanza_id"],
        unique=True,
        sqlite_where=KNOWN,
        postgresql_where=KNOWN,
    )


def upgrade() -> None:
    """What messages carry."""
    for column in _conversation():
        op.add_column("conversation", column)
    for column in _message():
        op.add_column("message", column)
    op.drop_index("uq_message_account_id_stanza_id", table_name="message")
    _identity("conversation_id")
    op.create_index("ix_message_account_id_stanza_id", "message", ["account_id", "stanza_id"])


def downgrade() -> None:
    """Back to the thread."""
    op.drop_index("ix_message_account_id_stanza_id", table_name="message")
    op.drop_index("uq_message_conversation_id_stanza_id", table_name="message")
    _identity("account_id")
    with op.batch_alter_table("message") as message:
        for column in _message():
            message.drop_column(column.name)
    with op.batch_alter_table("conversation") as conversation:
        for column in _conversation():
            conversation.drop_column(column.name)
