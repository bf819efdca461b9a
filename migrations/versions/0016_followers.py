"""Who follows

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Who was known to follow an account, so that only new ones are told of."""
    op.create_table(
        "follower",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("jid", sa.String(length=3071), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_follower_account_id_account", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_follower"),
        sa.UniqueConstraint("account_id", "jid", name="uq_follower_account_id_jid"),
    )


def downgrade() -> None:
    """Nobody hears of followers."""
    op.drop_table("follower")
