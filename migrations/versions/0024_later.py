"""Messages that wait for their hour, reminders, and which messages went out later than they were meant to

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Two tables, and a column that is empty for what was sent in time."""
    op.create_table(
        "scheduled_message",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("said_id", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("answers", BIG, nullable=True),
        sa.Column("spoiler", sa.Text(), nullable=True),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trouble", sa.String(length=16), server_default="", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_scheduled_message_account_id_account", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name="fk_scheduled_message_conversation_id_conversation",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["answers"], ["message.id"], name="fk_scheduled_message_answers_message", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_scheduled_message"),
        sa.UniqueConstraint("account_id", "said_id", name="uq_scheduled_message_account_id_said_id"),
    )
    op.create_index("ix_scheduled_message_account_id_send_at", "scheduled_message", ["account_id", "send_at"])
    op.create_index("ix_scheduled_message_conversation_id", "scheduled_message", ["conversation_id"])
    op.create_index("ix_scheduled_message_answers", "scheduled_message", ["answers"])
    op.create_table(
        "reminder",
        sa.Column("message_id", BIG, autoincrement=False, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name="fk_reminder_message_id_message", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_reminder_account_id_account", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", name="pk_reminder"),
    )
    op.create_index("ix_reminder_account_id_remind_at", "reminder", ["account_id", "remind_at"])
    op.add_column("message", sa.Column("meant_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """What waits is not sent any more."""
    op.drop_column("message", "meant_at")
    op.drop_table("reminder")
    op.drop_table("scheduled_message")
