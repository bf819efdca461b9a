"""Corrections that failed

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Why the newest version of an own message did not get through."""
    column = sa.Column("edit_error", sa.String(length=64), server_default="", nullable=False)
    op.add_column("message", column)


def downgrade() -> None:
    """Nothing is told of it."""
    op.drop_column("message", "edit_error")
