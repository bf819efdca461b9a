"""Posts

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nodes, what stands in them, who follows which, and what is being written."""
    _node()
    _follow()
    _news_read()
    _post()
    _post_draft()
    _post_tag()


def _node() -> None:
    """The table node."""
    op.create_table(
        "node",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("via", sa.String(length=1023), nullable=False),
        sa.Column("service", sa.String(length=3071), nullable=False),
        sa.Column("node", sa.String(length=1023), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("about_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("layout", sa.String(length=16), server_default="articles", nullable=False),
        sa.Column("access", sa.String(length=16), server_default="", nullable=False),
        sa.Column("publish_model", sa.String(length=16), server_default="", nullable=False),
        sa.Column("creator", sa.Text(), server_default="", nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=True),
        sa.Column("subscribers", sa.Integer(), nullable=True),
        sa.Column("logo", sa.Text(), server_default="", nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(length=64), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_node"),
        sa.UniqueConstraint("via", "service", "node", name="uq_node_via_service_node"),
    )
    op.create_index("ix_node_about_id", "node", ["about_id"], unique=False)


def _follow() -> None:
    """The table follow."""
    op.create_table(
        "follow",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("shared", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_follow_account_id_account", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name="fk_follow_node_id_node", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_follow"),
        sa.UniqueConstraint("account_id", "node_id", name="uq_follow_account_id_node_id"),
    )
    op.create_index("ix_follow_node_id", "follow", ["node_id"], unique=False)


def _news_read() -> None:
    """The table news_read."""
    op.create_table(
        "news_read",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_news_read_account_id_account", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name="pk_news_read"),
    )


def _post() -> None:
    """The table post."""
    op.create_table(
        "post",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("via", sa.String(length=1023), nullable=False),
        sa.Column("item", sa.String(length=1023), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("author", sa.String(length=3071), nullable=False),
        sa.Column("author_name", sa.Text(), server_default="", nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("excerpt", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("markdown", sa.Text(), server_default="", nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("atom_id", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.String(length=35), server_default="", nullable=False),
        sa.Column("nsfw", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("web", sa.Text(), server_default="", nullable=False),
        sa.Column("reply_service", sa.String(length=1023), server_default="", nullable=False),
        sa.Column("reply_node", sa.String(length=1023), server_default="", nullable=False),
        sa.Column("reply_item", sa.String(length=1023), server_default="", nullable=False),
        sa.Column("comments_service", sa.String(length=1023), server_default="", nullable=False),
        sa.Column("comments_node", sa.String(length=1023), server_default="", nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name="fk_post_node_id_node", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_post"),
        sa.UniqueConstraint("node_id", "item", name="uq_post_node_id_item"),
    )
    op.create_index("ix_post_node_id_published_id", "post", ["node_id", "published", "id"], unique=False)
    op.create_index("ix_post_comments", "post", ["via", "comments_service", "comments_node"], unique=False)
    op.create_index(
        "ix_post_reply", "post", ["via", "reply_service", "reply_node", "reply_item"], unique=False
    )
    op.create_index(
        "ix_post_via_author_published_id", "post", ["via", "author", "published", "id"], unique=False
    )
    op.create_index("ix_post_via_kind_published_id", "post", ["via", "kind", "published", "id"], unique=False)


def _post_draft() -> None:
    """The table post_draft."""
    op.create_table(
        "post_draft",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("item_id", sa.String(length=255), server_default="", nullable=False),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), server_default="", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_post_draft_account_id_account", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_post_draft"),
        sa.UniqueConstraint("account_id", "key", name="uq_post_draft_account_id_key"),
    )


def _post_tag() -> None:
    """The table post_tag."""
    op.create_table(
        "post_tag",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column("via", sa.String(length=1023), nullable=False),
        sa.Column("tag", sa.String(length=100), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name="fk_post_tag_post_id_post", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_post_tag"),
        sa.UniqueConstraint("post_id", "tag", name="uq_post_tag_post_id_tag"),
    )
    op.create_index(
        "ix_post_tag_via_tag_published_post_id",
        "post_tag",
        ["via", "tag", "published", "post_id"],
        unique=False,
    )


def downgrade() -> None:
    """Without posts."""
    op.drop_table("post_tag")
    op.drop_table("post_draft")
    op.drop_table("post")
    op.drop_table("news_read")
    op.drop_table("follow")
    op.drop_table("node")
