"""Search

Revision ID: 0007
Revises: 0006
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from webchat.db.base import UtcDateTime
from webchat.messages.models import FULL_TEXT
from webchat.messages.store.search import entry

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

AT_ONCE = 1000

ROWS = (
    sa.text(
        "SELECT m.id, m.account_id, m.conversation_id, m.stamp, m.sender, m.mine, m.body, c.kind"
        " FROM message m JOIN conversation c ON c.id = m.conversation_id"
        " WHERE m.id > :after AND m.hidden = :shown ORDER BY m.id LIMIT :most"
    )
    .columns(stamp=UtcDateTime(), mine=sa.Boolean())
    .bindparams(sa.bindparam("shown", False, sa.Boolean))
)


def upgrade() -> None:
    """A table of words, the index over it, and what is here already."""
    table = op.create_table(
        "message_words",
        sa.Column(
            "moment",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
            name="fk_message_words_message_id_message",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("moment", name="pk_message_words"),
        sa.UniqueConstraint("message_id", name="uq_message_words_message_id"),
    )
    connection = op.get_bind()
    for statement in FULL_TEXT[connection.dialect.name]:
        op.execute(statement)
    after = 0
    while rows := connection.execute(ROWS, {"after": after, "most": AT_ONCE}).all():
        _fill(connection, table, rows)
        after = rows[-1].id


def _fill(connection: sa.Connection, table: sa.Table, rows: Any) -> None:
    moments: set[int] = set(
        connection.scalars(
            sa.select(table.c.moment).where(table.c.moment.in_([entry(row, "")["moment"] for row in rows]))
        )
    )
    made = []
    for row in rows:
        one = entry(row, row.body)
        while one["moment"] in moments:
            one["moment"] += 1
        moments.add(one["moment"])
        made.append(one)
    connection.execute(table.insert(), made)


def downgrade() -> None:
    """Without search."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE message_fts")
    op.drop_table("message_words")
