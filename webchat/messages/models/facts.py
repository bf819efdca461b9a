"""This room holds the tables of what is said about messages, and of what the user keeps of them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webchat.db.base import Base, BigInt, Id, Jid


class Reaction(Base):
    """XEP-0444: all that one person thinks of one message, as they said last.

    who     the same for all that one person says: "" for the user, an occupant id, else an address
    sender  full JID as the stanza had it
    emojis  JSON list; an empty one says that they took it back, and when
    """

    __tablename__ = "reaction"
    __table_args__ = (UniqueConstraint("message_id", "who"),)

    id: Mapped[Id]
    message_id: Mapped[int] = mapped_column(BigInt, ForeignKey("message.id", ondelete="CASCADE"))
    who: Mapped[Jid]
    sender: Mapped[Jid]
    mine: Mapped[bool]
    emojis: Mapped[str] = mapped_column(Text)
    stamp: Mapped[datetime]


class Correction(Base):
    """One version of a corrected message, the first one included.

    said_id    the id of its stanza
    stanza_id  the id that a room or an archive gave this version: some clients name the message by it
    """

    __tablename__ = "correction"
    __table_args__ = (
        UniqueConstraint("message_id", "said_id"),
        Index(None, "said_id"),
        Index(None, "stanza_id"),
    )

    id: Mapped[Id]
    message_id: Mapped[int] = mapped_column(BigInt, ForeignKey("message.id", ondelete="CASCADE"))
    said_id: Mapped[str] = mapped_column(Text)
    stanza_id: Mapped[str] = mapped_column(Text, server_default="")
    body: Mapped[str] = mapped_column(Text)
    stamp: Mapped[datetime]


class Fact(Base):
    """What was said about a message that is not here yet.

    kind        "correction", "retraction", "moderation" or "reaction"
    who         as in Reaction; for moderation ""
    payload     JSON of what else the event says
    message_id  the row that shows a correction by itself as long as it waits
    """

    __tablename__ = "fact"
    __table_args__ = (UniqueConstraint("conversation_id", "target", "kind", "who"),)

    id: Mapped[Id]
    conversation_id: Mapped[int] = mapped_column(BigInt, ForeignKey("conversation.id", ondelete="CASCADE"))
    target: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(16))
    who: Mapped[Jid]
    sender: Mapped[Jid]
    mine: Mapped[bool]
    payload: Mapped[str] = mapped_column(Text)
    stamp: Mapped[datetime]
    message_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("message.id", ondelete="CASCADE"))


class Saved(Base):
    """A message that the user keeps on the page "Saved"."""

    __tablename__ = "saved"
    __table_args__ = (Index(None, "account_id", "saved_at"),)

    message_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("message.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    account_id: Mapped[int] = mapped_column(BigInt, ForeignKey("account.id", ondelete="CASCADE"))
    saved_at: Mapped[datetime]


class SavedTag(Base):
    """A word under which a saved message is found."""

    __tablename__ = "saved_tag"

    message_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("saved.message_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    tag: Mapped[str] = mapped_column(String(64), primary_key=True)
