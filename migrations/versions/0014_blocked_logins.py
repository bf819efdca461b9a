"""Addresses and domains that may not log in

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """The operator says who may not log in."""
    op.create_table(
        "blocked_login",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=3071), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_blocked_login"),
        sa.UniqueConstraint("kind", "value", name="uq_blocked_login_kind_value"),
    )


def downgrade() -> None:
    """Everybody may log in."""
    op.drop_table("blocked_login")
