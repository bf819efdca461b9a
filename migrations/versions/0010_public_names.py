"""Public names

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Who may be read without a login, and under which short name."""
    op.create_table(
        "public_name",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("nickname", sa.String(length=64), nullable=True),
        sa.Column("public", sa.Boolean(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_public_name_account_id_account", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name="pk_public_name"),
        sa.UniqueConstraint("nickname", name="uq_public_name_nickname"),
    )


def downgrade() -> None:
    """Without public pages of people."""
    op.drop_table("public_name")
