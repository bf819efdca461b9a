"""Pictures that stand for words of a message

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of what is here already, none is known."""
    op.add_column("message", sa.Column("emoji", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """The words stay."""
    op.drop_column("message", "emoji")
