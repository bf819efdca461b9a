"""Failed messages that were removed here and that the archive may give back

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Their ids, for each conversation."""
    op.create_table(
        "removed_message",
        sa.Column("conversation_id", BIG, autoincrement=False, nullable=False),
        sa.Column("said_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name="fk_removed_message_conversation_id_conversation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "said_id", name="pk_removed_message"),
    )


def downgrade() -> None:
    """What was removed may come back."""
    op.drop_table("removed_message")
