"""Whether a post is kept whole and in its form, or as what could be made of it

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is here was kept before anybody looked at that."""
    op.add_column("post", sa.Column("whole", sa.Boolean(), nullable=False, server_default="1"))


def downgrade() -> None:
    """The bodies stay."""
    with op.batch_alter_table("post") as table:
        table.drop_column("whole")
