"""How often a post is opened; who put another version of somebody else's post there

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

from webchat.posts.models import SPELLING

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

COLUMNS = ("editor", "named")


def upgrade() -> None:
    """A table of numbers, two columns of posts, a list of all words that posts are found by."""
    for statement in SPELLING[op.get_bind().dialect.name]:
        op.execute(statement)
    op.create_table(
        "post_readers",
        sa.Column("post_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name="fk_post_readers_post_id_post", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", name="pk_post_readers"),
    )
    for name in COLUMNS:
        op.add_column("post", sa.Column(name, sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Nobody counts any more; authors are named as before."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE post_fts_words")
    with op.batch_alter_table("post") as table:
        for name in COLUMNS:
            table.drop_column(name)
    op.drop_table("post_readers")
