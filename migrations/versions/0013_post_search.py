"""Posts can be searched

Revision ID: 0013
Revises: 0012
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from webchat.db.base import UtcDateTime
from webchat.db.words import moment_of
from webchat.posts.models import FULL_TEXT
from webchat.posts.store.search import words_of

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

AT_ONCE = 500

ROWS = sa.text(
    "SELECT id, via, title, body, published FROM post WHERE id > :after AND kind = 'post'"
    " ORDER BY id LIMIT :most"
).columns(published=UtcDateTime())


def upgrade() -> None:
    """A table of words, the index over it, and what is here already."""
    table = op.create_table(
        "post_words",
        sa.Column(
            "moment",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name="fk_post_words_post_id_post", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("moment", name="pk_post_words"),
        sa.UniqueConstraint("post_id", name="uq_post_words_post_id"),
    )
    connection = op.get_bind()
    for statement in FULL_TEXT[connection.dialect.name]:
        op.execute(statement)
    after = 0
    while rows := connection.execute(ROWS, {"after": after, "most": AT_ONCE}).all():
        _fill(connection, table, rows)
        after = rows[-1].id


def _fill(connection: sa.Connection, table: sa.Table, rows: Any) -> None:
    wanted = [moment_of(row.published, row.id) for row in rows]
    moments: set[int] = set(connection.scalars(sa.select(table.c.moment).where(table.c.moment.in_(wanted))))
    made = []
    for row, moment in zip(rows, wanted, strict=True):
        while moment in moments:
            moment += 1
        moments.add(moment)
        words = words_of(row.via, row.title, row.body)
        made.append({"moment": moment, "post_id": row.id, "words": words})
    connection.execute(table.insert(), made)


def downgrade() -> None:
    """Without search."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE post_fts")
    op.drop_table("post_words")
