"""Facts

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ANSWERS = sa.text("reply_id <> ''")
HELD = sa.text("held_until IS NOT NULL")


def _message() -> list[sa.Column[object]]:
    return [
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gone", sa.String(length=16), server_default="", nullable=False),
        sa.Column("gone_by", sa.Text(), server_default="", nullable=False),
        sa.Column("gone_reason", sa.Text(), server_default="", nullable=False),
    ]


def _moment(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _belongs(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{to.partition('.')[0]}"
    return sa.ForeignKeyConstraint([column], [to], name=name, ondelete="CASCADE")


def _about_messages() -> None:
    op.create_table(
        "reaction",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("who", sa.String(length=3071), nullable=False),
        sa.Column("sender", sa.String(length=3071), nullable=False),
        sa.Column("mine", sa.Boolean(), nullable=False),
        sa.Column("emojis", sa.Text(), nullable=False),
        _moment("stamp"),
        sa.PrimaryKeyConstraint("id", name="pk_reaction"),
        sa.UniqueConstraint("message_id", "who", name="uq_reaction_message_id_who"),
        _belongs("reaction", "message_id", "message.id"),
    )
    op.create_table(
        "correction",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("said_id", sa.Text(), nullable=False),
        sa.Column("stanza_id", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        _moment("stamp"),
        sa.PrimaryKeyConstraint("id", name="pk_correction"),
        sa.UniqueConstraint("message_id", "said_id", name="uq_correction_message_id_said_id"),
        _belongs("correction", "message_id", "message.id"),
    )
    op.create_index("ix_correction_said_id", "correction", ["said_id"])
    op.create_index("ix_correction_stanza_id", "correction", ["stanza_id"])


def _waiting() -> None:
    op.create_table(
        "fact",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("who", sa.String(length=3071), nullable=False),
        sa.Column("sender", sa.String(length=3071), nullable=False),
        sa.Column("mine", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        _moment("stamp"),
        sa.Column("message_id", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_fact"),
        sa.UniqueConstraint(
            "conversation_id", "target", "kind", "who", name="uq_fact_conversation_id_target_kind_who"
        ),
        _belongs("fact", "conversation_id", "conversation.id"),
        _belongs("fact", "message_id", "message.id"),
    )


def _saved() -> None:
    op.create_table(
        "saved",
        sa.Column("message_id", ID, autoincrement=False, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        _moment("saved_at"),
        sa.PrimaryKeyConstraint("message_id", name="pk_saved"),
        _belongs("saved", "message_id", "message.id"),
        _belongs("saved", "account_id", "account.id"),
    )
    op.create_index("ix_saved_account_id_saved_at", "saved", ["account_id", "saved_at"])
    op.create_table(
        "saved_tag",
        sa.Column("message_id", ID, autoincrement=False, nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("message_id", "tag", name="pk_saved_tag"),
        _belongs("saved_tag", "message_id", "saved.message_id"),
    )


def upgrade() -> None:
    """Facts about messages, saved ones, and verbs that can be taken back for a while."""
    for column in _message():
        op.add_column("message", column)
    op.create_index(
        "ix_message_conversation_id_reply_id",
        "message",
        ["conversation_id", "reply_id"],
        sqlite_where=ANSWERS,
        postgresql_where=ANSWERS,
    )
    op.add_column("outbox", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_outbox_held",
        "outbox",
        ["account_id", "held_until"],
        sqlite_where=HELD,
        postgresql_where=HELD,
    )
    _about_messages()
    _waiting()
    _saved()


def downgrade() -> None:
    """Take it back."""
    for table in ("saved_tag", "saved", "fact", "correction", "reaction"):
        op.drop_table(table)
    op.drop_index("ix_outbox_held", table_name="outbox")
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_column("held_until")
    op.drop_index("ix_message_conversation_id_reply_id", table_name="message")
    with op.batch_alter_table("message") as message:
        for column in _message():
            message.drop_column(column.name)
