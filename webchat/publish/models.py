"""This room holds the table of posts that are being written."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webchat.db.base import Base, Id


class PostDraft(Base):
    """What somebody typed and has not published: a new post, an edit, or an answer.

    key        which form it belongs to: service, node, item and what it answers, in one string
    content    the fields of the form as JSON
    publish_at when it goes out by itself, None for never; item_id is what it will be published under
    trouble    why it did not go out, "" for no reason
    """

    __tablename__ = "post_draft"
    __table_args__ = (UniqueConstraint("account_id", "key"),)

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("account.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    item_id: Mapped[str] = mapped_column(String(255), server_default="")
    publish_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(Text, server_default="")
    updated_at: Mapped[datetime]
