"""The thread

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """The thread."""
    op.create_table(
        "account",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("jid", sa.String(length=3071), nullable=False),
        sa.Column("resource", sa.String(length=64), nullable=False),
        sa.Column("mechanism", sa.String(length=32), nullable=False),
        sa.Column("preferences", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("jid", name=op.f("uq_account_jid")),
    )
    op.create_table(
        "archive_state",
        sa.Column("account_id", BIG, autoincrement=False, nullable=False),
        sa.Column("last_id", sa.Text(), server_default="", nullable=False),
        sa.Column("filled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_archive_state_account_id_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_archive_state")),
    )
    op.create_table(
        "contact",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("jid", sa.String(length=3071), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subscription", sa.String(length=8), nullable=False),
        sa.Column("ask", sa.String(length=16), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_contact_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("account_id", "jid", name=op.f("uq_contact_account_id_jid")),
    )
    op.create_table(
        "conversation",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("jid", sa.String(length=3071), nullable=False),
        sa.Column("kind", sa.String(length=16), server_default="chat", nullable=False),
        sa.Column("unread", sa.Integer(), server_default="0", nullable=False),
        sa.Column("mentions", sa.Integer(), server_default="0", nullable=False),
        sa.Column("displayed_position", sa.BigInteger(), nullable=True),
        sa.Column("displayed_id", sa.BigInteger(), nullable=True),
        sa.Column("displayed_stanza_id", sa.Text(), nullable=True),
        sa.Column("published_stanza_id", sa.Text(), nullable=True),
        sa.Column("mark_stanza_id", sa.Text(), nullable=True),
        sa.Column("last_message_id", sa.BigInteger(), nullable=True),
        sa.Column("last_position", sa.BigInteger(), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("history_start", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("stranger", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_conversation_account_id_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("account_id", "jid", name=op.f("uq_conversation_account_id_jid")),
    )
    op.create_index(
        "ix_conversation_account_id_last_at", "conversation", ["account_id", "last_at"], unique=False
    )

    op.create_table(
        "login",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("keep", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_login_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login")),
    )
    op.create_index("ix_login_account_id", "login", ["account_id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("stanza_id", sa.String(length=255), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_outbox_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("account_id", "stanza_id", name=op.f("uq_outbox_account_id_stanza_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_account_id_id", "outbox", ["account_id", "id"], unique=False)

    op.create_table(
        "roster_version",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_roster_version_account_id_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_roster_version")),
    )
    op.create_table(
        "subscription_request",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("jid", sa.String(length=3071), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_subscription_request_account_id_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_request")),
        sa.UniqueConstraint("account_id", "jid", name=op.f("uq_subscription_request_account_id_jid")),
    )
    op.create_table(
        "draft",
        sa.Column("conversation_id", BIG, autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("other_text", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_draft_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_draft")),
    )
    op.create_table(
        "message",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("stamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sender", sa.String(length=3071), nullable=False),
        sa.Column("mine", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("stanza_id", sa.Text(), nullable=True),
        sa.Column("origin_id", sa.Text(), nullable=True),
        sa.Column("said_id", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=16), server_default="", nullable=False),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_condition", sa.String(length=64), server_default="", nullable=False),
        sa.Column("error_text", sa.Text(), server_default="", nullable=False),
        sa.Column("markable", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("settled", sa.SmallInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_message_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_message_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index("ix_message_account_id_said_id", "message", ["account_id", "said_id"], unique=False)
    op.create_index(
        "ix_message_conversation_id_mine_position",
        "message",
        ["conversation_id", "mine", "position"],
        unique=False,
    )
    op.create_index(
        "ix_message_open",
        "message",
        ["conversation_id", "position"],
        unique=False,
        sqlite_where=sa.text("state IN ('pending', 'sent', 'received')"),
        postgresql_where=sa.text("state IN ('pending', 'sent', 'received')"),
    )
    op.create_index(
        "uq_message_account_id_stanza_id",
        "message",
        ["account_id", "stanza_id"],
        unique=True,
        sqlite_where=sa.text("stanza_id IS NOT NULL"),
        postgresql_where=sa.text("stanza_id IS NOT NULL"),
    )
    op.create_index(
        "uq_message_conversation_id_origin_id",
        "message",
        ["conversation_id", "origin_id"],
        unique=True,
        sqlite_where=sa.text("origin_id IS NOT NULL"),
        postgresql_where=sa.text("origin_id IS NOT NULL"),
    )
    op.create_index(
        "uq_message_conversation_id_position", "message", ["conversation_id", "position"], unique=True
    )

    op.create_table(
        "receipt",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("said_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("sender", sa.String(length=3071), nullable=False),
        sa.Column("stamp", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_receipt_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint(
            "conversation_id",
            "said_id",
            "kind",
            "sender",
            name=op.f("uq_receipt_conversation_id_said_id_kind_sender"),
        ),
    )
    op.create_table(
        "gap",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("message_id", BIG, nullable=False),
        sa.Column("lost", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_gap_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_gap_message_id_message"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap")),
        sa.UniqueConstraint("conversation_id", "message_id", name=op.f("uq_gap_conversation_id_message_id")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("gap")
    op.drop_table("receipt")
    op.drop_index("uq_message_conversation_id_position", table_name="message")
    op.drop_index("uq_message_conversation_id_origin_id", table_name="message")
    op.drop_index("uq_message_account_id_stanza_id", table_name="message")
    op.drop_index("ix_message_open", table_name="message")
    op.drop_index("ix_message_conversation_id_mine_position", table_name="message")
    op.drop_index("ix_message_account_id_said_id", table_name="message")

    op.drop_table("message")
    op.drop_table("draft")
    op.drop_table("subscription_request")
    op.drop_table("roster_version")
    op.drop_index("ix_outbox_account_id_id", table_name="outbox")

    op.drop_table("outbox")
    op.drop_index("ix_login_account_id", table_name="login")

    op.drop_table("login")
    op.drop_index("ix_conversation_account_id_last_at", table_name="conversation")

    op.drop_table("conversation")
    op.drop_table("contact")
    op.drop_table("archive_state")
    op.drop_table("account")
