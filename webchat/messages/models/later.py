"""This room holds the tables of what waits for its hour: messages to be sent, and reminders of some."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webchat.db.base import Base, BigInt, Id


class ScheduledMessage(Base):
    """A message that is sent by itself at its hour; its row goes in the transaction that makes the message.

    said_id  the id of its stanza, decided when it was put here: however often it is tried, it is said once
    answers  row of the message that it answers
    spoiler  hint of a covered text, None for an open one
    trouble  "", or why it did not go out and waits for the user (webchat.messages.store.later.Trouble)
    why      message id of what a room or a contact said no with
    """

    __tablename__ = "scheduled_message"
    __table_args__ = (
        UniqueConstraint("account_id", "said_id"),
        Index(None, "account_id", "send_at"),
        Index(None, "conversation_id"),
        Index(None, "answers"),
        # A page that stands open names rows: a number that was used once is nobody else's.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(BigInt, ForeignKey("account.id", ondelete="CASCADE"))
    conversation_id: Mapped[int] = mapped_column(BigInt, ForeignKey("conversation.id", ondelete="CASCADE"))
    said_id: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    answers: Mapped[int | None] = mapped_column(BigInt, ForeignKey("message.id", ondelete="SET NULL"))
    spoiler: Mapped[str | None] = mapped_column(Text)
    send_at: Mapped[datetime]
    trouble: Mapped[str] = mapped_column(String(16), server_default="")
    why: Mapped[str] = mapped_column(Text, server_default="")


class Reminder(Base):
    """When the user wants to be told of a message again; gone as soon as they were."""

    __tablename__ = "reminder"
    __table_args__ = (Index(None, "account_id", "remind_at"),)

    message_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("message.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    account_id: Mapped[int] = mapped_column(BigInt, ForeignKey("account.id", ondelete="CASCADE"))
    remind_at: Mapped[datetime]
